from __future__ import annotations

import pytest

from qa.pace import Pace


def test_the_pace_is_each_persons_own_and_of_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("qa.pace.time.monotonic", lambda: now[0])
    pace = Pace[int](2)
    assert [pace.too_fast(7) for _ in range(4)] == [0, 0, 1, 2]
    assert pace.too_fast(8) == 0
    now[0] += 61
    assert pace.too_fast(7) == 0
    assert set(pace._times) == {7}
