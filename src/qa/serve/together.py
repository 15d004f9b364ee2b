"""How fast people ask of all worker processes together."""

from __future__ import annotations

import time
from hashlib import blake2b
from io import FileIO
from pathlib import Path
from struct import Struct

from qa.pace import Pace
from qa.serve.settings import Settings

_ASKED = Struct("=8sd")
"""Who asked, as a hash, and when, as ``time.monotonic`` tells all processes of a machine."""


class SharedPace:
    """A pace that is counted by all processes with the same ``name`` in ``folder``.

    Each appends what comes to it to a file of the minute, which the system does whole and one after the other, and
    reads what the others have: nobody waits, and who is started anew knows what was asked before.
    """

    def __init__(self, most: int, folder: Path, name: str) -> None:
        self._pace = Pace[bytes](most)
        self._folder = folder
        self._name = name
        self._minute = -1
        self._file: FileIO

    def too_fast(self, person: str) -> int:
        """0 while ``person`` keeps the pace; else by how many questions they have exceeded it."""
        who, now = blake2b(person.encode(), digest_size=8).digest(), time.monotonic()
        try:
            self._turn(int(now // 60))
            self._file.write(_ASKED.pack(who, now))
            return self._heard(self._file.tell())
        except OSError:  # the disk is full, the folder was tidied away: better to count alone than not to answer
            return self._pace.noted(who, now)

    def _turn(self, minute: int) -> None:
        """Goes on to the file of ``minute``, by way of that of the minute before."""
        if minute == self._minute:
            return
        for each in (minute - 1, minute):
            if each != self._minute:
                opened = (self._folder / f"{self._name}.{each}").open("a+b", buffering=0)
                if self._minute >= 0:
                    self._file.close()
                self._file, self._minute, self._read = opened, each, 0
            self._heard(self._file.seek(0, 2))
        for old in self._folder.glob(f"{self._name}.*"):
            if int(old.suffix[1:]) < minute - 1:
                old.unlink(missing_ok=True)

    def _heard(self, end: int) -> int:
        """Counts what stands before ``end`` and was not read yet; as ``too_fast`` for the last of it."""
        self._file.seek(self._read)
        new, self._read = self._file.read(end - self._read), end
        exceeded = [self._pace.noted(who, when) for who, when in _ASKED.iter_unpack(new)]
        return exceeded[-1] if exceeded else 0


def pace(settings: Settings, most: int, name: str) -> Pace[str] | SharedPace:
    """How many ``name`` an address may send in a minute, whichever worker they come to."""
    return SharedPace(most, Path(settings.together), name) if settings.together else Pace(most)
