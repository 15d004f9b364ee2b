"""`qa watch`: keep the index current until Ctrl-C."""

from __future__ import annotations

import argparse
import sys

from qa.cli.options import ANSWERED, add_index, path
from qa.errors import ConfigError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "watch",
        help="keep the index current while files change and feeds go on",
        epilog="example: qa watch ~/articles; Ctrl-C ends it",
    )
    command.add_argument(
        "paths",
        nargs="*",
        type=path,
        metavar="PATH",
        help="folder or file to follow, besides those indexed before (default: seeds/ if there are none)",
    )
    add_index(command)
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    import signal
    from threading import Event

    from qa.config import index_folder
    from qa.index import corpora
    from qa.watch import first_paths, watch
    from qa.web.feeds import followed

    folder = index_folder(arguments.index)
    before = corpora(folder)[1]
    paths = arguments.paths or first_paths(folder)
    for missing in (named for named in arguments.paths if not named.exists()):
        raise ConfigError(f"there is no file or folder {missing}: check the name")
    if not (before or paths or followed(folder)):
        raise ConfigError("what is to be followed? name a folder or file: `qa watch FOLDER`")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    named = [str(root) for root in dict.fromkeys([*before, *(root.resolve() for root in paths)])]
    say(f"following {', '.join([*named, *(['the feeds'] if followed(folder) else [])])}; Ctrl-C ends it")
    watch(folder, stop, paths=paths, say=say, trouble=say)
    say("ended")
    return ANSWERED
