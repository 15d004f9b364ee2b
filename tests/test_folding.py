"""Passages that say the same: which of them leads, and where the others stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from corpora import index_of

from qa.encoder import Encoder
from qa.library import Library
from qa.query import make_query
from qa.search import search

TUNNEL = (
    "The harbour tunnel of Marsa opened to traffic on Sunday after nine years of work. "
    "It has two lanes in each direction under the old quay and shortens the way to the airport by half an hour. "
    "The ferry that had crossed the harbour since 1931 was closed on the same day, and its boats went to a museum."
)
TOLL = " Drivers of lorries pay a toll of forty crowns at the northern gate."
PARK = (
    "\n\nIn the former dock of the navy the city plans a park, a school of sailing and a small hall for concerts. "
    "None of them has been paid for so far, as the treasurer pointed out in a letter to the council. "
    "It was read aloud in a long and noisy session last Tuesday evening before hundreds of citizens, who whistled. "
    "The mayor promised to answer each of them by hand before the summer."
)
FILES = {"a-wire.txt": TUNNEL + PARK, "brief.txt": TUNNEL, "long.txt": TUNNEL + TOLL}

Found = Callable[[str], list[tuple[str, list[str]]]]


@pytest.fixture(scope="module")
def found(seed_index: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """The articles of the passages found for a question, each with those of its copies."""
    library = Library.open(index_of(FILES, seed_index, encoder, tmp_path_factory.mktemp("same")))

    def ask(text: str) -> list[tuple[str, list[str]]]:
        with library.store.view() as view:
            hits = search(make_query(text, library.encoder, view), view, limit=10)
            names = {stored.rowid: Path(stored.article.id).stem for stored in view.articles()}
        return [(names[hit.passage.article], [names[copy.article] for copy in hit.copies]) for hit in hits]

    return ask


def test_the_shortest_article_that_answers_leads(found: Found) -> None:
    (first, copies), (second, _), *_ = found("When did the harbour tunnel of Marsa open to traffic?")
    assert (first, copies) == ("brief", ["a-wire"])
    assert second == "long"  # has more to say, and stays for itself


def test_what_only_the_longer_one_says_keeps_it_in_front(found: Found) -> None:
    first, copies = found("How much is the toll for lorries at the northern gate?")[0]
    assert first == "long"
    assert set(copies) == {"brief", "a-wire"}


def test_scores_still_fall(seed_index: Path, encoder: Encoder, tmp_path: Path) -> None:
    library = Library.open(index_of(FILES, seed_index, encoder, tmp_path))
    with library.store.view() as view:
        asked = make_query("When did the tunnel open?", library.encoder, view)
        scores = [hit.score for hit in search(asked, view, limit=10)]
        shortest = search(asked, view, limit=1)
        names = {stored.rowid: Path(stored.article.id).stem for stored in view.articles()}
    assert scores == sorted(scores, reverse=True)
    assert len(shortest) == 1
    assert names[shortest[0].passage.article] in {"brief", "a-wire"}
