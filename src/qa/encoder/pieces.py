"""The model's tokens for short texts, without the quarter of a gigabyte that a tokenizer for many takes."""

from __future__ import annotations

from .packed import Vocabulary

_UNKNOWN = 10.0
"""How much less likely than the least likely piece the engine takes a character for that is none."""


class Pieces:
    """Splits normalised text into the most likely pieces, as the engine does."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._ids = {piece: id_ for id_, piece in enumerate(vocabulary.pieces)}
        del self._ids[vocabulary.pieces[vocabulary.unk]]
        self._longest = max(map(len, self._ids))
        self._unknown = min(vocabulary.scores) - _UNKNOWN

    def tokens(self, text: str) -> list[int]:
        """The ids of ``text``, which has its prefix already, with those that begin and end it."""
        text = f"▁{text.replace(' ', '▁')}"
        best = [(0.0, 0, 0)]  # of each beginning of the text: its score, its last piece and where that begins
        for end in range(1, len(text) + 1):
            score, id_, start = best[end - 1][0] + self._unknown, self._vocabulary.unk, end - 1
            for begin in range(max(0, end - self._longest), end):
                piece = self._ids.get(text[begin:end])
                if piece is not None and (likely := best[begin][0] + self._vocabulary.scores[piece]) > score:
                    score, id_, start = likely, piece, begin
            best.append((score, id_, start))
        found, end = [self._vocabulary.eos], len(text)
        while end:
            _, id_, end = best[end]
            found.append(id_)
        return [*found, self._vocabulary.bos][::-1]
