from __future__ import annotations

from datetime import date

import pytest

from qa.language.period import Period
from qa.language.phrases import phrase, preferring, readable, spoken


def test_dates_are_written_in_the_language_of_what_they_stand_beside() -> None:
    assert readable(date(2021, 11, 24), "ar") == "24 نوفمبر 2021"
    assert readable(date(2020, 1, 3), "en") == readable(date(2020, 1, 3), "und") == "3 January 2020"


def test_arabic_is_spoken_to_arabic_and_english_to_all_else() -> None:
    assert spoken("ar") == spoken("ar-EG") == "ar"
    assert spoken("fr") == spoken("") == "en"
    assert phrase("silent", "ar") == "المقالات لا تجيب عن هذا السؤال."
    assert phrase("silent", "fr") == "The articles don't say."


@pytest.mark.parametrize(
    ("first", "last", "english", "arabic"),
    [
        ("2025-11-12", "2025-11-12", "of 12 November 2025", "12 نوفمبر 2025"),
        ("2025-11-01", "2025-11-30", "of November 2025", "نوفمبر 2025"),
        ("2025-12-01", "2025-12-31", "of December 2025", "ديسمبر 2025"),
        ("2025-01-01", "2025-12-31", "of 2025", "2025"),
        (
            "2025-11-03",
            "2025-11-09",
            "from 3 November 2025 to 9 November 2025",
            "من 3 نوفمبر 2025 إلى 9 نوفمبر 2025",
        ),
        ("", "2019-12-31", "until 31 December 2019", "حتى 31 ديسمبر 2019"),
        ("2019-12-31", "", "from 31 December 2019", "من 31 ديسمبر 2019"),
    ],
)
def test_the_period_that_is_preferred(first: str, last: str, english: str, arabic: str) -> None:
    since, until = (date.fromisoformat(day) if day else None for day in (first, last))
    period = Period(since, until)
    assert preferring(period, "en") == f"Preferring articles {english}"
    assert preferring(period, "ar-EG") == f"الأولوية لمقالات {arabic}"
    assert preferring(Period(newest=True), "fr") == "Preferring the newest articles"
