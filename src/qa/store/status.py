"""What an index holds and how it stands, without opening anything large."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from qa.errors import IndexMissing
from qa.store import derived, faiss_file, history, layout, listing, place, schema
from qa.store.catalogue import reading
from qa.store.database import settings
from qa.store.lock import held_by


@dataclass(frozen=True, slots=True)
class Status:
    """``articles`` that differ in their text, and the ``copies`` of them that are from other sources.

    ``languages``: articles by language, the most first. ``sizes``: bytes by name of file.

    ``search`` is "exact", the FAISS factory string of an approximate index, or "missing" where there is no file;
    ``recall`` is the share of the ten nearest that an approximate one finds, as measured when it was made.
    ``updated`` is an ISO 8601 time in UTC. ``removed`` are the files that `qa remove` has left out. ``writer``
    names who is writing just now.
    """

    folder: Path
    articles: int
    copies: int
    passages: int
    languages: dict[str, int]
    model: str
    fingerprint: str
    pipeline: str
    format: int
    generation: str
    updated: str
    search: str
    recall: float | None
    sizes: dict[str, int]
    corpora: tuple[str, ...]
    removed: tuple[str, ...]
    writer: str | None


def read_status(folder: Path) -> Status:
    """The status of the index in ``folder``. Raises what ``database.connect`` does."""
    if where := place.remote(folder):
        from qa.store.milvus import care

        return care.status(folder, where)
    with reading(folder) as db:
        known = settings(db)
        if "fingerprint" not in known:
            raise IndexMissing(f"the index in {folder} is empty: build it with `qa index FOLDER --index {folder}`")
        languages, copies = listing.counts(db)
        (passages,) = db.execute("SELECT count(*) FROM passages").fetchone()
        newest = history.newest(db)
        label = faiss_file.read_label(folder / derived.PASSAGES.file)
        return Status(
            folder=folder.absolute(),
            articles=sum(languages.values()),
            copies=copies,
            passages=passages,
            languages=languages,
            model=known["model"] or "bundled",
            fingerprint=known["fingerprint"],
            pipeline=known["pipeline"],
            format=schema.format_version(db),
            generation=newest.id,
            updated=newest.at,
            search="missing" if label is None else "exact" if label.kind == "Flat" else label.kind,
            recall=label.recall if label and label.kind != "Flat" else None,
            sizes=layout.sizes(folder),
            corpora=tuple(json.loads(known.get("corpora", "[]"))),
            removed=tuple(json.loads(known.get("removed", "[]"))),
            writer=held_by(folder),
        )
