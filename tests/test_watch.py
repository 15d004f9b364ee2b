"""Following folders and feeds with real processes: what changes on disk is soon in the index."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import watchfiles
from corpora import BRIDGE, SNOW, emptied, write_files
from indexing import stored
from test_cli import QA
from web_server import Page, site

from qa import watch as module
from qa.config import inbox
from qa.store.writer import open_writer
from qa.watch import _concerns, child, watch
from qa.web.feeds import open_feeds

PERMITTED = f"""\
import sys
from functools import partial
sys.path.insert(0, {str(Path(__file__).parent)!r})
import qa.web.client, qa.web.gather
from web_server import here
qa.web.client.Guard = partial(qa.web.client.Guard, resolve=here, loopback=True)
qa.web.gather.DELAY = 0.0
from qa.watch import child
sys.exit(child(*sys.argv[1:]))
"""


@pytest.fixture
def index(seed_index: Path, tmp_path: Path) -> Path:
    """An index of nothing, made from no folder."""
    folder = emptied(seed_index, tmp_path / "index")
    with open_writer(folder) as writer:
        writer.set(corpora="[]")
        writer.commit()
    return folder


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write_files(tmp_path / "news", {"bridge.txt": BRIDGE})


def soon(true: Callable[[], object]) -> bool:
    """Whether it becomes true while one waits."""
    for _ in range(300):
        if true():
            return True
        time.sleep(0.05)
    return False


def ids(index: Path) -> set[str]:
    return set(stored(index))


@contextmanager
def following(index: Path, *paths: Path) -> Iterator[list[str]]:
    """What is said by one who watches meanwhile."""
    said: list[str] = []
    failed: list[BaseException] = []
    stop = threading.Event()

    def run() -> None:
        try:
            watch(index, stop, paths=paths, say=said.append, trouble=said.append)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield said
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def test_what_happens_in_a_folder_happens_in_the_index(index: Path, news: Path, tmp_path: Path) -> None:
    with following(index, news) as said:
        assert soon(lambda: ids(index) == {"news/bridge.txt"})
        rowid = stored(index)["news/bridge.txt"].rowid
        (news / "local").mkdir()
        (news / "bridge.txt").rename(news / "local" / "old.txt")
        write_files(news, {"snow.txt": SNOW, "bad.txt": "", "photo.jpg": ""})
        assert soon(lambda: ids(index) == {"news/local/old.txt", "news/snow.txt"})
        assert stored(index)["news/local/old.txt"].rowid == rowid
        (news / "local").rename(tmp_path / "elsewhere")
        assert soon(lambda: ids(index) == {"news/snow.txt"})
    assert said[0].startswith("1 article: 1 added")
    assert said[-1].startswith("1 article: 0 added, 0 updated, 1 unchanged, 1 removed")
    assert len([line for line in said if line.startswith(f"skipped {news}/bad.txt: ")]) == 1


def test_a_folder_that_goes_and_comes_back(index: Path, news: Path, tmp_path: Path) -> None:
    single = write_files(tmp_path / "other", {"a.txt": SNOW}) / "a.txt"
    with following(index, news, single):
        assert soon(lambda: len(ids(index)) == 2)
        news.rename(tmp_path / "away")
        beside = write_files(tmp_path / "other", {".a.txt": SNOW.replace("Tuesday", "Friday")}) / ".a.txt"
        beside.replace(single)
        assert soon(lambda: "Friday" in stored(index)["other/a.txt"].article.text)
        assert len(ids(index)) == 2
        write_files(tmp_path / "away", {"new.txt": SNOW.replace("Tuesday", "Sunday")})
        (tmp_path / "away").rename(news)
        assert soon(lambda: "news/new.txt" in ids(index))


def test_a_folder_that_another_process_indexes_is_followed_too(index: Path, news: Path) -> None:
    with following(index):
        assert soon(lambda: inbox(index).is_dir())
        subprocess.run([QA, "index", news, "--index", index], check=True, stdout=subprocess.DEVNULL)
        time.sleep(1)
        write_files(news, {"snow.txt": SNOW})
        assert soon(lambda: "news/snow.txt" in ids(index))


def test_feeds_are_fetched_and_indexed(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHILD", PERMITTED)
    rss = Page(b'<rss version="2.0"><channel><item><link>/snow</link></item></channel></rss>')
    with site({"/rss": rss, "/snow": Page(SNOW.encode())}) as there:
        with open_feeds(index) as feeds:
            feeds.add(f"{there.address}/rss", "News")
            feeds.add("http://unknown.test/rss", "Gone")
        with following(index) as said:
            assert soon(
                lambda: [found.article.url for found in stored(index).values()] == [f"{there.address}/snow"]
            )
    assert f"fetched {there.address}/snow" in said
    assert "unknown.test is not found: check the address and the network" in said


def test_another_writer_is_waited_for(index: Path, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY", 0.05)
    with following(index, news) as said:
        with open_writer(index):
            write_files(news, {"snow.txt": SNOW})
            assert soon(lambda: said)
            assert len(ids(index)) < 2
        assert soon(lambda: len(ids(index)) == 2)
    locked = [line for line in said if "is being written by" in line]
    assert len(locked) <= 1


def test_where_the_system_reports_no_changes_files_are_looked_at(
    index: Path, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = watchfiles.watch

    def refuse(*paths: Path, force_polling: bool | None, **options: object) -> object:
        if not force_polling:
            raise OSError("OS file watch limit reached")
        return real(*paths, force_polling=True, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watchfiles, "watch", refuse)
    with following(index, news) as said:
        assert soon(lambda: len(ids(index)) == 1)
        write_files(news, {"snow.txt": SNOW})
        assert soon(lambda: len(ids(index)) == 2)
    assert said[0].startswith("the system cannot report changes (OS file watch limit reached): ")


def test_it_ends_at_once_while_indexing(index: Path, tmp_path: Path) -> None:
    many = {f"{n}.txt": SNOW.replace("three", f"{n} of") for n in range(300)}
    with following(index, write_files(tmp_path / "many", many)):
        assert soon((index / "write.holder").exists)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert len(ids(index)) < 300
    with open_writer(index):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c(index: Path, news: Path, number: signal.Signals) -> None:
    command: list[str | Path] = [QA, "watch", news, "--index", index]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == f"following {news}; Ctrl-C ends it\n"
        assert process.stdout.readline().startswith("1 article: 1 added")
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "ended\n", "")


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("/news/a.txt", True),
        ("/news/sub/a.MD", True),
        ("/news/sub", True),
        ("/news", True),
        ("/news/a.jpg", False),
        ("/news/.a.txt", False),
        ("/news/.git/a.txt", False),
        ("/other/a.txt", False),
        ("/news/index/isnad.sqlite", False),
        ("/news/index/words", False),
        ("/news/index/inbox/site.test/a.txt", True),
        ("/news/index/inbox/site.test/.a.txt.json", False),
    ],
)
def test_what_matters(path: str, matters: bool) -> None:
    roots = {Path("/news"), Path("/news/index/inbox")}
    assert _concerns(Path(path), roots, Path("/news/index")) is matters


# What the processes do


def test_a_child_says_what_is_worth_it(index: Path, news: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_files(news, {"empty.txt": ""})
    assert child("index", str(index), str(news)) == 0
    skipped, line = capfd.readouterr().out.splitlines()
    assert skipped.startswith(f"skipped {news}/empty.txt: ")
    assert line.startswith("+ 1 article: 1 added")
    (news / "empty.txt").unlink()
    assert child("index", str(index)) == 0
    assert capfd.readouterr().out == ""


def test_a_child_with_nothing_to_do(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    inbox(index).mkdir()
    assert child("index", str(index)) == 0
    assert child("fetch", str(index)) == 0
    assert capfd.readouterr().out == ""


def test_a_child_that_must_wait_or_cannot_go_on(index: Path, news: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with open_writer(index):
        status = child("index", str(index), str(news))
    assert (status, "is being written by" in capfd.readouterr().out) == (module._LOCKED, True)
    (news / "bridge.txt").unlink()
    assert child("index", str(index), str(news)) == 2
    assert capfd.readouterr().out.startswith(f"no article in {news}: ")


# The command


def test_nothing_to_follow(tmp_path: Path) -> None:
    for arguments, line in (
        ((), "what is to be followed? name a folder or file: `qa watch FOLDER`"),
        (("none",), "there is no file or folder none: check the name"),
    ):
        done = subprocess.run(
            [QA, "watch", *arguments, "--index", "index"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (2, f"qa: {line}\n")
