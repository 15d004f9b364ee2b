from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from indexing import BAKERY, STORM, Listening, home, python, write

from qa.encoder import Encoder
from qa.encoder.words import DIM, encode_words
from qa.errors import IndexDamaged
from qa.index import update
from qa.language.analyse import analyse
from qa.store.database import DATABASE
from qa.store.reader import Reader

REMOVE = """\
import sys
from pathlib import Path
from qa.store.writer import open_writer
with open_writer(Path(sys.argv[1])) as writer:
    writer.remove([known.rowid for known in writer.known() if known.id == sys.argv[2]])
    writer.commit()
"""


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Reader:
    """Of an index that no test writes to."""
    return Reader(home(tmp_path_factory.mktemp("shared"), encoder) / "index")


@pytest.mark.parametrize("column", ["sentence_vectors", "senses"])
def test_a_passage_with_too_few_vectors_is_damaged(index: Path, column: str) -> None:
    with closing(sqlite3.connect(index / DATABASE)) as db, db:
        db.execute(f"UPDATE passages SET {column} = substr({column}, 2) WHERE terms LIKE '%bakeri%'")
    with Reader(index).view() as view, pytest.raises(IndexDamaged, match=r"^passage \d+ is damaged[^\n]*for each"):
        view.passages(view.lexical(["bakeri"], 10))


# One generation -------------------------------------------------------------------------------------------


def test_a_view_stays_as_it_was_while_another_process_commits(index: Path, encoder: Encoder) -> None:
    reader = Reader(index)
    with reader.view() as view:
        question = view.background.centre_questions(encoder.encode_queries(["Which bakery won?"]), "en")[0]
        before = view.dense(question, 10), view.lexical(["bakeri"], 10), view.articles()
        assert before[0][0][0] == before[1][0]
        with python(REMOVE, index, "news/b.txt") as other:
            assert other.wait() == 0
        assert (view.dense(question, 10), view.lexical(["bakeri"], 10), view.articles()) == before
        assert view.passages(before[1])
        assert len(view.passages([id_ for id_, _ in before[0]])) == view.passage_count() == len(before[0])
    with reader.view() as view:
        assert view.lexical(["bakeri"], 10) == []
        assert view.passages(before[1]) == []
        assert {a.article.id for a in view.articles()} == {"news/a.txt", "news/c.txt"}
        assert before[1][0] not in dict(view.dense(question, 10))


def test_threads_share_a_reader_while_there_is_writing(index: Path, encoder: Encoder) -> None:
    reader = Reader(index)
    listening = Listening(encoder)
    vector = encoder.encode_queries(["storm"])[0]
    ended = threading.Event()
    seen: set[int] = set()

    def ask() -> int:
        asked = 0
        while not ended.is_set():
            with reader.view() as view:
                ids = [id_ for id_, _ in view.dense(vector, 1000)]
                passages = view.passages(ids)
                articles = {article.rowid for article in view.articles()}
                assert len(ids) == len(passages) == view.passage_count()
                assert {passage.article for passage in passages} == articles
                assert {*view.lexical(["bakeri", "storm", "bridg"], 1000)} <= {*ids}
                seen.add(len(articles))
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        try:
            for _ in range(4):
                update([write(index.parent / "news", d=STORM)], index, listening)
                (index.parent / "news" / "d.txt").unlink()
                update([index.parent / "news"], index, listening)
        finally:
            ended.set()
        assert all(future.result() for future in asking)
    assert seen == {3, 4}


def test_a_failing_request_does_not_spoil_the_next(reader: Reader) -> None:
    with pytest.raises(ZeroDivisionError), reader.view():
        raise ZeroDivisionError
    with reader.view() as view:
        assert len(view.articles()) == 3


# What is asked --------------------------------------------------------------------------------------------


def test_passages_come_in_the_order_asked_for(reader: Reader, encoder: Encoder) -> None:
    with reader.view() as view:
        ids = sorted(id_ for id_, _ in view.dense(encoder.encode_queries(["bridge"])[0], 100))
        assert [p.id for p in view.passages(ids[::-1])] == ids[::-1]
        assert [p.id for p in view.passages([10**9, ids[1], -1, ids[0]])] == [ids[1], ids[0]]
        assert view.passages([]) == []


