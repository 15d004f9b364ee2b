"""The inbox: pages from the web, saved as they came, to be indexed like any other file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx

from qa import readers
from qa.errors import FetchError
from qa.web.canonical import canonical, file_stem
from qa.web.client import Client, Response
from qa.web.origin import Origin, origin, sidecar, to_json

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """A page in the inbox; ``changed`` is false where it was there already, byte for byte."""

    path: Path
    url: str
    changed: bool


def acceptable(kind: str) -> bool:
    """Whether a page of this media type can be read once it is saved."""
    return kind in _SUFFIXES and readers.readable(Path(f"page{_SUFFIXES[kind]}"))


def take(
    address: str,
    folder: Path,
    client: Client,
    *,
    published: date | None = None,
    going: Callable[[httpx.URL], None] = lambda _: None,
) -> Saved:
    """Fetch the page at ``address`` into ``folder``; one that is there and has not changed is not sent again.

    ``going`` is called as by ``Client.get``.
    A page has one file, named by its canonical address, so that a new version takes the place of the old one.
    Raises FetchError where it cannot be had or is of no kind that can be read, OSError where it cannot be saved.
    """
    held = _held(canonical(client.guard.url(address)), folder)
    known = origin(held) if held else None
    if held is None or known is None or not known.is_of(held):
        return _save(client.get(address, accepts=acceptable, going=going), folder, published)
    response = client.get(address, accepts=acceptable, known=asdict(known), going=going)
    if not response.unchanged:
        return _save(response, folder, published or known.published)
    _write(sidecar(held), to_json(replace(known, fetched=_now())).encode())
    return Saved(held, known.url, changed=False)


def _held(url: str, folder: Path) -> Path | None:
    stem = folder / file_stem(url)
    return next((page for suffix in _SUFFIXES.values() if (page := Path(f"{stem}{suffix}")).is_file()), None)


def _save(response: Response, folder: Path, published: date | None) -> Saved:
    if not response.body.strip():
        raise FetchError(f"{response.url} is empty")
    suffix = _SUFFIXES[response.kind]
    url = canonical(response.url, response.body if suffix == ".html" else b"")
    page = folder / f"{file_stem(url)}{suffix}"
    page.parent.mkdir(parents=True, exist_ok=True)
    if (old := _held(url, folder)) and old != page:  # the same address, now of another kind
        old.unlink()
        sidecar(old).unlink(missing_ok=True)
    found = Origin(
        url=url,
        fetched=_now(),
        sha256=hashlib.sha256(response.body).hexdigest(),
        published=published,
        kind=response.kind,
        charset=response.charset,
        etag=response.etag,
        last_modified=response.last_modified,
    )
    changed = not found.is_of(page)
    _write(sidecar(page), to_json(found).encode())  # first: whoever reads the page should find it
    if changed:
        _write(page, response.body)
    return Saved(page, url, changed)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _write(path: Path, data: bytes) -> None:
    """Write so that ``path`` is the old file or the new one, whole; hidden until then."""
    beside = path.with_name(f".{path.name.lstrip('.')}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
