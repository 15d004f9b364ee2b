"""Names in two scripts."""

from __future__ import annotations

import pytest

from qa.language import arabic
from qa.language.spelling import alike

NAMES = {
    "gantz": "جانتس",
    "bourita": "بوريطة",
    "belkhir": "بلخير",
    "farouk": "فاروق",
    "polisario": "البوليساريو",
    "abraham": "أبراهام",
    "netanyahu": "نتنياهو",
    "mohammed": "محمد",
    "lavrov": "لافروف",
    "merkel": "ميركل",
    "sharm": "شرم",
}


def test_each_name_finds_itself_among_the_others() -> None:
    stems = {arabic.term(word): name for name, word in NAMES.items()}
    assert {(name, stems[word]) for name, word in alike(NAMES, stems)} == {(name, name) for name in NAMES}


@pytest.mark.parametrize(
    ("latin", "word"),
    [
        ("oslo", "سل"),  # two consonants are too little
        ("gants", "جانوتس"),  # it writes a vowel that is not heard
        ("birth", "بوريطة"),
        ("marked", "كارد"),  # m is no preposition
        ("", ""),
    ],
)
def test_what_does_not_sound_alike(latin: str, word: str) -> None:
    assert list(alike([latin], [arabic.term(word) if word else ""])) == []
