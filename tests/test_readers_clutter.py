"""Which lines are page furniture, and which are the article."""

from __future__ import annotations

import pytest

from qa.readers.clutter import clutter, copies
from qa.readers.lines import split_lines

PROSE = {
    "en": "The minister told reporters on Monday that the new law would take effect in spring.",
    "ar": "وقال الوزير للصحفيين يوم الاثنين إن القانون الجديد سيدخل حيز التنفيذ في الربيع.",
}


def judge(line: str, *, place: str = "middle") -> str | None:
    """The rule that takes ``line`` out of a page, where it stands above, amid or below the prose."""
    at = {"top": 1, "middle": 3, "tail": 5}[place]
    page = ["Headline of the day", *PROSE.values(), *PROSE.values()]
    page.insert(at, line)
    return clutter(split_lines("\n".join(page)))[at]


ANYWHERE = {
    "ornament": ["***", "—— • ——", "==="],
    "published": [
        "Published: 24 November 2021",
        "Published on 24 November 2021 by the newsroom",
        "Last updated 3 hours ago",
        "Updated 10:30 GMT, Nov 24, 2021",
        "نُشر في: 24 نوفمبر 2021",
        "تاريخ النشر: ٢٤/١١/٢٠٢١ - ١٠:٣٠",
        "آخر تحديث: منذ ساعتين",
        "آخر تحديث 24 نوفمبر 2021 الساعة 10:30 بتوقيت غرينتش",
    ],
    "reading time": [
        "4 min read",
        "Reading time: 5 minutes",
        "5-minute read",
        "Estimated reading time: less than a minute.",
        "time reading iconدقائق القراءة - 4",
        "مدة القراءة ٣ دقائق",
        "وقت القراءة: دقيقتان",
        "3 دقائق للقراءة",
    ],
    "share bar": [
        "Share on Facebook",
        "Share this article",
        "Tweet",
        "Facebook Twitter WhatsApp",
        "Share | Copy link | Print",
        "شارك على تويتر",
        "شارك المقال عبر فيسبوك أو واتساب",
        "انسخ الرابط",
        "شارك هذا الحوار",
        "[Share on Twitter](https://example.org/share) | [Share on Facebook](https://example.org)",
        "فيسبوك تويتر تيليغرام",
    ],
    "related": [
        "Read also: What does the new law say?",
        "See also",
        "Related articles:",
        "More on this story",
        "You may also like",
        "شاهد أيضاً:",
        "اقرأ أيضا | ما الذي يقوله القانون الجديد؟",
        "إقرأ أيضًا: الوزير يستقيل",
        "مواضيع ذات صلة",
        "للمزيد",
        "قد يهمك أيضاً",
    ],
    "caption": [
        "Photo: The minister arrives in the capital.",
        "File photo: a street in Rabat",
        "Image credit: Jane Doe",
        "![A street](street.jpg)",
        "صورة: الوزير لدى وصوله",
        "صورة أرشيفية لمقر الوزارة",
        "مصدر الصورة: رويترز",
        "مصدر الصورة، Getty Images",
        "التعليق على الصورة، سكان يبحثون بين الأنقاض عن ناجين.",
        "Image caption, The minister arrives in the capital.",
        "The minister arrives in the capital [File: Jane Doe/Reuters]",
        "The minister arrives. Photograph: Jane Doe/Example",
        "الوزير لدى وصوله (تصوير: أحمد علي)",
        "تصوير: أحمد علي",
    ],
    "copyright": [
        "© 2021 Example News",
        "Copyright 2021 Example News. All rights reserved.",
        "جميع الحقوق محفوظة © 2021",
        "حقوق النشر محفوظة",
    ],
    "widget": [
        "Advertisement",
        "- ADVERTISEMENT -",
        "Sponsored content",
        "Continue reading",
        "Leave a comment",
        "12 comments",
        "إعلان",
        "إعلانات",
        "استمع للمقال",
        "التعليقات (3)",
        "اضغط هنا لقراءة المزيد",
        "LIVE",
        "عاجل",
        "View image in fullscreen",
        "after newsletter promotion",
        "Free weekly newsletter",
    ],
    "subscribe": [
        "Subscribe to our newsletter.",
        "Sign up for breaking news alerts and get the best stories every day.",
        "Follow us on Twitter",
        "Save articles to read later and create your own reading list.",
        "اشترك في نشرتنا البريدية",
        "تابعونا على فيسبوك.",
        "انضموا إلى قناتنا على تيليجرام",
    ],
    "cookies": [
        "We use cookies to give you the best experience on our site.",
        "يستخدم هذا الموقع ملفات تعريف الارتباط لتحسين تجربتك.",
        "You rely on us for the news. We value your privacy.",
        "Privacy Notice: newsletters may tell you of our partners.",
    ],
    "breadcrumbs": ["Home > World > Africa", "الرئيسية » أخبار » سياسة"],
    "link": ["https://example.org/a?b=c", "www.example.org", "رابط الخبر: https://example.org/a"],
    "staff": [
        "Reporting by Jane Doe in Rabat and John Smith in London; Editing by Ann Lee",
        "Our Standards: The Example Trust Principles.",
    ],
    "tags": [
        "Tags: law, minister",
        "*Filed under: law, minister*",
        "#law #minister",
        "الكلمات المفتاحية: القانون",
        "وسوم: قانون",
        "#قانون_جديد",
    ],
}  # fmt: skip

