from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest
from indexing import python

from qa.errors import IndexLocked
from qa.store.lock import writing

HOLD = """\
import sys
from pathlib import Path
from qa.store.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
print("free", flush=True)
"""


def test_a_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    with python(HOLD, tmp_path) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexLocked) as raised, writing(tmp_path):
            pass
        assert str(raised.value) == (
            f"{tmp_path} is being written by process {other.pid} on {socket.gethostname()}: "
            "wait until it ends, then try again"
        )
        assert other.communicate("\n")[0] == "free\n"
    with writing(tmp_path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_writer_leaves_no_lock(tmp_path: Path) -> None:
    with python(HOLD, tmp_path) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        os.kill(other.pid, signal.SIGKILL)
    with writing(tmp_path):
        pass


def test_an_error_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        raise ZeroDivisionError
    with writing(tmp_path):
        pass
    assert not (tmp_path / "write.holder").exists()


def test_threads_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    refused: list[IndexLocked] = []

    def second() -> None:
        try:
            with writing(tmp_path):
                pass
        except IndexLocked as error:
            refused.append(error)

    with writing(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert f"process {os.getpid()} " in str(refused[0])


def test_a_torn_name_is_no_obstacle(tmp_path: Path) -> None:
    with writing(tmp_path):
        (tmp_path / "write.holder").write_bytes(b"process 1 on caf\xc3")
        with pytest.raises(IndexLocked, match="written by process 1 on caf"), writing(tmp_path):
            pass


def test_a_holder_that_has_not_said_its_name_yet(tmp_path: Path) -> None:
    with writing(tmp_path):
        (tmp_path / "write.holder").write_bytes(b"")
        with pytest.raises(IndexLocked, match="is being written by another process: wait"), writing(tmp_path):
            pass
        (tmp_path / "write.holder").unlink()
        with pytest.raises(IndexLocked, match="is being written by another process: wait"), writing(tmp_path):
            pass
