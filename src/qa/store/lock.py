"""One writer at a time: an advisory lock that the system frees however its holder ends."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import IndexLocked


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for writing. Raises IndexLocked, naming the holder, when another process has it."""
    lock = FileLock(folder / "write.lock", timeout=0)
    holder = folder / "write.holder"
    try:
        lock.acquire()
    except Timeout:
        raise IndexLocked(
            f"{folder} is being written by {_holder(holder)}: wait until it ends, then try again"
        ) from None
    try:
        holder.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def held_by(folder: Path) -> str | None:
    """Who is writing ``folder`` now, or None; found out by taking the lock for a moment."""
    if not (folder / "write.lock").exists():
        return None
    try:
        with FileLock(folder / "write.lock", timeout=0):
            return None
    except Timeout:
        return _holder(folder / "write.holder")
    except OSError:  # not ours to lock
        return None


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace") or "another process"
    except OSError:
        return "another process"
