"""Writers of an index in Milvus that are killed, and more than one of them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")

from indexing import BAKERY, BRIDGE, FESTIVAL, STORM, Listening, python, write
from milvus_server import Server
from store_conformance import Open, add, article, texts

from qa.encoder import Encoder
from qa.errors import IndexLocked, StoreError
from qa.index import configure, update
from qa.store import open_store
from qa.store.doctor import examine, mend
from qa.store.milvus import commits, lease, schema
from qa.store.milvus.lease import claims
from qa.store.milvus.store import MilvusStore
from qa.store.place import folder_of

UPDATE = """\
import os, sys
from pathlib import Path
from qa import index
from qa.encoder import load_encoder
index.update([Path(sys.argv[1])], Path(sys.argv[2]), load_encoder(), rebuild=sys.argv[4] == "rebuild")
"""

STEPS = ("rows.doubled", "rows.doubled:2", "rows.buried:2", "rows.written", "commit.before", "commit.after")


@pytest.fixture
def index(milvus_server: Server, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index on a server, of three articles."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = folder_of(f"milvus:{milvus_server.where}/{tmp_path.name.replace('-', '_')}")
    update([write(tmp_path / "news", a=BRIDGE, b=BAKERY, c=FESTIVAL)], folder, Listening(encoder))
    return folder


def opened(folder: Path) -> MilvusStore:
    store = open_store(folder)
    assert isinstance(store, MilvusStore)
    return store


def kill(step: str, news: Path, index: Path, how: str = "") -> None:
    """Run an update that is killed at ``step``."""
    with pytest.MonkeyPatch.context() as killing:
        killing.setenv("ISNAD_KILL_AT", step)
        with python(UPDATE, news, index, step, how) as writer:
            assert writer.wait(60) == -9, step


def test_what_a_killed_writer_leaves_is_one_commit_or_the_other(
    index: Path, tmp_path: Path, encoder: Encoder
) -> None:
    news = tmp_path / "news"
    for n, step in enumerate(STEPS):
        before = texts(open_store(index))
        changed = BAKERY.replace("2019", str(1900 + n))
        write(news, b=changed, **{f"d{n}": STORM.replace("Friday", f"day {n}")})
        kill(step, news, index)
        left = texts(open_store(index))
        if step == "commit.after":
            assert {*left} == {*before, f"news/d{n}.txt"}
        else:
            assert left == before, step
        assert update([news], index, Listening(encoder)).articles == 4 + n
        assert str(1900 + n) in texts(open_store(index))["news/b.txt"]
        assert [check.name for check in examine(index) if check.severity != "OK"] == []


def test_a_killed_rebuild_leaves_the_old_index_and_no_collection(
    index: Path, tmp_path: Path, encoder: Encoder
) -> None:
    connection = opened(index).connection
    before = texts(open_store(index)), [name for name in connection.collections() if connection.prefix in name]
    kill("commit.before", tmp_path / "news", index, "rebuild")
    assert texts(open_store(index)) == before[0]
    update([tmp_path / "news"], index, Listening(encoder))
    assert [name for name in connection.collections() if connection.prefix in name] == before[1]


def test_the_doctor_sees_and_takes_away_what_was_left(index: Path, tmp_path: Path) -> None:
    write(tmp_path / "news", b=STORM)
    kill("rows.written", tmp_path / "news", index)
    (found,) = [check for check in examine(index) if check.severity != "OK"]
    assert (found.name, found.severity) == ("uncommitted", "WARN")
    assert mend(index, [found]) == ["took away what was never committed"]
    assert [check.name for check in examine(index) if check.severity != "OK"] == []
    assert mend(index, []) == []


def test_what_nobody_reads_any_more_goes(milvus: Open, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    store = milvus()
    assert isinstance(store, MilvusStore)
    with store.writer() as writer:
        configure(writer, encoder)
        add(writer, encoder, article("a", BRIDGE))
        writer.commit()
        writer.remove([known.rowid for known in writer.known()])
        add(writer, encoder, article("a", STORM))
        writer.commit()
    names = schema.names(store.connection.prefix, commits.every(store.connection)[-1].epoch)

    def rows() -> int:
        return len(store.connection.query(names[schema.PASSAGES], "pk != 0", ["pk"]))

    with store.writer():
        assert rows() == 2, "somebody may be reading the first commit"
    monkeypatch.setattr(commits, "GRACE", -1.0)
    with store.writer() as writer:
        assert rows() == 1
        assert len(commits.every(store.connection)) == 1
        writer.clear()
        writer.commit()
    with store.writer():
        assert not {*names.values()} & {*store.connection.collections()}


def claim(store: MilvusStore, host: str, process: int, lasts: float) -> None:
    body = json.dumps([host, process, time.time() + lasts])
    row = {"key": f"claim:{host}:1", "kind": "claim", "number": 1, "body": [body]}
    store.connection.delete(store.connection.prefix, 'kind == "claim"')
    store.connection.insert(store.connection.prefix, [schema.with_none(row)])


def test_one_writer_at_a_time_whoever_it_is(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(index)
    claim(store, "elsewhere", 12, 30)
    with pytest.raises(IndexLocked, match="written by process 12 on elsewhere"), store.writer():
        pass
    assert lease.holder(store.connection, index) == "process 12 on elsewhere"
    claim(store, "elsewhere", 12, -1)
    monkeypatch.setattr(lease, "RENEWED", 0.05)
    with store.writer():
        one = claims(store.connection)[0]
        assert one.process == os.getpid()
        with pytest.raises(IndexLocked), open_store(index).writer():
            pass
        waited = time.monotonic() + 20
        while claims(store.connection)[-1].until <= one.until and time.monotonic() < waited:
            time.sleep(0.01)
        assert claims(store.connection)[-1].until > one.until, "it is renewed"
    assert claims(store.connection) == []


def test_a_writer_whose_claim_ran_out_commits_nothing(index: Path) -> None:
    store = opened(index)
    before = store.settings
    with store.writer() as writer:
        writer.set(note="late")
        store.connection.delete(store.connection.prefix, 'kind == "claim"')
        with pytest.raises(StoreError, match="another may write it"):
            writer.commit()
    assert open_store(index).settings == before