def test_of_a_small_index_what_was_read_is_known_until_the_next_generation(
    index: Path, tmp_path: Path, encoder: Encoder
) -> None:
    reader = Reader(index)
    with reader.view() as view:
        view.read_ahead(["bakeri"], 10)
        ids = view.lexical(["bakeri", "storm", "bridg"], 10)
        before = view.passages(ids)
        articles = view.articles_of([passage.article for passage in before])
    with reader.view() as view:
        assert all(one is same for one, same in zip(view.passages(ids), before, strict=True))
        assert view.article(before[0].article) is articles[0]
    update([write(tmp_path / "more", quay="The quay was painted.")], index, Listening(encoder))
    with reader.view() as view:
        after = view.passages(ids)
    assert [one.id for one in after] == ids
    assert not any(one is same for one, same in zip(after, before, strict=True))


def test_of_a_large_index_it_is_known_in_its_view(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.store.reader._SMALL", 1)
    with reader.view() as view:
        view.read_ahead(["bakeri"], 10)
        (passage,) = view.passages(view.lexical(["bakeri"], 10))
        assert view.passages([passage.id]) == [passage]
    with reader.view() as view:
        assert view.passages([passage.id])[0] is not passage


def test_damage_that_is_read_ahead_is_told_to_who_asks_for_it(index: Path) -> None:
    with sqlite3.connect(index / DATABASE) as db:
        db.execute("UPDATE passages SET sentences = 'torn' WHERE terms LIKE '%bakeri%'")
    with Reader(index).view() as view:
        view.read_ahead(["bakeri"], 10)
        with pytest.raises(IndexDamaged, match="passage"):
            view.passages(view.lexical(["bakeri"], 10))


def test_articles_come_newest_first(tmp_path: Path, encoder: Encoder) -> None:
    news = write(
        tmp_path / "news",
        a=f"Date: 2021-03-05\n\n{BAKERY}",
        b=BAKERY,
        c=f"Date: 2024-01-31\n\n{BAKERY}",
    )
    update([news], tmp_path / "index", Listening(encoder))
    with Reader(tmp_path / "index").view() as view:
        articles = view.articles()
        assert [article.article.id[5] for article in articles] == ["c", "a", "b"]
        days = [str(article.article.date) for article in articles]
        assert days == [
            "2024-01-31",
            "2021-03-05",
            str(date.today()),
        ]
        assert all(view.article(article.rowid) == article for article in articles)


def test_words_are_found_in_both_scripts(reader: Reader) -> None:
    def found(question: str) -> set[str]:
        with reader.view() as view:
            terms = [token.term for token in analyse(question)]
            return {view.article(p.article).article.id for p in view.passages(view.lexical(terms, 10))}

    assert found("BRIDGES") == found("U.S. engineers") == found("3.5") == {"news/a.txt"}
    assert found("the bakers’ prizes") == {"news/b.txt"}
    assert found("المهرجانُ والموسيقى") == {"news/c.txt"}
    assert found("of the") == found("zebra") == set()


def test_the_best_passage_for_words_is_first(reader: Reader) -> None:
    with reader.view() as view:
        first, *_ = view.lexical(["rye", "bread", "open"], 10)
        assert view.article(view.passages([first])[0].article).article.id == "news/b.txt"
        assert len(view.lexical(["rye", "bridg"], 1)) == 1


def test_frequencies_are_of_passages(reader: Reader) -> None:
    with reader.view() as view:
        frequencies = view.document_frequencies(["bridg", "3.5", "مهرج", "zebra"])
        assert frequencies == {term: len(view.lexical([term], 100)) for term in frequencies}
        assert frequencies["bridg"] >= 1
        assert frequencies["zebra"] == 0
        assert view.document_frequencies([]) == {}


def test_a_word_is_found_in_the_other_language(reader: Reader) -> None:
    with reader.view() as view:
        assert view.languages() == {"ar", "en"}
        words = view.background.centre_words(encode_words(["نهر", "مهندس", "خبز"]), "ar")
        found = view.similar_words(words, "en", 5)
        assert [max(near, key=lambda term: near[term]) for near in found] == ["river", "engin", "bread"]
        assert all(len(near) == 5 for near in found)
        assert all(-1.01 < cosine < 1.01 for near in found for cosine in near.values())


MANY = 1500
"""More than the 999 values that SQLite once allowed in a statement, and than a question has words."""


def test_a_request_may_name_very_many_words_and_passages(reader: Reader) -> None:
    terms = [f"term{n}" for n in range(MANY)] + ["bakeri"]
    with reader.view() as view:
        (id_,) = view.lexical(terms, 10)
        assert [passage.id for passage in view.passages([*range(10**6, 10**6 + MANY), id_])] == [id_]
        assert view.document_frequencies(terms)["bakeri"] == 1
        words = np.random.default_rng(1).standard_normal((MANY, DIM), np.float32)
        assert len(view.similar_words(words, "en", 20)) == MANY


PIECES = st.sampled_from(
    [
        *"U.S. J.K. 3.5 1,299.75 ٣٫٥ ١٬٢٠٠ 5% state-of-the-art O'Neil baker’s 'quoted' \"NEAR\" AND OR NOT".split(),
        *'NEAR(a b) terms:x ^a a* -a +a {a b} "" "a"b "; .. ... . .5 5. a.b www.a.com/b?c a@b.c #tag'.split(),
        *"«اقتباس» إِنَّ الكِتَابَ ـــ لـ ﷺ ﻻ والمهرجانات؟ ؛ ، ق.م. 1299م. پاکستان ٪ גל ½ ① ﬁ ſ İ ß Ⅳ ｆｕｌｌ".split(),
        *["\u200f", "\u200d", "\ufeff", "\u0301", "\u064b", "\ufe0f", "\ud800", "\0", "\n", "👨‍👩‍👧", "🇲🇦", "👍🏽"],
        *["a" * 99, "م" * 100, "9" * 100, "𝟘𝟙", "中文", "한국어", "ไทย", "हिन्दी"],
    ]
)


@given(st.lists(PIECES | st.characters(), max_size=30).map("".join) | st.lists(PIECES, max_size=12).map(" ".join))
@example('"')
@example("a\"b 'c' d.e.")
def test_no_text_breaks_a_search_for_its_words(reader: Reader, text: str) -> None:
    terms = [token.term for token in analyse(text)]
    with reader.view() as view:
        ids = view.lexical(terms, 10)
        assert len(view.passages(ids)) == len(ids)
        frequencies = view.document_frequencies(terms)
        assert bool(ids) == any(frequencies.values())


def test_a_file_is_read_once_for_a_generation(
    index: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Reader(index)
    vector, word = encoder.encode_queries(["bridge"])[0], encode_words(["bridge"])
    with reader.view() as view:
        before = view.dense(vector, 10), view.similar_words(word, "en", 5)
    for file in index.glob("*.faiss"):
        file.unlink()
    with reader.view() as view:
        assert (view.dense(vector, 10), view.similar_words(word, "en", 5)) == before
    assert not caplog.messages


# Lists ----------------------------------------------------------------------------------------------------


def test_the_newest_come_first_and_without_their_texts(reader: Reader) -> None:
    with reader.view() as view:
        listed = view.newest(10)
        assert [entry.id for entry in listed] == [a.article.id for a in view.articles()]
        assert view.newest(1, 1) == listed[1:2]
        assert listed[0].title == view.articles()[0].article.title
        assert view.newest(5, 3) == []


def test_an_article_is_found_by_its_id_or_its_row(reader: Reader) -> None:
    with reader.view() as view:
        stored = view.articles()[0]
        assert view.find(id=stored.article.id) == view.find(rowid=stored.rowid) == stored
        assert view.find(id="news/none.txt") is view.find(rowid=99) is None


def test_sources_are_counted(reader: Reader) -> None:
    with reader.view() as view:
        assert view.sources() == [("", 3, None)]
