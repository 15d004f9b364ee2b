from __future__ import annotations

from datetime import date

from qa.language.phrases import phrase, readable, spoken


def test_dates_are_written_in_the_language_of_what_they_stand_beside() -> None:
    assert readable(date(2021, 11, 24), "ar") == "24 نوفمبر 2021"
    assert readable(date(2020, 1, 3), "en") == readable(date(2020, 1, 3), "und") == "3 January 2020"


def test_arabic_is_spoken_to_arabic_and_english_to_all_else() -> None:
    assert spoken("ar") == spoken("ar-EG") == "ar"
    assert spoken("fr") == spoken("") == "en"
    assert phrase("silent", "ar") == "المقالات لا تجيب عن هذا السؤال."
    assert phrase("silent", "fr") == "The articles don't say."
