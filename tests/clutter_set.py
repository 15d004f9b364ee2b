"""The cluttered texts of ``tests/clutter``, and how well their furniture is told from their articles.

A text begins with ``= name``; each line of it is marked ``+`` (the article's) or ``-`` (clutter).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.readers.clutter import clutter, copies
from qa.readers.lines import split_lines

FOLDER = Path(__file__).parent / "clutter"


@dataclass(frozen=True, slots=True)
class Score:
    """Lines of clutter that were removed, that were left, and lines of articles that were lost."""

    removed: int
    left: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.removed / (self.removed + len(self.lost))

    @property
    def recall(self) -> float:
        return self.removed / (self.removed + len(self.left))


def texts(lang: str) -> Iterator[tuple[str, list[tuple[bool, str]]]]:
    """A name and its lines, each with whether it is clutter."""
    for text in (FOLDER / f"{lang}.txt").read_text(encoding="utf-8").split("= ")[1:]:
        name, *lines = text.strip().split("\n")
        yield name, [(line[0] == "-", line[2:]) for line in lines]


def score(lang: str) -> Score:
    """How the rules do on all texts in a language."""
    removed, left, lost = 0, list[str](), list[str]()
    for name, marked in texts(lang):
        lines = split_lines("\n\n".join(line for _, line in marked))
        verdicts = copies(lines, clutter(lines), title=0)
        assert [line.text for line in lines] == [line.strip() for _, line in marked]
        for (is_clutter, line), rule in zip(marked, verdicts, strict=True):
            if is_clutter and rule:
                removed += 1
            elif is_clutter:
                left.append(f"{name}: {line}")
            elif rule:
                lost.append(f"{name}: {line} ({rule})")
    return Score(removed, tuple(left), tuple(lost))
