"""What is unpacked once and kept in the user's cache."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

_log = logging.getLogger("qa")

_STALE_SECONDS = 3600.0


def unpacked(name: str, write: Callable[[Path], None]) -> Path:
    """The folder ``name`` in the user's cache; if it is not there, ``write`` fills an empty one.

    It is written beside and renamed, so that a folder of this name is whole; of two processes that write
    at once one wins and both use what it wrote. Raises ``OSError`` when nothing can be written.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "isnad"
    folder = cache / name
    if folder.is_dir():
        return folder
    import shutil  # once, not by every question
    import tempfile

    _log.info("Unpacking the bundled model to %s (once)", folder)
    cache.mkdir(parents=True, exist_ok=True)
    for left in cache.glob(f"{name}.*"):  # by a process that was killed while it wrote
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=cache))
    try:
        write(beside)
        for path in beside.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder
