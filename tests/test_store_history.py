from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from indexing import STORM, Listening, home, rows, write

from qa.encoder import Encoder
from qa.index import update
from qa.store import history
from qa.store.database import connect
from qa.store.writer import open_writer


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def test_a_commit_names_a_state_and_when_it_came_about(index: Path, encoder: Encoder) -> None:
    db = connect(index)
    first = history.newest(db)
    assert history.named(db, first.id) == first
    assert history.named(db, "another") is None
    assert datetime.now(UTC) - datetime.fromisoformat(first.at) < timedelta(minutes=5)
    assert history.removed(db, first) == []
    news = write(index.parent / "news", d=STORM)
    (news / "b.txt").unlink()
    gone = [
        passage
        for (passage,) in rows(
            index, "SELECT p.id FROM passages p JOIN articles a ON a.rowid = article WHERE a.id = 'news/b.txt'"
        )
    ]
    update([news], index, Listening(encoder))
    second = history.newest(db)
    assert second.number == first.number + 1
    assert second.id != first.id
    assert history.removed(db, first) == gone
    assert history.removed(db, second) == []
    new = rows(index, "SELECT id FROM passages WHERE id > ? AND id <= ?", first.last_passage, second.last_passage)
    assert new == rows(index, "SELECT id FROM passages WHERE id > ?", first.last_passage)
    assert new
    db.close()


def test_what_is_long_gone_is_forgotten(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 3)
    for article in ("news/a.txt", "news/b.txt"):
        with open_writer(index) as writer:
            writer.remove([known.rowid for known in writer.known() if known.id == article])
            writer.commit()
    assert len(rows(index, "SELECT id FROM commits")) == 3
    assert len(rows(index, "SELECT passage FROM removed")) > 1
    for name in "xyz":
        with open_writer(index) as writer:
            writer.set(model=name)
            writer.commit()
    assert [number for (number,) in rows(index, "SELECT number FROM commits ORDER BY number")] == [4, 5, 6]
    assert rows(index, "SELECT passage FROM removed") == []
