from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from corpora import BAKERY, BRIDGE, BRIDGE_AR, SNOW, index_of
from hypothesis import given
from hypothesis import strategies as st
from telegram_people import Town

from qa.article import Article
from qa.encoder import Encoder
from qa.store.records import Listed
from qa.telegram.entities import check
from qa.telegram.pages import AROUND, OPENING, PAGE, render_context, render_latest, render_opening, render_sources

TEXT = "\n\n".join(f"Paragraph {n} says this. And it says that as well." * 6 for n in range(20))
ARTICLE = Article("a.txt", "A title <b>", TEXT, date(2024, 2, 3), "en", "The Herald", "https://x.example/", (), ())


def test_context_is_whole_paragraphs_around_a_bold_quote() -> None:
    start = TEXT.index("Paragraph 10")
    [message] = render_context(ARTICLE, start, start + 24)
    parsed = check(message.html, "HTML")
    bold = [parsed.text[e.start : e.end] for e in parsed.entities if e.type == "bold"]
    assert bold == [TEXT[start : start + 24]]
    head, body = parsed.text.split("\n", 1)
    assert head == "A title <b> · 3 February 2024 · The Herald"
    assert body.startswith("… Paragraph 8 says")
    assert body.endswith(" …")
    assert len(body) < 24 + 2 * AROUND + 10
    assert "Paragraph 10" in body


def test_context_at_the_ends_of_an_article_has_no_dots() -> None:
    short = replace(ARTICLE, text="One. Two. Three.")
    [message] = render_context(short, 5, 9)
    assert check(message.html, "HTML").text.endswith("\nOne. Two. Three.")


def test_an_opening_ends_with_a_paragraph_or_a_sentence_or_a_word() -> None:
    [message] = render_opening(ARTICLE)
    shown = check(message.html, "HTML").text
    assert shown.endswith("And it says that as well. …")
    sentences = replace(ARTICLE, text="This is a sentence of words. " * 100)
    assert check(render_opening(sentences)[0].html, "HTML").text.endswith("of words. …")
    words = replace(ARTICLE, text="word " * 1000)
    assert check(render_opening(words)[0].html, "HTML").text.endswith("word …")
    letters = replace(ARTICLE, text="x" * 5000)
    assert check(render_opening(letters)[0].html, "HTML").text.endswith("x" * OPENING + " …")
    assert check(render_opening(replace(ARTICLE, text="All of it."))[0].html, "HTML").text.endswith("\nAll of it.")


@given(st.text("ab <&\n.سلام🕌\u202e\u2067", max_size=9000), st.integers(0, 9000), st.integers(1, 5000))
def test_any_context_is_accepted(text: str, start: int, length: int) -> None:
    article = replace(ARTICLE, text=text + "x")
    start = min(start, len(text))
    for message in render_context(article, start, min(start + length, len(text) + 1)) + render_opening(article):
        check(message.html, "HTML")


def test_a_page_of_articles_has_a_button_for_each_and_for_its_neighbours() -> None:
    entries = [Listed(n, f"a{n}", f"Title {n}", None, "", "", "", "en") for n in range(1, PAGE + 2)]
    first = render_latest(entries, 0, "en")
    assert check(first.html, "HTML").text.splitlines()[2] == "1. Title 1"
    assert [b.data for row in first.buttons for b in row] == [f"a:{n}" for n in range(1, PAGE + 1)] + [f"n:{PAGE}"]
    last = render_latest(entries[:2], PAGE, "ar")
    assert [b.data for row in last.buttons for b in row] == ["a:1", "a:2", "n:0"]
    assert f"\n{PAGE + 1}. Title 1" in check(last.html, "HTML").text


