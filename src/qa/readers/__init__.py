"""Files to articles: one table says which reader reads which files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG

from qa.article import Article
from qa.errors import ReadError
from qa.readers.text import read_text
from qa.web.origin import origin

MAX_BYTES = 64 * 1024 * 1024
"""No article is longer; a larger file is something else and is refused before it is read."""

# A reader takes the bytes, the file's name (for its messages and as the last resort for a title) and the id.
_READERS: dict[str, Callable[[bytes, str, str], Article]] = {
    ".md": read_text,
    ".text": read_text,
    ".txt": read_text,
}

SUFFIXES = tuple(_READERS)
"""The kinds of files that can be read."""


def readable(path: Path) -> bool:
    """Whether there is a reader for files of this suffix; the file itself is not looked at."""
    return path.suffix.lower() in _READERS


def read(path: Path, *, id: str) -> Article:  # noqa: A002
    """The article in the file at ``path``; what came from the web has its address from ``web.origin``.

    Raises `ReadError` where the file cannot be opened, is too large, is not text or has nothing to quote.
    """
    name = "".join(char if char.isprintable() else "?" for char in path.name)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ReadError(f"{name} cannot be read: only {', '.join(sorted(_READERS))} files can")
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise ReadError(f"{name} is not a file: name a text file")
        if status.st_size > MAX_BYTES:
            raise ReadError(f"{name} is larger than {MAX_BYTES >> 20} MiB: split it into articles")
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"{name} cannot be opened: {error.strerror or error}") from error
    except ValueError as error:
        raise ReadError(f"{name} cannot be opened: no file can have that name") from error
    article = reader(data, name, id)
    found = origin(path)
    if found is None:
        return article
    # The address is where the page was had, whatever it says of itself: it is what a reader will open.
    return replace(
        article,
        url=found.url,
        source=article.source or found.host,
        date=article.date or found.published,
    )
