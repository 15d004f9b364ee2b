"""`qa feedback`: what readers thought of the answers, as gold questions."""

from __future__ import annotations

import argparse
import sys

from qa.cli.options import ANSWERED, NOTHING, add_index, add_json, complain


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "feedback",
        help="what readers thought of the answers, as gold questions (docs/confidence.md)",
        epilog="example: qa feedback > mine.jsonl, complete it, then: qa eval --gold mine.jsonl",
    )
    add_index(command)
    add_json(command, shape="confidence")
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.feedback import export, given

    folder = index_folder(arguments.index)
    if arguments.json:
        from qa.as_json import feedback_json

        sys.stdout.write(feedback_json(given(folder)) + "\n")
        return ANSWERED
    lines = list(export(folder))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    if not lines:
        complain(f"no feedback yet on answers from {folder}")
    return ANSWERED if lines else NOTHING
