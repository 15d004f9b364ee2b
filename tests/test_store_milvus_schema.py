"""What rows hold, and how collections and partitions are called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

pytest.importorskip("pymilvus", reason="isnad-qa[milvus] is not installed")

from hypothesis import given
from hypothesis import strategies as st
from store_conformance import BRIDGE, article

from qa.article import Kept
from qa.errors import IndexDamaged, StoreError
from qa.store.milvus import rows, schema
from qa.store.records import FileState, Known

FILE = FileState("/news/a.txt", 10, 20, "30")


def test_partitions_sort_as_years_do() -> None:
    days = [date(1, 1, 1), date(1899, 12, 31), date(1950, 6, 1), date(2021, 11, 24), date(2100, 1, 1), date.max]
    names = [schema.partition(day.toordinal()) for day in days]
    assert names == ["y1900", "y1900", "y1950", "y2021", "y2100", "y2100"] == sorted(names)
    assert schema.partition(-1) == schema.UNDATED < names[0], "which no days are between"


@given(st.text())
def test_a_text_is_the_sum_of_its_parts(text: str) -> None:
    assert "".join(schema.parts(text * 50)) == text * 50


def test_parts_fit_whatever_they_hold() -> None:
    assert max(len(part.encode()) for part in schema.parts("👍" * 20_000)) < 65_535


def test_collections_are_told_from_those_of_other_indexes() -> None:
    for kind, name in schema.names("news", "0a1b2c3d").items():
        assert schema.epoch_of("news", name) == "0a1b2c3d", kind
        assert schema.epoch_of("new", name) is None
    assert schema.epoch_of("news", "news") is None
    assert schema.epoch_of("news", "news_2024_0a1b2c3d_articles") is None


def test_an_article_comes_back_from_its_row() -> None:
    whole = replace(
        article("a", BRIDGE * 2000, day=date(2021, 3, 5), source="Herald"),
        headings=((0, 3),),
        kept=(Kept(0, 0, 5), Kept(7, 6, 9)),
        author="Nora",
        dated="file",
        url="",
    )
    row = rows.article_row(whole, FILE, 7)
    assert len(row["body"]) > 1
    stored = rows.stored_article(row)
    assert (stored.article, stored.rowid, str(stored.path)) == (whole, 7, FILE.path)
    assert rows.own_day(whole) == -1
    assert rows.known(row | {"pk": 7}, None) == Known(7, "a", FILE, whole.content_hash)
    with pytest.raises(IndexDamaged, match="article a is damaged"):
        rows.stored_article(row | {"body": ["{"]})


def test_what_is_too_long_for_milvus_is_refused() -> None:
    with pytest.raises(StoreError, match="too long for Milvus"):
        rows.article_row(article("a" * (schema.PART + 1), BRIDGE), FILE, 1)


@given(st.text(min_size=1))
def test_every_word_has_a_dimension(term: str) -> None:
    assert 0 <= rows.dimension(term) < 2**32 - 2
    assert rows.dimension(term) == rows.dimension(term)
