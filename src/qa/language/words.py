"""Word lists that come with the package: one word a line, in ``data/``."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).with_name("data")


def words(name: str) -> frozenset[str]:
    """The words of ``data/{name}.txt``."""
    return frozenset(_read(name).split())


def lines(name: str) -> list[str]:
    """The lines of ``data/{name}.txt``."""
    return _read(name).splitlines()


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text("utf-8")
