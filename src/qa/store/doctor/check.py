"""One finding of the doctor's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa.errors import StoreError

Severity = Literal["OK", "WARN", "FAIL"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands, and what to do about it.

    WARN: answers are right, but something needs a person's eye or costs time. FAIL: something is wrong.
    ``mend``, where there is one, mends it in the folder that it is given, under the writer's lock, and says
    what it did.
    """

    name: str
    severity: Severity
    detail: str
    remedy: str = ""
    mend: Callable[[Path], str] | None = None


FIX = "mend it with `qa doctor --fix`"
REBUILD = "restore a backup with `qa restore FILE --force`, or move the index away and build it with `qa index`"


def looked(name: str, look: Callable[..., Check], *arguments: object) -> Check:
    """What ``look`` finds; that it cannot read what it looks at is a finding too."""
    try:
        return look(*arguments)
    except StoreError as error:
        detail, _, remedy = str(error).rpartition(": ")
        return Check(name, "FAIL", detail, remedy)
    except sqlite3.OperationalError as error:
        if "decode to UTF-8" in str(error):
            return Check(name, "FAIL", "unreadable (not UTF-8)", REBUILD)
        return Check(name, "FAIL", str(error), "check permissions and free disk, and that nothing else writes")
    except (sqlite3.Error, ValueError, TypeError, LookupError) as error:
        return Check(name, "FAIL", f"unreadable ({error})", REBUILD)


def counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
