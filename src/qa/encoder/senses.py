"""Sentences and passages to vectors of what they mean: a second opinion, beside that of the encoder of passages.

By the universal encoder, which was trained on translations: where a text says the same in Arabic and in English
its vectors lie closer than those of the encoder of passages. A sentence takes it two milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from . import Vectors, universal

DIM = universal.DIM

LONGEST = 256
"""Pieces of a text that are read: twice those of a passage of some length."""

SCALE = 127 / 0.2
"""What unit vectors are multiplied by to be kept in eight bits: of 3,000 texts no number was above .18."""

MANY = 200
"""Passages from which on the vocabulary is taken into memory, which saves as much as it takes."""

Senses = npt.NDArray[np.int8]


def expect(passages: int) -> None:
    """Get ready for the sentences of so many ``passages``. Raises EncoderError."""
    if passages >= MANY:
        universal.pieces().load()


def encode_sentences(texts: Sequence[str]) -> Vectors:
    """The vectors of ``texts``, float32 ``(len(texts), DIM)``, L2-normalised. Raises EncoderError.

    What a text's vector is does not depend on the others, but for rounding. Any string is allowed, of which
    LONGEST pieces are read; several threads may call.
    """
    return universal.encode([universal.pieces().text(text, LONGEST) for text in texts])


def encode_with_words(text: str, words: Sequence[str]) -> tuple[Vectors, Vectors]:
    """``encode_sentences`` of ``text`` and ``encode_words`` of ``words``: the weights are gone through once, which
    is most of the time that so little takes."""
    pieces = universal.pieces()
    found = universal.encode([pieces.text(text, LONGEST), *map(pieces.word, words)])
    return found[0], found[1:]


def packed(vectors: Vectors) -> Senses:
    """Unit vectors as they are kept: times SCALE, rounded, at most 127."""
    senses: Senses = np.clip(np.rint(vectors * SCALE), -127, 127).astype(np.int8)
    return senses


def unpacked(senses: Senses) -> Vectors:
    """What was ``packed``, float32; cosines with it are within .005 of those with what it was."""
    vectors = senses.astype(np.float32)
    vectors /= SCALE
    return vectors
