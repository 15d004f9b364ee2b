"""`qa serve`: the articles and their answers in a browser."""

from __future__ import annotations

import argparse
import sys

from qa.cli.options import ANSWERED, add_index, path, positive


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "serve",
        help="ask and read in a browser, and an API (docs/serve.md)",
        epilog="example: qa serve, then open http://127.0.0.1:8080",
    )
    command.add_argument("--host", default="127.0.0.1", help="where to listen (default: this machine alone)")
    command.add_argument("--port", type=_port, default=8080, help="default: 8080")
    command.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (default: 1)")
    command.add_argument(
        "--token-file", type=path, metavar="FILE", help="has the token in it, instead of ISNAD_SERVE_TOKEN"
    )
    command.add_argument("--behind-proxy", action="store_true", help="a reverse proxy lets people in")
    command.add_argument(
        "--per-minute", type=positive, default=60, metavar="N", help="questions of each address (default: 60)"
    )
    add_index(command)
    command.set_defaults(run=_run)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("give a number from 1 to 65535")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.serve.run import run
    from qa.serve.settings import Settings, token

    settings = Settings(
        index=str(index_folder(arguments.index)),
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        token=token(arguments.token_file),
        behind_proxy=arguments.behind_proxy,
        per_minute=arguments.per_minute,
    )
    run(settings)
    sys.stderr.write("qa: stopped\n")
    return ANSWERED
