"""Backups: taken while the index is in use, checked before they replace anything."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sqlite3
import threading
import time
import zipfile
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from indexing import STORM, TRAIN, Listening, assert_sound, home, nearest, python, rows, stored, unprivileged, write

from qa.encoder import Encoder
from qa.errors import ConfigError, IndexDamaged, IndexLocked, IndexMismatch, IndexMissing, StoreError
from qa.index import update
from qa.store import layout, schema
from qa.store.backup import MANIFEST, backup
from qa.store.database import DATABASE
from qa.store.doctor import examine
from qa.store.reader import Reader
from qa.store.restore import restore
from qa.store.writer import open_writer

QUESTION = "Which bakery won the prize?"


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    index = home(tmp_path, encoder) / "index"
    with closing(sqlite3.connect(index / layout.PEOPLE)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE feedback (said TEXT)")
        say(index, "good")
    (index / "inbox").mkdir()
    (index / "inbox" / "رسالة.txt").write_text(TRAIN, encoding="utf-8")
    return index


@pytest.fixture
def saved(index: Path) -> Path:
    """A backup of ``index``."""
    file = index.parent / "isnad.zip"
    backup(index, file)
    return file


def say(index: Path, what: str) -> None:
    with closing(sqlite3.connect(index / layout.PEOPLE)) as db, db:
        db.execute("INSERT INTO feedback VALUES (?)", [what])


def said(index: Path) -> list[str]:
    with closing(sqlite3.connect(index / layout.PEOPLE)) as db:
        return [what for (what,) in db.execute("SELECT said FROM feedback")]


def change_index(index: Path, encoder: Encoder) -> None:
    """Another article, another opinion, another letter."""
    update([write(index.parent / "news", d=STORM)], index, Listening(encoder))
    say(index, "bad")
    (index / "inbox" / "later.txt").write_text(STORM)


def contents(index: Path) -> object:
    """Everything that a user would miss, and the files that are there."""
    return (
        stored(index),
        rows(index, "SELECT * FROM settings ORDER BY key"),
        said(index),
        {path.name: path.read_bytes() for path in (index / "inbox").iterdir()},
    )


def edited(file: Path, edit: Callable[[dict[str, Any]], None], **members: bytes) -> Path:
    """A backup with another manifest and with other members besides."""
    target = file.with_name("edited.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read(MANIFEST))
        edit(manifest)
        for name in old.namelist():
            if name != MANIFEST and name not in members:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            new.writestr(name, data)
        new.writestr(MANIFEST, json.dumps(manifest))
    return target


# There and back -------------------------------------------------------------------------------------------


def test_what_was_saved_comes_back(index: Path, saved: Path, encoder: Encoder, tmp_path: Path) -> None:
    before = contents(index)
    answers = nearest(index, QUESTION, encoder)
    elsewhere = tmp_path / "deep" / "elsewhere"
    manifest = restore(saved, elsewhere)
    assert contents(elsewhere) == contents(index) == before
    assert nearest(elsewhere, QUESTION, encoder) == answers
    assert_sound(elsewhere)
    assert {check.severity for check in examine(elsewhere)} == {"OK"}
    assert sorted(manifest.members) == ["inbox/رسالة.txt", "isnad.sqlite", "people.sqlite"]
    assert (manifest.articles, manifest.format) == (3, len(schema.MIGRATIONS))
    assert all((elsewhere / name).exists() for name in layout.DERIVED), "the first question does not wait"
    assert [path.name for path in tmp_path.iterdir() if ".tmp" in path.name] == []
    restored = update([index.parent / "news"], elsewhere, Listening(encoder))
    assert (restored.unchanged, restored.added) == (3, 0)


def test_an_index_is_replaced_only_by_force(index: Path, saved: Path, encoder: Encoder) -> None:
    before = contents(index)
    change_index(index, encoder)
    after = contents(index)
    with pytest.raises(ConfigError, match=r"^there is an index in .*: replace it with --force, or name another"):
        restore(saved, index)
    assert contents(index) == after
    restore(saved, index, force=True)
    (index / "inbox" / "later.txt").unlink()  # which nobody had saved, and nobody threw away
    assert contents(index) == before
    assert_sound(index)
    assert {check.severity for check in examine(index)} == {"OK"}


def test_who_reads_goes_on(index: Path, saved: Path, encoder: Encoder) -> None:
    reader = Reader(index)
    with reader.view() as view:
        assert len(view.articles()) == 3
    change_index(index, encoder)
    with reader.view() as view:
        assert len(view.articles()) == 4
        restore(saved, index, force=True)
        assert len(view.articles()) == 4, "a request sees one generation"
        assert all(view.article(stored.rowid).article.text for stored in view.articles())
    with reader.view() as view:
        assert len(view.articles()) == 3
    assert_sound(index)


def test_while_a_writer_writes(index: Path, tmp_path: Path) -> None:
    """It holds whole commits, and nothing of what is not committed."""
    with open_writer(index) as writer:
        writer.remove(known.rowid for known in writer.known()[:1])
        assert backup(index, tmp_path / "a.zip").articles == 3
        writer.commit()
        assert backup(index, tmp_path / "a.zip").articles == 2
        writer.clear()
        restore(tmp_path / "a.zip", tmp_path / "other")
    assert len(stored(tmp_path / "other")) == 2
    assert_sound(tmp_path / "other")


def test_commit_after_commit(index: Path, tmp_path: Path) -> None:
    """Of twenty backups beside a writer that never rests each holds the state of one generation."""
    stop = threading.Event()

    def write_on() -> None:
        with open_writer(index) as writer:
            for n in range(10_000):
                if stop.is_set():
                    return
                writer.set(first=str(n), second=str(n))
                writer.commit()

    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        for n in range(8):
            backup(index, tmp_path / "a.zip")
            restore(tmp_path / "a.zip", tmp_path / str(n))
            pair = "SELECT value FROM settings WHERE key IN ('first', 'second')"
            assert len({*rows(tmp_path / str(n), pair)}) <= 1
    finally:
        stop.set()
        thread.join()


def test_over_a_damaged_index(index: Path, saved: Path) -> None:
    before = contents(index)
    size = (index / DATABASE).stat().st_size
    for data in (b"no database" * 999, b"", (index / DATABASE).read_bytes()[:100], b"\0" * size):
        (index / DATABASE).write_bytes(data)
        restore(saved, index, force=True)
        assert contents(index) == before
        assert_sound(index)
    (index / DATABASE).unlink()
    restore(saved, index, force=True)
    assert contents(index) == before


def test_an_older_format_is_brought_up_to_date(index: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = (*schema.MIGRATIONS, "CREATE TABLE extra (a INTEGER) STRICT;")
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    restore(saved, index, force=True)
    assert rows(index, "PRAGMA user_version") == [(len(schema.MIGRATIONS),)]
    assert_sound(index)


# What is refused ------------------------------------------------------------------------------------------


def test_no_backup(index: Path, tmp_path: Path) -> None:
    before = contents(index)
    text = write(tmp_path, a=STORM) / "a.txt"
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("a.txt", "a")
    for file, line in (
        (tmp_path / "none.zip", "there is no file .*: check the name"),
        (tmp_path, "cannot read .*: check its name and permissions"),
        (text, "is no backup, or is torn: name another"),
        (tmp_path / "other.zip", "is no backup of an index: name another"),
    ):
        with pytest.raises(StoreError if "torn" in line else ConfigError, match=line):
            restore(file, index, force=True)
    assert contents(index) == before
    for file in (text, tmp_path / "other.zip"):
        kept = file.read_bytes()
        with pytest.raises(ConfigError, match=r"is there already and is no backup: name another"):
            backup(index, file)
        assert file.read_bytes() == kept


def test_a_torn_one(index: Path, saved: Path) -> None:
    before = contents(index)
    data = saved.read_bytes()
    step = len(data) // 40
    for n in range(40):
        at = n * step
        flipped = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        for torn in (data[:at], flipped):
            saved.write_bytes(torn)
            with suppress(StoreError, ConfigError):  # where it changes nothing that matters, all comes back
                restore(saved, index, force=True)
            assert contents(index) == before
    assert not (index / layout.RESTORING).exists()
    assert_sound(index)


@pytest.mark.parametrize("key", ["backup", "format"])
def test_one_of_a_newer_release(index: Path, saved: Path, key: str) -> None:
    newer = edited(saved, lambda manifest: manifest.update({key: 99, "isnad": "9.9"}))
    with pytest.raises(IndexMismatch, match=r"was written by isnad-qa 9\.9, which is newer: update this one$"):
        restore(newer, index, force=True)
    assert len(backup(index, newer).members) == 3, "but it is a backup, and may be replaced by one"


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/tmp/evil.txt", "inbox/../../evil.txt", "passages.faiss", "evil.txt"]
)
@pytest.mark.parametrize("told", [True, False])
def test_one_that_reaches_outside(saved: Path, tmp_path: Path, name: str, told: bool) -> None:
    digest = hashlib.sha256(b"evil").hexdigest()

    def tell(manifest: dict[str, Any]) -> None:
        if told:
            manifest["members"][name] = {"size": 4, "sha256": digest}

    evil = edited(saved, tell, **{name: b"evil"})
    with pytest.raises(ConfigError, match=r"holds what a backup does not: name another"):
        restore(evil, tmp_path / "deep" / "new")
    assert not [*tmp_path.rglob("*evil*")]


@pytest.mark.parametrize(
    "edit",
    [
        lambda manifest: manifest["members"].pop(DATABASE),
        lambda manifest: manifest["members"][DATABASE].pop("size"),
        lambda manifest: manifest.update(members=3),
        lambda manifest: manifest.update(more=1),
        lambda manifest: manifest.update(backup=None),
        lambda manifest: manifest.clear(),
    ],
)
def test_one_with_a_strange_manifest(saved: Path, tmp_path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    with pytest.raises(ConfigError, match=r"name another$"):
        restore(edited(saved, edit), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_one_whose_files_are_not_what_it_says(saved: Path, tmp_path: Path) -> None:
    for edit in (
        lambda manifest: manifest.update(generation="another"),
        lambda manifest: manifest["members"][DATABASE].update(size=100),
        lambda manifest: manifest["members"][DATABASE].update(sha256="0" * 64),
    ):
        with pytest.raises(IndexDamaged, match=r"name another$"):
            restore(edited(saved, edit), tmp_path / "new")
        assert not (tmp_path / "new" / DATABASE).exists()


def test_an_index_that_is_not_whole_is_not_saved(index: Path, saved: Path) -> None:
    before = saved.read_bytes()
    (root,) = rows(index, "SELECT rootpage FROM sqlite_master WHERE name = 'passages'")[0]
    assert isinstance(root, int)
    with closing(sqlite3.connect(index / DATABASE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (index / DATABASE).open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(IndexDamaged, match=r"is damaged .*: see what can be mended with `qa doctor`$"):
        backup(index, saved)
    assert saved.read_bytes() == before
    (index / DATABASE).write_bytes(b"no database" * 999)
    with pytest.raises(IndexDamaged):
        backup(index, saved)
    assert saved.read_bytes() == before


def test_no_index_to_save(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        backup(tmp_path, tmp_path / "a.zip")
    assert [*tmp_path.iterdir()] == []


def test_not_while_another_writes(index: Path, saved: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from qa.store.lock import writing\n"
        "with writing(Path(sys.argv[1])): print('held', flush=True); sys.stdin.readline()"
    )
    with python(code, index) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(IndexLocked, match=f"process {other.pid} on"):
            restore(saved, index, force=True)
        other.communicate("\n")


# No room, no right, no time -------------------------------------------------------------------------------


def test_nowhere_to_write(index: Path, saved: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nothing was replaced$"):
        backup(index, tmp_path / "no" / "such" / "folder.zip")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"^cannot restore to .*: make room there, then restore again$"):
        restore(saved, tmp_path / "file" / "index")


def test_a_disk_that_is_too_small(index: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(index)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**9, 10**9, 0))
    with pytest.raises(StoreError, match=r"has room for 0 MB, restoring needs"):
        restore(saved, index, force=True)
    assert contents(index) == before


LIMITED = """\
import resource, sys
from pathlib import Path
from qa.errors import IsnadError
from qa.store.backup import backup
from qa.store.restore import restore
what, index, file, limit = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
try:
    backup(Path(index), Path(file)) if what == "backup" else restore(Path(file), Path(index), force=True)
