"""Reading in child processes."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from docxs import docx

from qa.errors import ReadError
from qa.readers import apart, child, read
from qa.readers.apart import Workers

PROSE = (
    "<p>The minister told reporters on Monday that the new law would take effect in spring, and that was all.</p>"
)


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(1) as made:
        yield made


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(f"<title>Law</title><article><h2>Spring</h2>{PROSE * 2}</article>", encoding="utf-8")
    return path


def test_an_article_is_the_same_as_when_read_here(workers: Workers, page: Path) -> None:
    assert workers.read(page, id="a/page.html") == read(page, id="a/page.html")


def test_one_child_reads_one_file_after_another(workers: Workers, page: Path) -> None:
    for _ in range(3):
        workers.read(page, id="a")
    assert len(workers._idle) == 1


def test_small_texts_are_read_without_a_child_and_large_ones_in_one(workers: Workers, tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("The minister told reporters on Monday that it was all over.\n", encoding="utf-8")
    workers.read(text, id="a")
    assert workers._idle == []
    text.write_text("The minister told reporters on Monday that it was all over.\n" * 20_000, encoding="utf-8")
    assert workers.read(text, id="a").text.startswith("The minister")
    assert len(workers._idle) == 1


def test_what_cannot_be_read_leaves_the_child_for_the_next(workers: Workers, page: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"no package")
    with pytest.raises(ReadError, match=r"^bad\.docx is not a DOCX file"):
        workers.read(bad, id="a")
    assert workers.read(page, id="a").title == "Law"
    assert len(workers._idle) == 1


def test_an_error_that_no_reader_foresees_costs_one_file(workers: Workers) -> None:
    with pytest.raises(ReadError, match=r"^a cannot be read: it is broken \(ModuleNotFoundError\)$"):
        workers.read_bytes(b"", module="no_such_reader", name="a", id="a")


def test_files_come_in_order(page: Path) -> None:
    with Workers(2) as workers:
        ids = [f"{number}" for number in range(30)]
        assert [a.id for a in workers.each(lambda id_: workers.read(page, id=id_), ids)] == ids


def test_a_child_that_is_killed_costs_one_file(workers: Workers, page: Path) -> None:
    workers.read(page, id="a")
    (one,) = workers._idle
    os.kill(one._process.pid, signal.SIGKILL)
    one._process.wait()
    with pytest.raises(ReadError, match=r"^page\.html cannot be read: it needs more time or memory"):
        workers.read(page, id="a")
    assert workers.read(page, id="a").title == "Law"


def test_processor_time_is_limited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: Path) -> None:
    monkeypatch.setattr(apart, "SECONDS", 1)
    slow = tmp_path / "slow.html"
    slow.write_text(PROSE * 100_000, encoding="utf-8")
    with Workers(1) as workers:
        with pytest.raises(ReadError, match=r"^slow\.html cannot be read: it (took too long|needs more time)"):
            workers.read(slow, id="a")
        assert workers.read(page, id="a").title == "Law"


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: Path) -> None:
    monkeypatch.setattr(apart, "MEMORY", 300 << 20)
    large = tmp_path / "large.docx"
    large.write_bytes(docx(f"<w:p>{'<w:r/>' * 9_000_000}</w:p>"))
    with Workers(1) as workers:
        with pytest.raises(ReadError, match=r"^large\.docx (cannot be read|is torn)"):
            workers.read(large, id="a")
        assert workers.read(page, id="a").title == "Law"


def test_a_child_that_says_nothing_is_ended(monkeypatch: pytest.MonkeyPatch, workers: Workers, page: Path) -> None:
    workers.read(page, id="a")
    (one,) = workers._idle
    os.kill(one._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(apart, "SECONDS", 0.1)
    with pytest.raises(ReadError, match=r"^page\.html cannot be read: it took too long$"):
        workers.read(page, id="a")


def test_closing_ends_what_is_being_read(page: Path) -> None:
    workers = Workers(1)
    workers.read(page, id="a")
    (one,) = workers._idle
    os.kill(one._process.pid, signal.SIGSTOP)
    errors: list[Exception] = []

    def ask() -> None:
        try:
            workers.read(page, id="a")
        except ReadError as error:
            errors.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not workers._busy:
        time.sleep(0.01)
    workers.close()
    asking.join()
    assert len(errors) == 1
    assert one._process.returncode is not None


def test_a_file_that_goes_away(workers: Workers, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^gone\.html cannot be opened: No such file"):
        workers.read(tmp_path / "gone.html", id="a")


def test_what_a_child_answers() -> None:
    data = PROSE.encode()
    answer = child._read(data, module="page", name="a.html", id="a")
    assert json.loads(json.dumps(answer["article"]))["text"] == PROSE[3:-4]
    assert child._read(b"", module="page", name="a.html", id="a") == {
        "error": "a.html is empty: there is nothing to read in it"
    }
    assert child._read(b"", module="nothing", name="a", id="a") == {
        "error": "a cannot be read: it is broken (ModuleNotFoundError)"
    }
