"""Copying indexes between stores, and encoding by several workers."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from indexing import BAKERY, BRIDGE, FESTIVAL, STORM, TRAIN, Listening, assert_sound, home, python, write

from qa import migrate as module
from qa.cli import main
from qa.encoder import Encoder
from qa.errors import ConfigError, IndexDamaged, IndexMismatch, IndexMissing
from qa.index import SHARD, update
from qa.library import Library
from qa.migrate import migrate
from qa.store import Store, open_store
from qa.store.milvus.store import MilvusStore
from qa.store.reader import LocalView
from qa.store.records import Known
from qa.store.writer import open_writer

ENCODE = "import sys; from qa.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def answers(folder: Path) -> list[object]:
    library = Library(folder)
    asked = ("Which bakery won the prize?", "متى افتتح مهرجان الموسيقى؟")
    return [[(hit.article, hit.quote, hit.start) for hit in library.search(text).passages] for text in asked]


def test_there_and_back(index: Path, tmp_path: Path, lite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To Milvus, and from there to a folder: the answers are the same, and nothing is encoded."""
    with open_writer(index) as writer:
        writer.set(calibration='{"kept": true}', removed=json.dumps(["/gone.txt"]))
        writer.commit()
    monkeypatch.setattr("qa.index.encode_articles", None)
    told: list[tuple[int, int]] = []
    prefix = f"moved{abs(hash(tmp_path)) % 10**9}"
    monkeypatch.setattr(MilvusStore, "__init__", _with_prefix(MilvusStore.__init__, prefix))
    done = migrate([index], lite, progress=lambda *n: told.append(n))
    assert (done.copied, done.unchanged, done.others, done.articles) == (3, 0, 0, 3)
    assert (done.missing, done.words > 30) == ((), True)
    assert told[-1] == (6, 6)
    assert migrate([index], lite).copied == 0, "a second time there is nothing to do"
    back = tmp_path / "back"
    assert migrate([lite], back).copied == 3
    assert answers(back) == answers(lite) == answers(index)
    assert open_store(back).settings == open_store(lite).settings == open_store(index).settings
    assert_sound(back)


def _with_prefix(init: object, prefix: str) -> object:
    def opened(self: MilvusStore, *arguments: object) -> None:
        assert callable(init)
        init(self, *arguments)
        self.connection.prefix = prefix

    return opened


def test_an_interrupted_copy_goes_on_where_it_was(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TOGETHER", 1)
    monkeypatch.setattr(module, "COMMITTED", 1)

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate([index], tmp_path / "copy", progress=stop)
    done = migrate([index], tmp_path / "copy")
    assert (done.copied, done.unchanged) == (1, 2)
    assert answers(tmp_path / "copy") == answers(index)


def test_what_changed_since_is_copied_again(index: Path, tmp_path: Path, encoder: Encoder) -> None:
    copy = tmp_path / "copy"
    migrate([index], copy)
    write(index.parent / "news", b=STORM)
    update([index.parent / "news"], index, Listening(encoder))
    done = migrate([index], copy)
    assert (done.copied, done.unchanged, done.articles) == (1, 2, 3)
    (index.parent / "news" / "c.txt").unlink()
    update([index.parent / "news"], index, Listening(encoder))
    assert migrate([index], copy).others == 1, "it says so, and takes nothing away"


def test_what_does_not_go_together_is_refused(index: Path, tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(ConfigError, match="cannot be copied to itself"):
        migrate([index], index)
    with pytest.raises(IndexMissing):
        migrate([tmp_path / "absent"], tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    other = tmp_path / "other"
    update([write(other / "news", a=TRAIN)], other / "index", Listening(encoder))
    with pytest.raises(ConfigError, match=r"news/a\.txt is another article in"):
        migrate([index, other / "index"], tmp_path / "copy")
    with open_writer(other / "index") as writer:
        writer.set(fingerprint="strange")
        writer.commit()
    with pytest.raises(IndexMismatch, match="different encoders"):
        migrate([index, other / "index"], tmp_path / "copy")
    with pytest.raises(IndexMismatch, match="another encoder"):
        migrate([index], other / "index")


@pytest.mark.parametrize(
    "harm",
    [
        "articles SET text = text || 'x'",
        "passages SET terms = 'x'",
        "passages SET senses = zeroblob(length(senses))",
        "articles SET size = 0",
        "word_vectors SET vector = zeroblob(1024)",
    ],
)
def test_a_copy_that_is_not_alike_is_noticed(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    """The target is changed between the copy and the comparison."""
    opened: list[Path] = []

    def harmed(folder: Path) -> Store:
        opened.append(folder)
        if opened.count(tmp_path / "copy") == 2:
            with closing(sqlite3.connect(tmp_path / "copy" / "isnad.sqlite", isolation_level=None)) as db:
                db.execute(f"UPDATE {harm}")
        return open_store(folder)

    monkeypatch.setattr(module, "open_store", harmed)
    with pytest.raises(IndexDamaged, match="run `qa migrate` again"):
        migrate([index], tmp_path / "copy")


def test_shares_are_put_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three workers at once, one of them killed and started again; then one index as of one machine."""
    news = write(
        tmp_path / "news", a=BRIDGE, b=BAKERY, c=FESTIVAL, d=STORM, e=TRAIN, f=BAKERY.replace("rye", "corn")
    )
    into = tmp_path / "shards"

    def work(n: int) -> list[object]:
        return ["encode", news, "--shard", f"{n}/3", "--into", into]

    with monkeypatch.context() as killing:
        killing.setenv("ISNAD_KILL_AT", "commit.before")
        with python(ENCODE, *work(2)) as killed:
            assert killed.wait(120) == -9
    workers = [python(ENCODE, *work(n)) for n in (1, 2)]
    for worker in workers:
        with worker:
            assert worker.wait(120) == 0
    shards = sorted(into.iterdir())
    assert [shard.name for shard in shards] == ["1-of-3", "2-of-3"]
    copy = ["--from", *map(str, shards), "--to", str(tmp_path / "whole")]
    assert main(["migrate", *copy]) == 2
    assert "of the shards 3/3 are missing" in capsys.readouterr().err
    assert main([str(part) for part in work(3)]) == 0
    assert main([str(part) for part in work(3)]) == 0, "again, and nothing happens"
    copy.insert(3, str(into / "3-of-3"))
    assert main(["migrate", *copy]) == 0
    assert "whole has 6 articles" in capsys.readouterr().out
    assert SHARD not in open_store(tmp_path / "whole").settings
    assert main(["index", "--index", str(tmp_path / "whole")]) == 0
    assert "0 added, 0 updated, 6 unchanged, 0 removed" in capsys.readouterr().out
    with open_store(tmp_path / "whole").view() as view:
        assert isinstance(view, LocalView)
        assert {known.id for known in view.known()} == {f"news/{name}.txt" for name in "abcdef"}


@pytest.mark.parametrize("share", ["0/3", "4/3", "3", "a/b", "1/0"])
def test_a_share_that_is_none_is_refused(share: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encode", str(tmp_path), "--shard", share, "--into", str(tmp_path)]) == 2
    assert "write the third of sixteen as 3/16" in capsys.readouterr().err


def test_an_index_of_an_older_release_is_refused_in_a_line(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIPELINE", "next")
    with pytest.raises(IndexMismatch, match=r"of an older release[^\n]*: build it anew with `qa index --rebuild"):
        migrate([index], tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_alike_means_content_and_file(index: Path) -> None:
    with open_store(index).view() as view:
        known: Known = view.known()[0]
    assert module._alike(known, known)
    assert not module._alike(None, known)
