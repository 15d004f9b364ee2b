"""robots.txt (RFC 9309): what a site asks programs to leave alone, and how often they may come.

The standard library's parser takes the first rule that matches and knows no wildcards; sites write for the
longest rule and with wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

MAX_BYTES = 500 * 1024
"""As much as the standard asks to read."""

LONGEST_DELAY = 30.0


_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Robots:
    """``rules``: patterns of paths with whether they are allowed. ``delay``: seconds between two visits."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allows(self, path: str) -> bool:
        """Whether a path with its query may be fetched: by the longest rule that matches, the kinder of two."""
        path = _plain(path)
        if path == "/robots.txt":
            return True
        matching = ((len(pattern), allowed) for pattern, allowed in self.rules if _matches(pattern, path))
        return max(matching, default=(0, True))[1]


def parse(text: str, agent: str) -> Robots:
    """What ``text`` says to ``agent`` (a product name, in lower case), or to all where it does not name it."""
    groups: dict[str, list[tuple[str, str]]] = {}
    naming: list[str] = []
    begun = True
    for field, value in _fields(text):
        if field == "user-agent":
            naming = [] if begun else naming
            begun = False
            name = re.split(r"[/\s]", value.lower(), maxsplit=1)[0]
            naming.append(name)
            groups.setdefault(name, [])
        elif field in ("allow", "disallow", "crawl-delay"):
            begun = True
            for name in naming:
                groups[name].append((field, value))
    said = groups.get(agent, groups.get("*", []))
    rules = tuple((_plain(value), field == "allow") for field, value in said if value and field != "crawl-delay")
    delays = [float(value) for field, value in said if field == "crawl-delay" and _NUMBER.fullmatch(value)]
    return Robots(rules, min(LONGEST_DELAY, max(delays, default=0.0)))


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield field.strip().lower(), value.strip()


def _plain(path: str) -> str:
    """A path in one way of writing it: as few percent signs as can be."""
    return quote(unquote(path), safe="/*$?&=:;@!'()+,~%")


def _matches(pattern: str, path: str) -> bool:
    """Whether ``pattern`` matches the beginning of ``path``; by plain searches, so that none takes for ever."""
    whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = rest.pop() if rest and whole else None
    for part in rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= at
    return not whole or at == len(path)
