from __future__ import annotations

import io
import pty
import termios
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pytest

from qa import report
from qa.index import Report
from qa.plan import Plan
from qa.report import closing_line, plan_lines, progress_bar

DONE = Report(
    added=3,
    updated=1,
    unchanged=8,
    removed=0,
    articles=12,
    passages=87,
    seconds=4.06,
    skipped=(),
    ignored=Counter(),
)


def test_the_closing_line_says_what_was_done() -> None:
    assert closing_line(DONE) == "12 articles: 3 added, 1 updated, 8 unchanged, 0 removed · 87 passages · 4.1 s"


def test_one_of_a_thing_is_said_as_one() -> None:
    one = replace(DONE, added=1, updated=0, unchanged=0, articles=1, passages=1, seconds=0.04)
    assert closing_line(one) == "1 article: 1 added, 0 updated, 0 unchanged, 0 removed · 1 passage · 0.0 s"


def test_large_numbers_can_be_read() -> None:
    many = replace(DONE, articles=12_000, passages=1_234_567, seconds=3600)
    assert closing_line(many).startswith("12,000 articles: ")
    assert closing_line(many).endswith(" · 1,234,567 passages · 3600.0 s")


def test_what_was_ignored_is_said_by_kind() -> None:
    line = closing_line(replace(DONE, ignored=Counter({".jpg": 1, ".pdf": 3})))
    assert line == closing_line(DONE) + " · not of a kind that can be read: 3 .pdf, 1 .jpg"


def test_how_many_were_skipped_is_said_before_what_was_ignored() -> None:
    skipped = ((Path("a"), "is torn"), (Path("b"), "is torn"))
    line = closing_line(replace(DONE, skipped=skipped, ignored=Counter({".jpg": 2})))
    assert line.endswith(" · skipped: 2 · not of a kind that can be read: 2 .jpg")


def test_a_plan_names_each_article_and_counts_them() -> None:
    plan = Plan(("a/1\n", "a/2"), ("a/3",), ("a/4",), (1_002, 1, 1), 1_000, ((Path("b"), "is torn"),), Counter())
    assert list(plan_lines(plan)) == [
        "+ a/1?",
        "+ a/2",
        "+ … and 1,000 more",
        "~ a/3",
        "- a/4",
        "would add 1,002, update 1, remove 1, leave 1,000 as they are · skipped: 1",
    ]


def at_a_terminal(run: Callable[[TextIO], None]) -> str:
    """All that ``run`` wrote to a terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with open(ours, "rb", buffering=0) as screen:
        with open(theirs, "w", encoding="utf-8") as terminal:
            run(terminal)
        shown = b""
        with suppress(OSError):  # what Linux says when the other end is closed and all has been read
            while some := screen.read(1 << 16):
                shown += some
    return shown.decode()


def work(stream: TextIO) -> None:
    """As long as two short patiences."""
    with progress_bar(stream) as progress:
        for done in range(1, 9):
            time.sleep(report.PATIENCE / 4)
            progress(done, 8)


def test_a_bar_is_drawn_at_a_terminal_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "PATIENCE", 0.4)
    shown = at_a_terminal(work)
    assert "8/8" in shown
    assert "1/8" not in shown
    assert "article" in shown
    assert shown.rstrip("\r").rsplit("\r", 1)[-1].strip() == "", "and it is wiped away in the end"


def test_no_bar_is_drawn_when_it_is_soon_done() -> None:
    def hurry(stream: TextIO) -> None:
        with progress_bar(stream) as progress:
            progress(1, 2)
            progress(2, 2)

    assert at_a_terminal(hurry).strip() == ""


def test_no_bar_is_drawn_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "PATIENCE", 0.05)
    stream = io.StringIO()
    work(stream)
    assert stream.getvalue() == ""


def test_the_bar_goes_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "PATIENCE", 0.05)

    def fail(stream: TextIO) -> None:
        with progress_bar(stream) as progress:
            time.sleep(0.2)
            progress(1, 2)
            raise KeyboardInterrupt

    def failing(stream: TextIO) -> None:
        with pytest.raises(KeyboardInterrupt):
            fail(stream)

    shown = at_a_terminal(failing)
    assert "1/2" in shown
    assert shown.rstrip("\r").rsplit("\r", 1)[-1].strip() == ""


def test_a_program_is_told_the_progress_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(report.PROGRESS, "lines")
    stream = io.StringIO()
    with progress_bar(stream) as progress:
        progress(1, 3)
        progress(3, 3)
    assert stream.getvalue() == "progress 1 3\nprogress 3 3\n"
