"""What a question asks for."""

from __future__ import annotations

import pytest

from qa.language.asking import kind


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("When did it reopen?", "time"),
        ("In which year was that?", "time"),
        ("Since when has it been shut?", "time"),
        ("When it rains, what do they wear?", "other"),
        ("How old was she when she left?", "amount"),
        ("How many came?", "amount"),
        ("What percentage of them came?", "amount"),
        ("Where was he born?", "place"),
        ("What country is that in?", "place"),
        ("Who was there when it began?", "person"),
        ("Which minister signed?", "person"),
        ("What did the man who signed say?", "other"),
        ("Why?", "other"),
        ("the bridge", "other"),
        ("متى افتتح الجسر؟", "time"),
        ("في أي سنة كان ذلك؟", "time"),
        ("كم بلغت الكلفة؟", "amount"),
        ("ما نسبة الزيادة؟", "amount"),
        ("أين ولد؟", "place"),
        ("من أين جاء؟", "place"),
        ("في أي مدينة ولد؟", "place"),
        ("من وقّع الاتفاق؟", "person"),
        ("ماذا قال من وقّع؟", "other"),
        ("لماذا؟", "other"),
    ],
)
def test_the_kind_of_answer(question: str, wanted: str) -> None:
    assert kind(question) == wanted
