"""`qa ask` and `qa search`: quotes that answer, and passages that come closest."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from qa.cli.options import ANSWERED, NOTHING, add_filter, add_index, add_json, add_rerank, filter_of, positive

if TYPE_CHECKING:
    from qa.library import Library


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = commands.add_parser(
        "ask",
        help="answer a question by quotes, or say that the articles don't",
        epilog='example: qa ask "what does the agreement cover?"',
    )
    ask.add_argument("question", nargs="+", metavar="QUESTION")
    ask.set_defaults(run=_ask)

    search = commands.add_parser(
        "search",
        help="list the passages that come closest",
        epilog='example: qa search -n 3 "drone factory"',
    )
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("-n", type=positive, default=10, dest="limit", help="how many (default: 10)")
    search.set_defaults(run=_search)

    for command in (ask, search):
        add_filter(command)
        add_rerank(command)
        add_index(command)
        add_json(command)


def _library(arguments: argparse.Namespace) -> Library:
    from qa.encoder import load_ahead

    load_ahead()  # while all else is imported and opened
    from qa.library import Library

    return Library.open(arguments.index, rerank=arguments.rerank)


def _ask(arguments: argparse.Namespace) -> int:
    with closing(_library(arguments)) as library:
        answer = library.ask(" ".join(arguments.question), only=filter_of(arguments))
    if arguments.json:
        from qa.as_json import answer_json

        text = answer_json(answer)
    else:
        from qa.terminal import Style, show_answer

        text = show_answer(answer, Style.of(sys.stdout))
    sys.stdout.write(text + "\n")
    return ANSWERED if answer.answered else NOTHING


def _search(arguments: argparse.Namespace) -> int:
    with closing(_library(arguments)) as library:
        found = library.search(" ".join(arguments.query), limit=arguments.limit, only=filter_of(arguments))
    if arguments.json:
        from qa.as_json import search_json

        text = search_json(found)
    else:
        from qa.terminal import Style, show_found

        text = show_found(found, Style.of(sys.stdout))
    sys.stdout.write(text + "\n" * bool(text))
    return ANSWERED if found.passages else NOTHING
