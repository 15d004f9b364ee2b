"""👍 and 👎: kept beside the index, and made gold questions."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from indexing import python, unprivileged

from qa.answer import Answer, Citation, Source
from qa.cli import main
from qa.errors import IndexDamaged, IndexMismatch, StoreError
from qa.evaluate.questions import read_gold
from qa.feedback import export, given, record
from qa.library import Library
from qa.people import DATABASE, MIGRATIONS
from qa.store.lock import writing

SOURCE = Source(id="news/bridge.txt", title="The bridge", date=None, source="", url="", lang="en")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def answer(question: str, *quotes: str, confidence: float = 0.5) -> Answer:
    cited = tuple(
        Citation(n, quote, SOURCE, "bridge.txt", 0, len(quote), 0, len(quote), 1.0, ())
        for n, quote in enumerate(quotes, 1)
    )
    return Answer(question, bool(quotes), confidence, cited, () if quotes else (SOURCE,), {})


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in export(folder)]


def test_what_is_kept(tmp_path: Path) -> None:
    elsewhere = datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    record(tmp_path, answer("When?", "In 2019.", "In May.", confidence=0.75), 1, at=elsewhere)
    record(tmp_path, answer("متى؟", confidence=0.25), -1)
    first, second = given(tmp_path)
    assert (first.at, first.question, first.answered, first.confidence) == (NOON, "When?", True, 0.75)
    assert (first.verdict, first.quotes, first.articles) == (1, ("In 2019.", "In May."), (SOURCE.id, SOURCE.id))
    assert (second.question, second.answered, second.verdict) == ("متى؟", False, -1)
    assert (second.quotes, second.articles) == ((), (SOURCE.id,))
    assert datetime.now(UTC) - second.at < timedelta(minutes=5)


def test_gold_lines_of_each_kind(tmp_path: Path) -> None:
    record(tmp_path, answer("Right?", "Yes.", "Yes, it is."), 1)
    record(tmp_path, answer("Rightly refused?"), 1)
    record(tmp_path, answer("Wrong?", "No."), -1)
    record(tmp_path, answer("Missed?"), -1)
    right, refused, wrong, missed = lines(tmp_path)
    assert right == {"question": "Right?", "quotes": ["Yes.", "Yes, it is."]}
    assert refused == {"question": "Rightly refused?", "quotes": []}
    assert (wrong["shown"], missed["nearest"]) == (["No."], [SOURCE.id])
    assert "write" in str(wrong["todo"])
    assert "write" in str(missed["todo"])
    assert "quotes" not in wrong | missed


def test_the_last_word_on_a_question_counts(tmp_path: Path) -> None:
    record(tmp_path, answer("Why?", "No."), -1)
    record(tmp_path, answer("Why?", "Because."), 1)
    assert lines(tmp_path) == [{"question": "Why?", "quotes": ["Because."]}]
    assert len(given(tmp_path)) == 2


def test_what_is_exported_is_gold(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record(tmp_path, answer("Right?", "Yes."), 1)
    record(tmp_path, answer("Missed?"), -1)
    gold = tmp_path / "mine.jsonl"
    gold.write_text("\n".join(export(tmp_path)), encoding="utf-8")
    with caplog.at_level("INFO", "qa"):
        assert [(question.text, question.answers) for question in read_gold(gold)] == [("Right?", ("Yes.",))]
    assert caplog.messages == [f"1 questions of {gold} wait for their quotes and are left out"]


def test_a_real_answer(library: Library, tmp_path: Path) -> None:
    found = library.ask("what does the agreement cover?")
    record(tmp_path, found, 1)
    assert given(tmp_path)[0].quotes == tuple(citation.quote for citation in found.citations)


def test_nothing_yet(tmp_path: Path) -> None:
    assert given(tmp_path) == []
    assert list(export(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_verdict_is_up_or_down(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a verdict is 1 or -1, not 0"):
        record(tmp_path, answer("Why?"), 0)
    assert given(tmp_path) == []


def test_an_indexing_run_does_not_hold_it_up(tmp_path: Path) -> None:
    with writing(tmp_path):
        record(tmp_path, answer("Why?"), 1)
    assert len(given(tmp_path)) == 1


RECORD = """\
import sys
from pathlib import Path
from qa.answer import Answer
from qa.feedback import record
input()
for n in range(10):
    record(Path(sys.argv[1]), Answer(f"{sys.argv[2]} {n}", False, 0.5, (), (), {}), 1)
"""


def test_several_processes_at_once(tmp_path: Path) -> None:
    writers = [python(RECORD, tmp_path, name) for name in "abc"]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert {one.question for one in given(tmp_path)} == {f"{name} {n}" for name in "abc" for n in range(10)}


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    (tmp_path / DATABASE).write_bytes(b"no database " * 99)
    return tmp_path


def test_a_file_that_is_no_database(damaged: Path) -> None:
    for attempt in (lambda: record(damaged, answer("Why?"), 1), lambda: given(damaged)):
        with pytest.raises(IndexDamaged, match=r"people.sqlite is damaged \(.+\): move it away"):
            attempt()


def test_a_file_of_a_newer_release(tmp_path: Path) -> None:
    record(tmp_path, answer("Why?"), 1)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(IndexMismatch, match=r"has format \d+, this release knows \d+: update isnad-qa"):
        given(tmp_path)


def test_a_folder_that_cannot_be_written() -> None:
    with unprivileged() as folder:
        os.chmod(folder, 0o500)
        with pytest.raises(StoreError, match=r"people.sqlite cannot be used \(.+\): check its permissions"):
            record(folder, answer("Why?"), 1)
        os.chmod(folder, 0o700)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["feedback", "--index", str(tmp_path)]
    assert main(command) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"qa: no feedback yet on answers from {tmp_path}\n")
    record(tmp_path, answer("متى؟", "عام 2019"), 1, at=NOON)
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == {"question": "متى؟", "quotes": ["عام 2019"]}
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "feedback": [
            {
                "at": "2026-05-01T12:00:00+00:00",
                "question": "متى؟",
                "answered": True,
                "confidence": 0.5,
                "verdict": 1,
                "quotes": ["عام 2019"],
                "articles": [SOURCE.id],
            }
        ]
    }
