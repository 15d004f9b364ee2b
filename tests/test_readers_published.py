"""Which of a page's dates is its own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qa.readers.text import article

BODY = "قال الوزير إن القانون الجديد سيدخل حيز التنفيذ في الربيع المقبل دون تأخير."
TOMORROW = (date.today() + timedelta(days=1)).isoformat()
NEXT_WEEK = (date.today() + timedelta(days=7)).isoformat()


def published(raw: str) -> str | None:
    day = article(raw, name="a.txt", id="a").date
    return day.isoformat() if day else None


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        # the metadata come first
        (f"Title: a\nDate: 2021-11-24\nPublished: 25 November 2021\n{BODY}", "2021-11-24"),
        # then what the page says of itself, wherever it stands, publication before update
        (f"العنوان\nآخر تحديث: 26 نوفمبر 2021\nتاريخ النشر: 24 نوفمبر 2021\n{BODY}", "2021-11-24"),
        (f"العنوان\nصورة: الوزير، 3 مارس 2020\n{BODY}\nنشر في 24/11/2021", "2021-11-24"),
        (f"العنوان\nالأربعاء ٢٤ نوفمبر ٢٠٢١\n{BODY}", "2021-11-24"),
        # then captions, bylines and datelines
        (f"العنوان\nالوزير في مكتبه - 24 نوفمبر 2021 (رويترز)\n{BODY}", "2021-11-24"),
        (f"A title\nRABAT, Nov 24, 2021 (AFP)\n{BODY}", "2021-11-24"),
        # an archive picture dates nothing
        (f"العنوان\nصورة أرشيفية من 3 مارس 2010\n{BODY}", None),
        # then the day on which the lead is told
        (f"العنوان\n{BODY}\nواجتمع اليوم الأربعاء 24 نوفمبر 2021 بالنواب.", "2021-11-24"),
        ("A title\nThe minister resigned on Wednesday, 24 November 2021, his office said.", "2021-11-24"),
        ("A title\nRABAT, Nov 24, 2021 (AFP) - The minister resigned, his office said.", "2021-11-24"),
        (f"العنوان\nالرباط (24 نوفمبر 2021): {BODY}", "2021-11-24"),
        # which is not the day of whatever the lead tells of
        ("A title\nThe poet was born on 6 January 1883 in a village in the north.", None),
        ("العنوان\nولد الشاعر في 6 يناير 1883 في قرية في الشمال.", None),
        ("A title\nThey met on Monday 3 May 2021 and on Friday 7 May 2021 in the capital.", None),
        ("A title\nOn Thursday 9 November 1989 the wall fell.\nIn 2009 the city remembered it.", None),
        # never one from deep in the body
        (f"العنوان\n{BODY}\n{BODY}!\nوقعت الاتفاقية في 13 سبتمبر 1993 في واشنطن.", None),
        (f"العنوان\n{BODY}\n{BODY}!\n13 سبتمبر 1993\n{BODY}", None),
        # nor one from the future, but for the time zones
        (f"Title: a\nDate: {NEXT_WEEK}\n{BODY}\nنشر في 24/11/2021", "2021-11-24"),
        (f"العنوان\nاجتمع الوزير الأربعاء {NEXT_WEEK} بالنواب.\n{BODY}", None),
        (f"Title: a\nDate: {TOMORROW}\n{BODY}", TOMORROW),
        # nor one that no calendar has
        (f"Title: a\nDate: 2021-02-30\n{BODY}", None),
        (f"العنوان\n{BODY}", None),
    ],
)
def test_the_article_s_date(raw: str, day: str | None) -> None:
    assert published(raw) == day


def test_a_year_to_come_says_nothing_of_the_article_s_age() -> None:
    year = date.today().year + 10
    assert published(f"A title\nThe law was passed today, 24 November 2021.\nIt ends in {year}.") == "2021-11-24"
