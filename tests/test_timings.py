"""How long steps take."""

from __future__ import annotations

import time

import pytest

from qa.timings import Timings


def test_steps_in_the_order_in_which_they_began_and_what_is_done_again_adds_up() -> None:
    timings = Timings()
    with timings("whole"):
        for _ in range(2):
            with timings("part"):
                time.sleep(0.002)
    assert list(timings.ms) == ["whole", "part"]
    assert timings.ms["whole"] >= timings.ms["part"] >= 4


def test_a_step_that_fails_took_its_time() -> None:
    timings = Timings()
    with pytest.raises(ValueError, match="negative"), timings("step"):
        time.sleep(-1)
    assert timings.ms["step"] > 0
