"""The FAISS indexes that a process holds: read once, then kept abreast of the store for all its threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

from qa.store import derived, faiss_file
from qa.store.dense import Dense
from qa.store.derived import PASSAGES, Family


class Cache:
    """Follows the store in ``folder`` by what came and went.

    When that has become much, the file that the writer has renewed meanwhile is read in the background, and
    nobody waits for it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held: dict[Family, Dense] = {}
        self._renewing: set[Family] = set()

    def begin(self, db: sqlite3.Connection) -> Mapping[Family, Dense]:
        """Begin a transaction of ``db``: the passages, and what else is held, at the commit that it shows."""
        with self._lock:  # so that nobody's commit is behind what is held
            db.execute("BEGIN")
            self._follow(db)
            if PASSAGES not in self._held:  # its file may be of a commit after ours
                db.execute("ROLLBACK")
                db.execute("BEGIN")
                self._follow(db)
            if PASSAGES not in self._held:
                self._held[PASSAGES] = derived.made(PASSAGES, self._folder, db)
            return dict(self._held)

    def more(self, family: Family, db: sqlite3.Connection) -> Dense:
        """What was not held when the transaction of ``db`` began."""
        with self._lock:
            dense = derived.loaded(family, self._folder, db) or derived.made(family, self._folder, db)
            return self._held.setdefault(family, dense)

    def _follow(self, db: sqlite3.Connection) -> None:
        for family in {PASSAGES, *self._held}:
            held = self._held.pop(family, None)
            dense = (held and derived.caught_up(family, db, held)) or derived.loaded(family, self._folder, db)
            if dense:
                self._held[family] = dense
                if derived.outdated(dense) and family not in self._renewing:
                    self._renewing.add(family)
                    threading.Thread(target=self._renew, args=(family, dense.base.label.stamp), daemon=True).start()

    def _renew(self, family: Family, stamp: str) -> None:
        base = faiss_file.load(self._folder / family.file)
        with self._lock:
            if base and base.label.stamp != stamp:
                self._held[family] = Dense.of(base)
            self._renewing.discard(family)
