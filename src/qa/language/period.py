"""The time that a question is about, where it names one: a day, a month, last week, the latest news.

Words that may mean something else are taken for a time only where they can be nothing else: not the last in
“How long did it last?”, nor آخر in شخص آخر.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from qa.language.dates import MONTHS, dates, fold_month, month_names
from qa.language.relative import relative_days


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included, either open where it is ``None``; or what is ``newest``."""

    first: date | None = None
    last: date | None = None
    newest: bool = False

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


Named = tuple[Period, int, int]
"""A period, and where in the question it is named."""


def asked_period(question: str, today: date) -> tuple[Period, str] | None:
    """The period that ``question``, asked ``today``, is about, and the question without it; ``None`` without one.

    A month, or a day of one, without a year is the latest that has begun.
    """
    words, digits = _words(question), sum(map(str.isdecimal, question))
    months, units = not words.isdisjoint(_MONTH_WORDS), not words.isdisjoint(_UNITS)
    # Compiling all these patterns takes longer than answering: only what could match is tried.
    for possible, understand in (
        (digits > 4, _dates),
        (digits and months, _days_of_month),
        (months, _months),
        (digits > 3, _years),
        (units, _counted),
        (units, _calendar),
        (not words.isdisjoint(_DAY_WORDS), _days),
        (not words.isdisjoint(_NEWEST_WORDS), _newest),
    ):
        if possible and (found := understand(question, today)):
            period, start, end = found
            before, after = question[:start], re.sub(r"^['’]s\b", "", question[end:])
            if leading := _search("leading", before):
                before = before[: leading.start()]
            rest = " ".join(f"{before} {after}".split())
            return period, re.sub(r"\s+(?=[?؟!.,،])", "", rest).lstrip(" ,،")
    return None


def _words(question: str) -> set[str]:
    """The words of ``question`` in one spelling, Arabic ones also without article and prefixes."""
    words = set(re.findall(r"[^\W\d_]+", fold_month(question)))
    return words | {re.sub("^[وفبل]?(?:ال|لل)", "", word) for word in words}


_MONTH_WORDS = {name.split()[0] for name in MONTHS}
_DAY_WORDS = set(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tonight"
    " اثنين ثلاثاء اربعاء خميس جمعة سبت احد امس بارحة".split()
)
_NEWEST_WORDS = set("latest newest recent recently breaking اخر احدث اخيرة اخير جديد مؤخرا مؤخراً".split())


# Named by the calendar ------------------------------------------------------------------------------------


def _dates(question: str, today: date) -> Named | None:
    found = dates(question)
    if not found:
        return None
    days, start, end = [day for _, _, day in found], found[0][0], found[-1][1]
    if len(days) > 1:
        return Period(min(days), max(days)), start, end
    return _open(question[:start], Period(days[0], days[0]), today), start, end


def _days_of_month(question: str, today: date) -> Named | None:
    match = _search("day of month", question)
    if match is None:
        return None
    month, day = MONTHS[fold_month(match["month"])], int(match["day"])
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:  # 29 February, or none at all
            continue
        if found <= today:
            return _open(question[: match.start()], Period(found, found), today), *match.span()
    return None


def _months(question: str, today: date) -> Named | None:
    match = _search("month", question)
    if match is None:
        return None
    month = MONTHS[fold_month(match["month"])]
    year = int(match["year"]) if match["year"] else today.year - (month > today.month)
    return _open(question[: match.start("month")], _month(year, month), today), *match.span()


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(1))


def _years(question: str, today: date) -> Named | None:
    match = _search("year", question)
    if match is None:
        return None
    year = int(match["year"])
    period = Period(date(year, 1, 1), date(year, 12, 31))
    return _open(question[: match.start("year")], period, today), *match.span()


def _open(before: str, span: Period, today: date) -> Period:
    """``span``, or all since or before it, as the last words ``before`` it say."""
    assert span.first
    match = _search("open", before)
    if match is None:
        return span
    if match["since"]:
        return Period(span.first, max(today, span.first))
    return Period(None, span.first - timedelta(1))


# Named by what day it is ----------------------------------------------------------------------------------

