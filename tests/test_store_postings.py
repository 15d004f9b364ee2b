from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.store import postings
from qa.store.postings import Changes, best, frequencies, rarities

TERMS = ("bridg", "جسر", "3.5", "u.s", "rare")
PASSAGES = st.dictionaries(
    st.integers(1, 60_000), st.frozensets(st.sampled_from(TERMS), min_size=1), max_size=60
).map(lambda found: dict(sorted(found.items())))


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(new()) as db:
        yield db


def new() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE TABLE postings (term, chunk, passages, PRIMARY KEY (term, chunk)) WITHOUT ROWID")
    db.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, terms)")
    return db


def fill(db: sqlite3.Connection, passages: dict[int, frozenset[str]]) -> None:
    changes = Changes()
    for id_, terms in passages.items():
        changes.add(id_, terms)
        db.execute("INSERT INTO passages VALUES (?, ?)", (id_, "\n".join(sorted(terms))))
    changes.write(db)


def expected(passages: dict[int, frozenset[str]], asked: list[str]) -> list[int]:
    """All passages with a word of ``asked``, in order, by the plainest means."""
    counts = {term: sum(term in held for held in passages.values()) for term in asked}
    weights = rarities(counts, len(passages))
    scores = {
        id_: float(sum(np.float32(weights[term]) for term in weights if term in held))
        for id_, held in passages.items()
        if held & weights.keys()
    }
    return sorted(scores, key=lambda id_: (-round(scores[id_], 4), -id_))


@given(PASSAGES, st.sets(st.sampled_from([*TERMS, "absent"])).map(sorted), st.data())
def test_the_rarest_words_in_common_come_first(
    passages: dict[int, frozenset[str]], asked: list[str], data: st.DataObject
) -> None:
    with closing(new()) as db:
        fill(db, passages)
        order = expected(passages, asked)
        assert best(db, asked, 1000, total=len(passages)) == order
        k = data.draw(st.integers(1, 5))
        assert best(db, asked, k, total=len(passages)) == order[:k]
        among = data.draw(st.sets(st.sampled_from(sorted(passages)))) if passages else set()
        some = best(db, asked, 1000, total=len(passages), among=np.array(sorted(among), np.int64))
        assert some == [id_ for id_ in order if id_ in among]
        assert frequencies(db, asked) == {term: sum(term in held for held in passages.values()) for term in asked}


@given(PASSAGES, st.data())
def test_what_was_removed_leaves_nothing(passages: dict[int, frozenset[str]], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(passages)))) if passages else set()
    with closing(new()) as db, closing(new()) as other:
        fill(db, passages)
        changes = Changes()
        for id_ in gone:
            changes.remove(id_, passages[id_])
        changes.write(db)
        fill(other, {id_: terms for id_, terms in passages.items() if id_ not in gone})
        lists = "SELECT * FROM postings ORDER BY term, chunk"
        assert db.execute(lists).fetchall() == other.execute(lists).fetchall()


def test_what_came_and_went_at_once_was_never_there(db: sqlite3.Connection) -> None:
    changes = Changes()
    changes.add(5, ["bridg"])
    changes.remove(5, ["bridg"])
    changes.add(6, ["bridg", "bridg"])
    changes.write(db)
    changes.write(db)
    assert best(db, ["bridg"], 10, total=2) == [6]


def test_all_lists_can_be_made_again(db: sqlite3.Connection) -> None:
    fill(db, {id_: frozenset({"every", f"word{id_ % 7}"}) for id_ in range(1, 40_000, 2)})
    before = db.execute("SELECT * FROM postings ORDER BY term, chunk").fetchall()
    assert {chunk for term, chunk, _ in before if term == "every"} == {0, 1, 2}
    db.execute("UPDATE postings SET passages = x'0000' WHERE term = 'every'")
    postings.rebuild(db)
    assert db.execute("SELECT * FROM postings ORDER BY term, chunk").fetchall() == before
    assert best(db, ["every"], 2, total=20_000) == [39_999, 39_997]
