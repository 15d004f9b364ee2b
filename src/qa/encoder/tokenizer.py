"""Many texts to the tokens of the bundled model, with their places. Each word is split once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .packed import PackedModel
from .unigram import LoadedUnigram

REMEMBERED = 50_000
"""Words."""

_SPACE = "▁"


@dataclass(frozen=True, slots=True)
class Read:
    """The ids of a text's tokens, and of each where it begins and ends; those around the text are nowhere."""

    ids: list[int]
    places: list[tuple[int, int]]


class Tokenizer:
    """Takes texts that have been through ``BundledEncoder.normalised``, of which it reads ``window`` tokens."""

    def __init__(self, packed: PackedModel, window: int) -> None:
        vocabulary = packed.vocabulary()
        scored = enumerate(zip(vocabulary.pieces, vocabulary.scores, strict=True))
        known = {piece: (id_, score) for id_, (piece, score) in scored if id_ != vocabulary.unk}
        self._special, self._window = packed.special, window
        self._parts = lru_cache(REMEMBERED)(LoadedUnigram(known, unknown=vocabulary.unk).parts)

    def read(self, text: str) -> Read:
        ids, places = [self._special.bos], [(0, 0)]
        at, before = -1, 0  # the space before the first word is not there
        for word in text.replace(_SPACE, " ").split(" "):
            for id_, end in self._parts(_SPACE + word):
                ids.append(id_)
                places.append((before, at + end))
                before = at + end
            at = before
            if len(ids) >= self._window:
                break
        ids, places = ids[: self._window - 1], places[: self._window - 1]
        return Read([*ids, self._special.eos], [*places, (0, 0)])
