"""Decoded text to articles: titles, bodies, headings, and the map back."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.article import Article
from qa.errors import ReadError
from qa.readers import clutter, lines, rules
from qa.readers import text as text_reader
from qa.readers.text import article


def read(raw: str) -> Article:
    return article(raw, name="the-file.txt", id="a")


def headings(of: Article) -> list[str]:
    return [of.text[start:end] for start, end in of.headings]


def check_map(raw: str, of: Article) -> None:
    end = raw_end = 0
    for n, run in enumerate(of.kept):
        assert run.length > 0
        assert run.raw_start >= raw_end
        assert of.text[end : run.start] in (("",) if n == 0 else ("\n", "\n\n"))
        end, raw_end = run.start + run.length, run.raw_start + run.length
        assert of.text[run.start : end] == raw[run.raw_start : raw_end]
        assert of.raw_span(run.start, end) == (run.raw_start, raw_end)
        assert of.raw_span(run.start, run.start + 1) == (run.raw_start, run.raw_start + 1)
        assert of.raw_span(end - 1, end) == (raw_end - 1, raw_end)
    assert end == len(of.text)
    assert all(0 <= a < b <= len(of.text) for a, b in of.headings)


ENGLISH_PAGE = """Home > World > Africa
Morocco and Israel sign defence pact
By Jane Doe and Ahmed Al-Fassi
Published: 24 November 2021, 10:30 GMT | Updated 25 November 2021
4 min read
Share on Facebook Tweet WhatsApp Copy link
Photo: The ministers shake hands in Rabat. (Reuters)
RABAT (Reuters) — The two countries signed a defence accord on Wednesday, officials said.
Read also: Spain recalls its ambassador?
A new beginning
The accord is the first of its kind with an Arab state, and it will open the way to arms sales.
"This is a historic step," he said.
Advertisement
It was signed in 1993 and cut again in 2000.
(Reporting by John Smith; Editing by Ann Lee)
Tags: Morocco, Israel
© 2021 Example News. All rights reserved.
Subscribe to our newsletter for the best stories.
Related articles
Spain recalls envoy
Why is Algeria angry?
"""

ARABIC_PAGE = """الرئيسية » أخبار » اقتصاد
ارتفاع أسعار القمح في الأسواق العالمية
كتب: محمد علي
آخر تحديث: الجمعة ٤ مارس ٢٠٢٢ - ١٠:٣٠ صباحًا
مدة القراءة ٣ دقائق
شارك على تويتر | فيسبوك | انسخ الرابط
حقل قمح قرب القاهرة (رويترز)
القاهرة - وكالات

ارتفعت أسعار القمح اليوم إلى أعلى مستوى لها منذ سنوات، وفق بيانات السوق.

اقرأ أيضاً: ما أسباب الغلاء؟

مخاوف من نقص

وقال تجار إن المخزون يكفي شهرين فقط، وإن الحكومة تبحث عن موردين جدد.
إعلان
وأضافوا: "لا داعي للقلق"

