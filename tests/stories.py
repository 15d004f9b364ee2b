"""Short news stories in Arabic and English, told for the tests: what the page of an outlet is made around."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Story:
    """``others`` are headlines of other stories, for what stands around this one."""

    lang: str
    title: str
    day: date
    author: str
    outlet: str
    site: str
    heading: str
    paragraphs: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"https://{self.site}/news/{self.day:%Y/%m/%d}/story"

    @property
    def body(self) -> str:
        """All that belongs to the article, its one section heading in the middle."""
        return "\n\n".join((*self.paragraphs[:2], self.heading, *self.paragraphs[2:]))


def stories(lang: str) -> list[Story]:
    """All stories in a language."""
    data = json.loads((Path(__file__).parent / "fixtures" / "stories.json").read_text(encoding="utf-8"))
    return [
        Story(
            **each
            | {
                "day": date.fromisoformat(each["day"]),
                "paragraphs": tuple(each["paragraphs"]),
                "others": tuple(data["others"][lang]),
            }
        )
        for each in data["stories"]
        if each["lang"] == lang
    ]
