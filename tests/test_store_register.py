"""What an indexing run must know of articles, looked up in a database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexing import home

from qa.encoder import Encoder
from qa.store.records import FileState, Known
from qa.store.register import Register, Registered
from qa.store.writer import open_writer

FILE = FileState("/news/export.jsonl", 1, 2, "3")
KNOWN = [
    Known(1, "news/a.txt", FileState("/news/a.txt", 1, 2, "3"), "x"),
    Known(2, "news/export.jsonl#1", FILE, "y"),
    Known(3, "news/export.jsonl#2", FILE, "x"),
]


def plans(articles: Registered) -> list[str]:
    """How SQLite goes about each thing that it is asked for."""
    asked: list[str] = []
    articles._db.set_trace_callback(asked.append)
    articles.files()
    articles.known("path", "a")
    articles.known("content", "a")
    articles.known("name", "a")
    articles._db.set_trace_callback(None)
    return [str(row[3]) for query in asked for row in articles._db.execute(f"EXPLAIN QUERY PLAN {query}")]


def test_a_register_is_like_a_store() -> None:
    register = Register(KNOWN)
    assert register.known() == KNOWN
    assert register.article_count() == 3
    assert register.files() == {"/news/a.txt": (1, 2), FILE.path: (1, 2)}
    assert register.known("name", "news/export.jsonl") == register.known("path", FILE.path) == KNOWN[1:]
    assert register.known("content", "x") == [KNOWN[0], KNOWN[2]]


def test_it_follows_what_is_written() -> None:
    register = Register(KNOWN)
    moved = replace(KNOWN[2], id="news/b.txt", file=replace(FILE, mtime_ns=7))
    register.put([moved])
    assert register.known("name", "news/b.txt") == [moved]
    assert register.files()[FILE.path] == (1, -1), "its articles are of two states"
    register.drop(2)
    register.drop(2)
    assert register.known() == [KNOWN[0], moved]
    assert register.known("name", "news/export.jsonl") == []
    assert Register().known() == []
    assert Register().files() == {}


def test_nothing_is_looked_up_by_reading_all_articles(tmp_path: Path, encoder: Encoder) -> None:
    """Nor are the states of files: the table has the texts between them."""
    with open_writer(home(tmp_path, encoder) / "index") as writer:
        for articles in (writer, Register(KNOWN)):
            scans = [plan for plan in plans(articles) if "SCAN" in plan]
            assert scans == ["SCAN articles USING COVERING INDEX articles_by_file"]
            assert any("SEARCH articles USING INDEX" in plan for plan in plans(articles))
