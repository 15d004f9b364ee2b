"""Islamic dates."""

from __future__ import annotations

from datetime import date

import pytest

from qa.language.hijri import hijri_dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15 رمضان 1445 هـ", "2024-03-25"),
        ("١٥ رمضان المبارك ١٤٤٥هـ", "2024-03-25"),
        ("15 من شهر رمضان عام 1445", "2024-03-25"),
        ("1445/9/15هـ", "2024-03-25"),
        ("15-09-1445 هـ", "2024-03-25"),
        ("15 Ramadan 1445 AH", "2024-03-25"),
        ("15 Ramadan, 1445", "2024-03-25"),
        ("1 محرّم 1446".replace("\u0651", ""), "2024-07-07"),
        ("10 ذي الحجة 1444", "2023-06-28"),
        ("10 Dhu al-Hijjah 1444", "2023-06-28"),
        ("10 Dhul-Hijjah 1444", "2023-06-28"),
        ("1 جمادى الأولى 1443", "2021-12-05"),
        ("1 جمادي الآخرة 1443", "2022-01-04"),
        ("19 ربيع الثاني 1443", "2021-11-24"),
        ("12 Rabi' al-awwal 1440", "2018-11-20"),
        ("3 شوال 1399", "1979-08-25"),
    ],
)
def test_a_day_of_the_umm_al_qura_calendar(text: str, day: str) -> None:
    sentence = f"قال يوم {text} إن"
    assert list(hijri_dates(sentence)) == [(8, 8 + len(text), date.fromisoformat(day))]


@pytest.mark.parametrize(
    "text",
    [
        "15/9/1445",
        "رمضان 1445",
        "15 رمضان 2024",
        "15 رمضان 1300",
        "31 رمضان 1445",
        "15 رمضانية 1445",
        "1445/13/15هـ",
        "15 shabanat 1445",
    ],
)
def test_what_is_no_islamic_date_or_of_a_year_unknown(text: str) -> None:
    assert list(hijri_dates(text)) == []
