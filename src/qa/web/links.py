"""The links that the head of an HTML page names: its canonical address, its feeds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urljoin

_HEAD = 256 * 1024
"""Bytes in which a page's head ends."""

_LINK = re.compile(r"<link\s([^<>]{1,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")


def canonical_link(page: bytes) -> str:
    """What the page says its own address is, as it stands there; or ``""``."""
    return next((href for rel, _, href in _links(page) if "canonical" in rel), "")


def feed_link(page: bytes, address: str) -> str:
    """The first feed that the page at ``address`` names, or ``""``."""
    for rel, kind, href in _links(page):
        if "alternate" in rel and kind in _FEEDS and href:
            with suppress(ValueError):
                return urljoin(address, href)
    return ""


def _links(page: bytes) -> Iterator[tuple[list[str], str, str]]:
    for link in _LINK.finditer(page[:_HEAD].decode("utf-8", "replace")):
        named = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(link[1])}
        href = html.unescape(named.get("href", "")).strip()
        yield named.get("rel", "").lower().split(), named.get("type", "").lower(), href