_NUMBERS = {
    word: number
    for number, words in enumerate(
        "two couple|three few ثلاثة|four أربعة|five خمسة|six ستة|seven سبعة|eight ثمانية|nine تسعة|ten عشرة".split(
            "|"
        ),
        2,
    )
    for word in words.split()
}
_UNITS = {
    word: unit
    for unit, words in {
        "day": "day days ايام يوما",
        "week": "week weeks اسبوع اسابيع",
        "month": "month months شهر اشهر شهور",
        "year": "year years عام سنة اعوام سنوات",
    }.items()
    for word in words.split()
}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _unit(match: re.Match[str]) -> str:
    return _UNITS[fold_month(match["unit"]).rstrip("\u064b")]


def _counted(question: str, today: date) -> Named | None:
    """The last three days: until today."""
    match = _search("counted", question)
    if match is None:
        return None
    many = match["many"].lower()
    number = int(many) if many.isdecimal() else _NUMBERS[many]
    return Period(today - timedelta(number * _DAYS[_unit(match)]), today), *match.span()


def _calendar(question: str, today: date) -> Named | None:
    """Last week, this month."""
    match = _search("calendar", question)
    if match is None:
        return None
    turn = match["turn"].lower()
    before = turn in ("last", "past") or turn.startswith(("الماضي", "الفائت", "المنصرم"))
    # The week begins on Sunday where Arabic is spoken, on Monday elsewhere.
    week = today - timedelta((today.weekday() + (not turn.isascii())) % 7)
    begun = {"year": today.replace(month=1, day=1), "month": today.replace(day=1), "week": week}[_unit(match)]
    if not before:
        return Period(begun, today), *match.span()
    last = begun - timedelta(1)
    first = {"year": last.replace(month=1, day=1), "month": last.replace(day=1), "week": last - timedelta(6)}
    return Period(first[_unit(match)], last), *match.span()


def _newest(question: str, _: date) -> Named | None:
    match = _search("newest", question)
    return (Period(newest=True), *match.span("word")) if match else None


def _days(question: str, today: date) -> Named | None:
    """Yesterday, on Wednesday; not Bloody Sunday, nor صلاة الجمعة."""
    for start, end, day in relative_days(question, today):
        marked = f"{question[:start]}<{question[start:end]}>{question[end:]}"
        if _search("day", marked):
            return Period(day, day), start, end
    return None


# Patterns -------------------------------------------------------------------------------------------------


