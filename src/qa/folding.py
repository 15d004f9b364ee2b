"""Of passages found, those that say nothing which a better one does not say stand with that as its copies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
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

    @cache
    def length(article: int) -> int:
        return len(view.article(article).article.text)

    def briefer(hit: Hit, other: Hit) -> bool:
        """Whether the article of ``hit`` is shorter, and no worse for the time that is asked about."""
        shorter = length(hit.passage.article) < length(other.passage.article)
        return shorter and hit.preference >= other.preference

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
                if not (said(says[int(np.argmax(first.sentences))], sentences) and briefer(hit, first)):
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
