"""What is marked in a quote: what is asked for, else the question's words."""

from __future__ import annotations

import pytest

from qa.highlight import highlights
from qa.library import Library
from qa.query import make_query


@pytest.mark.parametrize(
    ("question", "quote", "marked"),
    [
        # words of the question, whatever their form, where it asks for nothing that can be told apart
        ("Why were bridges repaired?", "The bridge was repaired by divers.", ["bridge", "repaired"]),
        ("ماذا تشمل المذكرة؟", "ومذكرة التفاهم تشمل التعاون", ["ومذكرة", "تشمل"]),
        ("Which reports?", "The UN report: a report of reports.", ["report", "report", "reports"]),
        ("ما القضايا المتعددة؟", "ناقش الوزراء 5 ملفات", []),
        ("What is it?", "It is what it is.", []),
        ("bridges", "Nothing of the kind.", []),
        # and where nothing of what it asks for is there
        ("When did the bridge open?", "The bridge opened late.", ["bridge opened"]),
        ("من افتتح الجسر؟", "افتتح الجسر متأخراً.", ["افتتح الجسر"]),
        # neighbours are one
        ("old stone bridge", "The old stone  bridge, old.", ["old stone  bridge", "old"]),
        # times
        ("When did it open?", "It closed in 1987, and on 12 March 2019 again.", ["1987", "12 March 2019"]),
        ("What year was it?", "There were 12345 in all, 150 of them in 2020.", ["2020"]),
        ("When is the bakery open?", "The bakery opens on Sunday at 7 a.m.", ["Sunday", "7 a.m."]),
        ("متى افتتح؟", "افتتح الجسر في 12 مارس 2019 بعد عام ٢٠١٧", ["12 مارس 2019", "عام ٢٠١٧"]),
        ("وفي أي سنة كان ذلك؟", "كان ذلك عام 1993.", ["عام 1993"]),
        ("متى استأنف البلدان علاقاتهما؟", "واستأنف البلدان علاقاتهما أواخر 2020 ليكون", ["أواخر 2020"]),
        ("When did they sign?", "وقّع البلدان، الأربعاء، اتفاقاً.", ["الأربعاء"]),
        ("متى وقّعا؟", "They signed on Wednesday, 24 November 2021.", ["Wednesday", "24 November 2021"]),
        # what the question names itself is no answer to it
        ("What did they do in March 2019?", "In March 2019 they left.", ["March 2019"]),
        ("When after 1993 did it end?", "After 1993 came 2000.", ["2000"]),
        # amounts
        ("How many came?", "Some 3,500 of 12 came, or 40% (then 41 %).", ["3,500", "12", "40%", "41 %"]),
        ("How much did it cost?", "It cost 4.8 million euros.", ["4.8 million euros"]),
        ("How many pillars had cracks?", "Cracks in two of the five pillars.", ["two", "five"]),
        ("كم بلغت الكلفة؟", "وبلغت 4.8 مليون يورو في ٢٠ يوماً", ["4.8 مليون يورو", "٢٠ يوماً"]),
        ("ما نسبة الزيادة؟", "ارتفعت ٣٫٥٪ في الصيف", ["٣٫٥٪"]),
        ("كم طريقاً أغلقت الثلوج؟", "أغلقت الثلوج ثلاثة طرق جبلية.", ["ثلاثة"]),
        ("How long does the ride take?", "وتستغرق الرحلة أربعين دقيقة.", ["أربعين دقيقة"]),
        # names
        ("Who led the work?", "The engineer Nora Lind led the work in 2019.", ["Nora Lind"]),
        ("Who did Nasser Bourita receive?", "Nasser Bourita received Benny Gantz.", ["Benny Gantz"]),
        ("Who signed?", "الذي وقعه جانتس والوزير المنتدب عبد اللطيف لوديي.", ["عبد اللطيف لوديي"]),
        ("من استقبل ناصر بوريطة؟", "استقبل الوزير ناصر بوريطة الوزير بيني جانتس.", ["بيني جانتس"]),
        ("من يرأس لجنة القدس؟", "لكن الملك محمد السادس، الذي يرأس لجنة القدس، أكد", ["محمد السادس"]),
        ("أي وزير زار المملكة؟", "Defence minister Benny Gantz visited.", ["Benny Gantz"]),
        # places
        ("Where do they meet?", "They meet in Rabat on Monday.", ["Rabat"]),
        ("أين عقد اللقاء؟", "عقد اللقاء في مقر الوزارة بالرباط.", ["بالرباط"]),
        ("In which city was it?", "كان ذلك في مدينة فاس.", ["مدينة فاس"]),
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
    assert [quote[start:end] for start, end in spans] == ["12 March 2019", "March 2018"]
