"""The Telegram bot: `qa bot` for who has not installed it. `python bot.py --console` needs no token."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VENV = Path(__file__).resolve().parent / ".venv"

try:
    from qa.cli import main
except ModuleNotFoundError:
    python = VENV / "bin" / "python"
    if python.exists() and Path(sys.prefix) != VENV:
        os.execv(python, [str(python), *sys.argv])
    sys.stderr.write("Isnad is not installed: run `make demo` first, then `.venv/bin/python bot.py`\n")
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(main(["bot", *sys.argv[1:]]))