EDGES = {
    "date": [
        "24 November 2021",
        "Wednesday, November 24, 2021 10:30 AM GMT",
        "الأربعاء 24 نوفمبر 2021 - 10:30",
        "٢٤ تشرين الثاني/نوفمبر ٢٠٢١",
        "2021-11-24T10:30:00Z",
    ],
    "dateline": [
        "AFP",
        "(Reuters)",
        "RABAT — Agencies",
        "London, Nov 24, 2021 (AFP)",
        "الرباط-وكالات",
        "واشنطن - رويترز",
        "بيروت (أ ف ب)",
        "القاهرة - وكالة أنباء الشرق",
        "د.ب.أ",
    ],
    "byline": [
        "By Jane Doe",
        "by Jane Doe and Ahmed Al-Fassi, Editor of News",
        "Jane Doe Environment correspondent",
        "Jane Doe and John Smith, Middle East editors in Rabat",
        "Written by: Jane Doe",
        "كتب: محمد علي",
        "كتبت: سارة حسن",
        "بقلم محمد علي",
        "إعداد: قسم الأخبار",
    ],
    "staff": ["(Reporting by John Smith; Editing by Ann Lee)", "(تحرير محمد علي)"],
    "source": ["Source: Example News", "المصدر: وكالات"],
}

CREDITS = [
    "The minister arrives in the capital, 24 November 2021 (Reuters)",
    "The minister arrives in the capital [AFP/Jane Doe]",
    "The minister arrives in the capital - REUTERS/Jane Doe",
    "The minister arrives in the capital | Getty Images",
    "The minister arrives. Photo by Jane Doe",
    "وزير الخارجية يصل إلى العاصمة (رويترز)",
    "وزير الخارجية يصل إلى العاصمة - 24 نوفمبر 2021 - Twitter@example",
    "وزير الخارجية يصل إلى العاصمة - أ ف ب",
]

ABOVE = {
    "menu": ["News | Opinion | Sport | Culture", "News|Europe", "أخبار • رياضة • اقتصاد عالمي"],
    "date": ["الدوحة - 24 نوفمبر 2021", "New Delhi, 24 November 2021"],
}

ARTICLE_LINES = [
    "Advertisement spending fell last year",
    "Print is dead, says publisher",
    "We live in hope",
    "“We value your privacy,” the company said.",
    "His words: we value your privacy",
    "End of an era",
    "Minister attacks newspaper editor",
    "Reporting by the commission found nothing, and editing by hand is slow.",
    "| City | Votes | Seats |",
    "The big picture: a year of drought",
    "A minister dances (photo)",
    "محمد صلاح يحتفل (صورة)",
    "15 January 2020: the first case",
    "Twitter",
    "Reading for pleasure",
    "Five minutes to midnight",
    "Share of renewables grows",
    "Sharing on Facebook is a right, he said.",
    "Related party transactions",
    "Read also the report of the commission, which says why.",
    "Photography",
    "Photo opportunities were few",
    "Copyright law",
    "The law says that all photographs are free.",
    "Published reports",
    "Published in 1993, it was forgotten.",
    "Updated figures",
    "Subscribers",
    "Tags and labels",
    "#MeToo changed everything, she said.",
    "By the numbers",
    "According to Reuters the talks failed.",
    "Reuters.com reported it first, and AFP followed.",
    "See https://example.org for the report.",
    "24 November 2021 was a Wednesday",
    "On 24 November 2021 it ended",
    "مشاركة النساء في الانتخابات",
    "قراءة في كتاب جديد",
    "إعلان الاستقلال",
    "صورة قاتمة",
    "صورة الوضع",
    "كتب الرئيس رسالة إلى الشعب",
    "للمزيد من الضغط على الحكومة",
    "شاهد عيان",
    "تابع الوزير حديثه",
    "تحديث الجيش",
    "نشر قوات جديدة في 24 نوفمبر 2021",
    "المصدر الأول للطاقة",
    "وكالات الأنباء تحت الضغط",
    "اشتركت في الحملة عشرون دولة",
    "حقوق النشر في العالم العربي",
]


@pytest.mark.parametrize("place", ["top", "middle", "tail"])
@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, found in ANYWHERE.items() for line in found])
def test_furniture_anywhere(rule: str, line: str, place: str) -> None:
    assert judge(line, place=place) == rule


@pytest.mark.parametrize("place", ["top", "tail"])
@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, found in EDGES.items() for line in found])
def test_furniture_above_and_below_the_prose(rule: str, line: str, place: str) -> None:
    assert judge(line, place=place) == rule


@pytest.mark.parametrize("line", [line for found in EDGES.values() for line in found] + CREDITS[:2] + CREDITS[5:6])
def test_amid_the_prose_it_stays(line: str) -> None:
    assert judge(line) is None


