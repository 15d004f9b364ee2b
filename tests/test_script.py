from __future__ import annotations

import time
import unicodedata

import pytest

from qa.language.script import direction, isolate, language


@pytest.mark.parametrize(
    ("text", "way", "code"),
    [
        ("وقّع المغرب اتفاقاً", "rtl", "ar"),
        ("Morocco signed", "ltr", "en"),
        ("API هذا شرح مفصل", "rtl", "ar"),
        ("The word سلام means peace", "ltr", "en"),
        ("שלום", "rtl", "und"),
        ("ﻣﺤﻤﺪ", "rtl", "ar"),
        ("café", "ltr", "en"),
        ("Ελλάδα", "ltr", "und"),
        ("2021 – 2022!", "ltr", "und"),
        ("", "ltr", "und"),
        ("ab اب", "ltr", "ar"),
        ("\ud800\0", "ltr", "und"),
    ],
)
def test_majority_of_letters(text: str, way: str, code: str) -> None:
    assert direction(text) == way
    assert language(text) == code


def test_marks_and_digits_do_not_vote() -> None:
    assert direction("ab ب" + "\u064e" * 9 + "٢٠٢١") == "ltr"


def test_isolate_wraps_without_change() -> None:
    wrapped = isolate("سلام (1)")
    assert wrapped[1:-1] == "سلام (1)"
    assert [unicodedata.bidirectional(c) for c in (wrapped[0], wrapped[-1])] == ["FSI", "PDI"]


def test_long_text_takes_no_time() -> None:
    text = "وقال الوزير في Rabat إن " * 100_000
    began = time.perf_counter()
    assert (direction(text), language(text)) == ("rtl", "ar")
    assert time.perf_counter() - began < 2
