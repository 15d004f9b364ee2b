"""Where an index is kept: in a folder, or in Milvus, of which the folder holds a note and what stays local.

Every command works on a folder. `milvus:news.db` is the folder ``news.db``, which Milvus Lite fills;
`milvus:https://host:19530/news` is one for that address in the user's data folder. What people leave behind,
the feeds and the pages fetched are in the folder whichever it is.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from qa.errors import ConfigError

PREFIX = "milvus:"
NOTE = "milvus.url"
"""The file of a folder that says where in Milvus its index is: an address, or ``LITE``."""

LITE = "lite"

_SERVER = re.compile(r"https?://[^/@\s]+(/[A-Za-z_][A-Za-z0-9_]{0,99})?/?")

_named: dict[Path, str] = {}
"""Places that have been named and not yet noted: nothing is made on disk before something is indexed."""


def folder_of(text: str) -> Path:
    """The folder of the place that a user calls ``text``. Raises ConfigError where that can be none."""
    if not text.startswith(PREFIX):
        return Path(text)
    where = text.removeprefix(PREFIX)
    if where.startswith(("http://", "https://")):
        if not _SERVER.fullmatch(where):
            raise ConfigError(
                f"{text} is no place in Milvus: write milvus:https://host:19530/NAME, with a name of letters and "
                "digits; the token goes into ISNAD_MILVUS_TOKEN"
            )
        where = where.rstrip("/")
        folder = _data_home() / f"milvus-{hashlib.sha256(where.encode()).hexdigest()[:12]}"
    elif where.endswith(".db") and where != ".db":
        folder, where = Path(where), LITE
    else:
        raise ConfigError(
            f"{text} is no place in Milvus: name a folder that ends in .db (milvus:news.db), or a server "
            "(milvus:http://host:19530)"
        )
    if (folder / "isnad.sqlite").is_file():
        raise ConfigError(f"{folder} holds an index already, and not in Milvus: name another place")
    _named[folder.resolve()] = where
    return folder


def remote(folder: Path) -> str | None:
    """Where in Milvus the index of ``folder`` is: an address, or ``LITE``; None where it is in no Milvus."""
    try:
        return (folder / NOTE).read_text(encoding="utf-8").strip()
    except OSError:  # there is none, or the folder may not be read, which who opens it will say
        return _named.get(folder.resolve()) if _named else None


def note(folder: Path) -> None:
    """Write down, for other processes too, where the index of ``folder`` is, if it is in Milvus."""
    where = remote(folder)
    if where and not (folder / NOTE).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{NOTE}.tmp"
        beside.write_text(f"{where}\n", encoding="utf-8")
        beside.replace(folder / NOTE)


def called(folder: Path) -> str:
    """How a user names the place of ``folder``."""
    where = remote(folder)
    if where is None:
        return str(folder)
    return f"{PREFIX}{folder if where == LITE else where}"


def _data_home() -> Path:
    chosen = os.environ.get("XDG_DATA_HOME")
    return (Path(chosen) if chosen else Path.home() / ".local" / "share") / "isnad"


def untouched(folder: Path) -> bool:
    """Whether nothing has been written to the place of ``folder`` yet."""
    return not (folder / NOTE).is_file()