@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, found in ABOVE.items() for line in found])
def test_furniture_above_the_prose_only(rule: str, line: str) -> None:
    assert judge(line, place="top") == rule
    assert judge(line) is None
    assert judge(line, place="tail") is None


def test_a_standfirst_may_stand_above_the_date_and_the_byline() -> None:
    page = ["Title", PROSE["en"], "By Jane Doe", "Published on 24 November 2021", PROSE["ar"], "AFP", PROSE["en"]]
    assert clutter(split_lines("\n".join(page))) == [None, None, "byline", "published", None, None, None]


@pytest.mark.parametrize("line", CREDITS)
def test_captions_above_the_prose(line: str) -> None:
    assert judge(line, place="top") == "credit"


@pytest.mark.parametrize("place", ["top", "middle", "tail"])
@pytest.mark.parametrize("line", [*ARTICLE_LINES, *PROSE.values()])
def test_the_article_stays(line: str, place: str) -> None:
    assert judge(line, place=place) is None


def test_headlines_below_a_bare_label_go_with_it() -> None:
    page = [
        "Title",
        PROSE["en"],
        "Read also",
        "One headline",
        "Another: why?",
        "© 2021 Example News. All rights reserved.",
    ]
    assert clutter(split_lines("\n".join(page)))[2:] == ["related", "related", "related", "copyright"]


@pytest.mark.parametrize("last", [PROSE["en"], PROSE["ar"], "He left.", "word " * 40])
def test_what_is_no_headline_keeps_what_follows_a_label(last: str) -> None:
    page = ["Title", PROSE["en"], "اقرأ أيضا", "One headline", last]
    assert clutter(split_lines("\n".join(page)))[2:] == ["related", None, None]


def test_a_label_with_its_headline_takes_nothing_else() -> None:
    page = ["Title", PROSE["en"], "Read also: One headline", "He is a poet"]
    assert clutter(split_lines("\n".join(page)))[2:] == ["related", None]


def test_headlines_to_be_skipped_go() -> None:
    page = [
        PROSE["ar"],
        "تخطى القصص المقترحة وواصل القراءة",
        "قصص مقترحة",
        "لماذا تكثر الزلازل في هذه المنطقة من العالم؟",
        "قصص مقترحة نهاية",
        PROSE["ar"],
    ]
    assert clutter(split_lines("\n".join(page))) == [None, "widget", "related", "related", "related", None]


@pytest.mark.parametrize("end", [PROSE["en"], "A headline", "End of an era."])
def test_what_cannot_be_skipped_stays(end: str) -> None:
    page = [PROSE["en"], "Skip most read and continue reading", "A headline", end, "End of most read", PROSE["en"]]
    assert clutter(split_lines("\n".join(page)))[5] is None
    assert (clutter(split_lines("\n".join(page)))[3] is None) == end.endswith(".")


def test_a_block_that_opens_with_a_label_goes_whole_if_it_has_headlines_only() -> None:
    text = f"{PROSE['en']}\n\nRead also\nOne headline\nAnother: why?\n\nA heading\n\n{PROSE['en']}"
    assert clutter(split_lines(text)) == [None, "related", "related", "related", None, None]
    text = f"{PROSE['en']}\n\nRead also\nOne headline\n{PROSE['en']}\n\n{PROSE['en']}"
    assert clutter(split_lines(text)) == [None, "related", None, None, None]


def verdicts(page: list[str], *, title: int | None = 0) -> list[str | None]:
    rows = split_lines("\n".join(page))
    return copies(rows, clutter(rows), title=title)


def test_a_caption_said_twice_goes_entirely() -> None:
    caption = "The old harbour of the town at sunset last week"
    assert verdicts(["Title", caption, PROSE["en"], caption]) == [None, "copy", None, "copy"]
    assert verdicts(["Title", PROSE["en"], caption, caption, PROSE["ar"]]) == [
        None,
        None,
        "copy",
        "copy",
        None,
    ]


def test_of_a_sentence_or_a_few_words_said_twice_in_a_row_one_stays() -> None:
    assert verdicts(["Title", PROSE["en"], PROSE["en"], PROSE["ar"]]) == [None, None, "copy", None]
    assert verdicts(["Title", PROSE["en"], "O sea", "O sea", PROSE["ar"]]) == [None, None, None, "copy", None]


def test_a_refrain_stays() -> None:
    page = ["Title", PROSE["en"], "O sea", "O land", "O sea", PROSE["en"], PROSE["ar"], PROSE["en"]]
    assert verdicts(page) == [None] * len(page)


def test_a_title_said_again_above_the_prose_is_one_title() -> None:
    assert verdicts(["Title", "Title", PROSE["en"], "Title"]) == [None, "copy", None, None]


def test_no_title_at_all() -> None:
    assert verdicts([PROSE["en"], PROSE["ar"]], title=None) == [None, None]


def test_lines_without_any_prose_are_judged_too() -> None:
    assert clutter(split_lines("AFP\nقصيدة\nيا بحر\n")) == ["dateline", None, None]
    assert clutter([]) == []
