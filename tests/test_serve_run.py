"""`qa serve` as a process: it starts, answers, and ends when it is told to."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from corpora import write_files
from sites import process, workers

from qa.cli import main
from qa.encoder import Encoder
from qa.index import update


def ended(started: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    """The exit status after the signal, and what was written to stderr."""
    started.send_signal(number)
    _, err = started.communicate(timeout=30)
    return started.returncode, err


def test_it_answers_until_it_is_interrupted(seed_index: Path) -> None:
    with process(seed_index) as (started, url):
        assert "<blockquote" in httpx.get(f"{url}/?q=what+does+the+agreement+cover", timeout=60).text
        maps = Path(f"/proc/{started.pid}/maps")
        assert not maps.exists() or "torch" not in maps.read_text()
        assert ended(started, signal.SIGINT) == (0, f"qa: {url} answers until Ctrl-C\nqa: stopped\n")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes as Linux shows them")
def test_workers_share_an_index_and_are_replaced(news_index: Path, encoder: Encoder, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(news_index, tmp_path / "index"))
    token = "correct horse battery"
    with process(copy, "--workers", "2", ISNAD_SERVE_TOKEN=token) as (started, url):
        key = {"Authorization": f"Bearer {token}"}
        question = f"{url}/api/ask?question=How+many+bakers+won+the+rye+bread+prize+in+Oslo%3F"
        assert httpx.get(question, timeout=60).status_code == 401
        before = {httpx.get(question, headers=key, timeout=60).json()["answered"] for _ in range(4)}
        prize = "Prize for rye bread\n\nThree bakers won the rye bread prize in Oslo on Monday, out of forty.\n"
        update([write_files(tmp_path / "more", {"prize.txt": prize})], copy, encoder)
        after = [httpx.get(question, headers=key, timeout=60).json() for _ in range(6)]
        assert before == {False}
        assert {answer["citations"][0]["quote"][:12] for answer in after} == {"Three bakers"}
        first = min(workers(started.pid))
        os.kill(first, signal.SIGKILL)
        until = time.monotonic() + 60
        while len(workers(started.pid) - {first}) < 2:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert httpx.get(question, headers=key, timeout=60).json()["answered"]
        died = f"qa: Child process [{first}] died\n"
        assert ended(started, signal.SIGTERM) == (0, f"qa: {url} answers until Ctrl-C\n{died}qa: stopped\n")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes as Linux shows them")
def test_workers_end_with_the_process_that_started_them(seed_index: Path, tmp_path: Path) -> None:
    with process(seed_index, "--workers", "2", TMPDIR=str(tmp_path)) as (started, url):
        left = workers(started.pid)
        [folder] = tmp_path.iterdir()
        started.kill()
        until = time.monotonic() + 60
        while any(map(running, left)):
            assert time.monotonic() < until
            time.sleep(0.05)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{url}/health")
    assert len(left) == 2
    assert not folder.exists()


def running(worker: int) -> bool:
    """Whether there is such a process, and more of it than its exit status."""
    try:
        return bool(Path(f"/proc/{worker}/cmdline").read_bytes())
    except OSError:
        return False


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """The one line that `qa serve` says when it does not start."""
    assert main(["serve", *map(str, arguments)]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    return err


def test_what_keeps_it_from_starting_is_one_line(
    seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ISNAD_SERVE_TOKEN", raising=False)
    index = ("--index", seed_index)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = refused(capsys, "--port", str(taken.getsockname()[1]), *index)
        assert "(Address already in use): give another --port or --host" in line
    assert "there is no index in" in refused(capsys, "--index", tmp_path / "none")
    assert "others could read the articles" in refused(capsys, "--host", "0.0.0.0", *index)
    assert "give a number from 1 to 65535" in refused(capsys, "--port", "0", *index)
    assert "cannot listen on no.such.host.invalid:8080" in refused(
        capsys, "--host", "no.such.host.invalid", "--behind-proxy", *index
    )
    assert "none cannot be read" in refused(capsys, "--token-file", tmp_path / "none", *index)
    monkeypatch.setenv("ISNAD_SERVE_TOKEN", "short")
    assert "at least 16 characters" in refused(capsys, *index)
