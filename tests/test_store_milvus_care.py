"""Looking after an index in Milvus: what commands say of it, and what the doctor finds."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")

from indexing import BAKERY, BRIDGE, FESTIVAL, STORM, TRAIN, Listening, write
from milvus_server import Server
from squad import ENGLISH, write_squad

from qa.cli import main
from qa.encoder import Encoder
from qa.errors import ConfigError, IndexDamaged, IndexMissing
from qa.index import update
from qa.library import Library
from qa.remove import remove
from qa.store import open_store
from qa.store.backup import backup
from qa.store.catalogue import browse, copies, find, indexed_file
from qa.store.doctor import examine
from qa.store.milvus import commits, connection, listing, reader, schema
from qa.store.milvus.store import MilvusStore
from qa.store.place import LITE, folder_of, remote
from qa.store.records import Choice
from qa.store.restore import restore
from qa.store.status import read_status


@pytest.fixture
def index(milvus_server: Server, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = folder_of(f"milvus:{milvus_server.where}/{tmp_path.name.replace('-', '_')}")
    dated = BRIDGE.replace("again\n", "again\nSource: Herald\nDate: 2021-03-05\n", 1)
    update([write(tmp_path / "news", a=dated, b=BAKERY, c=FESTIVAL)], folder, Listening(encoder))
    return folder


def names(index: Path) -> tuple[MilvusStore, dict[str, str]]:
    store = open_store(index)
    assert isinstance(store, MilvusStore)
    epoch = commits.every(store.connection)[-1].epoch
    return store, schema.names(store.connection.prefix, epoch)


def test_what_it_holds(index: Path, tmp_path: Path) -> None:
    status = read_status(index)
    assert (status.articles, status.passages, status.languages) == (3, 3, {"en": 2, "ar": 1})
    assert status.search.startswith("HNSW, by Milvus Lite 3")
    assert status.corpora == (str(tmp_path / "news"),)
    assert status.writer is None
    assert status.updated.endswith("+00:00")


def test_its_articles_as_a_list(index: Path) -> None:
    found, total = browse(index)
    assert (total, {entry.id for entry in found}) == (3, {"news/a.txt", "news/b.txt", "news/c.txt"})
    assert [entry.id for entry in browse(index, Choice(lang="ar"))[0]] == ["news/c.txt"]
    (bridge,) = (entry for entry in found if entry.id == "news/a.txt")
    first, count = browse(index, limit=1)
    assert (len(first), count) == (1, 3)
    if bridge.dated != "file":
        assert bridge.date
        assert [entry.id for entry in browse(index, Choice(since=bridge.date, until=bridge.date))[0]] == [
            "news/a.txt"
        ]
    assert browse(index, Choice(since=date(2100, 1, 1))) == ([], 0)
    assert browse(index, Choice(source="nobody")) == ([], 0)
    assert find(index, "news/b.txt").article.title == "A bakery wins the prize"
    with pytest.raises(ConfigError, match=r"did you mean news/b\.txt\?"):
        find(index, "news/b.tx")


def test_lists_of_the_bot(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with MilvusStore(index, remote(index) or "").view() as view:
        newest, all_of_it = view.newest(2), view.newest(10)
        assert newest == all_of_it[:2]
        assert view.newest(2, 2) == all_of_it[2:]
        monkeypatch.setattr(reader, "WINDOW", 1)
        assert view.newest(10) == all_of_it, "by days, and then all"
        assert view.newest(1) == all_of_it[:1]
        assert sum(count for _, count, _ in view.sources()) == 3
        assert [len(view.articles()), len(view.known())] == [3, 3]
        assert view.find(id="news/absent.txt") is None
        (bakery,) = (known for known in view.known() if known.id == "news/b.txt")
        with open_store(index).writer() as writer:
            before = writer.readings(bakery.rowid)
            assert len(before) == 1
            assert view.readings(bakery.rowid).keys() == before.keys()


def test_what_has_the_same_text_is_one_article(
    index: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the newest are looked for by days, and what leads them is older than those."""
    today = date.today().isoformat()
    for name, text, day in (("old", STORM, "2000-01-02"), ("new", STORM, today), ("late", TRAIN, today)):
        title, body = text.split("\n", 1)
        update([write(tmp_path / name, a=f"{title}\nDate: {day}\n{body}")], index, Listening(encoder))
    assert (read_status(index).articles, read_status(index).copies) == (5, 1)
    assert [one.id for one in copies(index, find(index, "old/a.txt").rowid)] == ["new/a.txt"]
    state = indexed_file(index, "new/a.txt")
    assert state
    assert state.path == str(tmp_path / "new" / "a.txt")
    assert indexed_file(index, "new/b.txt") is None
    monkeypatch.setattr(reader, "WINDOW", 1)
    for some in (1, 100):
        monkeypatch.setattr(listing, "SOME", some)
        with MilvusStore(index, remote(index) or "").view() as view:
            assert [one.id for one in view.newest(5)] == [one.id for one in view.browse()[0]]
            assert [one.id for one in view.newest(1)] == ["late/a.txt"]


def test_removed_articles_are_gone(index: Path) -> None:
    remove(index, ["news/b.txt"])
    assert browse(index)[1] == 2
    with pytest.raises(ConfigError, match="there is no article"):
        remove(index, ["news/b.txt"])
    assert [check.severity for check in examine(index)] == ["OK"] * len(examine(index))


