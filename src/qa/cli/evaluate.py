"""`qa eval`: measure the answers on questions whose answers are known."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qa.cli.options import ANSWERED, add_index, add_json, add_rerank, path
from qa.errors import ConfigError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "eval",
        help="measure the answers on questions whose answers are known (docs/quality.md)",
        epilog="example: qa eval --corpus squad.json --questions squad.json",
    )
    command.add_argument(
        "--corpus", nargs="+", action="extend", default=[], type=path, metavar="FILE", help="SQuAD files to search"
    )
    command.add_argument("--questions", type=path, metavar="FILE", help="the SQuAD file to ask from")
    command.add_argument(
        "--unanswerable", choices=["half"], help="leave out every second article, so that half has no answer"
    )
    command.add_argument("--gold", type=path, metavar="FILE", help="ask gold questions of an index instead")
    command.add_argument("--baseline", type=path, metavar="FILE", help="show what moved since this --json output")
    add_index(command)
    add_rerank(command)
    add_json(command, shape="quality")
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    squad = arguments.corpus and arguments.questions
    if squad and (arguments.gold or (arguments.index and not _in_milvus(arguments.index))):
        raise ConfigError(
            "--gold and --index do not go with --corpus and --questions: measure one thing at a time, "
            "or the corpus in Milvus with --store milvus:…"
        )
    if not squad and (not arguments.gold or arguments.corpus or arguments.questions or arguments.unanswerable):
        raise ConfigError("measure what? give --corpus and --questions, or --gold alone: see `qa eval --help`")
    from qa.evaluate.questions import read_gold, read_squad
    from qa.evaluate.result import as_json, as_table, compare, read_result
    from qa.evaluate.run import ask, evaluate
    from qa.library import Library
    from qa.report import progress_bar

    before = read_result(arguments.baseline) if arguments.baseline else None
    with progress_bar(sys.stderr, unit="step") as progress:
        if squad:
            halved = arguments.unanswerable == "half"
            task = read_squad(arguments.corpus, arguments.questions, halved=halved)
            result = evaluate(task, place=arguments.index, rerank=arguments.rerank, progress=progress)
        else:
            questions = read_gold(arguments.gold)
            result = ask(questions, Library.open(arguments.index, rerank=arguments.rerank), progress=progress)
    show = as_json if arguments.json else as_table
    sys.stdout.write(show(result, compare(result, before) if before else None) + "\n")
    return ANSWERED


def _in_milvus(folder: Path) -> bool:
    from qa.store.place import remote

    return remote(folder) is not None
