"""Files to articles: one table says which reader reads which files.

A reader is a module of this package. One article to a file: ``read(data, name, id) -> Article``, of the file's
bytes. Many: ``read_many(file, name, id) -> Iterator[Article | ReadError]``, of the open file, in which what
cannot be read is one of the values, and the ids are ``id#…``. ``name`` is for messages and, as the last resort,
for a title.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from pathlib import Path
from stat import S_ISREG

from qa.article import Article
from qa.errors import ReadError
from qa.web.origin import origin

MAX_BYTES = 64 * 1024 * 1024
"""No article is longer; a larger file is something else and is refused before it is read."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How files of one kind are read.

    ``apart``: in a process of its own, with limits, since a parser can hang or explode on a hostile file.
    ``record``: bytes that stand once in each record of a file of many articles; empty for one article a file.
    """

    module: str
    apart: bool = False
    record: bytes = b""


_READERS = {
    ".md": Kind("text"),
    ".text": Kind("text"),
    ".txt": Kind("text"),
    ".htm": Kind("page", apart=True),
    ".html": Kind("page", apart=True),
    ".xhtml": Kind("page", apart=True),
    ".pdf": Kind("pdf", apart=True),
    ".docx": Kind("docx", apart=True),
    ".jsonl": Kind("jsonl", record=b"\n"),
    "result.json": Kind("telegram_export", record=b'"type": "message"'),
}

SUFFIXES = tuple(_READERS)
"""The kinds of files that can be read: their suffixes, or a whole name."""


def kind_of(path: Path) -> Kind | None:
    """How the file at ``path`` is read, by its name; ``None`` where there is no reader for it."""
    return _kind(path.name)


def readable(path: Path) -> bool:
    """Whether there is a reader for files of this name; the file itself is not looked at."""
    return readable_name(path.name)


def readable_name(name: str) -> bool:
    """The same of a file's name alone."""
    return _kind(name) is not None


def _kind(name: str) -> Kind | None:
    name = name.lower()
    if found := _READERS.get(suffix(name)):
        return found
    return None if name.startswith(".") else _READERS.get(name)


def suffix(name: str) -> str:
    """What ``Path(name).suffix`` is, in a tenth of the time: there may be a million names."""
    dot = name.rfind(".")
    return name[dot:] if 0 < dot < len(name) - 1 else ""


def read(path: Path, *, id: str) -> Article:  # noqa: A002
    """The article in the file at ``path``, or the first of many, read in this process.

    Raises `ReadError` where the file cannot be opened, is too large, cannot be read or has nothing to quote.
    """
    for found in read_all(path, id=id):
        if isinstance(found, ReadError):
            raise found
        return found
    raise ReadError(f"{shown(path)} has no article in it")


def read_all(path: Path, *, id: str) -> Iterator[Article | ReadError]:  # noqa: A002
    """The articles in the file at ``path``, read in this process; what cannot be read is one of the values.

    Raises `ReadError` where the file as a whole cannot be read.
    """
    kind, name = check(path), shown(path)
    module = import_module(f"qa.readers.{kind.module}")
    try:
        if kind.record:
            with path.open("rb") as file:
                yield from module.read_many(file, name, id)
        else:
            yield placed(module.read(path.read_bytes(), name, id), path)
    except OSError as error:
        raise ReadError(f"{name} cannot be opened: {error.strerror or error}") from error


def check(path: Path) -> Kind:
    """The kind of the file at ``path``. Raises `ReadError` where it is none that is worth opening."""
    name, kind = shown(path), kind_of(path)
    if kind is None:
        raise ReadError(f"{name} cannot be read: only {', '.join(sorted(_READERS))} files can")
    try:
        status = path.stat()
    except OSError as error:
        raise ReadError(f"{name} cannot be opened: {error.strerror or error}") from error
    except ValueError as error:
        raise ReadError(f"{name} cannot be opened: no file can have that name") from error
    if not S_ISREG(status.st_mode):
        raise ReadError(f"{name} is not a file: name a file with an article in it")
    if status.st_size > MAX_BYTES and not kind.record:
        raise ReadError(f"{name} is larger than {MAX_BYTES >> 20} MiB: split it into articles")
    return kind


def shown(path: Path) -> str:
    """A file's name as a message can show it, whatever characters it has."""
    return "".join(char if char.isprintable() else "?" for char in path.name)


def placed(article: Article, path: Path) -> Article:
    """``article`` with what is known of its file: where it came from on the web, and when it was last changed.

    The address is where the page was had, whatever it says of itself: it is what a reader will open. The day
    is the feed's or else the file's only where the article has no other.
    """
    if found := origin(path):
        article = replace(article, url=found.url, source=article.source or found.host)
        if found.published and not article.date:
            article = replace(article, date=found.published, dated="metadata")
    if article.date:
        return article
    return replace(article, date=date.fromtimestamp(path.stat().st_mtime), dated="file")
