"""RSS and Atom: what a feed lists. ``python -m qa.web.feed ADDRESS`` reads one from standard input.

A feed is parsed in a process of its own: feedparser takes quadratic time for some hostile ones.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin

from qa.errors import FetchError

MAX_BYTES = 4 * 1024 * 1024
"""No feed is larger."""

MOST = 200
"""Entries that are looked at, newest first as feeds have them."""

_SECONDS, _MEMORY = 20, 1 << 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a feed lists: its page, the feed's own name for it, and what changes when it changes."""

    url: str
    id: str
    stamp: str
    published: date | None


@dataclass(frozen=True, slots=True)
class Listing:
    title: str
    entries: tuple[Entry, ...]


def parse(body: bytes, address: str) -> Listing:
    """What the feed in ``body``, fetched from ``address``, lists. Raises FetchError where it is no feed."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "qa.web.feed", address],
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise FetchError(f"{address} cannot be read as a feed: it takes more than {_SECONDS} s or 1 GiB") from None
    told = json.loads(done.stdout)
    if told is None:
        raise FetchError(f"{address} is not a feed: give the address of its RSS or Atom")
    days = (date.fromisoformat(entry["published"]) if entry["published"] else None for entry in told["entries"])
    entries = (Entry(**entry | {"published": day}) for entry, day in zip(told["entries"], days, strict=True))
    return Listing(told["title"], tuple(entries))


def read(body: bytes, address: str) -> Listing | None:
    """What ``parse`` gives, read in this process; None where it is no feed."""
    import feedparser

    # A stream, because feedparser would take a string for an address or a file's name.
    found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not found.get("version"):
        return None
    return Listing(
        title=_line(str(found.feed.get("title", "")))[:200],
        entries=tuple(_entry(entry, address) for entry in found.entries[:MOST] if entry.get("link")),
    )


def _entry(entry: Any, address: str) -> Entry:
    link = str(entry.link)
    with suppress(ValueError):  # what is no address is refused when it is fetched
        link = urljoin(address, link)
    # Its own `get` takes one date for the other.
    updated, published, updated_on, published_on = (
        dict.get(entry, key) for key in ("updated", "published", "updated_parsed", "published_parsed")
    )
    return Entry(
        url=link,
        id=str(entry.get("id") or entry.link),
        stamp=str(updated or published or ""),
        published=_day(published_on or updated_on),
    )


def _line(text: str) -> str:
    """One line that controls no terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _day(when: time.struct_time | None) -> date | None:
    with suppress(ValueError):
        return date(*when[:3]) if when else None
    return None


def _main() -> None:
    with suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    listing = read(sys.stdin.buffer.read(), sys.argv[1])
    json.dump(listing and asdict(listing), sys.stdout, default=date.isoformat)


if __name__ == "__main__":
    _main()
