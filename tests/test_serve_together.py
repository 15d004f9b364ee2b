"""Questions are counted for all workers together."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sites import process, workers

from qa.pace import Pace
from qa.serve.settings import Settings
from qa.serve.together import SharedPace, pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [6000.0]
    monkeypatch.setattr("qa.pace.time.monotonic", lambda: now[0])
    return now


def test_what_comes_to_one_counts_for_all_and_for_those_that_come_later(clock: list[float], tmp_path: Path) -> None:
    first, second = SharedPace(3, tmp_path, "questions"), SharedPace(3, tmp_path, "questions")
    assert [one.too_fast("192.0.2.1") for one in (first, second, first, second, first)] == [0, 0, 0, 1, 2]
    assert second.too_fast("192.0.2.2") == 0
    clock[0] += 59
    started_anew, others = SharedPace(3, tmp_path, "questions"), SharedPace(3, tmp_path, "tokens")
    assert started_anew.too_fast("192.0.2.1") == 3
    assert others.too_fast("192.0.2.1") == 0
    clock[0] += 2
    assert [first.too_fast("192.0.2.1"), second.too_fast("192.0.2.1"), second.too_fast("192.0.2.1")] == [0, 0, 1]
    for one in (first, second, started_anew, others):
        one._file.close()


def test_files_of_minutes_that_no_longer_count_are_removed(clock: list[float], tmp_path: Path) -> None:
    busy, idle = SharedPace(3, tmp_path, "questions"), SharedPace(3, tmp_path, "questions")
    idle.too_fast("192.0.2.1")
    for _ in range(5):
        clock[0] += 60
        busy.too_fast("192.0.2.1")
        clock[0] += 0.5
    assert {file.name for file in tmp_path.iterdir()} == {"questions.104", "questions.105"}
    assert [idle.too_fast("192.0.2.1") for _ in range(3)] == [0, 0, 1]
    for one in (busy, idle):
        one._file.close()


@pytest.mark.parametrize("asked_before", [False, True])
def test_a_folder_that_is_gone_leaves_each_its_own_count(
    clock: list[float], tmp_path: Path, asked_before: bool
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    counted = SharedPace(2, folder, "questions")
    if asked_before:
        counted.too_fast("192.0.2.1")
    shutil.rmtree(folder)
    clock[0] += 30
    assert [counted.too_fast("192.0.2.1") for _ in range(3)][-1] == 1 + asked_before
    clock[0] += 61
    assert [counted.too_fast("192.0.2.1") for _ in range(3)] == [0, 0, 1]
    if asked_before:
        counted._file.close()


def test_one_process_keeps_its_count_to_itself(tmp_path: Path) -> None:
    assert isinstance(pace(Settings("index"), 3, "questions"), Pace)
    assert isinstance(pace(Settings("index", together=str(tmp_path)), 3, "questions"), SharedPace)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at open files as Linux shows them")
def test_two_workers_allow_what_one_would(news_index: Path) -> None:
    options = ("--workers", "2", "--behind-proxy", "--per-minute", "20")
    with process(news_index, *options) as (started, url):

        def ask(address: str) -> int:
            query = f"{url}/api/search?query=bridge&limit=1"
            return httpx.get(query, headers={"X-Forwarded-For": address}, timeout=60).status_code

        with ThreadPoolExecutor(8) as threads:
            other = iter(range(1000))
            while not all(map(_counts, workers(started.pid))):  # both are asked, whoever takes what comes
                list(threads.map(lambda n: ask(f"198.51.100.{n}"), [next(other) % 250 for _ in range(8)]))
            answers = list(threads.map(ask, ["192.0.2.1"] * 50))
        assert answers.count(200) == 20
        assert answers.count(429) == 30


def _counts(worker: int) -> bool:
    """Whether ``worker`` has been asked anything."""
    opened = Path(f"/proc/{worker}/fd")
    return any("questions." in os.readlink(file) for file in opened.iterdir() if file.is_symlink())
