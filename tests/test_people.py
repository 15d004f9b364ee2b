"""The database of what people leave behind, whoever made it first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qa.feedback import given
from qa.people import DATABASE, MIGRATIONS, open_people
from qa.telegram.state import State

FEEDBACK, BOT = MIGRATIONS[0], MIGRATIONS[1][:-1]
VERDICT = "INSERT INTO feedback VALUES (1, '2026-11-25T10:00:00+00:00', 'Why?', 1, 0.9, 1, '[]', '[]')"
PERSON = "INSERT INTO bot_people VALUES (7, 'Nora', 1.0, 'ar')"


def old(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def numbered_apart() -> tuple[str, ...]:
    """As bots numbered their tables before there was one list."""
    return (
        *BOT,
        PERSON,
        "CREATE TABLE bot_format (version INTEGER NOT NULL) STRICT",
        "INSERT INTO bot_format VALUES (1)",
    )


@pytest.mark.parametrize("first", ["feedback", "bot"])
@pytest.mark.parametrize(
    ("verdicts", "people", "statements"),
    [
        (0, 0, ()),
        (1, 0, (*FEEDBACK, VERDICT, "PRAGMA user_version = 1")),
        (0, 1, numbered_apart()),
        (1, 1, (*FEEDBACK, VERDICT, "PRAGMA user_version = 1", *numbered_apart())),
    ],
)
def test_files_of_both_numberings_become_one(
    tmp_path: Path, first: str, verdicts: int, people: int, statements: tuple[str, ...]
) -> None:
    old(tmp_path, *statements)
    for who in (first, "feedback", "bot"):
        if who == "feedback":
            assert len(list(given(tmp_path))) == verdicts
        else:
            state = State(tmp_path)
            found = state.submit(lambda db: db.execute("SELECT id, lang FROM bot_people").fetchall()).result()
            state.close()
            assert found == [(7, "ar")][:people]
    with open_people(tmp_path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'bot_format'").fetchall()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_people(tmp_path):
        pass
    monkeypatch.setattr("qa.people.MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE more (x)", "no SQL")))
    with pytest.raises(Exception, match="cannot be used"), open_people(tmp_path):
        pass
    monkeypatch.undo()
    with open_people(tmp_path) as db:
        assert not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'more'").fetchall()
