"""The link to a citation, which stays as it is (docs/serve.md): an article's page, opened at the quoted words."""

from __future__ import annotations

import re
import zlib
from itertools import islice
from urllib.parse import quote as percent

LONGEST = 4000
"""Characters of a quote that is looked for where it no longer stands."""
PLACES = 20_000
"""Places where it is looked for, the nearest first."""


def article_path(id_: str, *, under: str = "/articles") -> str:
    """The path of the page of the article ``id_``, percent-encoded.

    Slashes stay, unless clients or proxies would tidy them up (``a//b``, ``a/../b``).
    """
    tidy = all(part not in ("", ".", "..") for part in id_.split("/"))
    return f"{under}/{percent(id_, safe='/' if tidy else '')}"


def citation_path(id_: str, start: int, end: int, quote: str) -> str:
    """The path to ``quote``, which is ``start`` to ``end`` of the clean text of the article ``id_``."""
    return f"{article_path(id_)}?start={start}&end={end}&check={checksum(quote)}#quote"


def checksum(quote: str) -> str:
    """Tells whether words are those of ``quote``: the CRC-32 of its UTF-8, in eight hexadecimal digits."""
    return f"{zlib.crc32(quote.encode('utf-8', 'replace')):08x}"


def find_quote(text: str, start: int, end: int, check: str = "") -> tuple[int, int] | None:
    """Where in ``text`` the quote stands that a link means; None where it is no longer there.

    Without ``check`` that is where the link says, if there is anything. With it the words must be those that
    were quoted; if the article has changed they are looked for, the nearest place first, wherever words begin.
    """
    if not 0 <= start < end:
        return None
    if not check or checksum(text[start:end]) == check:
        return (start, end) if end <= len(text) else None
    length = end - start
    if length > LONGEST:
        return None
    begins = (match.end() for match in re.finditer(r"^|\s(?=\S)", text))
    near = sorted((b for b in begins if b + length <= len(text)), key=lambda begin: abs(begin - start))
    found = (b for b in islice(near, PLACES) if checksum(text[b : b + length]) == check)
    begin = next(found, None)
    return None if begin is None else (begin, begin + length)