def _search(kind: str, text: str) -> re.Match[str] | None:
    """Where the first of the patterns of one kind matches that does."""
    return next((match for pattern in _patterns(kind) if (match := pattern.search(text))), None)


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed, like those of ``dates``."""
    en, ar = month_names(arabic=False), month_names(arabic=True)
    year = r"(?P<year>(?:19|20|١٩|٢٠|۱۹|۲۰)\d\d)(?!\d|[.,]\d)"
    no_year = r"(?!\W{0,3}\d)(?P<year>(?!))?"
    said = r"(?:in|during|since|after|before|until|last|this|early|mid|late)[\s-]"
    said_ar = r"(?:(?:في|خلال|منذ|بعد|قبل|حتى|شهر|أوائل|أواخر|منتصف|مطلع)\s)"
    past_ar = "الماضي|الماضية|الفائت|الفائتة|المنصرم|المنصرمة"
    news = (
        r"(?:ال)?(?:[أا]خبار|خبر|[أا]نباء|تطورات?|مستجدات?|تصريحات?|تحديثات?|تقرير|تقارير|مقالات?|[أا]حداث|حصيلة|[أا]رقام"
        r"|بيانات?|جولة|لقاء|اجتماع|زيارة|اتفاق|اتفاقية|هجوم|قرارات?|نتائج|نتيجة|مباراة|موقف|[إا]علان|خطوات?|[إا]حصاءات)"
    )
    between = r"(?:\W+(?:the|year|early|mid|late|شهر|عام|سنة|يوم))"
    many = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"
    nobodys = r"(?<!\bhis )(?<!\bher )(?<!\bits )(?<!\btheir )"
    leading = "on in during since after before from of by between the في خلال منذ بعد قبل يوم بين"
    weekday = "ال(?:[إا]ثنين|ثلاثاء|[أا]ربعاء|خميس|جمعة|سبت)"
    patterns = {
        "day of month": (
            rf"(?<![\d.,:])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{en})\b",
            rf"\b(?P<month>{en})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![%]|[.,:]\d)",
            rf"(?<![\d.,:])(?P<day>\d{{1,2}})\s(?:من\s)?(?:شهر\s)?(?P<month>{ar})(?!\w)",
        ),
        "month": (
            rf"\b(?P<month>{en})\b,?\s(?:of\s)?{year}",
            rf"\b{said}(?P<month>{en})\b{no_year}",
            rf"(?<!\w)(?P<month>{ar})(?:\s?[/(]\s?(?:{ar})\)?)?[\s,،]{{1,2}}(?:من\s)?(?:(?:ال)?(?:عام|سنة)\s)?{year}",
            rf"(?<!\w){said_ar}(?P<month>{ar})(?!\w){no_year}",
            rf"(?<!\w)(?P<month>{ar})\s(?:{past_ar})(?!\w){no_year}",
        ),
        "year": (
            rf"\b(?:in|during|since|after|before|throughout)\s(?:the\syear\s)?{year}(?!s\b)",
            rf"(?<!\w)[وبل]?(?:ال)?(?:عام|سنة)\s{year}",
            rf"(?<!\w)(?:في|خلال|منذ|بعد|قبل)\s{year}",
        ),
        "open": (rf"(?:(?P<since>\b(?:since|after)|(?<!\w)(?:منذ|بعد))|\bbefore|(?<!\w)قبل){between}*\W+$",),
        "counted": (
            rf"\b(?:last|past)\s(?P<many>{many})\s(?:of\s)?(?P<unit>days?|weeks?|months?)\b(?!\sof\b)",
            rf"(?<!\w)[آا]خر\s(?P<many>{many})\s(?P<unit>[أا]يام|يوم[اً]{{1,2}}|[أا]سابيع|[أا]شهر|شهور)(?!\w)",
        ),
        "calendar": (
            rf"{nobodys}\b(?P<turn>last|past|this)\s(?P<unit>week|month|year)\b(?!\sof\b)",
            rf"(?<!\w)[بلو]?ال(?P<unit>[أا]سبوع|شهر|عام|سنة)\s(?P<turn>{past_ar}|الحالي|الحالية|الجاري|الجارية)(?!\w)",
            r"(?<!\w)[بلو]?(?P<turn>هذا|هذه)\sال(?P<unit>[أا]سبوع|شهر|عام|سنة)(?!\w)",
        ),
        # The day stands between < and >.
        "day": (
            r"(?<!\busa )<(?:day before yesterday|yesterday|today|tonight)>",
            r"\b(?:on|since|until|by|from)\s<\w+>|<(?:last|this|next|coming)\s\w+>",
            r"(?<!usa )(?<!bloody )(?<!black )(?<!good )(?<!super )(?<!cyber )(?<!palm )(?<!ash )<\w+day>\W*$",
            rf"<(?:أول أمس|أول من أمس|أمس|البارحة)>|<يوم\s[^>]+>|<\w+\s(?:{past_ar}|المقبلة?|القادمة?)>",
            rf"(?<!صلاة )(?<!خطبة )<{weekday}>\W*$",
        ),
        # آخر before a noun is the last, behind it another; the last of what news are made of is the latest.
        "newest": (
            r"(?<!\bat )(?<!\bat the )\b(?P<word>(?:the )?(?:latest|newest|most recent(?:ly)?))\b",
            r"\b(?P<word>breaking|recent) (?:news|developments?|reports?|updates?|statements?|events)\b",
            rf"(?<!\w)(?P<word>[وبل]?(?:[آا]خر|[أا]حدث))\s(?:{news}(?!\w)|ما\s|مرة(?!\w))",
            rf"(?<!\w){news}\s(?P<word>ال[أا]خيرة?)(?!\w)",
            r"(?<!\w)(?P<word>مؤخر[اً]{0,2})(?!\w)",
            r"(?<!\w)ما\s(?:هو\s)?(?P<word>(?:ال)?جديد)(?!\w)",
        ),
        "leading": (rf"(?:(?<!\w)(?:{'|'.join(leading.split())})\s*)+$",),
    }  # fmt: skip
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns[kind])
