"""A short run of ``tests/serving.py``, and what many small updates leave behind."""

from __future__ import annotations

from pathlib import Path

from indexing import BAKERY, Listening, assert_sound, home, stored, write
from serving import TOWNS, serve, text

from qa.encoder import Encoder
from qa.index import update
from qa.store.reader import Reader


def test_readers_are_right_while_a_writer_works(tmp_path: Path, encoder: Encoder) -> None:
    news, index = tmp_path / "news", tmp_path / "index"
    update([write(news, **{town: text(town, 0) for town in TOWNS[:8]})], index, encoder)
    served = serve(index, 8, 2, 8, news=news)
    assert not served.wrong
    assert served.updates > 1
    assert len(served.times) > 10
    assert_sound(index)


def test_many_small_updates_leave_no_growth(tmp_path: Path, encoder: Encoder) -> None:
    """Two versions by turns, so that what is stored is of one size; a reader keeps its connection meanwhile."""
    index = home(tmp_path, encoder) / "index"
    listening = Listening(encoder)

    def updates(times: int) -> int:
        for n in range(times):
            write(tmp_path / "news", b=BAKERY.replace("2019", f"{2020 + n % 2}"))
            update([tmp_path / "news"], index, listening)
        return sum(path.stat().st_size for path in index.iterdir())

    reader = Reader(index)
    before = updates(20)
    for _ in range(9):
        updates(20)
        with reader.view() as view:
            assert view.passage_count() == 3
    after = updates(20)
    assert after - before < 180 * 500, "the history of commits, of which a thousand are remembered"
    assert stored(index)["news/b.txt"].article.text.endswith("since 2021.")
    assert_sound(index)


def test_a_reader_may_stay_behind_while_generations_pass(tmp_path: Path, encoder: Encoder) -> None:
    index, listening = home(tmp_path, encoder) / "index", Listening(encoder)
    reader = Reader(index)
    with reader.view() as view:
        before = view.articles()
        for year in (2021, 2022, 2023):
            write(tmp_path / "news", b=BAKERY.replace("2019", str(year)))
            update([tmp_path / "news"], index, listening)
            assert view.articles() == before
        assert view.passages(view.lexical(["bakeri"], 5))
    with reader.view() as view:
        assert any("2023" in found.article.text for found in view.articles())
