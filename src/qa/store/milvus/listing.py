"""Lists of articles in Milvus: those with the same text are one, led by the first that was indexed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from qa.store.milvus import rows
from qa.store.milvus.connection import Row, listed, quoted
from qa.store.records import Choice, Listed

RECENT = (7, 60, 400, 4000)
"""Days in which the newest articles are looked for, before all are."""

SOME = 100
"""Texts whose articles are asked for at once."""

Read = Callable[[str], list[Row]]
"""Gives the rows of the articles of which a condition is true, with what lists show (``rows.LISTED``)."""


def newest(read: Read, limit: int, offset: int) -> list[Listed] | None:
    """As ``View.newest``; None where so many are not to be had without reading all."""
    today = date.today().toordinal()
    for days in RECENT:
        found = read(f'day >= {today - days} and dated != "file"')
        if len(found) >= offset + limit:
            firsts: list[Listed] = []
            for some in _leading(read, found):
                firsts += some
                if len(firsts) >= offset + limit:
                    return firsts[offset : offset + limit]
    return None


def browse(every: Iterable[Row], choice: Choice, limit: int, offset: int) -> tuple[list[Listed], int]:
    """As ``View.browse``, of the rows of all articles."""
    texts = _by_text(every)
    lets_through = (next((row for row in some if _is(row, choice)), None) for some in texts.values())
    chosen = sorted(filter(None, lets_through), key=rows.newest_first)
    page = chosen[offset : None if limit < 0 else offset + limit]
    return [_folded(row, texts) for row in page], len(chosen)


def listed_of(read: Read, rowids: Sequence[int]) -> list[Listed]:
    """As ``View.listed``."""
    found = {row["number"]: row for row in read(f"number in {listed(rowids)}")} if rowids else {}
    return [rows.listed(found[rowid]) for rowid in rowids if rowid in found]


def copies(read: Read, rowids: Sequence[int]) -> dict[int, tuple[Listed, ...]]:
    """As ``View.copies``."""
    asked = read(f"number in {listed(rowids)}") if rowids else []
    texts = _texts_of(read, asked)
    found = {row["number"]: _folded(row, texts).also for row in asked}
    return {rowid: others for rowid, others in found.items() if others}


def counts(every: Iterable[Row]) -> tuple[dict[str, int], int]:
    """How many articles there are in each language, the most first, and how many copies of them besides."""
    languages, stored = defaultdict[str, int](int), 0
    for some in _by_text(every).values():
        languages[some[0]["lang"]] += 1
        stored += len(some)
    ordered = dict(sorted(languages.items(), key=lambda item: (-item[1], item[0])))
    return ordered, stored - sum(ordered.values())


def sources(every: Iterable[Row]) -> list[tuple[str, int, date | None]]:
    """As ``View.sources``."""
    days, texts = defaultdict[str, int](lambda: -1), defaultdict[str, set[str]](set)
    for row in every:
        source = row["source"]
        texts[source].add(rows.text_of(row))
        days[source] = max(days[source], -1 if row["dated"] == "file" else row["day"])
    return [
        (source, len(texts[source]), date.fromordinal(days[source]) if days[source] >= 0 else None)
        for source in sorted(texts, key=lambda source: (-len(texts[source]), source))
    ]


def _leading(read: Read, found: Sequence[Row]) -> Iterator[list[Listed]]:
    """Those of ``found`` that lead the articles with their text, some at a time, newest first."""
    ordered = sorted(found, key=rows.newest_first)
    for at in range(0, len(ordered), SOME):
        some = ordered[at : at + SOME]
        texts = _texts_of(read, some)
        yield [_folded(row, texts) for row in some if row["number"] == _number(texts[rows.text_of(row)][0])]


def _texts_of(read: Read, some: Sequence[Row]) -> Mapping[str, list[Row]]:
    """All articles with the texts of ``some``, by text."""
    keys = sorted({rows.text_of(row) for row in some})
    any_of = " or ".join(f"hash like {quoted(f'{key}%')}" for key in keys)
    return _by_text(read(f"({any_of})") if keys else [])


def _by_text(found: Iterable[Row]) -> Mapping[str, list[Row]]:
    """``found`` by text, the first indexed first."""
    texts = defaultdict[str, list[Row]](list)
    for row in sorted(found, key=_number):
        texts[rows.text_of(row)].append(row)
    return texts


def _folded(row: Row, texts: Mapping[str, list[Row]]) -> Listed:
    others = (other for other in texts[rows.text_of(row)] if other["number"] != row["number"])
    return replace(rows.listed(row), also=tuple(map(rows.listed, others)))


def _is(row: Row, choice: Choice) -> bool:
    day = -1 if row["dated"] == "file" else row["day"]
    return (
        (not choice.lang or row["lang"] == choice.lang)
        and choice.source.casefold() in row["source"].casefold()
        and (not choice.since or day >= choice.since.toordinal())
        and (not choice.until or 0 <= day <= choice.until.toordinal())
    )


def _number(row: Row) -> int:
    return int(row["number"])
