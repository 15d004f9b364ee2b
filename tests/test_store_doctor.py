"""The doctor finds what is wrong, says what to do, and mends what it can."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest
from indexing import Listening, assert_sound, home, python, rows, stored, unprivileged

from qa.encoder import Encoder
from qa.errors import IndexLocked, IndexMissing
from qa.index import update
from qa.store import faiss_file, layout, schema
from qa.store.database import DATABASE, connect, generation
from qa.store.doctor import Check, examine, mend
from qa.store.faiss_file import Base, Label
from qa.store.lock import writing


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def change(index: Path, *statements: str) -> None:
    """What no writer of ours would do."""
    db = sqlite3.connect(index / DATABASE)
    with db:
        for statement in statements:
            db.execute(statement)
    db.close()


def unwell(index: Path) -> dict[str, Check]:
    return {check.name: check for check in examine(index) if check.severity != "OK"}


def assert_mended(index: Path, name: str, severity: str) -> list[str]:
    """``name`` alone, of ``severity``, and nothing once it has been mended; gives what was done."""
    found = unwell(index)
    assert {check.name: check.severity for check in found.values()} == {name: severity}
    assert "qa doctor --fix" in found[name].remedy
    done = mend(index, [*found.values()])
    assert unwell(index) == {}
    assert_sound(index)
    return done


def test_a_sound_index(index: Path, encoder: Encoder) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in index.iterdir() if path.suffix == ".faiss"}
    checks = examine(index, lambda _: encoder.fingerprint)
    assert {check.severity for check in checks} == {"OK"}
    assert len({check.name for check in checks}) == len(checks) == 17
    assert not any(check.remedy or check.mend for check in checks)
    assert mend(index, checks) == []
    assert before == {name: (index / name).stat().st_mtime_ns for name in before}
    assert_sound(index)


# The search files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", layout.DERIVED)
def test_a_search_file_that_is_torn_or_missing(index: Path, name: str) -> None:
    (index / name).write_bytes((index / name).read_bytes()[:-1])
    found = unwell(index)
    assert found["search files"].severity == "WARN"
    assert found["search files"].detail.startswith(f"{name}: missing, torn or stale")
    mend(index, [*found.values()])
    assert unwell(index) == {}
    (index / name).unlink()
    assert "search files" in unwell(index)


def base(index: Path, encoder: Encoder, ids: list[int]) -> Base:
    """A passages' file of the present generation with vectors of nothing."""
    db = connect(index)
    stamp = generation(db)
    db.close()
    strange = np.eye(len(ids), encoder.dim, dtype=np.float32)
    made = faiss.index_factory(encoder.dim, "IDMap2,Flat", faiss.METRIC_INNER_PRODUCT)
    made.add_with_ids(strange, np.array(ids, np.int64))
    return Base(Label(stamp, "Flat", len(ids)), made)


def test_a_search_file_with_other_vectors(index: Path, encoder: Encoder) -> None:
    ids = [id_ for (id_,) in rows(index, "SELECT id FROM passages") if isinstance(id_, int)]
    faiss_file.save(index / "passages.faiss", base(index, encoder, ids))
    assert assert_mended(index, "samples", "FAIL") == ["made the search files again from the database"]


def test_a_search_file_that_lacks_a_passage(index: Path, encoder: Encoder) -> None:
    faiss_file.save(index / "passages.faiss", base(index, encoder, []))
    found = unwell(index)
    assert found["counts"].detail.endswith("but vectors of 0 in FAISS")
    assert found["samples"].severity == "FAIL"
    assert mend(index, [*found.values()]) == ["made the search files again from the database"]
    assert unwell(index) == {}


# The database ---------------------------------------------------------------------------------------------


