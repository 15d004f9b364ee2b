"""Links to citations: they lead to the words that were quoted, or say that these are gone."""

from __future__ import annotations

import zlib
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.link import LONGEST, article_path, checksum, citation_path, find_quote

TEXT = "The bridge is open. It cost 3 million.\n\nIt rained. It rained. الجسر مفتوح الآن."


def where(quote: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(quote)
    return start, start + len(quote)


def test_the_link_as_it_is_documented() -> None:
    quote = "أعيد افتتاح الجسر."
    assert citation_path("news/جسر.jsonl#7", 12, 30, quote) == (
        f"/articles/news/%D8%AC%D8%B3%D8%B1.jsonl%237?start=12&end=30&check={zlib.crc32(quote.encode()):08x}#quote"
    )


@pytest.mark.parametrize("id_", ["a//b", "a/../b", "../a", "a/./b", "/a", "a/"])
def test_slashes_that_would_be_tidied_away_are_encoded(id_: str) -> None:
    assert article_path(id_) == f"/articles/{id_.replace('/', '%2F')}"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_id_survives_the_way_there_and_back(id_: str) -> None:
    path = urlsplit(article_path(id_)).path
    assert path.isascii()
    assert unquote(path.removeprefix("/articles/")) == id_


def test_a_quote_is_found_where_the_link_says() -> None:
    for quote in ("It cost 3 million.", "الجسر مفتوح الآن."):
        place = where(quote)
        assert find_quote(TEXT, *place) == find_quote(TEXT, *place, checksum(quote)) == place


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5), (0, len(TEXT) + 1), (10**9, 10**9 + 1)])
def test_there_is_nothing_at_a_place_that_is_none(start: int, end: int) -> None:
    assert find_quote(TEXT, start, end) is None
    assert find_quote(TEXT, start, end, "00000000") is None


def test_a_quote_that_has_moved_is_found_again_at_the_nearest_place() -> None:
    quote = "It rained."
    first, second = where(quote)[0], where(f" {quote} ال")[0] + 1
    assert find_quote(TEXT, first - 5, first + 5, checksum(quote)) == (first, first + 10)
    assert find_quote(TEXT, second + 5, second + 15, checksum(quote)) == (second, second + 10)
    opening = "The bridge"
    assert find_quote(TEXT, 30, 40, checksum(opening)) == (0, 10)


def test_a_quote_that_is_gone_is_not_marked_elsewhere() -> None:
    assert find_quote(TEXT, 0, 10, checksum("No bridge!")) is None
    assert find_quote("x" * 3 * LONGEST, 0, LONGEST + 1, "00000000") is None
