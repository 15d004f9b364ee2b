"""What the commands share: exit statuses, options, and how a complaint looks."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.store.records import Filter

ANSWERED, NOTHING, ERROR, INTERRUPTED = 0, 1, 2, 130
"""As grep's: found, nothing found, an error. The last is the shell's for Ctrl-C."""


def complain(message: str) -> None:
    """One line on stderr, whatever characters a file's name has."""
    line = "".join(char if char.isprintable() else "?" for char in message)
    sys.stderr.write(f"qa: {line}\n")


def path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name is empty")
    return Path(text)


def positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("give a number from 1 to 1000")
    return int(text)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date: write it as 2021-11-24") from None


def place(text: str) -> Path:
    """The folder of an index, which may be in Milvus."""
    if not text.startswith("milvus:"):
        return path(text)
    from qa.errors import ConfigError
    from qa.store.place import folder_of

    try:
        return folder_of(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_index(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--index",
        "--store",
        type=place,
        metavar="PLACE",
        help="the index: a folder, or milvus:news.db or milvus:http://host:19530 (docs/milvus.md)",
    )


def add_json(command: argparse.ArgumentParser, *, shape: str = "json") -> None:
    """``shape`` is the page of docs/ that says what the JSON looks like."""
    command.add_argument("--json", action="store_true", help=f"print JSON (its shape: docs/{shape}.md)")


def add_rerank(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--rerank",
        default="",
        metavar="MODEL",
        help="let a cross-encoder read the passages found once more: a name on the hub, or a folder; takes seconds",
    )


def add_filter(command: argparse.ArgumentParser) -> None:
    articles = command.add_argument_group("which articles")
    articles.add_argument("--since", type=day, metavar="DATE", help="of this day or later (2021-11-24)")
    articles.add_argument("--until", type=day, metavar="DATE", help="of this day or earlier")
    articles.add_argument("--lang", default="", metavar="CODE", help="in this language (ar, en)")
    articles.add_argument("--source", default="", metavar="NAME", help="of this source")
    articles.add_argument("--article", default="", metavar="ID", help="this one alone")


def filter_of(arguments: argparse.Namespace) -> Filter:
    from qa.store.records import Filter

    return Filter(arguments.since, arguments.until, arguments.lang, arguments.source, arguments.article)
