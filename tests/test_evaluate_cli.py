"""`qa eval`: what it prints, and one line for whatever is wrong with what it was given."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from squad import ENGLISH, write_squad

from qa.cli import main


@pytest.fixture
def english(tmp_path: Path) -> str:
    return str(write_squad(tmp_path / "en.json", ENGLISH))


@pytest.fixture
def gold(tmp_path: Path) -> str:
    """Two questions on the seed article, of which one has no answer."""
    path = tmp_path / "gold.jsonl"
    rows = [
        {"question": "what does the agreement cover?", "quotes": ["تشمل تنظيم التعاون الاستخباراتي"]},
        {"question": "What is the capital of Japan?", "quotes": []},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(path)


def test_squad_as_json_then_as_a_baseline(english: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["eval", "--corpus", english, "--questions", english, "--unanswerable", "half"]
    assert main([*arguments, "--json"]) == 0
    written = capsys.readouterr().out
    shown = json.loads(written)
    assert (shown["questions"], shown["contexts"]) == (3, 2)
    assert shown["measures"]["recall@1"] == 1.0
    assert "auroc" in shown["measures"]
    (tmp_path / "was.json").write_text(written, encoding="utf-8")
    assert main([*arguments, "--baseline", str(tmp_path / "was.json")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("questions: 3 · contexts: 2 · ")
    assert "recall@1          1.0000   1.0000  +0.0000  +0.0000 … +0.0000\n" in out


def test_gold_on_an_index(gold: str, seed_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--gold", gold, "--index", str(seed_index), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    measures = shown["measures"]
    shares = {"quote@1", "quote@3", "auroc", "false_answer", "false_refusal"}
    assert set(measures) == shares | {"quote_chars", "latency_ms_p50", "latency_ms_p95"}
    assert (measures["quote@1"], measures["false_answer"], measures["false_refusal"]) == (1.0, 0.0, 0.0)
    assert (shown["questions"], shown["contexts"]) == (2, 1)


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["eval", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(
    "arguments",
    [[], ["--corpus", "a"], ["--questions", "a"], ["--index", "a"], ["--gold", "a", "--corpus", "b"],
     ["--gold", "a", "--questions", "b"], ["--gold", "a", "--unanswerable", "half"]],
    ids=" ".join,
)  # fmt: skip
def test_neither_one_nor_the_other(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert error_of(capsys, *arguments) == (
        "qa: measure what? give --corpus and --questions, or --gold alone: see `qa eval --help`\n"
    )


@pytest.mark.parametrize("more", [["--gold", "c"], ["--index", "c"]], ids=" ".join)
def test_one_thing_at_a_time(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "measure one thing at a time" in error_of(capsys, "--corpus", "a", "b", "--questions", "a", *more)


def test_files_that_will_not_do(
    english: str, gold: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none, other = str(tmp_path / "none"), str(tmp_path / "other.json")
    write_squad(Path(other), [("Else.", [("other", "What else?", ["Else"])])])
    assert "none (No such file or directory)" in error_of(capsys, "--corpus", none, "--questions", english)
    assert "is not in SQuAD format" in error_of(capsys, "--corpus", english, "--questions", gold)
    assert "no question of" in error_of(capsys, "--corpus", english, "--questions", other)
    assert "is not a result" in error_of(capsys, "--gold", gold, "--baseline", english)
    assert "there is no index in" in error_of(capsys, "--gold", gold, "--index", none)
    assert "line 1 is not" in error_of(capsys, "--gold", english)


def test_asking_does_not_wait_for_what_only_measuring_needs(seed_index: Path) -> None:
    code = "import sys; from qa.cli import main; main(sys.argv[1:]); print('qa.evaluate' in sys.modules)"
    command = [sys.executable, "-c", code, "ask", "what does the agreement cover?", "--index", str(seed_index)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "False"
