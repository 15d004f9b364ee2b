from __future__ import annotations

import numpy as np
import pytest

from qa.encoder.pooling import SHARED, Tokens, pooled


def unit(*vector: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(vector, np.float32) / np.float32(np.linalg.norm(vector))


TOKENS = Tokens(
    np.array([[0, 0, 2], [2, 0, 0], [2, 0, 0], [0, 4, 0], [0, 0, 2]], np.float32),
    # two marks of the model, which stand nowhere, and three words, two of which have the space before them
    np.array([[0, 0], [0, 3], [3, 7], [7, 9], [0, 0]]),
)


def test_the_whole_is_the_mean_of_all_tokens() -> None:
    assert np.allclose(pooled(TOKENS, ()), [unit(4, 4, 4)])


def test_a_part_is_the_mean_of_its_tokens_less_half_of_the_whole() -> None:
    whole, first, second = pooled(TOKENS, [(0, 7), (8, 9)])
    assert np.allclose(whole, unit(1, 1, 1))
    assert np.allclose(first, unit(*(unit(1, 0, 0) - SHARED * whole)))
    assert np.allclose(second, unit(*(unit(0, 1, 0) - SHARED * whole)))


@pytest.mark.parametrize("part", [(9, 12), (0, 0), (7, 7)])
def test_a_part_without_tokens_is_taken_for_the_whole(part: tuple[int, int]) -> None:
    whole, same = pooled(TOKENS, [part])
    assert np.allclose(whole, same)