def test_a_sound_index(index: Path) -> None:
    found = {check.name: check for check in examine(index, lambda _: Library(index).encoder.fingerprint)}
    assert {check.severity for check in found.values()} == {"OK"}
    assert found["counts"].detail.startswith("3 articles, 3 passages, ")


def test_what_the_doctor_finds(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, named = names(index)

    def failing() -> dict[str, str]:
        return {check.name: check.detail for check in examine(index) if check.severity == "FAIL"}

    (row,) = store.connection.query(named[schema.ARTICLES], 'id == "news/b.txt"', schema.STORED[schema.ARTICLES])
    row = schema.with_none(row)
    store.connection.delete(named[schema.ARTICLES], f"pk == {row['pk']}")
    store.connection.insert(named[schema.ARTICLES], [row | {"hash": "another"}])
    assert failing()["texts"] == "3 of 3 articles looked at: 1 not as indexed, 'news/b.txt' for one"
    store.connection.delete(named[schema.ARTICLES], f"pk == {row['pk']}")
    store.connection.insert(named[schema.ARTICLES], [row])
    store.connection.delete(named[schema.FACTS], 'key == "w:bakeri"')
    assert "1 words not counted" in failing()["passages"]
    store.connection.delete(named[schema.WORDS], "pk == 1")
    assert "words committed" in failing()["counts"]
    store.connection.drop(named[schema.WORDS])
    assert failing()["collections"] == f"missing: {named[schema.WORDS]}"
    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    monkeypatch.setattr(connection.Connection, "_connect", _refuse)
    (away,) = examine(index)
    assert (away.name, away.severity) == ("server", "FAIL")


def _refuse(_: object) -> None:
    raise OSError("no route")


def test_there_is_none(milvus_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = folder_of(f"milvus:{milvus_server.where}/nothing")
    for look in (read_status, examine, Library, browse):
        with pytest.raises(IndexMissing, match="there is no index in milvus:http"):
            look(folder)


def test_backups_are_told_where_to_go(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="qa migrate --from milvus:http"):
        backup(index, tmp_path / "isnad.zip")
    with pytest.raises(ConfigError, match="bring it to milvus:http"):
        restore(tmp_path / "isnad.zip", index)


def test_every_command_takes_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As users type it, from nothing to an answer, in a Milvus Lite of its own."""
    news = write(tmp_path / "news", b=BAKERY)
    where = ["--store", f"milvus:{tmp_path}/mine.db"]
    assert main(["status", *where]) == 2
    assert "there is no index in milvus:" in capsys.readouterr().err
    assert main(["index", str(news), *where]) == 0
    capsys.readouterr()
    assert main(["ask", *where, "--json", "Which bakery won the prize?"]) == 0
    assert json.loads(capsys.readouterr().out)["citations"][0]["article"]["id"] == "news/b.txt"
    for command in (["status"], ["doctor"], ["list"], ["show", "news/b.txt"], ["search", "bakery"]):
        assert main([*command, "--index", str(tmp_path / "mine.db")]) == 0
    assert main(["search", "bakery", "--store", "milvus:mine"]) == 2
    assert "is no place in Milvus" in capsys.readouterr().err


def test_a_measurement_in_milvus_leaves_nothing(
    lite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    squad = str(write_squad(tmp_path / "en.json", ENGLISH))
    measure = ["eval", "--corpus", squad, "--questions", squad, "--json"]
    assert main(measure) == 0
    local = json.loads(capsys.readouterr().out)["measures"]
    with open_store(lite).writer() as writer:
        writer.set(fingerprint="another's")
        writer.commit()
    assert main([*measure, "--store", f"milvus:{lite}"]) == 2
    assert "there is an index in milvus:" in capsys.readouterr().err
    store = open_store(lite)
    assert isinstance(store, MilvusStore)
    store.destroy()
    assert main([*measure, "--store", f"milvus:{lite}"]) == 0
    there = json.loads(capsys.readouterr().out)["measures"]
    assert {name: there[name] for name in there if "latency" not in name} == {
        name: pytest.approx(local[name], abs=1e-3) for name in local if "latency" not in name
    }
    assert "isnad" not in store.connection.collections()
    assert main([*measure, "--store", f"milvus:{tmp_path}/broken.db", "--corpus", str(tmp_path / "absent")]) == 2
    assert not (tmp_path / "broken.db").exists()
    MilvusStore(folder_of(f"milvus:{tmp_path}/broken.db"), LITE).destroy()
    assert not (tmp_path / "broken.db").exists()


def test_a_file_of_many_articles_is_settled_once(index: Path, tmp_path: Path, encoder: Encoder) -> None:
    many = tmp_path / "many.jsonl"
    rows = [{"id": name, "title": name, "text": text} for name, text in (("x", BRIDGE), ("y", BAKERY))]
    many.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert update([many], index, Listening(encoder)).added == 2
    with open_store(index).view() as view:
        states = {known.file for known in view.known() if known.file.path == str(many)}
        assert len(states) == 1
        assert states.pop().size == many.stat().st_size
    asked = Listening(encoder)
    report = update([many], index, asked)
    assert (report.added, report.updated, asked.asked) == (0, 0, [])
    many.write_text(json.dumps(rows[0]), encoding="utf-8")
    assert update([many], index, Listening(encoder)).removed == 1
    with open_store(index).view() as view, pytest.raises(IndexDamaged, match="article 99 is missing"):
        view.article(99)
