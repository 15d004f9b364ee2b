"""Days named by what day it is told on."""

from __future__ import annotations

from datetime import date

import pytest

from qa.language.relative import relative_days

WEDNESDAY = date(2021, 11, 24)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Wednesday", 24),
        ("Tuesday", 23),
        ("Thursday", 18),
        ("last Wednesday", 17),
        ("last Tuesday", 23),
        ("next Wednesday", 31),
        ("next Friday", 26),
        ("this Wednesday", 24),
        ("coming Sunday", 28),
        ("yesterday", 23),
        ("Today", 24),
        ("tomorrow", 25),
        ("day before yesterday", 22),
        ("الأربعاء", 24),
        ("يوم الأربعاء", 24),
        ("الثلاثاء", 23),
        ("الإثنين", 22),
        ("الاثنين الماضي", 22),
        ("الأربعاء الماضي", 17),
        ("الجمعة المقبلة", 26),
        ("يوم الأحد", 21),
        ("يوم الأحد المقبل", 28),
        ("أمس", 23),
        ("أول من أمس", 22),
        ("غداً", 25),
        ("بعد غد", 26),
    ],
)
def test_a_day_near_the_day_of_the_text(text: str, day: int) -> None:
    expected = date(2021, 12, 1) if day == 31 else date(2021, 11, day)
    assert relative_days(f"- {text}, 5", WEDNESDAY) == [(2, 2 + len(text), expected)]


@pytest.mark.parametrize("text", ["Wednesdays", "الأحد عشر", "القادم", "last week", "Sundae", "الخميسات"])
def test_no_day(text: str) -> None:
    assert relative_days(text, WEDNESDAY) == []
