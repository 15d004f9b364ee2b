from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.store.dense import Batch, Dense, Ids
from qa.store.faiss_file import Base, Label

DIM = 8
VECTORS = np.random.default_rng(5).standard_normal((400, DIM), np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
QUESTIONS = VECTORS[::57] + 0.1


def batch(ids: Sequence[int]) -> Batch:
    """Rows whose vector is that of their id."""
    return np.array(ids, np.int64), VECTORS[list(ids)]


def base(ids: Sequence[int], kind: str = "IDMap2,Flat") -> Base:
    index = faiss.index_factory(DIM, kind, faiss.METRIC_INNER_PRODUCT)
    index.train(VECTORS)
    if ids:
        numbers, vectors = batch(ids)
        index.add_with_ids(vectors, numbers)
    return Base(Label("begin", kind, len(ids)), index)


def exact(ids: Sequence[int], k: int) -> list[list[int]]:
    numbers = np.array(sorted(ids), np.int64)
    order = np.argsort(-(QUESTIONS @ VECTORS[numbers].T), axis=1, kind="stable")[:, :k]
    return [numbers[row].tolist() for row in order]


def found(dense: Dense, k: int, *, among: Ids | None = None) -> list[list[int]]:
    hits = dense.search(QUESTIONS, k, among=among)
    for near in hits:
        scores = [score for _, score in near]
        assert scores == sorted(scores, reverse=True)
    return [[id_ for id_, _ in near] for near in hits]


@given(st.data())
def test_what_came_and_went_is_found_as_if_built_at_once(data: st.DataObject) -> None:
    """Ids grow and never come back, as in the store."""
    begin = data.draw(st.integers(0, 40))
    there = set(range(begin))
    dense, last = Dense.of(base(range(begin))), begin
    for step in range(data.draw(st.integers(1, 5))):
        more = data.draw(st.integers(0, 20))
        batches = [batch(range(last, last + more))] if more else []
        gone = data.draw(st.sets(st.sampled_from(sorted(there)))) if there else set()
        there = (there - gone) | set(range(last, last + more))
        last += more
        before = found(dense, 5)
        later = dense.advanced(f"step {step}", batches, sorted(gone))
        assert found(dense, 5) == before, "who holds the earlier one is not disturbed"
        dense = later
        assert dense.stamp == f"step {step}"
        assert dense.count == len(there)
        for k in (1, 5, 1000):
            assert found(dense, k) == exact(sorted(there), k)
    some = np.array(sorted(data.draw(st.sets(st.integers(0, 140)))), np.int64)
    if len(some):
        assert found(dense, 7, among=some) == exact(sorted(there & set(some.tolist())), 7)


def test_how_far_it_is_behind() -> None:
    dense = Dense.of(base(range(10)))
    assert (dense.count, dense.behind) == (10, 0)
    dense = dense.advanced("a", [batch(range(10, 15))], [3])
    assert (dense.count, dense.behind) == (14, 6)
    dense = dense.advanced("b", [], [11, 4])
    assert (dense.count, dense.behind) == (12, 6), "what came and went does not count"


@pytest.mark.parametrize("few", [3, 20])
def test_an_approximate_index_finds_the_few_that_are_looked_among(few: int) -> None:
    approximate = base(range(400), "IVF16,Flat")
    among = np.arange(0, 400, 400 // few, dtype=np.int64)
    assert found(Dense.of(approximate), few, among=among) == exact(among.tolist(), few)
