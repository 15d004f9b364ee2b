"""Where things are: the index, unless a person says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

from qa.store.database import DATABASE
from qa.store.place import folder_of

PIPELINE = "5"
"""Names how articles become passages, words, senses and tokens; an index of another pipeline must be rebuilt."""

INBOX, FEEDS = "inbox", "feeds.sqlite"
"""In the index's folder: what came from the web or by chat, and which feeds are followed."""


def inbox(index: Path) -> Path:
    """The folder of saved pages and files of the index in ``index``."""
    return index / INBOX


def index_folder(named: Path | None = None) -> Path:
    """The folder of the index.

    The one that is ``named``; else the environment's ``ISNAD_INDEX``; else ``index/`` here, if there is an
    index in it; else ``index/`` of the checkout that this code runs from; else ``index/`` here.
    """
    if named:
        return named
    if chosen := os.environ.get("ISNAD_INDEX"):
        return folder_of(chosen)
    here, project = Path("index"), Path(__file__).parents[2]
    if not os.path.isfile(here / DATABASE) and (project / "pyproject.toml").is_file():
        return project / "index"
    return here


def articles_folder(index: Path) -> list[Path]:
    """Where the articles are if nobody has said: ``seeds/`` beside the index, if it is there."""
    seeds = index.resolve().parent / "seeds"
    return [seeds] if seeds.is_dir() else []