def test_words_that_are_not_those_of_the_passages(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.store.doctor.truth.SHARE", 1)
    change(index, "UPDATE postings SET term = 'other' WHERE term = 'bridg'")
    assert assert_mended(index, "words", "FAIL") == ["made the words to be searched again from the passages"]
    assert_sound(index)


@pytest.mark.parametrize("left", ["x''", "x'0100020003000400'"])
def test_words_that_are_too_few_or_too_many(index: Path, left: str) -> None:
    change(index, f"UPDATE postings SET passages = {left} WHERE term = 'bridg'")
    found = unwell(index)
    assert {"words"} == {*found}
    mend(index, [*found.values()])
    assert unwell(index) == {}
    assert_sound(index)


def test_passages_of_no_article(index: Path) -> None:
    change(index, "PRAGMA foreign_keys = OFF", "DELETE FROM articles WHERE id = 'news/b.txt'")
    assert assert_mended(index, "references", "FAIL") == ["removed 1 passage of no article"]


def test_a_text_that_was_changed(index: Path, encoder: Encoder) -> None:
    change(index, "UPDATE articles SET text = replace(text, 'rye', 'oat') WHERE id = 'news/b.txt'")
    detail = unwell(index)["texts"].detail
    assert detail == "3 of 3 articles looked at: 1 not as indexed and never quoted, 'news/b.txt' for one"
    assert assert_mended(index, "texts", "FAIL") == ["took out 1 article: run `qa index` to read the files again"]
    assert "news/b.txt" not in stored(index)
    update([index.parent / "news"], index, Listening(encoder))
    assert "rye bread" in stored(index)["news/b.txt"].article.text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET headings = '{' WHERE id = 'news/b.txt'",
        "UPDATE articles SET date = 'soon' WHERE id = 'news/b.txt'",
        "UPDATE articles SET text = CAST(x'ff' AS TEXT) WHERE id = 'news/b.txt'",
        "UPDATE passages SET end = 10000 WHERE article = 2",
        "UPDATE passages SET start = -1 WHERE article = 2",
    ],
)
def test_a_row_that_cannot_be_read_or_lies_elsewhere(index: Path, statement: str) -> None:
    change(index, statement)
    assert_mended(index, "texts", "FAIL")


def test_a_text_whose_file_is_gone_is_not_thrown_away(index: Path) -> None:
    change(index, "UPDATE articles SET text = 'other' WHERE id = 'news/b.txt'")
    (index.parent / "news" / "b.txt").unlink()
    found = unwell(index)["texts"]
    assert found.remedy.startswith("their files are gone: restore a backup")
    assert found.mend is None


@pytest.mark.parametrize(
    "vector", ["x'00'", "zeroblob(1536)", "CAST(replace(hex(zeroblob(768)), '0', char(255)) AS BLOB)"]
)
def test_vectors_that_are_none(index: Path, vector: str) -> None:
    change(index, f"UPDATE passages SET vector = {vector} WHERE id = 1")
    found = unwell(index)
    assert found["vectors"].severity == "FAIL"
    assert "1 with vectors that are none" in found["vectors"].detail
    assert found["vectors"].remedy == "encode anew with `qa index --rebuild`"


@pytest.mark.parametrize("senses", ["x''", "x'00'", "zeroblob(length(senses))", "zeroblob(length(senses) - 512)"])
def test_senses_that_are_none(index: Path, senses: str) -> None:
    change(index, f"UPDATE passages SET senses = {senses} WHERE id = 1")
    found = unwell(index)
    assert "1 with vectors that are none" in found["vectors"].detail


def test_words_without_a_vector(index: Path) -> None:
    change(index, "UPDATE word_vectors SET vector = x'0000' WHERE id = 1")
    assert "and 1 word" in unwell(index)["vectors"].detail


def test_sqlites_own_indexes(index: Path) -> None:
    """The index is said to be of another column, and so has none of the entries that it should."""
    other = "UPDATE sqlite_master SET sql = replace(sql, '(content_hash)', '(file_hash)') WHERE type = 'index'"
    change(index, "PRAGMA writable_schema = ON", other)
    assert "articles_by_content" in unwell(index)["database"].detail
    assert assert_mended(index, "database", "FAIL") == ["made the database's own indexes again"]


def test_damage_that_cannot_be_mended(index: Path) -> None:
    (root,) = rows(index, "SELECT rootpage FROM sqlite_master WHERE name = 'passages'")[0]
    assert isinstance(root, int)
    flush(index)
    with (index / DATABASE).open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)
    found = unwell(index)["database"]
    assert (found.severity, found.mend) == ("FAIL", None)
    assert "restore a backup with `qa restore FILE --force`" in found.remedy


@pytest.mark.parametrize("data", [b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 8192])
def test_a_file_that_is_no_database(index: Path, data: bytes) -> None:
    flush(index)
    (index / DATABASE).write_bytes(data)
    found = unwell(index)
    assert {*found} == {"database"}
    assert "is damaged" in found["database"].detail
    assert "move it away and build the index again" in found["database"].remedy
    assert mend(index, [*found.values()]) == []
    assert (index / DATABASE).read_bytes() == data


