"""Answers as JSON, in the shape that scripts rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from qa.answer import Found, Source
from qa.as_json import answer_json, search_json
from qa.library import Library

ARTICLE = {"id": str, "title": str, "date": str, "source": str, "url": str, "lang": str, "dated": str}
CITATION = {
    "n": int,
    "quote": str,
    "article": dict,
    "file": str,
    "start": int,
    "end": int,
    "raw_start": int,
    "raw_end": int,
    "score": float,
    "highlights": list,
    "also": list,
}
ANSWER = {
    "question": str,
    "answered": bool,
    "confidence": float,
    "citations": list,
    "nearest": list,
    "preferred": type(None),
    "timings_ms": dict,
}
STEPS = ("encode", "words", "search", "dense", "lexical", "read", "fuse", "quotes")
HIT = {"rank": int, "article": dict, "start": int, "end": int, "text": str, "score": float, "also": list}


def shape(value: dict[str, Any]) -> dict[str, type]:
    return {key: type(part) for key, part in value.items()}


def test_an_answer(library: Library) -> None:
    answer = library.ask("ماذا تشمل مذكرة التفاهم؟")
    text = answer_json(answer)
    assert "ماذا تشمل مذكرة التفاهم؟" in text
    assert answer.citations[0].article.title.replace('"', '\\"') in text
    read = json.loads(text)
    assert shape(read) == ANSWER
    assert list(read) == list(ANSWER)
    assert read["nearest"] == []
    assert shape(read["timings_ms"]) == dict.fromkeys(STEPS, float)
    for n, (citation, given) in enumerate(zip(answer.citations, read["citations"], strict=True), 1):
        assert list(given) == list(CITATION)
        assert shape(given) == CITATION
        assert shape(given["article"]) == ARTICLE
        assert given["n"] == n
        assert given["quote"] == citation.quote
        assert given["article"]["date"] == "2021-11-24"
        assert given["end"] - given["start"] == given["raw_end"] - given["raw_start"] == len(given["quote"])
        assert [tuple(span) for span in given["highlights"]] == list(citation.highlights)
    assert read["citations"][0]["highlights"]


def test_an_abstention(library: Library) -> None:
    read = json.loads(answer_json(library.ask("What is the capital of Japan?")))
    assert shape(read) == ANSWER
    assert read["answered"] is False
    assert read["citations"] == []
    assert [shape(source) for source in read["nearest"]] == [ARTICLE]


def test_an_article_without_a_date(library: Library) -> None:
    answer = library.ask("What is the capital of Japan?")
    source = Source(id="a.txt", title="A", date=None, source="", url="", lang="en")
    assert json.loads(answer_json(replace(answer, nearest=(source,))))["nearest"][0]["date"] is None
    dated = replace(source, date=date(2020, 2, 29))
    assert json.loads(answer_json(replace(answer, nearest=(dated,))))["nearest"][0]["date"] == "2020-02-29"


def test_a_search(library: Library) -> None:
    found = library.search("الاتفاق", limit=3)
    text = search_json(found)
    read = json.loads(text)
    assert list(read) == ["query", "hits", "preferred"]
    assert read["query"] == "الاتفاق"
    assert found.passages[0].quote.split("\n")[0].replace('"', '\\"') in text
    for passage, hit in zip(found.passages, read["hits"], strict=True):
        assert list(hit) == list(HIT)
        assert shape(hit) == HIT
        assert shape(hit["article"]) == ARTICLE
        assert hit["text"] == passage.quote
        assert hit["rank"] == passage.n
    assert json.loads(search_json(Found("x", (), None))) == {"query": "x", "hits": [], "preferred": None}


def test_utf_8_whatever_the_locale(seed_index: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONUTF8"))}
    for question in ("ماذا تشمل مذكرة التفاهم؟", b"\xff agreement \xd9"):
        done = subprocess.run(
            [Path(sys.executable).with_name("qa"), "ask", "--json", "--index", seed_index, question],
            env=env | {"LC_ALL": "C"},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == b""
        read = json.loads(done.stdout.decode("utf-8"))
        assert read["answered"] is (done.returncode == 0)
        if isinstance(question, str):
            assert "تشمل" in read["citations"][0]["quote"]