def test_an_article_of_several_sources_is_one_that_names_them() -> None:
    others = (
        Listed(2, "b", "B", None, "", "الوادي", "", "en"),
        Listed(3, "c/story.txt", "C", None, "", "", "", "en"),
    )
    latest = render_latest([Listed(1, "a", "Title", None, "", "Herald", "", "en", also=others)], 0, "en")
    assert check(latest.html, "HTML").text.splitlines()[2:] == [
        "1. Title · Herald",
        "\u2068Also in 2 others: الوادي, c/story.txt\u2069",
    ]
    assert [b.data for row in latest.buttons for b in row] == ["a:1"]


def test_sources_are_told_with_their_counts() -> None:
    [message] = render_sources([("صحيفة الوادي", 3, date(2021, 11, 24)), ("", 1, None)], "en")
    assert check(message.html, "HTML").text.splitlines()[2:] == [
        "\u200f• صحيفة الوادي · 3 · \u2068\u200f24 نوفمبر 2021\u2069",
        "• no source named · 1",
    ]


@pytest.fixture(scope="module")
def shelf(seed_index: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {"bridge.txt": BRIDGE, "jisr.txt": BRIDGE_AR, "snow.txt": SNOW, "bakery.txt": BAKERY}
    files |= {f"copy{n}.txt": f"Story {n}\n\nIt happened on day {n} of the month, they said." for n in range(6)}
    return index_of(files, seed_index, encoder, tmp_path_factory.mktemp("pages"))


def test_the_newest_are_turned_page_by_page_and_opened(shelf: Path) -> None:
    town = Town(shelf, ask=None)
    town.people.say("/latest")
    [latest] = town.talk()
    assert len(latest.shown.text.splitlines()) == PAGE + 2
    assert latest.labels[-1] == "Older →"
    town.people.press(latest, "Older")
    town.talk()
    assert latest.labels == ["9", "10", "← Newer"]
    town.people.press(latest, "9")
    [opening] = town.talk()
    assert opening.reply_to == latest.number
    town.people.press(latest, "← Newer")
    town.people.press_data(latest, "a:99999")
    town.talk()
    assert latest.labels[-1] == "Older →"
    assert any(told.get("text", "").startswith("This message is too old") for told in town.api.told)


def test_sources_search_and_languages(shelf: Path) -> None:
    town = Town(shelf, ask=None)
    town.set(questions_per_minute=2)
    for text in ("/sources", "/search", "/search rye bread from a wood oven", "/lang ar", "/lang"):
        town.people.say(text)
        town.talk()
    texts = town.texts
    assert "no source named · 10" in texts[0]
    assert texts[1].startswith("Write words after the command")
    assert texts[2].startswith("The passages that come closest\n\n1.\n")
    assert "wood oven" in texts[2]
    assert texts[3] == "سأخاطبك بالعربية."
    assert texts[4] == "بأي لغة أخاطبك؟"
    town.people.press(town.api.sent[-1], "لغة تلغرام")
    town.talk()
    assert town.api.sent[-1].shown.text == "I shall speak English to you."
    town.set(questions_per_minute=1)

    town.people.say("/search snow")
    town.people.say("/search snow")
    assert sorted(s.shown.text.startswith("That is fast") for s in town.talk()) == [False, True]


def test_a_search_that_finds_nothing_says_so(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.people.say("/search nothing at all")
    assert town.talk()[0].shown.text == "I found nothing."


def test_an_empty_list_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(*_: object) -> list[Listed]:
        return []

    monkeypatch.setattr("qa.reading.Reading.newest", none)
    town = Town(tmp_path)
    town.people.say("/latest")
    assert town.talk()[0].shown.text == "There are no articles yet."


def test_admins_are_told_of_more_in_the_help(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.set(admins=frozenset({8}))
    town.people.say("/help")
    town.people.say("/start now", chat=8, language="ar")
    sent = {s.chat: s.shown.text for s in town.talk()}
    assert "/invite" not in sent[7]
    assert sent[7].startswith("Ask a question")
    assert "اسأل" in sent[7]
    assert "/invite" in sent[8]
    assert sent[8].startswith("اسأل سؤالاً")
    assert ".txt" in sent[8]
