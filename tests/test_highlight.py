"""What is marked in a quote: the question's words, and numbers or dates where they are asked for."""

from __future__ import annotations

import pytest

from qa.highlight import highlights
from qa.library import Library
from qa.search import make_query


@pytest.mark.parametrize(
    ("question", "quote", "marked"),
    [
        # words, whatever their form
        ("Who repaired bridges?", "The bridge was repaired by divers.", ["bridge", "repaired"]),
        ("ماذا تشمل المذكرة؟", "ومذكرة التفاهم تشمل التعاون", ["ومذكرة", "تشمل"]),
        ("Which reports?", "The UN report: a report of reports.", ["report", "report", "reports"]),
        ("What is it?", "It is what it is.", []),
        ("bridges", "Nothing of the kind.", []),
        # neighbours are one
        ("old stone bridge", "The old stone  bridge, old.", ["old stone  bridge", "old"]),
        # dates and years
        ("When did it open?", "It closed in 1987, and on 12 March 2019 again.", ["1987", "12 March 2019"]),
        ("متى افتتح؟", "افتتح الجسر في 12 مارس 2019 بعد عام ٢٠١٧", ["افتتح", "12 مارس 2019", "٢٠١٧"]),
        ("وفي أي سنة كان ذلك؟", "كان ذلك عام 1993.", ["1993"]),
        ("What year was it?", "There were 12345 in all, 150 of them in 2020.", ["2020"]),
        # numbers
        ("How many came?", "Some 3,500 of 12 came, or 40% (then 41 %).", ["3,500", "12 came", "40%", "41 %"]),
        ("كم بلغت الكلفة؟", "وبلغت 4.8 مليون يورو في ٢٠ يوماً", ["وبلغت 4.8", "٢٠"]),
        ("ما نسبة الزيادة؟", "ارتفعت ٣٫٥٪ في 2020", ["٣٫٥٪", "2020"]),
        # neither is asked for
        ("Who came?", "3 people came in 2019.", ["came"]),
        ("ما القضايا المتعددة؟", "ناقش الوزراء 5 ملفات", []),
    ],
)
def test_what_is_marked(library: Library, question: str, quote: str, marked: list[str]) -> None:
    with library.store.view() as view:
        query = make_query(question, library.encoder, view)
    assert [quote[start:end] for start, end in highlights(query, quote)] == marked


def test_spans_are_apart_and_in_order_when_signals_overlap(library: Library) -> None:
    with library.store.view() as view:
        query = make_query("When in March 2019 was it?", library.encoder, view)
    quote = "On 12 March 2019, not in March 2018; 2019 was wet."
    spans = highlights(query, quote)
    assert [quote[start:end] for start, end in spans] == ["12 March 2019", "March 2018", "2019"]
