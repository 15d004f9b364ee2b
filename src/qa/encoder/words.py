"""Single words to vectors, near to each other where they mean the same, in Arabic, English and 14 more languages.

By the universal encoder: a word takes it a millisecond, where the encoder of passages takes ten and knows
single words less well.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import Vectors, universal

DIM = universal.DIM


def encode_words(words: Sequence[str]) -> Vectors:
    """The vectors of ``words``, float32 ``(len(words), DIM)``, L2-normalised. Raises EncoderError.

    What a word's vector is does not depend on the others, but for rounding. Any string is allowed, of which 64
    characters are read; several threads may call.
    """
    return universal.encode([universal.pieces().word(word) for word in words])
