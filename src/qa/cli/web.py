"""`qa add`, `qa feed` and `qa fetch`: articles from the web."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qa.cli.options import ANSWERED, ERROR, NOTHING, add_index, complain
from qa.errors import ConfigError, FetchError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "add",
        help="fetch pages from the web and index them",
        epilog="example: qa add https://example.com/news/story.html",
    )
    command.add_argument("urls", nargs="+", metavar="URL")
    add_index(command)
    command.set_defaults(run=_add)

    feed = commands.add_parser(
        "feed", help="follow RSS and Atom feeds", epilog="example: qa feed add https://example.com/rss"
    )
    ways = feed.add_subparsers(metavar="add|list|remove", dest="way", required=True)
    for name, run, about in (
        ("add", _follow, "follow feeds, or the feeds that pages name"),
        ("remove", _unfollow, "follow feeds no longer; what came from them stays"),
    ):
        way = ways.add_parser(name, help=about)
        way.add_argument("urls", nargs="+", metavar="URL")
        add_index(way)
        way.set_defaults(run=run)
    way = ways.add_parser("list", help="list the feeds that are followed")
    add_index(way)
    way.set_defaults(run=_feeds)

    fetch = commands.add_parser(
        "fetch", help="fetch what is new in the feeds and index it", epilog="example: qa fetch"
    )
    add_index(fetch)
    fetch.set_defaults(run=_fetch)


def _add(arguments: argparse.Namespace) -> int:
    from qa.config import inbox, index_folder
    from qa.web.client import Client
    from qa.web.inbox import take

    folder = index_folder(arguments.index)
    status, saved = ANSWERED, False
    for url in dict.fromkeys(arguments.urls):
        try:
            page = take(url, inbox(folder), Client())
        except FetchError as error:
            complain(str(error))
            status = ERROR
        else:
            sys.stdout.write(f"{'fetched' if page.changed else 'unchanged'} {page.url} → {page.path}\n")
            saved = True
    return max(status, _index(folder)) if saved else status


def _feeds(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.web.feeds import followed, open_feeds

    folder = index_folder(arguments.index)
    if not followed(folder):
        complain("no feed is followed: add one with `qa feed add URL`")
        return NOTHING
    with open_feeds(folder) as feeds:
        known = feeds.all()
    for feed in known:
        sys.stdout.write(" · ".join(filter(None, (feed.url, feed.title, feed.problem))) + "\n")
    return ANSWERED if known else NOTHING


def _follow(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.web.client import Client
    from qa.web.feeds import open_feeds
    from qa.web.gather import subscribe

    status = ANSWERED
    for address in arguments.urls:
        try:
            url, listing = subscribe(address, Client())
        except FetchError as error:
            complain(str(error))
            status = ERROR
            continue
        with open_feeds(index_folder(arguments.index)) as feeds:
            new = feeds.add(url, listing.title)
        about = " · ".join(filter(None, (url, listing.title, f"{len(listing.entries)} entries")))
        sys.stdout.write(f"{'following' if new else 'followed already:'} {about}; `qa fetch` brings them\n")
    return status


def _unfollow(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.web.feeds import open_feeds

    status = ANSWERED
    with open_feeds(index_folder(arguments.index)) as feeds:
        for url in arguments.urls:
            if feeds.remove(url):
                sys.stdout.write(f"no longer following {url}\n")
            else:
                complain(f"{url} is not followed: `qa feed list` shows those that are")
                status = ERROR
    return status


def _fetch(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.web.client import Client
    from qa.web.feeds import followed
    from qa.web.gather import gather

    folder = index_folder(arguments.index)
    if not followed(folder):
        raise ConfigError("no feed is followed: add one with `qa feed add URL`")

    new = problems = 0
    for result in gather(folder, Client()):
        if isinstance(result, str):
            complain(result)
            problems += 1
        elif result.changed:
            sys.stdout.write(f"fetched {result.url} → {result.path}\n")
            sys.stdout.flush()
            new += 1
    sys.stdout.write(f"{new} new or changed{f', {problems} could not be had' if problems else ''}\n")
    return max(ERROR if problems else ANSWERED, _index(folder))


def _index(folder: Path) -> int:
    """Index what is in the inbox, also what an interrupted command left there; gives the exit status."""
    from qa.cli.index import bring_up_to_date
    from qa.config import inbox
    from qa.index import corpora

    pages = inbox(folder)
    return bring_up_to_date([pages], folder, model=corpora(folder)[0]) if pages.is_dir() else ANSWERED
