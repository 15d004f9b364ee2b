"""What readers think of the answers, kept in the index's folder for ``qa eval``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from qa.answer import Answer
from qa.errors import StoreError

DATABASE = "people.sqlite"


def record(folder: Path, answer: Answer, verdict: int, *, at: datetime | None = None) -> None:
    """Keeps ``verdict``, 1 for good or -1 for bad, on ``answer``, given ``at`` (now).

    Raises StoreError where it cannot be written.
    """
    quotes = [[c.article.id, c.start, c.end, c.quote] for c in answer.citations]
    row = (
        (at or datetime.now(UTC)).isoformat(timespec="seconds"),
        answer.question,
        int(answer.answered),
        verdict,
        json.dumps(quotes),
    )
    try:
        with closing(sqlite3.connect(folder / DATABASE, isolation_level=None, timeout=30)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute(
                "CREATE TABLE IF NOT EXISTS feedback (at TEXT NOT NULL, question TEXT NOT NULL,"
                " answered INTEGER NOT NULL, verdict INTEGER NOT NULL, quotes TEXT NOT NULL) STRICT"
            )
            db.execute("INSERT INTO feedback VALUES (?, ?, ?, ?, ?)", row)
    except sqlite3.Error as error:
        raise StoreError(f"feedback cannot be kept in {folder} ({error})") from None
