"""Which sentences cannot be understood without the one before."""

from __future__ import annotations

import pytest

from qa.language.leaning import leans


@pytest.mark.parametrize(
    "sentence",
    [
        "He led the work.",
        "“They were spared,” the farmers said.",
        "It cost 3.5 million dollars.",
        "However, this was not enough.",
        "And their families waited.",
        "وأضاف أن التعاون مستمر.",
        "وأوضحت أن الجسر آمن.",
        "وهو أول وزير يزور البلاد.",
        "فهذه ليست المرة الأولى.",
        "هؤلاء هم الضيوف.",
        "وَقَالَ إن العمل بدأ.",
    ],
)
def test_what_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The engineer led the work.",
        "Hebron is a city.",
        "Italy won.",
        "But",
        "However, prices rose.",
        "وزير الدفاع وقع الاتفاق.",
        "قال الوزير إن العمل بدأ.",
        "وقال الوزير إن العمل بدأ.",
        "هولندا فازت.",
        "فيينا عاصمة النمسا.",
        "1984.",
        "",
    ],
)
def test_what_does_not(sentence: str) -> None:
    assert not leans(sentence)
