"""The time that a question names."""

from __future__ import annotations

from datetime import date

import pytest

from qa.language.period import Period, asked_period

TODAY = date(2026, 11, 25)
"""A Wednesday."""


def day(text: str) -> Period:
    return between(text, text)


def between(first: str, last: str) -> Period:
    return Period((first and date.fromisoformat(first)) or None, (last and date.fromisoformat(last)) or None)


@pytest.mark.parametrize(
    ("question", "period", "rest"),
    [
        ("What happened on 12 November 2025?", day("2025-11-12"), "What happened?"),
        ("What did they sign in Oslo on 2025-11-12?", day("2025-11-12"), "What did they sign in Oslo?"),
        ("ماذا حدث في ١٢ تشرين الثاني ٢٠٢٥؟", day("2025-11-12"), "ماذا حدث؟"),
        ("ما حدث في 12 ربيع الأول 1443 هـ؟", day("2021-10-18"), "ما حدث؟"),
        ("Between 3 May 2021 and 7 May 2021 what was sold?", between("2021-05-03", "2021-05-07"), "what was sold?"),
        ("What happened on November 12th?", day("2026-11-12"), "What happened?"),
        ("What happened on 12 December?", day("2025-12-12"), "What happened?"),
        ("What happened on February 29?", day("2024-02-29"), "What happened?"),
        ("ماذا جرى في 12 من نوفمبر؟", day("2026-11-12"), "ماذا جرى؟"),
        ("What was signed in November 2025?", between("2025-11-01", "2025-11-30"), "What was signed?"),
        ("What was signed in december?", between("2025-12-01", "2025-12-31"), "What was signed?"),
        ("ماذا وقعوا في نوفمبر؟", between("2026-11-01", "2026-11-30"), "ماذا وقعوا؟"),
        ("ماذا وقعوا في شباط 2024؟", between("2024-02-01", "2024-02-29"), "ماذا وقعوا؟"),
        ("ماذا وقعوا نوفمبر الماضي؟", between("2026-11-01", "2026-11-30"), "ماذا وقعوا؟"),
        ("In 2019, who won?", between("2019-01-01", "2019-12-31"), "who won?"),
        ("من فاز في عام ٢٠١٩؟", between("2019-01-01", "2019-12-31"), "من فاز؟"),
        ("What was signed since March 2021?", between("2021-03-01", "2026-11-25"), "What was signed?"),
        ("ماذا وقعوا منذ 12 نوفمبر 2025؟", between("2025-11-12", "2026-11-25"), "ماذا وقعوا؟"),
        ("Who ruled before 2020?", between("", "2019-12-31"), "Who ruled?"),
        ("What did they sign last week?", between("2026-11-16", "2026-11-22"), "What did they sign?"),
        ("ماذا وقعوا الأسبوع الماضي؟", between("2026-11-15", "2026-11-21"), "ماذا وقعوا؟"),
        ("ماذا وقعوا هذا الأسبوع؟", between("2026-11-22", "2026-11-25"), "ماذا وقعوا؟"),
        ("What did they sign last month?", between("2026-10-01", "2026-10-31"), "What did they sign?"),
        ("What did they sign this month?", between("2026-11-01", "2026-11-25"), "What did they sign?"),
        ("من فاز العام الماضي؟", between("2025-01-01", "2025-12-31"), "من فاز؟"),
        ("Who has won this year?", between("2026-01-01", "2026-11-25"), "Who has won?"),
        ("What burned in the last three days?", between("2026-11-22", "2026-11-25"), "What burned?"),
        ("ماذا احترق في آخر 3 أيام؟", between("2026-11-22", "2026-11-25"), "ماذا احترق؟"),
        ("What is in this year's budget?", between("2026-01-01", "2026-11-25"), "What is budget?"),
        ("What did yesterday’s paper say?", day("2026-11-24"), "What did paper say?"),
        ("What did she say on Monday?", day("2026-11-23"), "What did she say?"),
        ("What did she say Monday?", day("2026-11-23"), "What did she say?"),
        ("What did she say last Wednesday?", day("2026-11-18"), "What did she say?"),
        ("What did she say yesterday?", day("2026-11-24"), "What did she say?"),
        ("ماذا قالت أمس؟", day("2026-11-24"), "ماذا قالت؟"),
        ("ماذا قالت يوم الأربعاء الماضي؟", day("2026-11-18"), "ماذا قالت؟"),
        ("ماذا قالت الخميس؟", day("2026-11-19"), "ماذا قالت؟"),
        ("latest news on the bridge", Period(newest=True), "news on the bridge"),
        ("What is the most recent figure?", Period(newest=True), "What is figure?"),
        ("recent developments in Oslo", Period(newest=True), "developments in Oslo"),
        ("ما آخر أخبار الجسر؟", Period(newest=True), "ما أخبار الجسر؟"),
        ("ما هي أحدث التطورات في المدينة؟", Period(newest=True), "ما هي التطورات في المدينة؟"),
        ("ما التطورات الأخيرة في المدينة؟", Period(newest=True), "ما التطورات في المدينة؟"),
        ("ماذا قال الوزير مؤخراً؟", Period(newest=True), "ماذا قال الوزير؟"),
        ("ما الجديد في المفاوضات؟", Period(newest=True), "ما في المفاوضات؟"),
    ],
)
def test_a_time_is_understood_and_taken_out(question: str, period: Period, rest: str) -> None:
    assert asked_period(question, TODAY) == (period, rest)


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the agreement?",
        "How long did the war last?",
        "Who was the last king of the valley?",
        "What did he paint in his last year?",
        "Who fell in the last week of the war?",
        "How much more was sold than in the previous year?",
        "Who may march on 12 streets?",
        "Which act ended the 1967 war?",
        "What happened on Bloody Sunday?",
        "What is USA Today?",
        "By when must it be paid at the latest?",
        "How many of the 2,019 seats were sold?",
        "On 31 November, what?",
        "هل قابل شخصاً آخر؟",
        "ما الدولة الأخيرة التي وقعت؟",
        "ما الذي أحدث ضجة في المدينة؟",
        "ما حكم صلاة الجمعة؟",
        "من آخر ملوك الوادي؟",
        "كم سنة استمرت الحرب؟",
    ],
)
def test_what_is_no_time_is_left_alone(question: str) -> None:
    assert asked_period(question, TODAY) is None


def test_what_a_period_holds() -> None:
    period = between("2025-11-01", "2025-11-30")
    held = [
        d for d in ("2025-10-31", "2025-11-01", "2025-11-30", "2025-12-01") if period.holds(date.fromisoformat(d))
    ]
    assert held == ["2025-11-01", "2025-11-30"]
    assert between("", "2019-12-31").holds(date(1700, 1, 1))
