"""The API: the shapes of `qa … --json`, strict about what it is asked, and as its description says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest
from sites import Site

from qa.cli import main
from qa.serve.openapi import MOST, document

QUESTION = "When did the old stone bridge reopen to traffic?"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    """What a command prints with --json."""
    main([*map(str, arguments), "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def asked(site: Site, path: str, **parameters: object) -> dict[str, Any]:
    answer = site.get(f"/api/{path}?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"timings_ms": sorted(answer["timings_ms"])}


def test_what_is_answered_is_what_the_commands_print(
    site: Site, news_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = ("--index", news_index)
    for question in (QUESTION, "Who is the president of Peru?"):
        shown = printed(capsys, "ask", question, *index)
        assert timeless(asked(site, "ask", question=question)) == timeless(shown)
    filters = {"lang": "en", "since": "2022-01-15", "until": "2022-12-31", "source": "Tram News"}
    given = [part for name, value in filters.items() for part in (f"--{name}", value)]
    shown = printed(capsys, "search", "tram stops", "-n", "3", *given, *index)
    assert asked(site, "search", query="tram stops", limit=3, **filters) == shown
    assert {hit["article"]["source"] for hit in shown["hits"]} == {"Tram News"}
    assert asked(site, "articles") == printed(capsys, "list", "-n", "20", *index)
    assert asked(site, "articles/news/bridge.txt") == printed(capsys, "show", "news/bridge.txt", *index)
    status = printed(capsys, "status", *index)
    assert asked(site, "status") | {"sizes": 0} == status | {"sizes": 0}


def test_articles_are_listed_in_parts(site: Site) -> None:
    parts = [asked(site, "articles", limit=3, offset=n) for n in (0, 3, 6)]
    ids = [article["id"] for part in parts for article in part["articles"]]
    assert len(set(ids)) == len(ids) == parts[0]["total"] == 7
    [bridge] = [one for part in parts for one in part["articles"] if one["also"]]
    assert {bridge["id"], *(one["id"] for one in bridge["also"])} == {"news/bridge.txt", "news/wire.txt"}
    [wire] = bridge["also"]
    assert wire["file"].endswith(wire["id"].rpartition("/")[2])
    assert asked(site, f"articles/{bridge['id']}")["also"] == [wire]
    [arabic] = asked(site, "articles", lang="ar")["articles"]
    assert asked(site, f"articles/{arabic['id'].replace('/', '%2F')}")["text"].startswith("أعيد افتتاح")


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("ask", 400, "the question is empty: ask something in words"),
        ("ask?question=%3F", 400, "the question is empty: ask something in words"),
        (f"ask?question={'x' * 2001}", 400, "the question has 2,001 characters: ask it in at most 2,000"),
        ("ask?question=a&limit=9", 400, "limit must be a number from 1 to 8."),
        ("ask?question=a&limit=-1", 400, "limit must be a number from 1 to 8."),
        ("ask?question=a&limit=%D9%A3", 400, "limit must be a number from 1 to 8."),
        ("search?query=a&limit=x", 400, "limit must be a number from 1 to 50."),
        ("search?query=a&since=2021-02-30", 400, "since is no day: write it as 2021-11-24."),
        ("articles?until=", 400, "until is no day: write it as 2021-11-24."),
        ("search?query=a&until=20210201", 400, "until is no day: write it as 2021-11-24."),
        ("search?query=a&lnag=ar", 400, "lnag means nothing here, unlike query, limit, since, until, lang"),
        (f"search?query=a&source={'x' * 2001}", 400, "source has more than 2000 characters."),
        ("articles?article=a", 400, "article means nothing here"),
        ("status?x=1", 400, "x means nothing here"),
        ("articles/nothing", 404, "There is no article of this name"),
        ("nothing", 404, "There is nothing at this address."),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(site: Site, path: str, status: int, error: str) -> None:
    answer = site.get(f"/api/{path}", Accept_Language="ar")
    assert answer.status_code == status
    assert answer.json()["error"].startswith(error)


def test_every_answer_is_as_described(site: Site) -> None:
    described = document()
    assert described == site.get("/api/openapi.json").json()
    for name, path in (
        ("Answer", f"ask?{urlencode({'question': QUESTION})}"),
        ("Answer", "ask?question=Who+is+the+president+of+Peru"),
        ("Hits", "search?query=tram"),
        ("Articles", "articles"),
        ("Article", "articles/news/trams.jsonl%2342"),
        ("Status", "status"),
        ("Error", "ask"),
    ):
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        jsonschema_rs.Draft202012Validator(schema).validate(site.get(f"/api/{path}").json())
    assert MOST["ask"] == described["paths"]["/api/ask"]["get"]["parameters"][1]["schema"]["maximum"]


def test_schemathesis_finds_nothing_wrong(site: Site, tmp_path: Path) -> None:
    """Hundreds of requests made up from the description, sound and unsound ones."""
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"]
    options = ["--max-examples", "10", "--seed", "1", "--no-color", "--phases", "coverage,fuzzing"]
    options += ["--suppress-health-check", "filter_too_much"]
    done = subprocess.run(
        [*command, f"{site.url}/api/openapi.json", *options],
        capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert re.search(r" (\d+) generated, \1 passed", done.stdout), done.stdout[-6000:]
