from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.article import Article
from qa.serve.marking import block, blocks, tag

TEXT = "Heading\n\nOne sentence. Another, عربية.\n\n  هذه فقرة عربية طويلة. And more.\nA line."


def article(text: str, *headings: tuple[int, int], lang: str = "en") -> Article:
    return Article("a", "T", text, None, lang, "", "", headings, ())


def test_paragraphs_headings_and_the_quote() -> None:
    start, end = TEXT.index("Another"), TEXT.index("\n\n  هذه")
    first, second, third = blocks(article(TEXT, (0, 7)), (start, end))
    assert (first.heading, second.heading, third.heading) == (True, False, False)
    assert [(p.text, p.marked, p.first) for p in second.parts] == [
        ("One sentence. ", False, False),
        ("Another, عربية.", True, True),
    ]
    assert [(b.dir, b.lang) for b in (first, second, third)] == [("ltr", "en"), ("ltr", "en"), ("rtl", "ar")]
    assert blocks(article(TEXT), None)[2].parts[0].text == "  هذه فقرة عربية طويلة. And more.\nA line."


def test_a_heading_within_a_paragraph_is_a_block_of_its_own() -> None:
    text = "Intro\nbody goes on.\n\nEnd."
    assert [(b.parts[0].text, b.heading) for b in blocks(article(text, (0, 5)), None)] == [
        ("Intro", True),
        ("body goes on.", False),
        ("End.", False),
    ]


def test_a_quote_over_several_paragraphs_is_marked_in_each_and_linked_at_the_first() -> None:
    marks = [part for one in blocks(article(TEXT), (9, len(TEXT))) for part in one.parts if part.marked]
    assert [part.first for part in marks] == [True, False]


@given(st.text(alphabet="ab ع\n\u202e.", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_nothing_is_lost_and_what_is_marked_is_the_quote(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    found = blocks(article(text), (start, end) if start < end else None)
    plain = [part.text for one in found for part in one.parts]
    assert "".join("".join(plain).split()) == "".join(text.replace("\u202e", "").split())
    marked = "".join(part.text for one in found for part in one.parts if part.marked)
    assert "".join(marked.split()) == "".join(text[start:end].replace("\u202e", "").split())
    assert sum(part.first for one in found for part in one.parts) == any(
        part.marked for one in found for part in one.parts
    )


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [("Bonjour", "fr", "fr"), ("مرحبا", "fr", "ar"), ("Hello", "ar", "en"), ("123", "ar", "ar"), ("…", "und", "")],
)
def test_the_language_of_a_piece(text: str, lang: str, expected: str) -> None:
    assert tag(text, lang) == expected
    assert block(text, lang).lang == expected
