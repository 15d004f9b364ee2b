from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.language.analyse import LONGEST, analyse

MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"
ARABIC_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآؤئء"
PIECES = st.sampled_from(
    [
        *"وقال الوزير إن المغرب وإسرائيل مُحَمَّدٌ كـــتاب ﻣﺤﻤﺪ ﷺ می\u200cشود گ".split(" "),
        *"The U.S. minister's café naïve don't WHO O’Brien a.m. G20 19th COVID-19 日本語 Ελλάδα".split(" "),
        *"1,200 3.5 ٣٫٥ ٢٠٢١ 24.11.2021 1,2,200 ½ x² 5, 1. .5 1٬200٫75".split(" "),
        *["\u200f", "\u200d", "\u2067", "\u2069", "\u200b", "\ufeff", "\u0301", "\u064b", "\ufe0f", "\ud800", "\0"],
        *[
            "👨‍👩‍👧",
            "🇲🇦",
            "👍🏽",
            " ",
            "\n",
            "\n\n",
            '"',
            "«",
            "»",
            "'",
            "’",
            ".",
            ",",
            "،",
            "؟",
            "_",
            "-",
            "@",
            "ـ",
        ],
    ]
)
MIXED = st.lists(PIECES | st.characters(), max_size=30).map("".join)


def terms(text: str) -> list[str]:
    return [token.term for token in analyse(text)]


@given(MIXED)
@example("a\u200b\u0301b")
@example("5ａ")
def test_tokens_are_words_of_the_text(text: str) -> None:
    at = 0
    for token in analyse(text):
        assert token.term
        assert at <= token.start < token.end <= len(text)
        assert text[token.start].isalnum()
        at = token.end
        assert not (at < len(text) and text[at] in MARKS and text[at - 1] in ARABIC_LETTERS)


@given(MIXED)
def test_terms_are_stable_and_searchable(text: str) -> None:
    for token in analyse(text):
        assert not any(map(str.isspace, token.term))
        assert "\u0640" not in token.term
        assert not set(token.term) & set(MARKS)
        assert not any(c.isdecimal() and c > "9" for c in token.term if unicodedata.bidirectional(c) == "AN")


@given(
    st.text(alphabet=ARABIC_LETTERS, min_size=1, max_size=12)
    | st.from_regex(r"[a-zA-Z]{1,12}|[0-9]{1,9}", fullmatch=True)
)
def test_a_word_alone_has_the_term_it_has_in_a_sentence(word: str) -> None:
    text = f"«قال {word}»، said."
    inside = [t for t in analyse(text) if text[t.start : t.end] == word]
    assert [t.term for t in inside] == terms(word)


@given(st.text(alphabet=ARABIC_LETTERS, min_size=1, max_size=12), st.data())
def test_marks_and_tatweel_change_no_term(word: str, data: st.DataObject) -> None:
    ornaments = st.text(alphabet=MARKS + "ـ", max_size=2)
    dressed = "".join(letter + data.draw(ornaments) for letter in word)
    assert terms(dressed) == terms(word)
    for token in analyse(dressed):
        assert (token.start, token.end) == (0, len(dressed))


@pytest.mark.parametrize(
    "forms",
    [
        "المغرب مغرب والمغرب بالمغرب للمغرب وللمغرب فالمغرب كالمغرب وبالمغرب",
        "إسرائيل اسرائيل وإسرائيل الإسرائيلي إسرائيلية الإسرائيليين الإسرائيليون والإسرائيلية",
        "اتفاق اتفاقاً الاتفاق اتفاقية اتفاقيات الاتفاقية باتفاقية",
        "كتاب الكتاب كتابها كتابهم كتابه والكتاب كِتَابٌ كـتـاب ﻛﺘﺎﺏ بكتابه",
        "علاقات علاقاتهما العلاقات علاقة والعلاقة بعلاقاتها",
        "بريطانيا البريطانية بريطاني البريطانيين",
        "مستشفى المستشفى مستشفي",
        "مسؤول مسوول المسؤولين",
        "أحمد احمد إحمد",
        "ستعلن تعلن وستعلن",
        "سيعقد يعقد",
        "ويكيبيديا ويکيبيديا",
        "فيينا ڤيينا",
    ],
)
def test_forms_of_an_arabic_word_meet(forms: str) -> None:
    found = {tuple(terms(form)) for form in forms.split()}
    assert len(found) == 1
    assert all(len(t) == 1 for t in found)


@pytest.mark.parametrize(
    "forms",
    [
        "minister minister's ministers Ministers’ MINISTER minister’s",
        "agreement agreements agreement's",
        "café cafe CAFÉ cafés cafe\u0301",
        "sign signed signing signs",
        "U.S. US U.S",
        "O'Brien O’Brien OBrien",
        "ＲＡＢＡＴ Rabat",
        "2021 ٢٠٢١ ۲۰۲۱",
        "1,200 1200 1٬200 ١٢٠٠ ١٬٢٠٠ 1،200",
        "3.5 ٣٫٥ ۳٫۵",
        "1,200.50 ١٬٢٠٠٫٥٠",
    ],
)
def test_forms_of_other_words_meet(forms: str) -> None:
    found = {tuple(terms(form)) for form in forms.split()}
    assert len(found) == 1
    assert all(len(t) == 1 for t in found)


@pytest.mark.parametrize(("one", "other"), [("1200", "1.200"), ("مصر", "مصنع"), ("news", "new"), ("3.5", "35")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_stop_words_give_no_token_however_they_are_written() -> None:
    assert terms("إلى الى إلي أنّ ان وفي وَمِنْ هَلْ ماذا؟ متى لماذا مَن والتي عـلـى") == []
    assert terms("The who's isn't What’s of don’t I we're and") == []


def test_names_in_capitals_are_no_stop_words() -> None:
    assert terms("Who did the WHO tell in the US?") == ["who", "tell", "us"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24.11.2021", ["24", "11", "2021"]),
        ("24/11/2021", ["24", "11", "2021"]),
        ("سنة 1299م", ["سنه", "1299", "م"]),
        ("G20 F16 19th", ["g20", "f16", "19th"]),
        ("COVID-19", ["covid", "19"]),
        ("iconدقائق", ["icon", "دقايق"]),
        ("#عيد_الفطر", ["عيد", "فطر"]),
        ("1,2,3 10,20", ["1", "2", "3", "10", "20"]),
        ("end.Next 5.", ["end", "next", "5"]),
        ("½ ² … 😀 \ud800 \0 «»", []),
        ("Ελλάδα", ["ελλαδα"]),
    ],
)
def test_what_is_one_token(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_span_covers_the_whole_word() -> None:
    text = "قالَ \u200fوَلِلْمَغْرِبِ\u200f: the minister’s"
    assert [text[t.start : t.end] for t in analyse(text)] == ["قالَ", "وَلِلْمَغْرِبِ", "minister’s"]


def test_noise_gives_no_token() -> None:
    assert terms("a" * LONGEST) == ["a" * LONGEST]
    assert terms("a" * (LONGEST + 1) + " " + "7" * 500_000) == []
