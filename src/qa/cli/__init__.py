"""The `qa` command: one module for each group of commands, listed in ``GROUPS``."""

from __future__ import annotations

import argparse
import gc
import io
import logging
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from qa import __version__
from qa.cli.options import ERROR, INTERRUPTED, complain
from qa.errors import ConfigError, IsnadError

_EXAMPLES = """\
examples:
  qa index seeds                        index the articles in seeds/
  qa ask "what does the agreement cover?"
  qa ask --json "من وقّع الاتفاق؟" | jq .citations[0].quote
  qa search "cyber security"            the passages that come closest

The index is the place named by --index or ISNAD_INDEX, else ./index, else that of the checkout.
"""


GROUPS = {
    "index": ["index"],
    "web": ["add", "feed", "fetch"],
    "watch": ["watch"],
    "ask": ["ask", "search"],
    "manage": ["list", "show", "remove"],
    "care": ["status", "doctor", "backup", "restore"],
    "migrate": ["encode", "migrate"],
    "evaluate": ["eval"],
    "calibrate": ["calibrate"],
    "feedback": ["feedback"],
    "bot": ["bot"],
    "serve": ["serve"],
}
"""The modules beside this one and the commands that each adds, in the order in which help lists them."""

_NO_CHOICE = re.compile(r"(argument \S+: invalid choice: '(.*?)') \(choose from (.*)\)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `qa` with ``argv``; gives the exit status. By default it is the process's own, which may end here."""
    if argv is None and _group(sys.argv[1:]) == "ask":
        # The process is there for one question. To look for what that leaves behind, and to take apart what it has
        # loaded, would take a tenth of its time; and a model that is still being loaded would be waited for.
        gc.disable()
        status = _run(sys.argv[1:])
        sys.stderr.flush()
        os._exit(status)
    return _run(sys.argv[1:] if argv is None else argv)


def _run(argv: Sequence[str]) -> int:
    _as_utf8()
    logging.basicConfig(format="qa: %(message)s", level=logging.WARNING)
    logging.getLogger("qa").setLevel(logging.INFO)
    try:
        try:
            arguments = _parser(argv).parse_args(argv)
            status: int = arguments.run(arguments)
        finally:
            sys.stdout.flush()
        return status
    except IsnadError as error:
        complain(str(error))
        return ERROR
    except KeyboardInterrupt:
        complain("interrupted; what had been committed is kept")
        return INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            complain(f"cannot go on ({error})")
        # What is still in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR


def _as_utf8() -> None:
    """Whatever the locale says, Arabic must come out, and no odd character of a file name may stop it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class _Parser(argparse.ArgumentParser):
    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """As argparse does, but a command says itself what it does not know."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            from difflib import get_close_matches

            options = [option for action in self._actions for option in action.option_strings]
            near = next((one for word in rest for one in get_close_matches(word.partition("=")[0], options, 1)), "")
            meant = f" (did you mean {near}?)" * bool(near)
            self.error(f"unrecognized arguments: {' '.join(rest)}{meant}")
        return found, rest

    def error(self, message: str) -> NoReturn:
        from difflib import get_close_matches

        if (match := _NO_CHOICE.fullmatch(message)) and (
            near := get_close_matches(match[2], re.findall(r"[\w-]+", match[3]), 1)
        ):
            message = f"{match[1]} (did you mean {near[0]}?)"
        raise ConfigError(f"{message}: see `{self.prog} --help`")


def _group(argv: Sequence[str]) -> str:
    """The group of the command that ``argv`` begins with, if it does."""
    return next((group for group, commands in GROUPS.items() if {*argv[:1]} & {*commands}), "")


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Knows the commands of the group that ``argv`` begins with a command of, or all."""
    parser = _Parser(
        prog="qa",
        description="Ask your Arabic and English articles; get verbatim, cited quotes.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"isnad-qa {__version__}")
    parser.set_defaults(run=lambda _: _help(parser))
    commands = parser.add_subparsers(metavar="COMMAND", prog="qa")
    named = _group(argv)
    for group in [named] if named else GROUPS:
        import_module(f"qa.cli.{group}").add(commands)
    return parser


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help(sys.stderr)
    return ERROR
