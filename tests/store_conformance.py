"""What every store must do, whatever keeps it. A store's own test file subclasses ``StoreConformance``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indexing import Listening

from qa.article import Article, Kept
from qa.centring import Background, background
from qa.encoder import Encoder
from qa.encoder.words import encode_words
from qa.encoding import encode_articles, learn_words
from qa.errors import IndexLocked, IndexMismatch, IndexMissing
from qa.index import configure
from qa.language.script import language
from qa.passage import reading
from qa.store import Articles, Store, View, Writer
from qa.store.records import ALL, By, Choice, EncodedArticle, FileState, Filter, Listed, Vectors

BRIDGE = "The old bridge over the river opened on Monday. It cost 3.5 million dollars."
BAKERY = "The bakery in Mill Street won the prize for its rye bread."
STORM = "A storm passed over the valley. The apple orchards were spared."
FESTIVAL = "افتتح مهرجان الموسيقى في المدينة القديمة يوم الخميس. وحضر الحفل ألفا متفرج."

Open = Callable[[], Store]


def article(id_: str, text: str, *, day: date | None = None, source: str = "") -> Article:
    return Article(
        id=id_,
        title=f"About {id_}",
        text=text,
        date=day,
        lang=language(text),
        source=source,
        url=f"https://example.org/{id_}",
        headings=(),
        kept=(Kept(0, 0, len(text)),),
    )


class StoreConformance:
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Open:
        """Gives the same store, opened once more, each time it is called; at first it is not there."""
        raise NotImplementedError

    @pytest.fixture
    def encoder(self, encoder: Encoder) -> Listening:
        return Listening(encoder)

    @pytest.fixture
    def store(self, open_store: Open, encoder: Encoder) -> Store:
        """Three articles, in two languages."""
        with open_store().writer() as writer:
            configure(writer, encoder)
            add(writer, encoder, article("a", BRIDGE, day=date(2021, 3, 5), source="Herald"))
            add(writer, encoder, article("b", BAKERY, day=date(2024, 1, 31), source="Herald"))
            add(writer, encoder, article("c", FESTIVAL))
            writer.commit()
        return open_store()

    # Reading back

    def test_there_is_none(self, open_store: Open) -> None:
        with pytest.raises(IndexMissing, match=r"^[^\n]+$"), open_store().view():
            pass
        with pytest.raises(IndexMissing, match=r"^[^\n]+$"):
            _ = open_store().settings

    def test_what_was_added_comes_back(self, store: Store, encoder: Listening) -> None:
        with store.view() as view:
            assert [stored.article.id for stored in view.articles()] == ["b", "a", "c"], "newest first"
            assert view.languages() == {"ar", "en"}
            assert view.passage_count() == 3
            for stored in view.articles():
                assert view.article(stored.rowid) == stored
                assert stored.article == article(
                    stored.article.id, stored.article.text, day=stored.article.date, source=stored.article.source
                )
                assert stored.content_hash == stored.article.content_hash
                assert stored.path == Path(stored.article.id)
            view.read_ahead(["bakeri"], 10)
            (bakery,) = view.passages(view.lexical(["bakeri"], 10))
            (given_passage,) = next(encode_articles(encoder, [article("b", BAKERY)]))
            assert bakery.lang == "en"
            assert bakery.encoded.sentences == given_passage.sentences
            assert bakery.encoded.terms == given_passage.terms
            assert np.abs(bakery.encoded.vector - given_passage.vector).max() < 1e-6
            assert np.abs(bakery.encoded.sentence_vectors - given_passage.sentence_vectors).max() < 1e-3
            assert bakery.encoded.senses.dtype == np.int8
            assert np.array_equal(bakery.encoded.senses, given_passage.senses)
            assert len(bakery.encoded.senses) == 1 + len(bakery.encoded.sentences) >= 2
            assert [(known.rowid, known.id) for known in view.known()] == sorted(
                (stored.rowid, stored.article.id) for stored in view.articles()
            )
            assert view.article(bakery.article).article.text == BAKERY
            title = view.article(bakery.article).article.title
            read = view.readings(bakery.article)[reading(title, BAKERY, bakery.encoded.sentences)]
            assert np.abs(read.vectors[0] - bakery.encoded.vector).max() < 1e-6
            assert np.abs(read.vectors[1:] - bakery.encoded.sentence_vectors).max() < 1e-6
            for held in (read, bakery.encoded):
                assert held.counts == given_passage.counts
                assert np.array_equal(held.tokens, given_passage.tokens)
            assert view.readings(10**6) == {}

    @pytest.mark.parametrize(
        "text", ["\0 a NUL", "e\u0301 \u200f\u2067ab\u2069", "ﻻ ـــ ٣٫٥ 👨‍👩‍👧", "a\r\nb\t\u2028"]
    )
    def test_text_comes_back_character_for_character(
        self, open_store: Open, store: Store, encoder: Encoder, text: str
    ) -> None:
        with open_store().writer() as writer:
            add(writer, encoder, article("odd", f"Begin. {text} end."))
            writer.commit()
        assert texts(store)["odd"] == f"Begin. {text} end."

    def test_settings_come_back(self, store: Store, encoder: Encoder) -> None:
        assert store.settings["fingerprint"] == encoder.fingerprint
        assert store.settings["dim"] == str(encoder.dim)
        with store.view() as view:
            same_background(view.background, background(encoder))

    # Searching

    def test_the_nearest_come_first(self, store: Store, encoder: Encoder) -> None:
        with store.view() as view:
            found = view.dense(question(view, encoder, "Which bakery won?"), 10)
            assert ids(view, [id_ for id_, _ in found])[0] == "b"
            assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
            assert len(found) == 3
            assert view.dense(question(view, encoder, "Which bakery won?"), 1) == found[:1]
            for passage in view.passages([id_ for id_, _ in found]):
                own = view.background.centre_passages(passage.encoded.vector[None, :], passage.lang)[0]
                ((nearest, score),) = view.dense(own, 1)
                assert nearest == passage.id
                assert abs(score - 1) < 1e-2

    def test_words_are_found(self, store: Store) -> None:
        with store.view() as view:
            assert ids(view, view.lexical(["prize", "bread", "bridg"], 10)) == ["b", "a"]
            assert len(view.lexical(["prize", "bridg"], 1)) == 1
            assert ids(view, view.lexical(["3.5"], 10)) == ["a"]
            assert view.lexical(["zebra"], 10) == view.lexical([], 10) == []
            assert view.document_frequencies(["bridg", "zebra"]) == {"bridg": 1, "zebra": 0}
            assert view.document_frequencies([]) == {}

    def test_similar_words_are_of_the_language_asked_for(self, store: Store) -> None:
        with store.view() as view:
            words = view.background.centre_words(encode_words(["نهر", "خبز"]), "ar")
            found = view.similar_words(words, "en", 3)
            assert [max(near, key=lambda term: near[term]) for near in found] == ["river", "bread"]
            assert [len(near) for near in found] == [3, 3]

    @pytest.mark.parametrize(
        ("only", "expected"),
        [
            (Filter(lang="ar"), "c"),
            (Filter(since=date(2021, 3, 5)), "ab"),
            (Filter(since=date(2021, 3, 6)), "b"),
            (Filter(until=date(2021, 3, 5)), "a"),
            (Filter(source="Herald", until=date(2023, 1, 1)), "a"),
            (Filter(article="c"), "c"),
            (Filter(source="Nobody"), ""),
        ],
    )
    def test_only_what_a_filter_lets_through(
        self, store: Store, encoder: Encoder, only: Filter, expected: str
    ) -> None:
        with store.view() as view:
            vector = question(view, encoder, "What happened?")
            assert "".join(sorted(ids(view, [id_ for id_, _ in view.dense(vector, 10, only)]))) == expected
            terms = ["bridg", "bakeri", "مهرج"]
            assert "".join(sorted(ids(view, view.lexical(terms, 10, only)))) == expected

    def test_articles_are_listed_in_the_order_asked_for(self, store: Store) -> None:
        with store.view() as view:
            rowids = [stored.rowid for stored in view.articles()]
            for order in (rowids, rowids[::-1]):
                listed = view.listed([*order, 10**9])
                assert [article.rowid for article in listed] == order
                for article in listed:
                    stored = view.article(article.rowid).article
                    assert (article.id, article.title, article.date) == (stored.id, stored.title, stored.date)
                    assert (article.dated, article.source, article.url) == (stored.dated, stored.source, stored.url)
            assert view.listed([]) == []

    # Copies

    def test_articles_with_the_same_text_are_one(self, open_store: Open, store: Store, encoder: Encoder) -> None:
        """The first that was indexed leads, wherever the others stand by their days."""
        with open_store().writer() as writer:
            add(writer, encoder, copy_of("a2", BRIDGE, day=date(2023, 1, 1), source="Tribune"))
            add(writer, encoder, copy_of("c2", FESTIVAL, day=date(2022, 1, 1), source="المدينة"))
            add(writer, encoder, copy_of("a3", BRIDGE.replace(". ", ".\n"), source="Herald"))
            writer.commit()
        for opened in (store, open_store()):
            with opened.view() as view:
                assert folds(view.newest(10)) == ["b", "a a2 a3", "c c2"]
                assert [(one.id, one.title, one.source) for one in view.newest(2)[1].also] == [
                    ("a2", "Also a2", "Tribune"),
                    ("a3", "Also a3", "Herald"),
                ]
                assert {one.id: one.file for one in view.newest(2)[1].also} == {"a2": "a2", "a3": "a3"}
                assert view.passage_count() == 6, "each is there to be found"
                assert view.sources() == [
                    ("Herald", 2, date(2024, 1, 31)),
                    ("", 1, None),
                    ("Tribune", 1, date(2023, 1, 1)),
                    ("المدينة", 1, date(2022, 1, 1)),
                ]
                rowids = {known.id: known.rowid for known in view.known()}
                copies = view.copies([rowids["a2"], rowids["b"], rowids["c"], 10**9])
                assert {rowid: [one.id for one in others] for rowid, others in copies.items()} == {
                    rowids["a2"]: ["a", "a3"],
                    rowids["c"]: ["c2"],
                }
                assert view.copies([]) == {}

    def test_pages_of_articles_have_each_once(self, open_store: Open, store: Store, encoder: Encoder) -> None:
        with open_store().writer() as writer:
            for n in range(3):
                add(writer, encoder, copy_of(f"a{n}", BRIDGE, day=date(2025, 1, n + 1)))
                add(writer, encoder, copy_of(f"d{n}", STORM, day=date(2020, 1, n + 1)))
            writer.commit()
        with store.view() as view:
            pages = [[one.id for one in view.newest(1, n)] for n in range(5)]
            assert pages == [["b"], ["a"], ["d0"], ["c"], []]
            assert [(folds(found), total) for found, total in (view.browse(ALL, 3, n) for n in (0, 3))] == [
                (["b", "a a0 a1 a2", "d0 d1 d2"], 4),
                (["c"], 4),
            ]

    @pytest.mark.parametrize(
        ("choice", "expected"),
        [
            (ALL, ["b", "a a2", "c c2"]),
            (Choice(source="TRIB"), ["a2 a"]),
            (Choice(source="herald"), ["b", "a a2"]),
            (Choice(since=date(2022, 1, 1)), ["b", "a2 a", "c2 c"]),
            (Choice(until=date(2022, 1, 1)), ["c2 c", "a a2"]),
            (Choice(lang="ar"), ["c c2"]),
            (Choice(lang="ar", source="tribune"), []),
        ],
    )
    def test_a_choice_is_met_by_any_of_its_sources(
        self, open_store: Open, store: Store, encoder: Encoder, choice: Choice, expected: list[str]
    ) -> None:
        with open_store().writer() as writer:
            add(writer, encoder, copy_of("a2", BRIDGE, day=date(2023, 1, 1), source="Tribune"))
            add(writer, encoder, copy_of("c2", FESTIVAL, day=date(2022, 1, 1)))
            writer.commit()
        with store.view() as view:
            found, total = view.browse(choice)
            assert (folds(found), total) == (expected, len(expected))
            assert view.browse(choice, 1, 1) == (found[1:2], total)

    def test_a_copy_stays_when_the_other_goes(self, open_store: Open, store: Store, encoder: Encoder) -> None:
        with open_store().writer() as writer:
            add(writer, encoder, copy_of("a2", BRIDGE, day=date(2023, 1, 1)))
            writer.commit()
            (first,) = (known.rowid for known in writer.known() if known.id == "a")
            writer.remove([first])
            add(writer, encoder, article("a", STORM, day=date(2021, 3, 5)))
            writer.commit()
        with store.view() as view:
            assert folds(view.newest(10)) == ["b", "a2", "a", "c"]
            assert view.copies([known.rowid for known in view.known()]) == {}

    def test_passages_come_in_the_order_asked_for(self, store: Store, encoder: Encoder) -> None:
        with store.view() as view:
            known = [id_ for id_, _ in view.dense(question(view, encoder, "bridge"), 10)]
            for order in (known, known[::-1], sorted(known)):
                assert [passage.id for passage in view.passages([10**9, *order])] == order

    def test_whole_articles_and_all_words_can_be_read(self, store: Store) -> None:
        with store.view() as view:
            rowids = [stored.rowid for stored in view.articles()]
            assert [stored.article.id for stored in view.articles_of(rowids)] == ["b", "a", "c"]
            passages = view.passages_of(rowids[:2])
            assert [view.article(passage.article).article.id for passage in passages] == ["a", "b"]
            assert [passage.id for passage in passages] == sorted(passage.id for passage in passages)
            assert not view.articles_of([])
            assert not view.passages_of([])
            words = {
                (lang, term): v
                for lang, terms, vectors in view.words()
                for term, v in zip(terms, vectors, strict=True)
            }
            assert {("en", "bridg"), ("ar", "مهرج")} <= words.keys()
            assert np.abs(words["en", "bridg"] - encode_words(["bridge"])[0]).max() < 1e-3

    # Changing

    def test_nothing_counts_before_the_commit(self, open_store: Open, store: Store, encoder: Encoder) -> None:
        before = texts(store)
        with open_store().writer() as writer:
            writer.remove([known.rowid for known in writer.known()][:1])
            add(writer, encoder, article("d", STORM))
            assert texts(store) == before
        assert texts(store) == texts(open_store()) == before

    def test_a_replaced_article_is_found_by_its_new_words_only(
        self, open_store: Open, store: Store, encoder: Encoder
    ) -> None:
        with open_store().writer() as writer:
            writer.remove([known.rowid for known in writer.known() if known.id == "b"])
            add(writer, encoder, article("b", STORM))
            writer.commit()
        for opened in (store, open_store()):
            assert texts(opened) == {"a": BRIDGE, "b": STORM, "c": FESTIVAL}
            with opened.view() as view:
                assert view.lexical(["bakeri"], 10) == []
                assert ids(view, view.lexical(["storm"], 10)) == ["b"]
                found = view.dense(question(view, encoder, "Were the orchards hit?"), 10)
                assert ids(view, [id_ for id_, _ in found])[0] == "b"
                assert len(found) == view.passage_count() == 3

    def test_numbers_are_never_used_again(self, open_store: Open, store: Store, encoder: Encoder) -> None:
        seen: set[int] = set()
        for _ in range(3):
            with open_store().writer() as writer:
                writer.remove([known.rowid for known in writer.known()])
                add(writer, encoder, article("a", BRIDGE))
                writer.commit()
            with store.view() as view:
                now = {id_ for id_, _ in view.dense(question(view, encoder, "bridge"), 10)}
            assert now
            assert not now & seen
            seen |= now

    def test_a_moved_article_keeps_its_passages(self, open_store: Open, store: Store) -> None:
        with store.view() as view:
            before = view.lexical(["bakeri"], 10)
        elsewhere = FileState("elsewhere", 1, 2, "3")
        with open_store().writer() as writer:
            (known,) = (known for known in writer.known() if known.id == "b")
            writer.move(known.rowid, replace(article("b", BAKERY), id="moved"), elsewhere)
            writer.commit()
            (known,) = (known for known in writer.known() if known.id == "moved")
            assert known.file == elsewhere
            writer.settle(replace(elsewhere, mtime_ns=5))
            assert {known.file.mtime_ns for known in writer.known()} == {0, 5}
            assert writer.files()["elsewhere"] == (1, 5)
            (other, *_) = (known for known in writer.known() if known.id != "moved")
            writer.move(other.rowid, article("a", BRIDGE), elsewhere)
            assert writer.files()["elsewhere"] == (1, -1), "not all of its articles are of one state"
            assert len(writer.files()) == len({known.file.path for known in writer.known()})
        with store.view() as view:
            assert view.lexical(["bakeri"], 10) == before
            assert ids(view, before) == ["moved"]

    def test_articles_are_known_by_their_file_content_and_name(
        self, open_store: Open, store: Store, encoder: Encoder
    ) -> None:
        """Wherever names have ``#``; by the writer as soon as it has changed them."""

        def found(articles: Articles, by: By, value: str) -> list[str]:
            return [known.id for known in articles.known(by, value)]

        many = FileState("many", 1, 2, "3")
        names = ["m.jsonl", "m.jsonl#1", "m.jsonl#2", "m.jsonl#x.jsonl#1", "m.jsonl!", "m.jsonlx", "m#", "'\"%_"]
        with open_store().writer() as writer:
            for name in names:
                add(writer, encoder, article(name, BRIDGE), many)
            assert found(writer, "name", "m.jsonl") == names[:3]
            (moved,) = writer.known("name", "b")
            writer.move(moved.rowid, article("moved", BAKERY), replace(many, path="moved"))
            assert found(writer, "name", "b") == found(writer, "path", "b") == []
            assert writer.known("name", "moved") == writer.known("path", "moved") != []
            writer.remove(known.rowid for known in writer.known("name", "m.jsonl")[1:])
            writer.settle(replace(many, mtime_ns=4))
            writer.commit()
            left = [names[0], *names[3:]]
        with store.view() as view, open_store().writer() as writer:
            for articles in (view, writer):
                assert found(articles, "name", "m.jsonl") == ["m.jsonl"]
                assert found(articles, "path", "many") == left
                assert {known.file for known in articles.known("path", "many")} == {replace(many, mtime_ns=4)}
                assert articles.files() == {"a": (0, 0), "c": (0, 0), "moved": (1, 2), "many": (1, 4)}
                assert articles.article_count() == len(articles.known()) == 3 + len(left)
                assert found(articles, "name", "'\"%_") == ["'\"%_"]
                assert found(articles, "name", "m") == ["m#"]
                assert found(articles, "name", "m.jsonl#x.jsonl") == ["m.jsonl#x.jsonl#1"]
                assert found(articles, "content", article("moved", BAKERY).content_hash) == ["moved"]
                (a, *_) = articles.known()
                assert articles.known("content", a.content_hash) == [a]
                for value in ("", "zebra", "M.JSONL"):
                    assert found(articles, "name", value) == found(articles, "path", value) == []
                    assert found(articles, "content", value) == []

    def test_a_cleared_store_is_empty_and_can_be_filled(
        self, open_store: Open, store: Store, encoder: Encoder
    ) -> None:
        with open_store().writer() as writer:
            writer.clear()
            writer.commit()
            assert (writer.article_count(), writer.passage_count()) == (0, 0)
        with store.view() as view:
            vector = question(view, encoder, "bridge")
            assert view.dense(vector, 10) == []
            assert view.lexical(["bridg"], 10) == []
            assert view.articles() == []
            assert view.similar_words(encode_words(["bridge"]), "en", 5) == [{}]
            assert (view.passage_count(), view.languages()) == (0, frozenset())
        with open_store().writer() as writer:
            add(writer, encoder, article("a", BRIDGE))
            writer.commit()
        assert texts(store) == {"a": BRIDGE}

    def test_another_encoder_is_noticed(self, open_store: Open, store: Store, encoder: Listening) -> None:
        with store.view():
            pass
        shorter = Listening(encoder, dim=64)
        with open_store().writer() as writer:
            configure(writer, shorter)
            add(writer, shorter, article("a", BRIDGE))
            writer.commit()
        with pytest.raises(IndexMismatch), store.view():
            pass
        with open_store().view() as view:
            assert len(view.dense(question(view, shorter, "bridge"), 5)) == 1

    def test_words_get_a_vector_once(self, open_store: Open, store: Store) -> None:
        with open_store().writer() as writer:
            assert writer.without_vectors("en", ["bridg", "zebra"]) == ["zebra"]
            assert writer.without_vectors("ar", ["bridg"]) == ["bridg"]
            writer.add_words("en", ["zebra"], encode_words(["zebra"]))
            assert writer.without_vectors("en", ["zebra"]) == []
            writer.commit()
        with store.view() as view:
            held = view.word_vectors(["zebra", "bridg", "absent"], "en")
            assert set(held) == {"zebra", "bridg"}
            assert np.abs(held["zebra"] - encode_words(["zebra"])[0]).max() < 1e-3
            assert view.word_vectors(["zebra"], "ar") == view.word_vectors([], "en") == {}
            word = view.background.centre_words(encode_words(["zebra"]), "en")
            assert "zebra" in view.similar_words(word, "en", 1)[0]

    # Together

    def test_a_second_writer_is_told_so(self, open_store: Open, store: Store) -> None:
        with store.writer():
            with pytest.raises(IndexLocked, match=r"^[^\n]+$"), open_store().writer():
                pass
            assert texts(open_store())
        with open_store().writer() as writer:
            assert len(writer.known()) == 3

    def test_a_view_stays_as_it_was(self, open_store: Open, store: Store, encoder: Encoder) -> None:
        with store.view() as view:
            vector = question(view, encoder, "storm")
            before = view.dense(vector, 10), view.lexical(["bakeri"], 10), view.articles()
            for n in range(3):
                with open_store().writer() as writer:
                    add(writer, encoder, article(f"d{n}", STORM))
                    writer.remove([known.rowid for known in writer.known()][:1])
                    writer.commit()
                assert (view.dense(vector, 10), view.lexical(["bakeri"], 10), view.articles()) == before
                assert len(view.passages([id_ for id_, _ in before[0]])) == 3
        assert set(texts(store)) == {"d0", "d1", "d2"}

    def test_threads_see_whole_generations_only(self, open_store: Open, store: Store, encoder: Encoder) -> None:
        """The writer replaces all articles at once, again and again."""
        ended, wrong, seen = threading.Event(), list[str](), set[str]()

        def look() -> None:
            while not ended.is_set():
                with store.view() as view:
                    found = [id_ for id_, _ in view.dense(vector, 100)]
                    named = {view.article(p.article).article.id[:2] for p in view.passages(found)}
                    seen.update(named)
                    if len(named) != 1 or len(found) != 2 or len(view.articles()) != 2:
                        wrong.append(f"{named}: {found}")

        with store.view() as view:
            vector = question(view, encoder, "bridge")
        replace_all(open_store(), encoder, "0.")
        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for n in range(1, 8):
            replace_all(open_store(), encoder, f"{n}.")
        ended.set()
        for thread in threads:
            thread.join()
        assert not wrong, wrong[:3]
        assert len(seen) > 1

    @settings(
        max_examples=8,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from([BRIDGE, BAKERY, STORM, FESTIVAL, ""]))))
    def test_any_run_of_changes_leaves_what_a_dictionary_would(
        self, open_store: Open, store: Store, encoder: Encoder, changes: list[tuple[str, str]]
    ) -> None:
        """Each change gives an article a text, or with none takes it away; one store goes through them all."""
        expected = texts(store)
        for id_, text in changes:
            expected.pop(id_, None)
            with open_store().writer() as writer:
                writer.remove([known.rowid for known in writer.known() if known.id == id_])
                if text:
                    expected[id_] = text
                    add(writer, encoder, article(id_, text))
                writer.commit()
        assert texts(store) == texts(open_store()) == expected
        with store.view() as view:
            found = view.dense(question(view, encoder, "bridge"), 100)
            assert len(found) == view.passage_count() == len(expected)
            assert set(ids(view, [id_ for id_, _ in found])) == set(expected)
            bridges = {id_ for id_, text in expected.items() if text == BRIDGE}
            assert set(ids(view, view.lexical(["bridg"], 100))) == bridges


