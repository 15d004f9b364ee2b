"""Questions that name a time, asked of articles that say alike things on several days."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from corpora import index_of

from qa.answer import Answer
from qa.as_json import answer_json
from qa.encoder import Encoder
from qa.language.period import Period
from qa.library import Library
from qa.telegram.entities import check
from qa.telegram.kept import Shelf
from qa.telegram.render import render
from qa.telegram.state import State
from qa.terminal import Style, show_answer

TODAY = date.today()
LAST_WEEK = TODAY - timedelta(TODAY.weekday() + 3)
"""Its Friday, in Arabic weeks as in others."""


def pact(day: date, kind: str, about: str, years: str) -> str:
    signed = f"The {kind} ministers of Norland and Vesk signed a pact in Port Alba. {about}"
    head = f"---\ntitle: Ministers sign {kind} pact\ndate: {day}\n---"
    return f"{head}\n\n{signed} The pact runs for {years} years.\n"


DATED = {
    "fish.md": pact(date(2020, 11, 12), "fisheries", "It opens the northern waters to forty boats.", "three"),
    "grain.md": pact(date(2020, 3, 2), "agriculture", "It frees two million tonnes of grain from customs.", "five"),
    "power.md": pact(LAST_WEEK, "energy", "It links the two networks by a cable under the strait.", "ten"),
    "rail.md": pact(TODAY - timedelta(90), "transport", "It reopens the railway in the Tamar valley.", "eight"),
    "museum.md": "---\ntitle: A museum\ndate: 2020-11-20\n---\n\n"
    "The mayor of Port Alba opened the museum on 12 November 2020, and thousands have come since.\n",
    "harbour.md": "---\ntitle: A harbour\ndate: 2018-05-01\n---\n\n"
    "The mayor of Port Alba opened the harbour, and thousands have come since.\n",
} | {
    f"keeper-{year}.md": f"---\ntitle: Keeper retires\ndate: {year}-01-01\n---\n\n"
    "The lighthouse keeper of Port Alba retired after forty years at sea, her family said.\n"
    for year in (2019, 2023, 2021)
}


@pytest.fixture(scope="module")
def dated(seed_index: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.open(index_of(DATED, seed_index, encoder, tmp_path_factory.mktemp("dated")))


def first(answer: Answer) -> str:
    return answer.citations[0].article.id.rpartition("/")[2]


@pytest.mark.parametrize(
    ("question", "file"),
    [
        ("Which pact did the ministers sign on 12 November 2020?", "fish.md"),
        ("Which pact did the ministers sign in March 2020?", "grain.md"),
        ("Which pact did the ministers sign last week?", "power.md"),
        ("Which pact is the latest that the ministers signed?", "power.md"),
        ("أي اتفاق وقعه الوزيران في مارس 2020؟", "grain.md"),
        ("ما آخر اتفاق وقعه الوزيران؟", "power.md"),
        ("What did the mayor open on 12 November 2020?", "museum.md"),
    ],
)
def test_articles_of_the_time_or_that_tell_of_it_come_first(dated: Library, question: str, file: str) -> None:
    answer = dated.ask(question)
    assert answer.answered
    assert first(answer) == file
    assert answer.preferred


@pytest.mark.parametrize("question", ["latest news", "ما آخر الأخبار؟"])
def test_where_only_a_time_is_asked_about_its_articles_come_first(dated: Library, question: str) -> None:
    answer = dated.ask(question)
    found = [*(c.article for c in answer.citations), *answer.nearest]
    assert found[0].date == LAST_WEEK
    assert answer.preferred == Period(newest=True)


def test_it_is_no_filter(dated: Library) -> None:
    answer = dated.ask("Which ministers signed a pact about the Tamar valley railway in March 2020?")
    assert "rail.md" in {c.article.id.rpartition("/")[2] for c in answer.citations}


def test_passages_of_the_time_are_found_among_very_many(dated: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that the search of all articles would not bring up."""
    monkeypatch.setattr("qa.search.DEPTH", 2)
    for file, time in (("grain.md", "in March 2020"), ("fish.md", "in November 2020"), ("power.md", "last week")):
        found = dated.search(f"Which pact did the ministers sign {time}?").passages
        assert found[0].article.id.endswith(file)
        assert [e.score for e in found] == sorted((e.score for e in found), reverse=True)


def test_a_search_says_what_it_prefers(dated: Library) -> None:
    november = Period(date(2020, 11, 1), date(2020, 11, 30))
    assert dated.search("Which pact did the ministers sign in November 2020?").preferred == november
    assert dated.search("Which pact did the ministers sign?").preferred is None


def test_a_follow_up_is_of_the_same_time(dated: Library) -> None:
    answer = dated.ask("For how many years does it run?", after="Which pact did the ministers sign in March 2020?")
    assert first(answer) == "grain.md"
    answer = dated.ask("And in November 2020?", after="Which pact did the ministers sign in March 2020?")
    assert answer.preferred == Period(date(2020, 11, 1), date(2020, 11, 30))


def test_copies_stand_with_the_newest(dated: Library) -> None:
    answer = dated.ask("After how many years did the lighthouse keeper retire, by the latest news?")
    assert first(answer) == "keeper-2023.md"
    assert len(answer.citations[0].also) == 2


UNDATED: Mapping[str, str] = {
    "a.txt": "The bridge was built\n\nThe old bridge of Port Alba was built in 1985 by the engineer Nora Lind.\n",
    "b.txt": "The tower was built\n\nThe tower of Port Alba was built in 1990 by the engineer Omar Said.\n",
}


def test_nothing_changes_where_no_article_has_a_date(seed_index: Path, encoder: Encoder, tmp_path: Path) -> None:
    """Their files' times are no dates: in such a corpus years are only words."""
    library = Library.open(index_of(UNDATED, seed_index, encoder, tmp_path))
    for question in (
        "Who built the bridge in 1985?",
        f"Who built it in {TODAY.year}?",
        "What is the latest bridge?",
    ):
        answer = library.ask(question)
        assert answer.preferred is None
    assert first(library.ask("Who built in 1990?")) == "b.txt"


def test_what_was_understood_is_told(dated: Library) -> None:
    answer = dated.ask("Which pact did the ministers sign in March 2020?")
    assert json.loads(answer_json(answer))["preferred"] == {
        "since": "2020-03-01",
        "until": "2020-03-31",
        "newest": False,
    }
    plain = Style(width=None, colour=False, visual=False)
    assert show_answer(answer, plain).startswith("Preferring articles of March 2020\n\n[1]\n")
    shown = [check(message.html, "HTML") for message in render(answer)]
    assert shown[0].text.startswith("Preferring articles of March 2020\n\n")
    assert not check(render(answer, first=1)[0].html, "HTML").text.startswith("Preferring")
    silent = dated.ask("ماذا أكل الملك في مارس 2020؟")
    assert not silent.answered
    assert "الأولوية لمقالات مارس 2020" in show_answer(silent, plain).split("\n")
    assert "الأولوية لمقالات" in check(render(silent)[0].html, "HTML").text


async def kept_again(folder: Path, answer: Answer) -> Answer:
    state = State(folder)
    try:
        shelf = Shelf(state)
        found = await shelf.answer(shelf.keep(answer, "").name)
        assert found
        return found.answer
    finally:
        state.close()


@pytest.mark.parametrize("question", ["Which pact was signed in March 2020?", "Which pact was signed?"])
def test_the_bot_keeps_it_with_the_answer(dated: Library, tmp_path: Path, question: str) -> None:
    answer = dated.ask(question)
    assert asyncio.run(kept_again(tmp_path, answer)) == answer
