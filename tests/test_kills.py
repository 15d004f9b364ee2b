"""A short run of what ``tests/kills.py`` does a thousand times: once at each step, and at random moments."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from kills import STEPS, Ring

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    ring = Ring(tmp_path_factory.mktemp("ring"), seed=7)
    yield ring
    ring.close()


@pytest.mark.parametrize("step", STEPS)
def test_what_is_left_at_each_step(ring: Ring, step: str) -> None:
    killed = ring.tally.kills
    while ring.tally.kills == killed:  # not every change gets to each step
        ring.round(step)
    assert not ring.tally.wrong


def test_what_is_left_at_random_moments(ring: Ring) -> None:
    for _ in range(10):
        ring.round()
    assert not ring.tally.wrong
    assert ring.tally.kills > len(STEPS)
