"""Days that prose names by what day it is told on: Wednesday, yesterday, الأربعاء, أمس."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

_ENGLISH = "monday tuesday wednesday thursday friday saturday sunday".split()
_ARABIC = "اثنين ثلاثاء أربعاء خميس جمعة سبت أحد".split()
_WEEKDAYS = {name: number for names in (_ENGLISH, _ARABIC) for number, name in enumerate(names)}
_WEEKDAYS["إثنين"] = 0
_NEAR = {
    "day before yesterday": -2, "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1,
    "أول أمس": -2, "أول من أمس": -2, "أمس": -1, "البارحة": -1, "غدا": 1, "غداً": 1, "بعد غد": 2,
}  # fmt: skip


@cache
def _pattern() -> re.Pattern[str]:
    near = "|".join(sorted(_NEAR, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<near>{near})(?!\w)"
        r"|(?:\b(?P<en_turn>last|next|this|coming)\s+)?\b(?P<en>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
        r"|(?<!\w)(?:يوم\s+)?[وبل]?ال(?P<ar>[إا]ثنين|ثلاثاء|أربعاء|خميس|جمعة|سبت)(?!\w)"
        r"(?:\s+(?P<ar_turn>الماضي|الماضية|الفائت|المنصرم|المقبل|المقبلة|القادم|القادمة)(?!\w))?"
        # الأحد is also “the one”, so that it must say that it is a day.
        r"|(?<!\w)يوم\s+ال(?P<sunday>أحد)(?!\w)(?:\s+(?P<sunday_turn>الماضي|المقبل|القادم)(?!\w))?",
        re.IGNORECASE,
    )


def relative_days(text: str, on: date) -> list[tuple[int, int, date]]:
    """Such days in ``text`` as ``(start, end, day)``, for a text that is told ``on`` a day.

    News names the days of its own week: a bare weekday is the latest one up to and including ``on``; with “last” or
    الماضي it is before ``on``, with “next” or المقبل after it.
    """
    return [(*match.span(), _day(match, on)) for match in _pattern().finditer(text)]


def _day(match: re.Match[str], on: date) -> date:
    if near := match["near"]:
        return on + timedelta(_NEAR[near.lower()])
    name = (match["en"] or match["ar"] or match["sunday"]).lower().replace("اثنين", "إثنين")
    turn = (match["en_turn"] or match["ar_turn"] or match["sunday_turn"] or "").lower()
    back = (on.weekday() - _WEEKDAYS[name]) % 7
    if turn in {"next", "coming"} or turn.startswith(("المقبل", "القادم")):
        return on + timedelta(7 - back)
    if turn and turn != "this" and back == 0:
        back = 7
    return on - timedelta(back)
