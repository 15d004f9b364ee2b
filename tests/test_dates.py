"""Dates in Arabic and English prose."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.dates import dates, find_date

NOVEMBER_24 = date(2021, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-24",
        "2021-11-24T10:30:00+01:00",
        "2021/11/24",
        "24/11/2021",
        "24.11.2021",
        "24-11-2021 10:30",
        "11/24/2021",
        "٢٤/١١/٢٠٢١",
        "٢٤\u200f/١١\u200f/٢٠٢١",
        "۲۰۲۱/۱۱/۲۴",
        "24 November 2021",
        "24 NOVEMBER 2021",
        "24th of November, 2021",
        "24-Nov-2021",
        "24 Nov 202124 Nov 2021",
        "November 24, 2021",
        "November 24th, 2021",
        "Nov. 24, 2021",
        "Nov.24, 2021",
        "24 نوفمبر 2021",
        "٢٤ نوفمبر ٢٠٢١م",
        "24 نوفمبر، 2021",
        "24 من نوفمبر 2021",
        "24 من شهر نوفمبر من عام 2021",
        "24 نوفمبر سنة 2021",
        "24 تشرين الثاني 2021",
        "24 تشرين الثانى 2021",
        "24 نوفمبر/تشرين الثاني 2021",
        "٢٤ تشرين الثاني (نوفمبر) ٢٠٢١",
        "24 نونبر 2021",
        "نوفمبر 24, 2021",
        "19 ربيع الآخر 1443",
        "١٩/٠٤/١٤٤٣ هـ",
    ],
)
def test_every_way_to_write_one_day(text: str) -> None:
    assert find_date(f"({text})") == NOVEMBER_24


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (1, "يناير، كانون الثاني، جانفي، January، Jan"),
        (2, "فبراير، شباط، فيفري، February، Feb"),
        (3, "مارس، آذار، اذار، March، Mar"),
        (4, "أبريل، إبريل، ابريل، نيسان، أفريل، April، Apr"),
        (5, "مايو، ماي، أيار، ايار، May"),
        (6, "يونيو، يونيه، حزيران، جوان، June، Jun"),
        (7, "يوليو، يوليوز، تموز، جويلية، July، Jul"),
        (8, "أغسطس، اغسطس، آب، غشت، أوت، August، Aug"),
        (9, "سبتمبر، أيلول، شتنبر، September، Sept، Sep"),
        (10, "أكتوبر، اكتوبر، تشرين الأول، تشرين الاول، October، Oct"),
        (11, "نوفمبر، تشرين الثاني، نونبر، November، Nov"),
        (12, "ديسمبر، كانون الأول، دجنبر، December، Dec"),
    ],
)
def test_month_names_of_every_region(number: int, names: str) -> None:
    for name in names.split("، "):
        assert find_date(f"في 7 {name} 2020") == date(2020, number, 7), name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "عام 1993",
        "نوفمبر 2021",
        "November 2021",
        "24 November",
        "31/02/2021",
        "31 نونبر 2021",
        "30 February 2020",
        "2021-13-01",
        "2021-24-11",
        "0/1/2021",
        "19/04/1443",
        "1.2.3.2021",
        "192.168.11.2021",
        "24/11/20211",
        "24/11-2021",
        "24 Novembrists 2021",
        "24/11/21",
    ],
)
def test_what_is_no_full_date(text: str) -> None:
    assert find_date(text) is None


def test_spans_are_exact_ordered_and_apart() -> None:
    text = "من 2 ماي 2020 إلى ٣/٦/٢٠٢١، then 4 July 2022 and 2023-08-05."
    found = dates(text)
    assert [text[start:end] for start, end, _ in found] == [
        "2 ماي 2020",
        "٣/٦/٢٠٢١",
        "4 July 2022",
        "2023-08-05",
    ]
    assert [day for _, _, day in found] == [
        date(2020, 5, 2),
        date(2021, 6, 3),
        date(2022, 7, 4),
        date(2023, 8, 5),
    ]


def test_a_date_is_read_once() -> None:
    assert [day for _, _, day in dates("1 May 2 2021")] == [date(2021, 5, 2)]
    assert [day for _, _, day in dates("3 مايو 24 نوفمبر 2021")] == [NOVEMBER_24]
    assert [day for _, _, day in dates("2021-11-24 نوفمبر 2021")] == [NOVEMBER_24]
    assert len(dates("2 مايو 2021، 3 مايو 2021")) == 2


@given(st.dates(min_value=date(1600, 1, 1), max_value=date(2199, 12, 31)))
def test_iso_round_trip(day: date) -> None:
    assert dates(day.isoformat()) == [(0, 10, day)]
    assert find_date(f"{day.day}/{day.month}/{day.year}") == day


@given(st.text(alphabet="0123456789٢٤/-. نوفمبرNov,\u200f"))
def test_no_text_breaks_it(text: str) -> None:
    spans = [(start, end) for start, end, _ in dates(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
