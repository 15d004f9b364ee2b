"""Passages that were read last: the oldest go first, and those of another generation all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.library import Library
from qa.store import recent
from qa.store.recent import Recent
from qa.store.records import StoredPassage


@pytest.fixture
def passages(library: Library) -> list[StoredPassage]:
    with library.view() as view:
        (one,) = view.passages(view.lexical(["agreement", "اتفاق"], 1))
    return [replace(one, id=id_) for id_ in range(5)]


def test_what_was_asked_for_longest_ago_goes_first(
    passages: list[StoredPassage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "MOST", 3)
    kept = Recent()
    kept.keep("now", passages[:3])
    assert list(kept.of("now", [0, 9])) == [0]
    kept.keep("now", passages[3:])
    assert {*kept.of("now", range(5))} == {0, 3, 4}


def test_another_generation_has_its_own(passages: list[StoredPassage]) -> None:
    kept = Recent()
    kept.keep("then", passages)
    assert kept.of("now", range(5)) == {}
    kept.keep("now", passages[:1])
    assert kept.of("now", range(5)) == {0: passages[0]}
    assert kept.of("then", range(5)) == {}
