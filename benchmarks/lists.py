"""How long lists of very many articles take, some of them copies of others; and bringing an older index up to date.

python benchmarks/lists.py [--articles 100000]
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from qa.store import listing, schema
from qa.store.records import ALL, Choice

COLUMNS = (
    "id, path, size, mtime_ns, file_hash, content_hash, title, text, date, lang, source, url, headings, kept,"
    " author, dated"
)
UNFOLDED = "SELECT id, title, date FROM articles ORDER BY +(dated = 'file'), date DESC, rowid DESC LIMIT 9"
"""As lists were before they were folded, without an index."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as name:
        db = sqlite3.connect(Path(name) / "isnad.sqlite", isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        fill(db, count)
        said("an index of format 2 is brought up to date", lambda: schema.migrate(db), times=1)
        said("the newest, not folded", lambda: db.execute(UNFOLDED).fetchall())
        said("the newest", lambda: listing.newest(db, 9, 0))
        said("a page of all", lambda: listing.browse(db, ALL, 20, 40))
        said("a page of one language", lambda: listing.browse(db, Choice(lang="ar"), 20, 0))
        said("a page of one source", lambda: listing.browse(db, Choice(source="source 7"), 20, 0))
        said("a page of a time", lambda: listing.browse(db, Choice(since=date(2020, 1, 1)), 20, 0))
        said("all, and how many", lambda: listing.browse(db, ALL, -1, 0))
        said("`qa status` counts", lambda: listing.counts(db))


def fill(db: sqlite3.Connection, count: int) -> None:
    """An index of format 2 with ``count`` articles of 3,000 characters; one in ten is a copy of another."""
    for number, script in enumerate(schema.MIGRATIONS[:2], 1):
        db.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT")
    choose = random.Random(1)
    db.execute("BEGIN")
    for n in range(count):
        of = n if n % 10 else choose.randrange(n or 1)
        of_day = (date(2015, 1, 1) + timedelta(random.Random(of).randrange(4000))).isoformat()
        text, lang = f"Article {of}. " + "word " * 600, "ar" if of % 3 else "en"
        row = (f"n/{n}.txt", f"/n/{n}.txt", 1, 1, "f" * 64, f"{of:064x}", f"Title {of}", text, of_day, lang)
        rest = (f"Source {n % 50}", f"https://e.example/{n}", "[]", "[]", "", "metadata")
        db.execute(f"INSERT INTO articles ({COLUMNS}) VALUES ({', '.join('?' * 16)})", (*row, *rest))
    db.execute("COMMIT")


def said(what: str, work: Callable[[], object], *, times: int = 5) -> None:
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    sys.stdout.write(f"{what:45} {best * 1000:9.1f} ms\n")


if __name__ == "__main__":
    main()
