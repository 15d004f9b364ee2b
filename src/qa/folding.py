"""Of passages found, those that say nothing which a better one does not say stand with that as its copies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qa.copies import SHARE, adds_nothing, said
from qa.store import View
from qa.store.records import StoredPassage

if TYPE_CHECKING:
    from qa.search import Hit


def fold(hits: Iterable[Hit], limit: int, view: View) -> list[Hit]:
    """The first ``limit`` of ``hits``, each with its copies, which add nothing to it.

    The better of two leads; but of two that have the sentence which answers best, the one in the shorter article.
    """
    kept: list[tuple[Hit, list[frozenset[str]], frozenset[str], list[StoredPassage]]] = []
    for hit in hits:
        passage = hit.passage
        sentences = [*map(frozenset, passage.encoded.terms)]
        words = frozenset[str]().union(*sentences)
        for place, (first, says, held, copies) in enumerate(kept):
            if (
                first.passage.article != passage.article
                and len(held) >= SHARE * len(words) <= len(words & held)  # cheap, and true of every copy
                and adds_nothing(sentences, says)
            ):
                if not (said(says[int(np.argmax(first.sentences))], sentences) and _briefer(hit, first, view)):
                    copies.append(passage)
                    break
                leading, behind = replace(hit, score=first.score), [first.passage, *copies]
                if adds_nothing(says, sentences):
                    kept[place] = (leading, sentences, words, behind)
                else:
                    kept.insert(place, (leading, sentences, words, []))
                    del kept[limit:]
                break
        else:
            if len(kept) == limit:
                break
            kept.append((hit, sentences, words, []))
    return [replace(hit, copies=tuple(copies)) for hit, _, _, copies in kept]


def _briefer(hit: Hit, other: Hit, view: View) -> bool:
    """Whether the article of ``hit`` is shorter, and no worse for the time that is asked about."""
    lengths = [len(view.article(one.passage.article).article.text) for one in (hit, other)]
    return lengths[0] < lengths[1] and hit.preference >= other.preference
