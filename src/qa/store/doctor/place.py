"""What is around the index: its folder, its encoder, its articles' folders, the disk."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from qa.config import PIPELINE
from qa.store import database, layout
from qa.store.doctor.check import FIX, Check

WASTE = 0.5
"""The part of a database that may lie empty before it is worth writing it anew."""


def permissions(folder: Path) -> Check:
    if not _may(folder, os.R_OK | os.X_OK):
        return Check("permissions", "FAIL", "the folder may not be read", f"`chmod u+rwx {folder}`, as its owner")
    closed = [path.name for path in sorted(folder.iterdir()) if not _may(path, os.R_OK)]
    if closed:
        return Check(
            "permissions", "FAIL", f"may not be read: {', '.join(closed)}", "`chmod u+rw` them, as their owner"
        )
    fixed = [name for name in (".", database.DATABASE) if not _may(folder / name, os.W_OK)]
    if fixed:
        return Check("permissions", "WARN", "may be read, not written", "index and answer as the folder's owner")
    return Check("permissions", "OK", "the folder and its files may be read and written")


def writer(holder: str | None) -> Check:
    return Check("writer", "OK", f"being written by {holder}" if holder else "nobody is writing")


def files(folder: Path, holder: str | None) -> Check:
    old = [path.name for path in layout.leftovers(folder)] if holder is None else []
    if holder is None and (folder / layout.HOLDER).exists():
        old.append(layout.HOLDER)
    strange = [path.name for path in layout.strangers(folder)]
    if old:
        detail = f"left by a process that was killed: {', '.join(old)}"
        return Check("files", "WARN", detail, FIX, lambda where: _sweep(where, old))
    if strange:
        detail = f"not of an index: {', '.join(strange)}"
        return Check("files", "WARN", detail, "move them elsewhere: a backup leaves them out")
    return Check("files", "OK", "none that does not belong here")


def _sweep(folder: Path, names: list[str]) -> str:
    names = [name for name in names if name != layout.HOLDER]  # which is ours by now
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return f"removed what was left by a process that was killed: {', '.join(names) or layout.HOLDER}"


def space(folder: Path, db: sqlite3.Connection) -> Check:
    """Whether the database has grown much larger than what it holds."""
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    log = folder / f"{database.DATABASE}-wal"
    waiting = log.stat().st_size if log.exists() else 0
    empty = free * size + waiting
    detail = f"{_megabytes(pages * size + waiting)}, {_megabytes(empty)} of it to spare"
    if empty > WASTE * pages * size and empty > 64 << 20:
        return Check("space", "WARN", detail, "give it back with `qa doctor --fix`", _compact)
    return Check("space", "OK", detail)


def _compact(folder: Path) -> str:
    with closing(database.connect(folder, create=True)) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return "wrote the database anew, without what lay empty"


def disk(folder: Path) -> Check:
    free, used = shutil.disk_usage(folder).free, sum(layout.sizes(folder).values())
    detail = f"{_megabytes(free)} free, the index has {_megabytes(used)}"
    if free < 2 * used:
        return Check("disk", "WARN", detail, f"make room: a rebuild may take {_megabytes(2 * used)}")
    return Check("disk", "OK", detail)


def articles(settings: dict[str, str]) -> Check:
    roots = json.loads(settings.get("corpora", "[]"))
    if gone := [root for root in roots if not os.path.exists(root)]:
        remedy = "bring them back, or name their new place with `qa index FOLDER`"
        return Check("articles' folders", "WARN", f"gone: {', '.join(gone)}", remedy)
    return Check("articles' folders", "OK", f"{len(roots)}, all there")


def encoder(settings: dict[str, str], fingerprint: str | None) -> Check:
    """``fingerprint`` is that of the encoder in use, None where that would have to be loaded first."""
    remedy = "encode anew with `qa index --rebuild`"
    if settings["pipeline"] != PIPELINE:
        detail = f"articles were split by pipeline {settings['pipeline']}, this release has {PIPELINE}"
        return Check("encoder", "FAIL", detail, remedy)
    if fingerprint is None:
        return Check("encoder", "OK", f"{settings['model']}, not loaded: compared at the first question")
    if fingerprint != settings["fingerprint"]:
        return Check("encoder", "FAIL", f"vectors are of {settings['fingerprint']}, not of {fingerprint}", remedy)
    return Check("encoder", "OK", fingerprint)


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
