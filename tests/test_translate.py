"""Words that stand for a question's words: in the other language by meaning, in its own by the glossary."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa import translate
from qa.encoder import Vectors
from qa.encoder.senses import encode_with_words
from qa.encoder.words import DIM
from qa.language.asking import asks_day, asks_when, asks_who, has_day, has_number, has_time, names_nobody
from qa.language.glossary import glossary
from qa.library import Library
from qa.query import make_query
from qa.translate import MOST, SIBLING, translations


def test_every_line_of_the_glossary_works_in_both_directions() -> None:
    english, arabic = glossary("en", "ar"), glossary("ar", "en")
    assert len(english) > 500
    assert all(term in arabic[other] for term, others in english.items() for other in others)
    assert glossary("fr", "en") == {}


def test_siblings_are_of_the_same_language_and_never_the_word_itself() -> None:
    siblings = glossary("en", "en")
    assert "signatori" in siblings["sign"]
    assert all(term not in others for term, others in siblings.items())


def test_words_of_the_index_are_found_by_meaning(library: Library) -> None:
    with library.store.view() as view:
        found = make_query("Which weapons does Bourita sell?", library.encoder, view).translations
        assert set(found) == {"ar", "en"}
        assert found["ar"]["weapon"]["اسلح"] == 1.0
        assert found["ar"]["bourita"]
        assert found["en"]["sell"]["sale"] == SIBLING
        assert all(0 < weight <= 1 for words in found["ar"].values() for weight in words.values())


def test_a_misspelt_word_of_the_articles_own_language_is_found_by_what_it_resembles(library: Library) -> None:
    with library.store.view() as view:
        found = make_query("التعاون الاستخبراتي", library.encoder, view).translations["ar"]
    assert set(found["تعا"].values()) <= {SIBLING}
    misspelt = next(words for term, words in found.items() if term != "تعا")
    assert any(word.startswith("استخبار") for word in misspelt)
    assert all(0 < weight <= 1 for weight in misspelt.values())


def test_only_words_that_the_articles_do_not_use_are_encoded(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []

    def listening(text: str, words: Sequence[str]) -> tuple[Vectors, Vectors]:
        encoded.extend(words)
        return encode_with_words(text, words)

    monkeypatch.setattr(translate, "encode_with_words", listening)
    with library.store.view() as view:
        found, _ = translations("التعاون الزرافة", "ar", view)
        known = view.word_vectors(["تعا", "زراف"], "ar")
    assert encoded == ["زرافة"]
    assert set(found["ar"]) == {"تعا", "زراف"}
    assert set(known) == {"تعا"}
    assert known["تعا"].shape == (DIM,)


def test_nothing_to_translate_and_too_much(library: Library) -> None:
    with library.store.view() as view:
        assert make_query("2021?", library.encoder, view).translations == {"und": {}, "ar": {}}
        many = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(100))
        assert len(make_query(many, library.encoder, view).translations["ar"]) == MOST


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("Who signed it?", True),
        ("Which Moroccan official signed it?", True),
        ("What minister resigned?", True),
        ("أي وزير استقال؟", True),
        ("من وقّع الاتفاق؟", True),
        ("What did the king promise?", False),
        ("Which bridge was closed?", False),
        ("أي جسر أغلق؟", False),
        ("ما موقف الملك؟", False),
    ],
)
def test_asking_for_a_person(question: str, who: bool) -> None:
    assert asks_who(question) is who


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("The two sides signed a memorandum.", True),
        ("Both parties welcomed it.", True),
        ("وقال بيان إن الجانبين وقعا اتفاقاً.", True),
        ("أعربا عن أملهما، وللطرفين مصلحة في ذلك.", True),
        ("The minister said that the two sides signed it.", False),
        ("وقّع الوزير الاتفاق بين البلدين.", False),
        ("The eastern side of the town was flooded.", False),
        ("في الجانب الشرقي من المدينة.", False),
    ],
)
def test_naming_nobody(text: str, nobody: bool) -> None:
    assert names_nobody(text) is nobody


@pytest.mark.parametrize(
    ("text", "time", "number"),
    [
        ("It opened in 1987.", True, True),
        ("افتتح عام ١٩٨٧.", True, True),
        ("It opened on 24/11/2021.", True, True),
        ("It opened on Wednesday.", True, False),
        ("افتُتح صباح الأربعاء.", True, False),
        ("There were 60 guests.", False, True),
        ("There were many guests.", False, False),
    ],
)
def test_what_gives_a_time_or_a_number(text: str, time: bool, number: bool) -> None:
    assert has_time(text) is time
    assert has_number(text) is number


@pytest.mark.parametrize(
    "question", ["On what day was it signed?", "Which date is it?", "في أي يوم وُقّع؟", "ما تاريخ الاتفاق؟"]
)
def test_what_asks_for_a_day_asks_when(question: str) -> None:
    assert asks_day(question)
    assert asks_when(question)


def test_a_year_is_no_day() -> None:
    assert not asks_day("In what year was it signed?")
    assert not has_day("It was signed in 1987.")
    assert has_day("It was signed on 3 May 1987.")
    assert has_day("وُقّع يوم الأحد.")