المصدر: وكالات
#القمح #الأسعار
جميع الحقوق محفوظة © 2022
مواضيع ذات صلة
أسعار الزيت تتراجع
هل يعود الدعم؟
"""


def test_an_english_page_without_blank_lines() -> None:
    page = read(ENGLISH_PAGE)
    assert page.title == "Morocco and Israel sign defence pact"
    assert page.lang == "en"
    assert page.text.split("\n\n") == [
        "RABAT (Reuters) — The two countries signed a defence accord on Wednesday, officials said.",
        "A new beginning",
        "The accord is the first of its kind with an Arab state, and it will open the way to arms sales.",
        '"This is a historic step," he said.',
        "It was signed in 1993 and cut again in 2000.",
    ]
    assert headings(page) == ["A new beginning"]
    check_map(ENGLISH_PAGE, page)


def test_an_arabic_page_with_blank_lines() -> None:
    page = read(ARABIC_PAGE)
    assert page.title == "ارتفاع أسعار القمح في الأسواق العالمية"
    assert page.lang == "ar"
    assert page.text.split("\n\n") == [
        "ارتفعت أسعار القمح اليوم إلى أعلى مستوى لها منذ سنوات، وفق بيانات السوق.",
        "مخاوف من نقص",
        'وقال تجار إن المخزون يكفي شهرين فقط، وإن الحكومة تبحث عن موردين جدد.\nوأضافوا: "لا داعي للقلق"',
    ]
    assert headings(page) == ["مخاوف من نقص"]
    check_map(ARABIC_PAGE, page)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_line_end_parts_lines(end: str) -> None:
    raw = end.join(["  A title", "", "First paragraph, first line.", "Second line.  ", "\t", "Second paragraph."])
    page = read(raw)
    assert page.title == "A title"
    assert page.text == "First paragraph, first line.\nSecond line.\n\nSecond paragraph."
    check_map(raw, page)


def test_nothing_within_a_line_is_altered() -> None:
    line = "قـــال «مُحَمَّد»:\u00a0 e\u0301 é \ufb01 \u200f(١٢)\u200e … ok."
    assert read(f"Title\n\n \u200b{line}\u00a0\n").text == line


# Titles ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("هل تنجح الهدنة؟\n\nقال الوسيط إن المحادثات مستمرة.", "هل تنجح الهدنة؟"),
        ("Prices rise again...\n\nBread cost more on Monday.", "Prices rise again..."),
        ("# Storm hits the coast #\n\nBoats sank.", "Storm hits the coast"),
        ("Oil falls as talks resume - Reuters\n\nOil fell by two dollars on Monday as talks resumed.",
         "Oil falls as talks resume - Reuters"),
        ("Storm hits\nStorm hits\n3 min read\nBoats sank in the harbour as the storm came in.", "Storm hits"),
    ],
)  # fmt: skip
def test_a_title_is_not_part_of_the_text(raw: str, title: str) -> None:
    page = read(raw)
    assert page.title == title
    assert title not in page.text


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Boats sank on Monday. Nobody was hurt.\n\nThe mayor said so.", "Boats sank on Monday."),
        ("قال الوزير:\n\nلن نتراجع عن الخطة.", "قال الوزير:"),
        ("- first item\n- second item\n\nA sentence.", "- first item"),
        ("word " * 60 + "\n\nThe end.", "word " * 17 + "word…"),
        ("x" * 300 + "\n\nThe end.", "x" * 90 + "…"),
        ("1234.\n\nThe end.", "the-file"),
    ],
)
def test_without_a_title_line_nothing_is_lost(raw: str, title: str) -> None:
    page = read(raw)
    assert page.title == title
    assert re.sub(r"\s+", "", page.text) == re.sub(r"\s+", "", raw)


def test_the_first_line_of_a_wrapped_paragraph_is_no_title() -> None:
    raw = (
        "The government said on Monday that it would raise the\n"
        "price of bread by a tenth, the second time this year\n"
        "that it has done so.\n\n"
        "Bakers had asked for more.\n"
    )
    page = read(raw)
    assert page.text == raw.strip()
    assert page.title == "The government said on Monday that it would raise the"


@pytest.mark.parametrize(
    "raw",
    [
        "A title alone\n",
        "Title: A title\nDate: 2021-11-24\n",
        "A title\n4 min read\nShare on Facebook\n",
        "!!!\n",
        "---\n***\n",
        "Title\n\n1234\n",
        "\u200f\n",
    ],
)  # fmt: skip
def test_a_page_without_a_body_is_refused(raw: str) -> None:
    with pytest.raises(ReadError, match=r"^the-file\.txt has no text to quote: [^\n]+$"):
        read(raw)


# Headings -------------------------------------------------------------------------------------------------

LONG = "قالت الوزارة إن العمل في المشروع سيبدأ في الشهر المقبل وإنه سيستمر عامين كاملين."


@pytest.mark.parametrize(
    "line",
    [
        "وقال الوزير:",
        "انتهى الاجتماع.",
        "ماذا بعد؟",
        "- بند أول",
        "2021 - 2022",
        "كلمة " * 11,
        "ك" * 81,
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    page = read(f"العنوان الأول\n\n{LONG}\n\n{line}\n\n{LONG}")
    assert line.strip() in page.text
    assert headings(page) == []


def test_the_first_and_the_last_line_are_no_headings() -> None:
    assert headings(read(f"العنوان\n\nعنوان فرعي\n\n{LONG}\n\nعنوان أخير")) == []


def test_a_line_before_a_shorter_one_is_no_heading() -> None:
    assert headings(read(f"العنوان\n\n{LONG}\n\nبيت من الشعر القديم\n\nوبيت آخر\n\n{LONG}")) == ["وبيت آخر"]


def test_markdown_headings_lose_their_marks_only() -> None:
    body = "A *word* in the text.\n\n##\n\n#hashtag in a sentence is kept."
    raw = f"# Title\n\n## First\n\n### Second ###\n\n{body}\n\n## Last\n"
    page = read(raw)
    assert page.text == "First\n\nSecond\n\nA *word* in the text.\n\n#hashtag in a sentence is kept.\n\nLast"
    assert headings(page) == ["First", "Second", "Last"]
    check_map(raw, page)


def test_headings_in_a_block_with_their_paragraph() -> None:
    page = read(f"العنوان\n\n{LONG * 2}\nعنوان فرعي\n{LONG}\n\nعنوان ثان\n{LONG * 2}\n")
    assert headings(page) == ["عنوان فرعي", "عنوان ثان"]


# Hard-wrapped text ----------------------------------------------------------------------------------------


def test_in_wrapped_text_a_sentence_is_never_torn() -> None:
    body = (
        "A storm hit the coast on Monday and sank many boats, according to\n"
        "Reuters\n"
        "which asked the mayor, and according to a report that was written by\n"
        "AFP.\n"
        "\n"
        "The damage\n"
        "\n"
        "The cost of it was put at ten million by insurers in a statement to\n"
        "(AP)\n"
        "and others."
    )
    page = read(f"Storm hits the coast\n\nBy Jane Doe\n\n{body}\n\nShare on Facebook\n")
    assert page.text == body
    assert headings(page) == ["The damage"]


def test_in_wrapped_text_a_line_that_stands_twice_is_no_caption() -> None:
    body = (
        "The king went first.\nThe king of the northern islands and of the sea\nsaid that he would go.\n\n"
        "The king went first.\nThe king of the northern islands and of the sea\nsaid that he would stay."
    )
    assert read(f"A title\n\n{body}\n").text == body


# Properties -----------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("\n", "\n\n", "\r\n", "\u2028", " ", "\ufeff", "\u200f", "\x1c", "# ", "## ", "#", ". ", "؟", ": "),
        *("---\n", "title: x\n", "Date: 2021-11-24\n", "AFP", "(Reuters)", "©", "Home > ", "Photo: x"),
        *("Read also", "اقرأ أيضا", "Tags:", "4 min read", "24 نوفمبر 2021", "كلمة", "word", LONG),
        "A full sentence that has more than eight words in it.",
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
@example(ENGLISH_PAGE)
@example(ARABIC_PAGE.replace("\n", "\r\n"))
def test_every_kept_character_is_where_the_map_says(raw: str) -> None:
    try:
        page = read(raw)
    except ReadError:
        return
    check_map(raw, page)
    assert page.title.strip()
    assert "\n" not in page.title
    assert any(map(str.isalpha, page.text))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_an_article_or_a_read_error(data: bytes) -> None:
    with contextlib.suppress(ReadError):
        assert text_reader.read(data, "a.txt", "a").text


@given(
    st.lists(
        st.sampled_from(["أ", "ب ج", "Word.", "x y z.", "جملة كاملة من خمس كلمات."]),
        min_size=1,
        max_size=30,
        unique=True,
    )
)
def test_ordinary_lines_are_never_lost(parts: list[str]) -> None:
    raw = "A title\n\n" + "\n\n".join(f"{part} {n} end." for n, part in enumerate(parts))
    assert read(raw).text == raw.partition("\n\n")[2]


# Cost -----------------------------------------------------------------------------------------------------


def test_rules_see_no_long_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def spy(line: lines.Line) -> bool:
        seen.append(len(line.text))
        return False

    monkeypatch.setattr(clutter, "RULES", (rules.Rule("spy", spy, sentences=True),))
    page = read("Title\n\n" + "كلمة " * 200_000 + "\n\nShort one.")
    assert len(page.text) > 999_000
    assert max(seen) <= lines.LONGEST_CLUTTER


def test_each_line_is_judged_at_most_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def spy(_: lines.Line) -> bool:
        nonlocal calls
        calls += 1
        return False

    monkeypatch.setattr(clutter, "RULES", (rules.Rule("spy", spy), rules.Rule("edge", spy, where="edges")))
    page = read("\n".join(f"سطر رقم {n}" for n in range(100_000)))
    assert len(page.kept) == 99_999
    assert calls <= 2 * 100_000


@pytest.mark.parametrize(
    "raw",
    [
        "((" * 500_000,
        " " * 1_000_000 + "x y z.",
        "-" * 1_000_000 + "a.",
        "نوفمبر/" * 140_000,
        "1 " * 500_000 + "end.",
        "title: " * 140_000,
        "Read also\n" * 20_000 + "A sentence that ends it all.",
        "a\n\n" * 20_000 + "The last words of it are here.",
        "(reuters\n" * 20_000 + "End it here.",
    ],
)
def test_hostile_megabytes_are_read(raw: str) -> None:
    try:
        assert read(raw).text
    except ReadError:
        assert not any(map(str.isalpha, raw))
