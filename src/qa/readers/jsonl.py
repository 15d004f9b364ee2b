"""JSON Lines: one article a line, for bringing in many at once; docs/formats.md says what a line may hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import BinaryIO

from qa.article import Article
from qa.errors import ReadError
from qa.readers.metadata import Metadata
from qa.readers.text import article

LONGEST = 16 * 1024 * 1024
"""Bytes of a line; a longer one is not kept in memory."""

_FIELDS = ("title", "date", "source", "url", "lang", "author")


def read_many(file: BinaryIO, name: str, id: str) -> Iterator[Article | ReadError]:  # noqa: A002
    """The articles of an open JSON Lines file, line by line; blank lines are passed over.

    An article is called ``id#`` and its own ``id``, else its ``url``, else the SHA-256 of the line, shortened.
    """
    for number, line in _lines(file):
        where = f"line {number} of {name}"
        if line is None:
            yield ReadError(f"{where} is longer than {LONGEST >> 20} MiB")
        elif line.strip():
            try:
                yield _article(line, where, id)
            except ReadError as error:
                yield error


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        whole = len(line) < LONGEST or line.endswith(b"\n")
        yield number, (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line) if whole else None
        while not whole:
            rest = file.readline(LONGEST)
            whole = not rest or rest.endswith(b"\n")


def _article(line: bytes, where: str, id: str) -> Article:  # noqa: A002
    try:
        record = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{where} is not JSON in UTF-8") from error
    text = record.get("text") if isinstance(record, dict) else None
    if not isinstance(text, str):
        raise ReadError(f'{where} has no "text": each line is an object with a text, as docs/formats.md shows')
    fields = {key: str(record[key]).strip() for key in _FIELDS if isinstance(record.get(key), str | int)}
    own = str(record.get("id") or fields.get("url") or hashlib.sha256(line.strip()).hexdigest()[:16])
    text = sound(text)
    return article(text, name=where, id=named(id, own), metadata=Metadata({k: sound(v) for k, v in fields.items()}))


def named(id: str, own: str) -> str:  # noqa: A002
    """The id of an article within the file that is called ``id``; its last ``#`` parts the two."""
    return f"{id}#{sound(' '.join(own.split())).replace('#', '%23')[:200]}"


def sound(text: str) -> str:
    """``text`` with halves of characters, which JSON can spell, made replacement characters."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
