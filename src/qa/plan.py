"""What an indexing run would do: `qa index --dry-run`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from pathlib import Path

from qa import corpus
from qa.changes import Fresh, Gone, Progress, Skipped, changes
from qa.store import Articles

NAMED = 10_000
"""Articles of each sort that a plan names: a file may have a million."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an indexing run would do, by article ids: the first ``NAMED`` of each sort, and ``counts`` of all."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    counts: tuple[int, int, int]
    unchanged: int
    skipped: tuple[tuple[Path, str], ...]
    ignored: Counter[str]


def plan(
    listing: corpus.Listing,
    stored: Articles,
    left_out: Set[str],
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Plan:
    """What indexing the ``listing``, less what is ``left_out``, would do to what is ``stored``."""
    progress = Progress(tell=tell)
    added, updated, removed, skipped = _Named(), _Named(), _Named(), list[tuple[Path, str]]()
    for change in changes(listing, stored, progress, left_out):
        match change:
            case Fresh():
                (updated if change.replaces else added).add(change.article.id)
                progress.advance()
            case Gone():
                removed.add(change.known.id)
            case Skipped():
                skipped.append((change.path, change.reason))
    return Plan(
        added=tuple(added.ids),
        updated=tuple(updated.ids),
        removed=tuple(removed.ids),
        counts=(added.count, updated.count, removed.count),
        unchanged=stored.article_count() - updated.count - removed.count,
        skipped=tuple(skipped),
        ignored=listing.ignored,
    )


@dataclass(slots=True)
class _Named:
    ids: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, id_: str) -> None:
        self.count += 1
        if self.count <= NAMED:
            self.ids.append(id_)