def flush(index: Path) -> None:
    change(index, "PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_newer_format(index: Path) -> None:
    change(index, f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    assert "update isnad-qa" in unwell(index)["database"].remedy


def test_nothing_indexed_yet(tmp_path: Path) -> None:
    connect(tmp_path, create=True).close()
    assert unwell(tmp_path)["database"].detail == "nothing has been indexed yet"
    for folder in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(IndexMissing):
            examine(folder)
        folder.mkdir(exist_ok=True)
        with pytest.raises(IndexMissing):
            examine(folder)


def test_what_people_said(index: Path) -> None:
    path = index / layout.PEOPLE
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE feedback (a)")
    db.commit()
    db.close()
    assert unwell(index) == {}
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * 4096)
    assert unwell(index)["people"].remedy.startswith("move people.sqlite away")


# What is around it ----------------------------------------------------------------------------------------


def test_another_encoder(index: Path, encoder: Encoder) -> None:
    def about(fingerprint: Callable[[str], str | None]) -> Check:
        return next(check for check in examine(index, fingerprint) if check.name == "encoder")

    assert about(lambda _: encoder.fingerprint).severity == "OK"
    assert about(lambda _: None).severity == "OK"
    other = about(lambda _: "another")
    assert (other.severity, other.remedy) == ("FAIL", "encode anew with `qa index --rebuild`")
    change(index, "UPDATE settings SET value = '0' WHERE key = 'pipeline'")
    assert about(lambda _: encoder.fingerprint).detail.startswith("articles were split by pipeline 0")


def test_what_killed_processes_left(index: Path) -> None:
    (index / "passages.faiss.tmp").write_bytes(b"half")
    (index / "words.fr.faiss").write_bytes(b"of another release")
    (index / layout.RESTORING).mkdir()
    (index / layout.RESTORING / DATABASE).write_bytes(b"half")
    (index / layout.HOLDER).write_text("process 1 on nowhere")
    (done,) = assert_mended(index, "files", "WARN")
    assert done.endswith(": passages.faiss.tmp, restore.tmp, words.fr.faiss")
    (index / layout.HOLDER).write_text("process 1 on nowhere")
    (done,) = assert_mended(index, "files", "WARN")
    assert done.endswith(": write.holder")


def test_what_someone_else_put_there_is_left_alone(index: Path) -> None:
    (index / "notes.txt").write_text("mine")
    found = unwell(index)["files"]
    assert (found.severity, found.mend) == ("WARN", None)
    assert found.detail == "not of an index: notes.txt"


def test_while_another_process_writes(index: Path) -> None:
    (index / "passages.faiss.tmp").write_bytes(b"half")
    (index / "words.ar.faiss").unlink()
    code = (
        "import sys; from pathlib import Path; from qa.store.writer import open_writer\n"
        "with open_writer(Path(sys.argv[1])): print('open', flush=True); sys.stdin.readline()"
    )
    with python(code, index) as other:
        assert other.stdout
        other.stdout.readline()
        found = {check.name: check for check in examine(index)}
        assert found["writer"].detail.startswith(f"being written by process {other.pid} on ")
        assert (found["words"].severity, found["files"].severity) == ("OK", "OK")
        with pytest.raises(IndexLocked):
            mend(index, [*found.values()])
        other.communicate("\n")
    assert mend(index, examine(index))
    assert unwell(index) == {}


def test_articles_that_are_gone(index: Path) -> None:
    shutil.rmtree(index.parent / "news")
    found = unwell(index)
    assert {*found} == {"articles' folders"}
    assert found["articles' folders"].detail == f"gone: {index.parent / 'news'}"


def test_a_disk_that_is_nearly_full(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**9, 10**9 - 1000, 1000))
    found = unwell(index)["disk"]
    assert (found.severity, found.detail[:12]) == ("WARN", "0.0 MB free,")


def test_a_database_that_has_shrunk(index: Path) -> None:
    change(index, "CREATE TABLE large (a)", "INSERT INTO large VALUES (zeroblob(70000000))")
    change(index, "DROP TABLE large")
    assert assert_mended(index, "space", "WARN") == ["wrote the database anew, without what lay empty"]
    assert (index / DATABASE).stat().st_size < 2_000_000


def test_permissions(index: Path) -> None:
    contents = {path.name: path.read_bytes() for path in index.iterdir()}
    with unprivileged() as folder:
        mine = folder / "index"
        mine.mkdir()
        for name, data in contents.items():
            (mine / name).write_bytes(data)
        (mine / "words.ar.faiss").chmod(0)
        found = unwell(mine)
        assert found["permissions"].detail == "may not be read: words.ar.faiss"
        (mine / "words.ar.faiss").chmod(0o600)
        mine.chmod(0)
        (only,) = examine(mine)
        assert (only.severity, only.detail) == ("FAIL", "the folder may not be read")
        mine.chmod(0o700)
        (mine / DATABASE).chmod(0o400)
        assert unwell(mine)["permissions"].severity == "WARN"
        assert os.access(mine, os.W_OK)


def test_a_lock_is_not_left_behind(index: Path) -> None:
    examine(index)
    with writing(index):
        pass