except IsnadError as error:
    print(error)
else:
    print("done")
"""


def limited(what: str, index: Path, file: Path, limit: int) -> str:
    """The first line of what a process says whose files may have ``limit`` bytes, as on a disk that fills up."""
    with python(LIMITED, what, index, file, limit) as process:
        out, _ = process.communicate(timeout=120)
    return out.splitlines()[0]


def test_a_disk_that_fills_up(index: Path, saved: Path, encoder: Encoder) -> None:
    kept = saved.read_bytes()
    for limit in (40_000, len(kept) - 1000):
        line = limited("backup", index, saved, limit)
        assert line.startswith("cannot "), line
        assert line.endswith("nothing was replaced")
        assert saved.read_bytes() == kept
    change_index(index, encoder)
    now = contents(index)
    with zipfile.ZipFile(saved) as archive:
        size = archive.getinfo(DATABASE).file_size
    for limit in (40_000, size // 2, size + 500):  # the last is room to unpack it, not to put it in place
        line = limited("restore", index, saved, limit)
        assert line.startswith(("cannot restore to", "the index in")), line
        assert contents(index) == now
        assert_sound(index)
    restore(saved, index, force=True)
    assert len(stored(index)) == 3


def test_a_folder_that_may_not_be_written(saved: Path) -> None:
    data = saved.read_bytes()
    with unprivileged() as folder:
        (folder / "isnad.zip").write_bytes(data)
        restore(folder / "isnad.zip", folder / "index")
        before = {path.name: path.read_bytes() for path in (folder / "index" / "inbox").iterdir()}
        (folder / "index").chmod(0o500)
        with pytest.raises(StoreError, match=r"Permission denied"):
            restore(folder / "isnad.zip", folder / "index", force=True)
        (folder / "index").chmod(0o700)
        assert before == {path.name: path.read_bytes() for path in (folder / "index" / "inbox").iterdir()}
        assert_sound(folder / "index")
        folder.chmod(0o500)
        with pytest.raises(StoreError, match=r"cannot write .* \(Permission denied\)"):
            backup(folder / "index", folder / "isnad.zip")
        folder.chmod(0o700)
        assert (folder / "isnad.zip").read_bytes() == data


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_a_disk_that_fails(index: Path, saved: Path, encoder: Encoder, call: str) -> None:
    kept = saved.read_bytes()
    change_index(index, encoder)
    now = contents(index)

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(call, fail)
        with pytest.raises(StoreError, match=r"Input/output error"):
            backup(index, saved)
        with pytest.raises(StoreError, match=r"Input/output error.* then restore again$"):
            restore(saved, index, force=True)
    assert saved.read_bytes() == kept
    assert_sound(index)
    # Files that cannot be renamed are met when the index has been replaced, which is whole then.
    assert contents(index) == now if call == "os.fsync" else len(stored(index)) == 3
    restore(saved, index, force=True)
    assert said(index) == ["good"]
    assert len(stored(index)) == 3
    assert_sound(index)


RESTORE = """\
import sys
from pathlib import Path
from qa.store.restore import restore
print("ready", flush=True)
sys.stdin.readline()
restore(Path(sys.argv[1]), Path(sys.argv[2]), force=True)
"""


def test_killed_while_restoring(index: Path, saved: Path, encoder: Encoder) -> None:
    """At moments spread over the time that it takes: what is there is the old index or the restored one."""
    old = {*stored(index)}
    change_index(index, encoder)
    new = {*stored(index)}
    keep = index.parent / "keep"
    shutil.copytree(index, keep)
    began = time.perf_counter()
    restore(saved, index, force=True)
    took = time.perf_counter() - began
    seen = []
    for n in range(6):
        shutil.rmtree(index)
        shutil.copytree(keep, index)
        with python(RESTORE, saved, index) as process:
            assert process.stdin
            assert process.stdout
            process.stdout.readline()
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(took * n / 4)
            process.send_signal(signal.SIGKILL)
        found = {*stored(index)}
        assert found in (old, new)
        seen.append(found == old)
        assert_sound(index)
        assert not [check for check in examine(index) if check.severity == "FAIL"]
    restore(saved, index, force=True)
    assert {*stored(index)} == old
    assert not (index / layout.RESTORING).exists()
