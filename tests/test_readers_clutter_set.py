"""The clutter of a set of small texts in both languages; docs/formats.md has the figures."""

from __future__ import annotations

import pytest
from clutter_set import score, texts


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nothing_that_belongs_to_an_article_is_lost_and_most_clutter_goes(lang: str) -> None:
    found = score(lang)
    assert found.lost == ()
    assert found.precision == 1
    assert found.recall >= 0.9, found.left


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_set_is_large_enough_to_mean_something(lang: str) -> None:
    marked = [line for _, lines in texts(lang) for line in lines]
    assert len(list(texts(lang))) >= 30
    assert sum(is_clutter for is_clutter, _ in marked) > 100
