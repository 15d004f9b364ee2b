"""Which sentences say the same: measured on stories of our own in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from wires import Story, stories

from qa.copies import adds_nothing, said, says
from qa.language.analyse import analyse


def words(sentence: str) -> set[str]:
    return {token.term for token in analyse(sentence)}


def all_words(sentences: list[str]) -> list[set[str]]:
    return [words(sentence) for sentence in sentences]


def sentences() -> Iterator[tuple[str, list[str], bool]]:
    """A sentence, the sentences of another article, and whether that says it."""
    for story in stories():
        for sentence in story.rewrite:
            yield sentence, story.story, True
        for sentence in story.story:
            yield sentence, story.rewrite, True
            yield sentence, [f"TARN (Wire) — {story.story[0]}", *story.story[1:]], True
            yield sentence, story.other + story.next, False
        for sentence, new in story.update:
            yield sentence, story.story, not new
        for sentence in story.other + story.next:
            yield sentence, story.story, False


def pairs() -> Iterator[tuple[list[str], list[str], bool]]:
    """Two articles, and whether one is a copy of the other."""
    every = stories()
    for story in every:
        for copy in (story.rewrite, story.story[:1], story.story[:2], story.rewrite[1:3]):
            yield copy, story.story, True
        for other in (story.other, story.next, [sentence for sentence, _ in story.update]):
            yield other, story.story, False
    for first, second in pairwise(every):
        yield first.story, second.story, False


def rates(found: list[tuple[bool, bool]]) -> tuple[float, float]:
    """Precision and recall of ``(said, true)``."""
    right = sum(is_said and is_true for is_said, is_true in found)
    return right / sum(is_said for is_said, _ in found), right / sum(is_true for _, is_true in found)


def test_sentences_that_say_the_same_are_known() -> None:
    found = [(said(words(sentence), all_words(other)), same) for sentence, other, same in sentences()]
    assert len(found) > 250
    precision, recall = rates(found)
    assert precision >= 0.98
    assert recall >= 0.98


def test_articles_that_are_copies_are_known() -> None:
    found = [(adds_nothing(all_words(copy), all_words(other)), same) for copy, other, same in pairs()]
    assert len(found) >= 60
    precision, recall = rates(found)
    assert precision >= 0.98
    assert recall >= 0.95


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
def test_an_update_is_no_copy(story: Story) -> None:
    updated = [sentence for sentence, _ in story.update]
    assert not adds_nothing(all_words(updated), all_words(story.story))


@pytest.mark.parametrize(
    ("sentence", "other", "same"),
    [
        ("At least 12 people died in Tarn.", "At least 12 people died in Tarn on Sunday.", True),
        ("At least 12 people died in Tarn.", "At least 13 people died in Tarn.", False),
        ("At least twelve people died in Tarn.", "At least thirteen people died in Tarn.", False),
        ("Three paintings were stolen there.", "Four paintings were stolen there.", False),
        ("قتل ثلاثة أشخاص في الحريق الكبير.", "قتل أربعة أشخاص في الحريق الكبير.", False),
        ("He died.", "He died on Monday after a long illness.", False),
        ("He died.", "He died.", True),
    ],
)
def test_one_by_one(sentence: str, other: str, same: bool) -> None:
    assert says(words(other), words(sentence)) is same
