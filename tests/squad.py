"""SQuAD files of a few small paragraphs, in parallel in two languages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BRIDGE = (
    "The old stone bridge over the Lenn reopened to traffic on 12 March 2019 after two years of repairs. "
    "Divers had found cracks in two of the five pillars."
)
BAKERY = (
    "The bakery on Mill Street celebrated its hundredth birthday with free rolls on Sunday. "
    "The baker's granddaughter wants to keep the wood oven."
)
SNOW = (
    "Heavy snow closed three mountain roads on Tuesday night. "
    "Hikers should stay below the tree line, the rescue service warned."
)
BRIDGE_AR = (
    "أعيد افتتاح الجسر الحجري القديم فوق نهر اللين أمام حركة المرور في 12 مارس 2019 بعد عامين من الترميم. "
    "وكان غواصون قد اكتشفوا شقوقا في دعامتين من الدعامات الخمس."
)
BAKERY_AR = (
    "احتفل المخبز في شارع الطاحونة بعيد ميلاده المئة ووزع الخبز مجانا يوم الأحد. "
    "وتريد حفيدة الخباز الاحتفاظ بفرن الحطب."
)
SNOW_AR = (
    "أغلقت الثلوج الكثيفة ثلاثة طرق جبلية ليلة الثلاثاء. وحذرت فرق الإنقاذ المتنزهين من الصعود فوق خط الأشجار."
)

ENGLISH = [
    (BRIDGE, [("bridge", "When did the old stone bridge reopen?", ["12 March 2019"])]),
    (BAKERY, [("bakery", "What does the granddaughter of the baker want to keep?", ["the wood oven", "oven"])]),
    (SNOW, [("snow", "How many mountain roads did the snow close?", ["three"])]),
]
ARABIC = [
    (BRIDGE_AR, [("bridge", "متى أعيد افتتاح الجسر الحجري القديم؟", ["12 مارس 2019"])]),
    (BAKERY_AR, [("bakery", "بماذا تريد حفيدة الخباز الاحتفاظ؟", ["بفرن الحطب"])]),
    (SNOW_AR, [("snow", "كم طريقا جبليا أغلقت الثلوج؟", ["ثلاثة"])]),
]

Articles = Sequence[tuple[str, Sequence[tuple[str, str, Sequence[str]]]]]


def squad(articles: Articles) -> dict[str, Any]:
    """The content of a file, each pair of a context and its questions an article."""
    return {
        "data": [
            {
                "title": f"Title {number}",
                "paragraphs": [
                    {
                        "context": context,
                        "qas": [
                            {"id": id_, "question": question, "answers": [{"text": text} for text in answers]}
                            for id_, question, answers in questions
                        ],
                    }
                ],
            }
            for number, (context, questions) in enumerate(articles)
        ]
    }


def write_squad(path: Path, articles: Articles) -> Path:
    path.write_text(json.dumps(squad(articles)), encoding="utf-8")
    return path
