"""What a file says of itself before the article begins: YAML front matter, or lines like ``Title: …``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.readers.lines import fold

_FIELDS = {
    fold(key): name
    for name, keys in {
        "title": "title, headline, العنوان, عنوان",
        "date": "date, published, publish date, published at, pubdate, التاريخ, تاريخ, تاريخ النشر",
        "source": "source, publisher, outlet, agency, site, site name, المصدر, الوكالة, الصحيفة, الموقع",
        "url": "url, link, canonical, canonical url, source url, الرابط, رابط",
        "lang": "lang, language, locale, اللغة",
        "author": "author, authors, byline, الكاتب",
        "": "section, category, tags, keywords, description, القسم, الوسوم",
    }.items()
    for key in keys.split(", ")
}

_LINE = re.compile(r"[^\n\r]*(?:\r\n|\n|\r|\Z)")
_PAIR = re.compile(r"\s*([^\W\d][\w -]{0,30})[:：](.*)", re.DOTALL)
_YAML = re.compile(r"(?:\s*#.*|\s+\S.*|-\s.*|[\w-]+\s*:(?:\s.*)?|\s*)")
_FENCE = re.compile(r"-{3,}\s*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Known fields by name (``title date source url lang author``), and the offset where the article begins."""

    fields: Mapping[str, str] = field(default_factory=dict)
    end: int = 0


def find_metadata(raw: str) -> Metadata:
    """The metadata at the head of ``raw``; none is no error."""
    start = len(raw) - len(raw.lstrip())
    return _front_matter(raw, start) or _labelled(raw, start) or Metadata()


def _front_matter(raw: str, start: int) -> Metadata | None:
    first = _line(raw, start)
    if not _FENCE.fullmatch(first):
        return None
    at, fields = start + len(first), dict[str, str]()
    while at < len(raw):
        line = _line(raw, at)
        at += len(line)
        if _FENCE.fullmatch(line):
            return Metadata(fields, at)
        if len(line) > 2000 or not _YAML.fullmatch(line.rstrip()):
            return None
        if not line[0].isspace():
            _note(line, fields)
    return None


def _labelled(raw: str, start: int) -> Metadata | None:
    """Two known labels or more; a single one only if it can hardly be the article's own words."""
    at = end = start
    fields, known = dict[str, str](), 0
    while at < len(raw):
        line = _line(raw, at)
        at += len(line)
        if not line.strip():
            continue
        if not _note(line, fields):
            break
        known, end = known + 1, at
    return Metadata(fields, end) if known > 1 or fields.keys() & {"title", "url"} else None


def _note(line: str, fields: dict[str, str]) -> bool:
    """Keep the value if its label is known and new; say whether the label is known."""
    pair = _PAIR.fullmatch(line) if len(line) <= 2000 else None
    name = _FIELDS.get(fold(pair[1]).replace("_", " ").replace("-", " ")) if pair else None
    if pair is None or name is None:
        return False
    value = pair[2].strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].strip()
    if name and value:
        fields.setdefault(name, value)
    return True


def _line(raw: str, at: int) -> str:
    match = _LINE.match(raw, at)
    assert match is not None
    return match[0]
