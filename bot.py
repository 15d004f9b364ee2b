"""The Telegram bot. `python bot.py --console` tries it at the terminal, without network or token."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

VENV = Path(__file__).resolve().parent / ".venv"

try:
    from qa.errors import IsnadError
    from qa.telegram import app, console
except ModuleNotFoundError:
    python = VENV / "bin" / "python"
    if python.exists() and Path(sys.prefix) != VENV:
        os.execv(python, [str(python), *sys.argv])
    sys.stderr.write("Isnad is not installed: run `make demo` first, then `.venv/bin/python bot.py`\n")
    sys.exit(2)

NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather on Telegram and export it; "
    "`python bot.py --console` needs none"
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Answers questions on Telegram with verbatim, cited quotes.")
    parser.add_argument("--console", action="store_true", help="talk to the bot here: no network, no token")
    parser.add_argument("--index", type=Path, metavar="DIR", help="the index to answer from")
    args = parser.parse_args()
    token = os.environ.get("TELEGRAM_BOT_TOKEN", "").strip()
    try:
        if not (args.console or token):
            raise IsnadError(NO_TOKEN)
        from qa.library import Library  # late: what asks for a token should not load a model first

        library = Library.open(args.index)
        if args.console:
            console.run(library.ask)
        else:
            app.run(token, library.ask)
    except IsnadError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
