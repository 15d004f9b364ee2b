"""`qa bot`: the Telegram bot, its check, and codes that let people in."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from qa.cli.options import ANSWERED, ERROR, add_index, path
from qa.errors import ConfigError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "bot",
        help="answer on Telegram, or at this terminal (docs/bot.md)",
        epilog="example: qa bot --console; for real: TELEGRAM_BOT_TOKEN=… qa bot --config bot.toml",
    )
    command.add_argument(
        "action", nargs="?", choices=["pair"], help="pair: print a code that lets one person in, once"
    )
    command.add_argument("--console", action="store_true", help="talk to the bot here: no network, no token")
    command.add_argument("--check", action="store_true", help="say whether token, settings and index are good")
    command.add_argument(
        "--watch", action="store_true", help="follow folders and feeds meanwhile, as qa watch does"
    )
    command.add_argument("--config", type=path, metavar="FILE", help="settings, in TOML (docs/bot.md)")
    add_index(command)
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.telegram import settings as configuration

    settings = configuration.read(arguments.config)
    if arguments.index:
        settings = replace(settings, index=str(arguments.index))
    settings = replace(settings, watch=settings.watch or arguments.watch)
    if sum((arguments.console, arguments.check, arguments.action is not None)) > 1:
        raise ConfigError("--console, --check and pair do not go together: do one thing at a time")
    if arguments.action:
        from qa.telegram.access import new_code
        from qa.telegram.state import State

        state = State(index_folder(settings.folder))
        try:
            code = state.submit(lambda db: new_code(db, settings.code_minutes)).result()
        finally:
            state.close()
        sys.stdout.write(f"/pair {code}\n")
        sys.stderr.write(f"to be sent to the bot by one person, within {settings.code_minutes} minutes\n")
        return ANSWERED
    if arguments.check:
        from qa.telegram.checkup import check

        good, report = check(settings)
        sys.stdout.write(report + "\n")
        return ANSWERED if good else ERROR
    if arguments.console:
        from qa.telegram import console

        console.run(settings)
    else:
        from qa.telegram import serve

        serve.run(settings)
    return ANSWERED
