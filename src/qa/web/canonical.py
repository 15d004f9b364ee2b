"""One address for one page, however it was come by, and the name of the file that it is saved in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import unquote

import httpx

from qa.web.links import canonical_link

_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|igshid|mc_[ce]id|at_(?:medium|campaign)|ns_mchannel)(?:=|$)")
_SLUG = 60


def canonical(url: httpx.URL, page: bytes = b"") -> str:
    """The address of ``page``, fetched from ``url``, without what changes from visit to visit.

    An HTML page's own ``<link rel="canonical">`` is believed where it names a page of the same host: no page
    may take the place of another site's, and one that calls itself the front page is mistaken.
    """
    stated = canonical_link(page)
    if stated:
        try:
            named = url.join(stated)
            if _site(named) == _site(url) and named.scheme in ("http", "https") and named.path != "/":
                url = named.copy_with(userinfo=b"", port=url.port, scheme=url.scheme)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            pass
    query = "&".join(part for part in url.query.decode("ascii").split("&") if part and not _TRACKING.match(part))
    return str(url.copy_with(query=query.encode() or None, fragment=None))


def file_stem(address: str) -> str:
    """``host/last-part-of-the-path-1a2b3c4d``: stable for an address, readable, and never another's."""
    url = httpx.URL(address)
    last = next((part for part in reversed(url.path.split("/")) if part), "")
    words = unicodedata.normalize("NFC", unquote(last)).rsplit(".", 1)[0]
    slug = re.sub(r"\W+", "-", words)[:_SLUG].strip("-_")
    digest = hashlib.sha256(address.encode()).hexdigest()[:10]
    host = re.sub(r"[^a-z0-9.-]", "-", url.raw_host.decode("ascii")).removeprefix("www.").strip(".")
    return f"{host}/{slug}-{digest}" if slug else f"{host}/{digest}"


def _site(url: httpx.URL) -> str:
    return url.host.removeprefix("www.")
