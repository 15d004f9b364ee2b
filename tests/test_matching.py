"""What texts hold of a question's words."""

from __future__ import annotations

import pytest

from qa.matching import Matcher


def test_a_word_itself_counts_in_full_and_the_nearest_of_others_by_how_near_it_is() -> None:
    matcher = Matcher({"bridge": {"viaduct": 0.7, "dam": 0.25}, "1987": {}})
    held = matcher.held([("bridge", "viaduct"), ("dam", "viaduct", "1987"), ("dam",), ("gull",), ()])
    assert held.tolist() == [[1, 0], [pytest.approx(0.7), 1], [0.25, 0], [0, 0], [0, 0]]


def test_one_word_may_stand_for_several() -> None:
    matcher = Matcher({"sign": {"accord": 0.5}, "agree": {"accord": 0.75}})
    assert matcher.held([("accord",)]).tolist() == [[0.5, 0.75]]


def test_a_question_without_words() -> None:
    assert Matcher({}).held([("bridge",), ()]).shape == (2, 0)
