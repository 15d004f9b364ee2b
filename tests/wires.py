"""The stories of ``data/wires.txt``: pairs that are copies of each other, and pairs that are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qa.language.sentence import split


@dataclass(frozen=True)
class Story:
    """Each text as its sentences; those of the ``update`` with whether they say something new."""

    name: str
    story: list[str]
    rewrite: list[str]
    update: list[tuple[str, bool]]
    other: list[str]
    next: list[str]


def stories() -> list[Story]:
    text = (Path(__file__).parent / "data" / "wires.txt").read_text(encoding="utf-8")
    return [_story(block) for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]]


def _story(block: str) -> Story:
    name, _, rest = block.partition("\n")
    story, rewrite, update, other, after = (
        part.strip() for part in re.split(r"^-- \w+$", rest, flags=re.MULTILINE)
    )
    marked = [sentence for part in re.split(r"(?=\* )", update) for sentence in _mark(part.strip())]
    return Story(name, _sentences(story), _sentences(rewrite), marked, _sentences(other), _sentences(after))


def _mark(part: str) -> list[tuple[str, bool]]:
    """The first sentence of a part that begins with a star is new."""
    new = part.startswith("* ")
    sentences = _sentences(part.removeprefix("* "))
    return [(sentence, new and n == 0) for n, sentence in enumerate(sentences)]


def _sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in split(text, 0, len(text)) if text[start:end].strip()]
