"""`qa fetch`: what is new in the feeds comes into the inbox, politely."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import monotonic, sleep

import httpx

from qa.config import inbox
from qa.errors import FetchError
from qa.web import feed as feed_module
from qa.web.client import AGENT, Client
from qa.web.feed import Entry, Listing
from qa.web.feeds import Feed, Feeds, open_feeds
from qa.web.inbox import Saved, take
from qa.web.links import feed_link
from qa.web.robots import MAX_BYTES as ROBOTS_BYTES
from qa.web.robots import Robots
from qa.web.robots import parse as parse_robots

DELAY = 1.0
"""Seconds between two visits to a host that asks for no longer ones."""

FAILURES = 3
"""Pages of one feed that fail for a while, after which the rest waits for another time."""

_NAME = AGENT.partition("/")[0]


def subscribe(address: str, client: Client) -> tuple[str, Listing]:
    """The feed at ``address``, or the first that the page there names, and what it lists. Raises FetchError."""
    response = client.get(address, max_bytes=client.max_bytes)
    if response.kind in ("text/html", "application/xhtml+xml"):
        named = feed_link(response.body, str(response.url))
        if not named:
            raise FetchError(f"{address} is a page that names no feed: give the address of its RSS or Atom")
        response = client.get(named, max_bytes=feed_module.MAX_BYTES)
    return str(response.url), feed_module.parse(response.body, str(response.url))


def gather(index: Path, client: Client) -> Iterator[Saved | str]:
    """Fetch the new entries of every feed of ``index``: each page as it comes, a line for each that did not.

    A feed or page that fails does not stop the others; what may come another time is tried again next time.
    """
    visits = _Visits(client)
    with open_feeds(index) as feeds:
        for feed in feeds.all():
            yield from _one(feed, feeds, index, visits)


def _one(feed: Feed, feeds: Feeds, index: Path, visits: _Visits) -> Iterator[Saved | str]:
    try:
        visits.wait(feed.url)
        response = visits.client.get(feed.url, known=asdict(feed), max_bytes=feed_module.MAX_BYTES)
        if response.unchanged:
            feeds.fetched(replace(feed, problem=""))
            return
        listing = feed_module.parse(response.body, str(response.url))
    except FetchError as error:
        feeds.fetched(replace(feed, problem=str(error)))
        yield str(error)
        return
    failures = 0
    for entry in feeds.fresh(feed.url, listing.entries):
        if failures == FAILURES:
            break
        try:
            page = visits.take(entry, inbox(index))
        except FetchError as error:
            yield str(error)
            if error.lasting:
                feeds.taken(feed.url, entry)
            else:
                failures += 1
        else:
            feeds.taken(feed.url, entry)
            yield page
    # With its etag the server would say next time that nothing is new, though some is still to come.
    etag, last_modified = (response.etag, response.last_modified) if not failures else ("", "")
    feeds.fetched(Feed(feed.url, listing.title or feed.title, etag, last_modified))


@dataclass(slots=True)
class _Visits:
    """When each host was last visited in this run, and what its robots.txt says."""

    client: Client
    last: dict[str, float] = field(default_factory=dict)
    robots: dict[str, Robots] = field(default_factory=dict)

    def take(self, entry: Entry, folder: Path) -> Saved:
        self._visit(self.client.guard.url(entry.url))
        return take(entry.url, folder, self.client, published=entry.published, going=self._visit)

    def _visit(self, url: httpx.URL) -> None:
        """Wait for one's turn at ``url``. Raises FetchError where its site asks that it be left alone."""
        rules = self._rules(url)
        if not rules.allows(url.raw_path.decode("ascii")):
            raise FetchError(f"{url} is left alone, as the site's robots.txt asks")
        self.wait(str(url), rules.delay)

    def wait(self, address: str, delay: float = 0.0) -> None:
        """Until the host of ``address`` may be visited again."""
        host = self.client.guard.url(address).host
        left = self.last.get(host, -math.inf) + max(DELAY, delay) - monotonic()
        if left > 0:
            sleep(left)
        self.last[host] = monotonic()

    def _rules(self, url: httpx.URL) -> Robots:
        site = str(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if site not in self.robots:
            self.wait(site)
            try:
                found = self.client.get(site, max_bytes=ROBOTS_BYTES)
                self.robots[site] = parse_robots(found.body.decode("utf-8", "replace"), _NAME)
            except FetchError as error:
                if not error.lasting:
                    raise
                self.robots[site] = Robots()  # the standard's word for a site that has none
        return self.robots[site]
