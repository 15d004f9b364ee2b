"""Search by meaning over what changes: a large FAISS index that stays, and what came and went since.

The large one may be a mapped file shared by all threads, so nothing is ever added to it or taken out of it;
the few that came are in a small exact index beside it, and those that went are left out of what it finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from qa.store.faiss_file import Base

Ids = npt.NDArray[np.int64]

Batch = tuple[Ids, npt.NDArray[np.float32]]
"""Ids ``(n,)`` and centred vectors ``(n, dim)``."""


@dataclass(frozen=True, slots=True)
class Dense:
    """Centred vectors by row id, as they were at the commit that ``stamp`` names.

    ``added`` is a FAISS index, or None; ``removed`` are ids of ``base`` only.
    """

    stamp: str
    base: Base
    added: Any
    removed: frozenset[int]

    @classmethod
    def of(cls, base: Base) -> Dense:
        return cls(base.label.stamp, base, None, frozenset())

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self.base.index.ntotal) - len(self.removed) + self._more

    @property
    def behind(self) -> int:
        """How many rows ``base`` differs by."""
        return len(self.removed) + self._more

    @property
    def _more(self) -> int:
        return int(self.added.ntotal) if self.added else 0

    def search(
        self, vectors: npt.NDArray[np.float32], k: int, *, among: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each of ``vectors`` ``(n, dim)`` the ``k`` nearest: ids and inner products, best first.

        Only rows in ``among`` are looked at, if that is given.
        """
        # One question is no work for two: threads that wait for it spin, and keep the encoder waiting.
        faiss.omp_set_num_threads(1)
        found = self._nearest(self.base.index, vectors, k + len(self.removed), among)
        found = [[(id_, score) for id_, score in near if id_ not in self.removed] for near in found]
        if self.added:
            more = self._nearest(self.added, vectors, k, among)
            found = [sorted(a + b, key=lambda hit: -hit[1]) for a, b in zip(found, more, strict=True)]
        return [near[:k] for near in found]

    @staticmethod
    def _nearest(
        index: Any, vectors: npt.NDArray[np.float32], k: int, among: Ids | None
    ) -> list[list[tuple[int, float]]]:
        k = min(k, index.ntotal)
        if k == 0:
            return [[] for _ in vectors]
        if among is None:
            scores, ids = index.search(vectors, k)
        else:
            scores, ids = index.search(vectors, k, params=_parameters(index, among))
        return [
            [(id_, score) for id_, score in zip(i, s, strict=True) if id_ >= 0]
            for i, s in zip(ids.tolist(), scores.tolist(), strict=True)
        ]

    def advanced(self, stamp: str, batches: Sequence[Batch], removed: Sequence[int]) -> Dense:
        """This, at a later commit: with the rows of ``batches``, and without those ``removed`` since this one."""
        gone = {*removed}
        if not (batches or gone):
            return Dense(stamp, self.base, self.added, self.removed)
        before = faiss.vector_to_array(self.added.id_map) if self.added else np.empty(0, np.int64)
        leave = np.isin(before, list(gone), invert=True) if gone else np.ones(len(before), bool)
        added = faiss.index_factory(self.base.index.d, "IDMap2,Flat", faiss.METRIC_INNER_PRODUCT)
        if leave.any():
            added.add_with_ids(self.added.index.reconstruct_n(0, len(before))[leave], before[leave])
        for ids, vectors in batches:
            added.add_with_ids(vectors, ids)
        return Dense(
            stamp, self.base, added if added.ntotal else None, self.removed | gone.difference(before.tolist())
        )


def _parameters(index: Any, among: Ids) -> Any:
    parameters: Any = faiss  # the keywords are added when it is imported
    selector = faiss.IDSelectorBatch(among)
    if not isinstance(index, faiss.IndexIVF):
        return parameters.SearchParameters(sel=selector)
    # The fewer there are, the more of the index must be looked at to find as many.
    share = max(1, len(among)) / index.ntotal
    return parameters.SearchParametersIVF(sel=selector, nprobe=min(index.nlist, round(index.nprobe / share)))
