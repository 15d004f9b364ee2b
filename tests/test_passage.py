from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.passage import CEILING, TARGET, TINY, Passage, split_passages, split_sentences

PIECES = st.sampled_from(
    [
        *"وقال الوزير د. محمد إن 3.5% من الاتفاق اليوم. ثم غادر؟ نعم! ق.م. 1299م.".split(" "),
        *"The U.S. minister, Mr. Smith; left. Then what? 1. J. K. e.g. www.a.com/b?c".split(" "),
        *["\u200f", "\u200d", "\u2067", "\u2069", "\u200b", "\ufeff", "\u0301", "\u064b", "\ufe0f", "\ud800", "\0"],
        *[
            "👨‍👩‍👧",
            "🇲🇦",
            "👍🏽",
            " ",
            " ",
            "\n",
            "\n\n",
            "\r\n",
            "\u2029",
            "\t",
            "\u00a0",
            '"',
            "«",
            "»",
            "“",
            "”",
        ],
        *["'", ".", "...", "..", "…", "!", "?", "؟", "۔", "。", "،", "؛", ":", "(", ")", "[1]", "漢字", "*"],
        *["كلمة " * 60, "word " * 60, "漢" * 150, "ا" * 300],
    ]
)
MIXED = st.lists(PIECES | st.characters(), max_size=40).map("".join)


def visible(text: str) -> str:
    return "".join(text.split())


def tokens(text: str) -> float:
    """A floor of the estimate that holds for any text."""
    return len(text) / 4.51


def parts_a_grapheme(text: str, at: int) -> bool:
    if not 0 < at < len(text) or text[at - 1].isspace() or unicodedata.category(text[at - 1]) in ("Cc", "Cs"):
        return False
    joiner = text[at - 1] == "\u200d" and unicodedata.category(text[at]) == "So"
    return joiner or unicodedata.category(text[at])[0] == "M" or text[at] in "\u200d🏽"


@given(MIXED)
@example("a.\u0301 B")
@example(". \u064b")
@example('"\u200d. 👧')
def test_sentences_cover_the_text(text: str) -> None:
    at, got = 0, []
    for start, end in split_sentences(text):
        assert at <= start < end <= len(text)
        assert text[at:start].isspace() or at == start
        assert text[start:end] == text[start:end].strip()
        assert not re.search(r"\n[^\S\n]*\n|\u2029", text[start:end])
        assert tokens(text[start:end]) <= CEILING
        assert not parts_a_grapheme(text, start)
        assert not parts_a_grapheme(text, end)
        got.append(text[start:end])
        at = end
    assert visible("".join(got)) == visible(text)


@given(MIXED)
def test_passages_are_the_sentences_packed(text: str) -> None:
    passages = split_passages(text)
    assert [s for p in passages for s in p.sentences] == split_sentences(text)
    for passage in passages:
        assert (passage.start, passage.end) == (passage.sentences[0][0], passage.sentences[-1][1])
        assert tokens(text[passage.start : passage.end]) <= CEILING


@given(st.lists(MIXED, min_size=1, max_size=5), st.data())
def test_headings_are_in_no_passage_and_part_them(parts: list[str], data: st.DataObject) -> None:
    text, headings = "", []
    for part in parts:
        text += part
        heading = data.draw(st.sampled_from(["\n\nعنوان فرعي\n\n", "Heading.", "H"]))
        headings.append((len(text), len(text) + len(heading)))
        text += heading
    passages = split_passages(text, headings)
    for passage in passages:
        assert all(passage.end <= start or passage.start >= end for start, end in headings)
    assert visible("".join(text[a:b] for p in passages for a, b in p.sentences)) == visible("".join(parts))


ARABIC = "وقال الوزير إن الاتفاق يشمل التعاون في مجالات الأمن والتجارة والتعليم بين البلدين."  # about 25 tokens
ENGLISH = "The minister said that the agreement covers trade, security and education in both countries."


@pytest.mark.parametrize("sentence", [ARABIC, ENGLISH])
def test_passages_are_of_the_target_size(sentence: str) -> None:
    text = " ".join([sentence] * 40)
    sizes = [len(p.sentences) for p in split_passages(text)]
    assert set(sizes[:-1]) in ({4}, {5})


def test_a_passage_ends_with_its_paragraph() -> None:
    paragraph = " ".join([ARABIC] * 3)
    text = "\n\n".join([paragraph] * 4)
    assert [len(p.sentences) for p in split_passages(text)] == [3, 3, 3, 3]


def test_short_paragraphs_share_a_passage() -> None:
    text = "\n\n".join([ARABIC] * 8)
    assert [len(p.sentences) for p in split_passages(text)] == [4, 4]