def copy_of(id_: str, text: str, *, day: date | None = None, source: str = "") -> Article:
    """The same text under another title."""
    return replace(article(id_, text, day=day, source=source), title=f"Also {id_}")


def folds(found: Sequence[Listed]) -> list[str]:
    """The ids of each article's sources, the leading one first."""
    return [" ".join((one.id, *(other.id for other in one.also))) for one in found]


def add(writer: Writer, encoder: Encoder, added: Article, file: FileState | None = None) -> None:
    (passages,) = encode_articles(encoder, [added])
    writer.add(EncodedArticle(added, file or FileState(added.id, 0, 0, ""), passages))
    learn_words(writer, added)


def replace_all(store: Store, encoder: Encoder, prefix: str) -> None:
    with store.writer() as writer:
        writer.remove([known.rowid for known in writer.known()])
        add(writer, encoder, article(f"{prefix}a", BRIDGE))
        add(writer, encoder, article(f"{prefix}b", FESTIVAL))
        writer.commit()


def texts(store: Store) -> dict[str, str]:
    with store.view() as view:
        return {stored.article.id: stored.article.text for stored in view.articles()}


def ids(view: View, passages: Sequence[int]) -> list[str]:
    """The articles of ``passages``, none of which may be missing."""
    found = view.passages(passages)
    assert [passage.id for passage in found] == list(passages)
    return [view.article(passage.article).article.id for passage in found]


def question(view: View, encoder: Encoder, text: str) -> Vectors:
    vector: Vectors = view.background.centre_questions(encoder.encode_queries([text]), "en")[0]
    return vector


def same_background(one: Background, other: Background) -> None:
    assert one.means.keys() == other.means.keys()
    for key, mean in one.means.items():
        assert np.allclose(mean, other.means[key], atol=1e-6)
