"""What texts hold of a question's words."""

from __future__ import annotations

import pytest

from qa.matching import matches


def test_a_word_itself_counts_in_full_and_the_nearest_of_others_by_how_near_it_is() -> None:
    near = {"bridge": {"viaduct": 0.7, "dam": 0.25}, "1987": {}}
    texts = [("bridge", "viaduct"), ("dam", "viaduct", "1987"), ("dam",), ("gull",), ()]
    held = matches(near, texts)
    assert held.tolist() == [[1, 0], [pytest.approx(0.7), 1], [0.25, 0], [0, 0], [0, 0]]


def test_one_word_may_stand_for_several() -> None:
    held = matches({"sign": {"accord": 0.5}, "agree": {"accord": 0.75}}, [("accord",)])
    assert held.tolist() == [[0.5, 0.75]]


def test_a_question_without_words() -> None:
    held = matches({}, [("bridge",), ()])
    assert held.shape == (2, 0)