def test_a_tiny_tail_does_not_stand_alone() -> None:
    text = " ".join([ARABIC] * 4) + "\n\nالرباط - وكالات"
    assert len(split_passages(text)) == 1
    text = "الرباط - وكالات\n\n" + ARABIC[:-1] * 8 + "."
    assert len(split_passages(text)) == 1


def test_a_tiny_tail_stays_in_its_section() -> None:
    text = f"{ARABIC}\n\nعنوان\n\nنعم."
    at = text.index("عنوان")
    assert [text[p.start : p.end] for p in split_passages(text, [(at, at + 5)])] == [ARABIC, "نعم."]


def test_headings_may_come_in_any_order_and_overlap() -> None:
    text = "One.\n\nH1\n\nTwo.\n\nH2\n\nThree."
    headings = [(text.index("H2"), text.index("H2") + 2), (6, 8), (7, 8), (len(text) + 5, len(text) + 9)]
    assert [text[p.start : p.end] for p in split_passages(text, headings)] == ["One.", "Two.", "Three."]


@pytest.mark.parametrize("mark", ["،", ",", "؛", ";"])
def test_what_is_too_long_is_cut_after_a_clause(mark: str) -> None:
    text = f"كلمة أخرى ثم كلمة{mark} " * 200
    pieces = [text[start:end] for start, end in split_sentences(text)]
    assert len(pieces) > 2
    assert all(piece.endswith(mark) for piece in pieces)


def test_without_a_clause_it_is_cut_between_words() -> None:
    text = "كلمة " * 1000 + "آخر"
    pieces = [text[start:end] for start, end in split_sentences(text)]
    assert len(pieces) > 2
    assert {word for piece in pieces for word in piece.split()} == {"كلمة", "آخر"}
    assert min(map(len, pieces)) > 100


@pytest.mark.parametrize("grapheme", ["👨\u200d👩\u200d👧", "🇲🇦", "👍🏽", "بَّ", "e\u0301\u0302", "❤️"])
def test_without_words_it_is_cut_between_graphemes(grapheme: str) -> None:
    text = "ا" + grapheme * 1500
    pieces = [text[start:end] for start, end in split_sentences(text)]
    assert len(pieces) > 2
    assert pieces[0][0] == "ا"
    assert not pieces[0][1:].replace(grapheme, "")
    assert all(not piece.replace(grapheme, "") for piece in pieces[1:])


def test_the_ceiling_holds_even_for_one_endless_grapheme() -> None:
    assert len(split_sentences("a" + "\u0301" * 5000)) > 5


@pytest.mark.parametrize("text", ["", " \n\n ", "\u2029"])
def test_nothing_gives_nothing(text: str) -> None:
    assert split_passages(text) == []


@pytest.mark.parametrize("text", ["...", "😀", "\0", "\ud800\udc00", "«»", "\u200f", "7"])
def test_the_least_text_is_one_passage(text: str) -> None:
    assert split_passages(text) == [Passage(0, len(text), ((0, len(text)),))]


@pytest.mark.parametrize(
    "unit",
    [ARABIC + " ", ENGLISH + "\n\n", "ا", ".", '"', "A. ", "«a. ", "a\n\n", "a\n ", "🇲", " ", "\u0301", "😀. "],
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    def seconds(length: int) -> float:
        text = "x" + unit * (length // len(unit))
        began = time.process_time()
        split_passages(text)
        return time.process_time() - began

    small, large = (min(seconds(length) for _ in range(3)) for length in (20_000, 160_000))
    assert large < 32 * small + 0.05


def test_constants_fit() -> None:
    assert TINY < TARGET < CEILING


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "items",
    [
        ["- Winds of 104mph were recorded", "- More than 10,000 homes lost power", "- A man was hurt"],
        ["1. اضبط المكيف على 24 درجة", "2. نظف المرشحات", "10) افصل الأجهزة"],
        ["• One\nhalf", "  • The other half"],
    ],
)
def test_each_item_of_a_list_stands_alone(items: list[str]) -> None:
    bare = [item.strip() for item in items]
    assert sentences("\n".join(items)) == bare
    assert sentences("Summary\n" + "\r\n".join(items)) == ["Summary", *bare]
    assert sentences("Results:\n" + "\n".join(bare)) == [f"Results:\n{bare[0]}", *bare[1:]]
    assert sentences("Before.\n\n  " + "\n".join(items) + "\n\nAfter.") == ["Before.", *bare, "After."]


def test_a_single_line_with_a_mark_is_hard_wrapping() -> None:
    assert sentences("The minister\n- who had come late,\nleft.") == ["The minister\n- who had come late,\nleft."]
