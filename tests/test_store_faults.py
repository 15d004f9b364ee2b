"""Indexing where the disk fills up, fails, or is not ours: the old state stays, and nothing need be done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from indexing import STORM, TRAIN, Listening, assert_sound, home, nearest, python, rows, stored, unprivileged, write

from qa.encoder import Encoder
from qa.errors import StoreError
from qa.index import update
from qa.remove import remove
from qa.store import derived
from qa.store.database import DATABASE

QUESTION = "Which bakery won the prize?"

INDEX = """\
import resource, sys
from pathlib import Path
from qa.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.stderr = sys.stdout
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def grown(index: Path) -> Path:
    """The folder of articles, which has two new ones and a changed one."""
    return write(index.parent / "news", d=STORM, e=TRAIN, a=STORM.replace("storm", "flood"))


def test_a_disk_that_fills_up(index: Path, encoder: Encoder) -> None:
    """At each size that a file may reach: nothing, or all, and one line that says why."""
    before = stored(index), nearest(index, QUESTION, encoder)
    news = grown(index)
    for limit in (40_000, 60_000, 80_000):
        with python(INDEX, limit, "index", news, "--index", index) as process:
            out, _ = process.communicate(timeout=300)
        assert process.returncode == 2
        (line,) = out.splitlines()
        assert line.startswith(("qa: the index in", "qa: cannot write the index in")), line
        assert_sound(index)
        if "news/d.txt" in stored(index):  # there was room for the database, not for all that is made from it
            break
        assert (stored(index), nearest(index, QUESTION, encoder)) == before
    report = update([news], index, Listening(encoder))
    assert report.articles == 5
    assert "flood" in stored(index)["news/a.txt"].article.text
    assert_sound(index)


def fail(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace", "faiss.serialize_index"])
def test_what_is_made_from_the_database_cannot_be_written(index: Path, encoder: Encoder, call: str) -> None:
    """The database has the new state by then; the old files are not taken for those of the new one."""
    news = grown(index)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived, "BEHIND", (0, 0))
        patch.setattr(call, fail)
        with pytest.raises(StoreError, match=r"\(No space left on device\): make the folder writable"):
            update([news], index, Listening(encoder))
    assert_sound(index)
    assert "news/d.txt" in stored(index)
    assert nearest(index, "Who was spared by the storm?", encoder)[0][0] == "news/d.txt"
    again = Listening(encoder)
    assert update([news], index, again).articles == 5
    assert again.passages == [], "what had been committed is not encoded again"
    assert_sound(index)


def test_a_removal_on_a_disk_that_fails(index: Path, encoder: Encoder) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived, "BEHIND", (0, 0))
        patch.setattr("os.fsync", fail)
        with pytest.raises(StoreError):
            remove(index, ["news/b.txt"])
    assert "news/b.txt" not in stored(index)
    assert "news/b.txt" not in {id_ for id_, *_ in nearest(index, QUESTION, encoder)}
    assert_sound(index)


def test_permission_lost(index: Path, encoder: Encoder) -> None:
    """While an index is used, its folder or its database stops being ours to write."""
    with unprivileged() as folder:
        mine = home(folder, encoder) / "index"
        before = stored(mine), nearest(mine, QUESTION, encoder)
        news = grown(mine)
        # SQLite can read only where it may also keep its log.
        for path, mode in ((mine / DATABASE, 0o400), (mine / "write.lock", 0o400)):
            path.chmod(mode)
            with pytest.raises(StoreError, match=r"^[^\n]+$"):
                update([news], mine, Listening(encoder))
            assert (stored(mine), nearest(mine, QUESTION, encoder)) == before
            path.chmod(0o600)
        mine.chmod(0o500)
        with pytest.raises(StoreError, match=r"^[^\n]+$"):
            update([news], mine, Listening(encoder))
        mine.chmod(0o700)
        assert (stored(mine), nearest(mine, QUESTION, encoder)) == before
        assert update([news], mine, Listening(encoder)).articles == 5
        assert_sound(mine)
    assert rows(index, "SELECT count(*) FROM articles") == [(3,)]
