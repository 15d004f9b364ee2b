from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from indexing import home, rows, unprivileged

from qa.centring import LANGUAGES, ROLES, Background
from qa.encoder import Encoder
from qa.errors import IndexDamaged, IndexMismatch, IndexMissing, StoreError
from qa.store import database, schema
from qa.store.database import DATABASE, connect, from_blob, to_blob
from qa.store.reader import Reader
from qa.store.writer import open_writer


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def refused_by_both(index: Path) -> list[StoreError]:
    """What a reader and a writer say of an index that neither can use."""
    errors = []
    with pytest.raises(StoreError) as raised, Reader(index).view() as view:
        view.articles()
    errors.append(raised.value)
    with pytest.raises(StoreError) as raised, open_writer(index) as writer:
        writer.known()
    errors.append(raised.value)
    assert all("\n" not in str(error) for error in errors)
    return errors


def test_a_new_file_has_every_migration_and_is_safe_to_kill(tmp_path: Path) -> None:
    db = connect(tmp_path, create=True)
    assert schema.format_version(db) == len(schema.MIGRATIONS)
    pragmas = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    schema.migrate(db)
    assert schema.format_version(db) == len(schema.MIGRATIONS)
    db.close()


def test_a_migration_happens_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(tmp_path, create=True).close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE a (x); CREATE TABLE a (x);"))
    with pytest.raises(StoreError):
        connect(tmp_path, create=True)
    assert rows(tmp_path, "SELECT name FROM sqlite_master WHERE name = 'a'") == []
    released = len(schema.MIGRATIONS) - 1
    assert rows(tmp_path, "PRAGMA user_version") == [(released,)]
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS[:released], "CREATE TABLE a (x);"))
    connect(tmp_path, create=True).close()
    assert rows(tmp_path, "PRAGMA user_version") == [(released + 1,)]


def test_there_is_no_index(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(
            IndexMissing, match=rf"^there is no index in {folder}: build one with `qa index [^\n]+`$"
        ):
            Reader(folder)
        assert not (folder / DATABASE).exists()


def test_an_empty_file_is_no_index_and_can_become_one(tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    with pytest.raises(IndexMissing, match=r"^the index in .* is empty: build it with `qa index"):
        Reader(tmp_path)
    with open_writer(tmp_path):
        pass
    with pytest.raises(IndexMissing, match=r"^the index in .* is empty: build it with `qa index"):
        Reader(tmp_path)


def test_a_newer_format_is_left_alone(index: Path) -> None:
    db = sqlite3.connect(index / DATABASE)
    db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    db.close()
    for error in refused_by_both(index):
        assert isinstance(error, IndexMismatch)
        assert "update isnad-qa" in str(error)


@pytest.mark.parametrize("size", [100, 5000, 20_000, 60_000])
def test_a_file_that_was_cut_off_is_damaged(index: Path, size: int) -> None:
    data = (index / DATABASE).read_bytes()
    assert len(data) > size
    (index / DATABASE).write_bytes(data[:size])
    assert all(
        isinstance(error, IndexDamaged) and "move it away and build the index again" in str(error)
        for error in refused_by_both(index)
    )


@pytest.mark.parametrize("data", [b"not a database" * 1000, b"\0" * 8192, b"SQLite format 3\0" + b"\xff" * 8192])
def test_a_file_that_is_no_database_is_damaged(index: Path, data: bytes) -> None:
    (index / DATABASE).write_bytes(data)
    assert all(isinstance(error, IndexDamaged) for error in refused_by_both(index))
    assert (index / DATABASE).read_bytes() == data


def test_a_table_whose_name_is_no_text_is_damage(index: Path) -> None:
    data = (index / DATABASE).read_bytes()
    (index / DATABASE).write_bytes(data.replace(b"tablepassagespassages", b"table\x9dassagespassages"))
    assert all(isinstance(error, IndexDamaged) for error in refused_by_both(index))


def test_damage_within_is_found_when_it_is_read(index: Path) -> None:
    data = bytearray((index / DATABASE).read_bytes())
    page = 4096
    tables = rows(index, "SELECT rootpage FROM sqlite_master WHERE name IN ('articles', 'passages')")
    for (root,) in tables:
        assert isinstance(root, int)
        data[(root - 1) * page : root * page] = b"\xa5" * page
    (index / DATABASE).write_bytes(data)
    assert all(isinstance(error, IndexDamaged) for error in refused_by_both(index))


def test_a_folder_in_the_databases_place_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / DATABASE).mkdir()
    with pytest.raises(IndexMissing):
        Reader(tmp_path)
    unusable = r"^the index in .* cannot be used \(.*\): check its permissions and free disk$"
    with pytest.raises(StoreError, match=unusable), open_writer(tmp_path):
        pass


def test_what_permissions_deny_is_said_in_a_line(encoder: Encoder) -> None:
    with unprivileged() as folder:
        index = home(folder, encoder) / "index"
        (index / DATABASE).chmod(0)
        assert all("unable to open database file" in str(error) for error in refused_by_both(index))
        (index / DATABASE).chmod(0o600)
        index.chmod(0)
        with pytest.raises(StoreError, match=r"^[^\n]+$"):
            Reader(index)
        denied = r"^cannot write the index in .* \(Permission denied\): make the folder"
        with pytest.raises(StoreError, match=denied), open_writer(index):
            pass
        index.chmod(0o700)


def test_vectors_come_back(encoder: Encoder) -> None:
    vectors = encoder.encode_queries(["bridge", "جسر"])
    assert np.array_equal(from_blob(to_blob(vectors, "<f4"), "<f4", encoder.dim), vectors)
    half = from_blob(to_blob(vectors, "<f2"), "<f2", encoder.dim)
    assert half.dtype == np.float32
    assert half.shape == vectors.shape
    assert np.abs(half - vectors).max() < 1e-3


def test_the_background_comes_back(index: Path, encoder: Encoder) -> None:
    db = connect(index)
    before = database.read_background(db, encoder.dim).means
    given = {place: mean * 2 for place, mean in before.items()}
    database.write_background(db, Background(given))
    after = database.read_background(db, encoder.dim).means
    db.close()
    assert set(before) == set(after) == {(role, lang) for role in ROLES for lang in LANGUAGES}
    assert all(np.array_equal(after[place], mean) for place, mean in given.items())


def test_an_index_of_the_first_format_keeps_all_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    db = sqlite3.connect(folder / DATABASE, isolation_level=None)
    db.executescript(schema.MIGRATIONS[0])
    db.execute("PRAGMA user_version = 1")
    values = ("news/a.txt", "/news/a.txt", 1, 2, "f", "c", "T", "Text.", "2021-11-24", "en", "", "", "[]", "[]")
    db.execute(f"INSERT INTO articles VALUES (7, {', '.join('?' * len(values))})", values)
    db.execute("INSERT INTO passages VALUES (3, 7, 0, 5, 'en', '[]', x'', x'', 'text')")
    db.close()
    with open_writer(folder) as writer:
        (known,) = writer.known()
        assert (known.rowid, known.id, str(known.file.path)) == (7, "news/a.txt", "/news/a.txt")
        assert (writer.article_count(), writer.passage_count()) == (1, 1)
    assert rows(folder, "SELECT date, dated, author FROM articles") == [("2021-11-24", "text", "")]
    assert rows(folder, "SELECT seq FROM sqlite_sequence WHERE name = 'articles'") == [(7,)]
    assert rows(folder, "PRAGMA foreign_key_check") == []
