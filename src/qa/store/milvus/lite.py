"""Milvus Lite for several processes: one of them serves the folder to the others, while anybody uses it.

Milvus Lite lets one process open a folder. So the first that needs it starts a small server process on a
loopback port, which ends by itself when nobody has used it for a while. Who uses it holds a shared lock on a
file, which the system lets go however a process ends.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from qa.errors import StoreError

USERS, SERVING, ADDRESS, LOG = "lite.users", "lite.serving", "lite.address", "lite.log"
"""Files in the folder: locked shared by those who use it and whole by who serves it; where that listens."""

LINGER = 5.0
"""Seconds for which a server waits for the next user."""

STARTING = 60.0
"""Seconds within which a server must have started."""


class Lite:
    """One user of the folder; ``address`` starts a server where there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._users: int | None = None
        self._let_go: Callable[[], object] = lambda: None

    def address(self) -> str:
        """Where the folder is served. Raises StoreError where it cannot be."""
        if self._users is None:
            try:
                self._users = os.open(self._folder / USERS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            except OSError as error:
                raise StoreError(
                    f"the index in {self._folder} cannot be used ({error.strerror}): check the folder's permissions"
                ) from None
            self._let_go = weakref.finalize(self, os.close, self._users)
            fcntl.flock(self._users, fcntl.LOCK_SH)
        with (self._folder / f"{SERVING}.start").open("ab") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)  # so that two users do not start two
            if not serving(self._folder):
                self._start()
        return (self._folder / ADDRESS).read_text("utf-8")

    def alive(self) -> bool:
        """Whether the folder is being served."""
        return serving(self._folder)

    def close(self) -> None:
        self._let_go()
        self._users = None

    def _start(self) -> None:
        with (self._folder / LOG).open("wb") as log:
            started = subprocess.run(
                [sys.executable, "-m", __name__, str(self._folder.resolve()), str(LINGER)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C and the end of who started it are not its end
                check=False,
            )
        if started.returncode:
            raise StoreError(f"Milvus Lite does not start: see {self._folder / LOG}")


def serving(folder: Path) -> bool:
    """Whether a process serves ``folder`` and has said where."""
    try:
        with (folder / SERVING).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return (folder / ADDRESS).is_file()
    return False


def serve(folder: Path, linger: float) -> None:
    """Serve ``folder`` until nobody has used it for ``linger`` seconds."""
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    with (folder / SERVING).open("ab") as serving, (folder / USERS).open("ab") as users:
        fcntl.flock(serving, fcntl.LOCK_EX)
        # One request after another: Milvus Lite reads what another is just changing, and then finds neither the
        # old nor the new. It is Python, whose threads take turns anyway.
        server, database, port = start_server_in_thread(data_dir=str(folder), max_workers=1)
        beside = folder / f"{ADDRESS}.tmp"
        beside.write_text(f"http://127.0.0.1:{port}", "utf-8")
        beside.replace(folder / ADDRESS)
        last = time.monotonic()
        while folder.is_dir():
            time.sleep(0.1)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                last = time.monotonic()
                continue
            if time.monotonic() - last >= linger:  # and whoever comes now waits for the lock
                break
            fcntl.flock(users, fcntl.LOCK_UN)
        (folder / ADDRESS).unlink(missing_ok=True)
        server.stop(grace=1)
        database.close()


def start(folder: Path, linger: float) -> bool:
    """Serve ``folder`` in a process that is nobody's child; whether it does."""
    (folder / ADDRESS).unlink(missing_ok=True)
    server = os.fork()
    if not server:
        serve(folder, linger)
        os._exit(0)  # whatever threads are left
    waited = time.monotonic() + STARTING
    while time.monotonic() < waited and os.waitpid(server, os.WNOHANG) == (0, 0):
        if (folder / ADDRESS).is_file():
            return True
        time.sleep(0.02)
    return False


if __name__ == "__main__":
    sys.exit(not start(Path(sys.argv[1]), float(sys.argv[2])))
