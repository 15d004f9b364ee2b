"""`qa list`, `qa show`, `qa remove`: the articles of an index, one by one."""

from __future__ import annotations

import argparse
import os
import sys

from qa.cli.options import ANSWERED, NOTHING, add_index, add_json, complain, day, positive


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = commands.add_parser(
        "list", help="list the articles, newest first", epilog="example: qa list --lang ar --since 2021-11-01"
    )
    listing.add_argument("--lang", default="", metavar="CODE", help="only articles in this language: ar, en")
    listing.add_argument(
        "--source", default="", metavar="NAME", help="only articles whose source has this in its name"
    )
    listing.add_argument("--since", type=day, metavar="DAY", help="only articles of this day (2021-11-24) or later")
    listing.add_argument("--until", type=day, metavar="DAY", help="only articles of this day or earlier")
    listing.add_argument("-n", type=positive, dest="limit", help="how many (default: all)")
    listing.set_defaults(run=_list)

    show = commands.add_parser("show", help="print an article", epilog="example: qa show seeds/article.txt")
    show.add_argument("id", type=_pasted, metavar="ID", help="as `qa list` prints it")
    show.set_defaults(run=_show)

    remove = commands.add_parser(
        "remove",
        help="take articles out of the index; their files stay",
        epilog="example: qa remove news/a.txt; `qa index news/a.txt` takes it in again",
    )
    remove.add_argument("ids", nargs="+", type=_pasted, metavar="ID", help="as `qa list` prints it")
    remove.set_defaults(run=_remove)

    for command in (listing, show, remove):
        add_index(command)
        add_json(command)


def _pasted(text: str) -> str:
    """Without the invisible marks that a terminal has been given around it."""
    return text.strip("\u2068\u2069\u200f\u2067")


def _list(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.store.catalogue import browse
    from qa.store.records import Choice

    choice = Choice(arguments.lang, arguments.source, arguments.since, arguments.until)
    found, total = browse(index_folder(arguments.index), choice, limit=arguments.limit or -1)
    if arguments.json:
        from qa.as_json import list_json

        sys.stdout.write(list_json(found, total) + "\n")
    elif found:
        from qa.terminal import Style, show_list

        sys.stdout.write(show_list(found, Style.of(sys.stdout)) + "\n")
        if len(found) < total:
            complain(f"the newest {len(found):,} of {total:,} articles")
    else:
        complain("no article is like that")
    return ANSWERED if found else NOTHING


def _show(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.store.catalogue import copies, find

    folder = index_folder(arguments.index)
    found = find(folder, arguments.id)
    also = copies(folder, found.rowid)
    if arguments.json:
        from qa.as_json import article_json

        text = article_json(found, also)
    else:
        from qa.terminal import Style, show_article

        text = show_article(found, also, Style.of(sys.stdout))
    sys.stdout.write(text + "\n")
    return ANSWERED


def _remove(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.remove import remove

    gone = remove(index_folder(arguments.index), arguments.ids)
    if arguments.json:
        from qa.as_json import removed_json

        sys.stdout.write(removed_json(gone) + "\n")
        return ANSWERED
    for article in gone:
        sys.stdout.write(f"removed {article.id}\n")
        if os.path.exists(article.file.path):
            complain(f"{article.file.path} stays, and is left out until you name it: `qa index FILE`")
    return ANSWERED
