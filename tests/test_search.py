"""Search: what two independent signals bring up, in one order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from corpora import BAKERY, BRIDGE, BRIDGE_AR, SNOW, index_of

from qa.centring import LANGUAGES, ROLES, Background, dim_of
from qa.encoder import Encoder
from qa.encoder.senses import DIM, encode_sentences, packed
from qa.encoder.tokens import DIM as TOKEN_DIM
from qa.encoder.tokens import SCALE, none
from qa.encoder.tokens import packed as packed_tokens
from qa.library import Library
from qa.query import Query, follow, make_query
from qa.search import PASSAGE, SENTENCE, TWIN, search, with_twins
from qa.signals import least, signals
from qa.store.records import EncodedPassage, StoredPassage
from qa.translate import SPELT


@pytest.fixture(scope="module")
def both(seed_index: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Articles in two languages; two of them tell the same."""
    files = {"bridge.txt": BRIDGE, "جسر.txt": BRIDGE_AR, "bakery.txt": BAKERY, "snow.txt": SNOW}
    return Library.open(index_of(files, seed_index, encoder, tmp_path_factory.mktemp("both")))


def query(library: Library, text: str) -> Query:
    with library.store.view() as view:
        return make_query(text, library.encoder, view)


def test_a_question_made_ready(library: Library) -> None:
    asked = query(library, "Who signed the agreement, the agreement?")
    assert asked.lang == "en"
    assert len(asked.terms) == len(set(asked.terms)) == 2
    assert asked.vector.shape == (library.encoder.dim,)
    assert asked.sense.shape == (DIM,)
    assert np.linalg.norm(asked.sense) == pytest.approx(1, abs=1e-5)
    assert query(library, "من وقّع الاتفاق؟").lang == "ar"


def test_best_first_each_once_and_no_more_than_asked_for(library: Library) -> None:
    asked = query(library, "ماذا تشمل مذكرة التفاهم؟")
    with library.store.view() as view:
        everything = search(asked, view, limit=1000)
        assert len(everything) == view.passage_count()
        assert [hit.passage.id for hit in search(asked, view, limit=3)] == [
            hit.passage.id for hit in everything[:3]
        ]
    scores = [hit.score for hit in everything]
    assert scores == sorted(scores, reverse=True)
    assert len({hit.passage.id for hit in everything}) == len(everything)
    for hit in everything:
        assert len(hit.sentences) == len(hit.passage.encoded.sentences)
        assert 0 <= hit.words <= 1 + 1e-9
        assert -1 <= hit.best_sentence <= 1.001
        assert -1 <= hit.sense <= 1.001


def test_the_same_twice(library: Library) -> None:
    assert library.search("Oslo accords") == library.search("Oslo accords")


def test_passages_are_ranked_from_one(library: Library) -> None:
    found = library.search("defence industry", limit=4).passages
    assert [passage.n for passage in found] == [1, 2, 3, 4]
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)
    assert library.search("defence industry", limit=1).passages == found[:1]


def test_a_number_is_found_by_its_words_alone(both: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.search.DEPTH", 1)
    asked = query(both, "ثلوج كثيفة أغلقت طرق الجبال 48213")
    with both.store.view() as view:
        dense = [view.article(hit.article).article.id for hit in view.passages([view.dense(asked.vector, 1)[0][0]])]
        found = {view.article(hit.passage.article).article.id for hit in search(asked, view, limit=10)}
    assert dense == ["articles/snow.txt"]
    assert found == {"articles/snow.txt", "articles/bakery.txt"}


@pytest.mark.parametrize("text", ["what is it?", "ما هو هذا؟", "Ω"])
def test_a_question_without_a_word_that_counts(both: Library, text: str) -> None:
    asked = query(both, text)
    with both.store.view() as view:
        hits = search(asked, view, limit=2)
    assert len(hits) == 2
    if not asked.terms:
        assert {hit.words for hit in hits} == {0}


@pytest.mark.parametrize(
    "text",
    [
        "When did the old stone bridge reopen after repairs?",
        "متى أعيد افتتاح الجسر الحجري القديم بعد الترميم؟",
        "divers find cracks in the pillars of a bridge",
        "غواصون يكتشفون شقوقاً في دعامات الجسر",
    ],
)
def test_both_languages_are_found_from_either(both: Library, text: str) -> None:
    articles = list(dict.fromkeys(passage.article.id for passage in both.search(text).passages))
    assert set(articles[:2]) == {"articles/bridge.txt", "articles/جسر.txt"}


def test_an_article_in_the_other_language_answers(both: Library) -> None:
    languages = {
        citation.article.lang
        for question in ("When did the old stone bridge reopen?", "متى أعيد افتتاح الجسر الحجري القديم؟")
        for citation in both.ask(question).citations
    }
    assert languages == {"ar", "en"}


def test_a_passage_that_says_what_a_better_one_of_another_language_says_ranks_right_behind_it() -> None:
    axes = np.eye(3, dtype=np.float32)
    one, other, between = axes[:2], axes[2:], np.array([[0.6, 0, 0.8]], np.float32)
    own = [np.array([2.0, 0.5]), np.array([0.3])]
    assert with_twins(own, [one, other])[0].tolist() == [2, 0.5]
    assert with_twins(own, [one, other])[1].tolist() == [pytest.approx(2 - TWIN)]
    assert with_twins(own, [one, between])[1].tolist() == [pytest.approx(2 - 0.4 * TWIN)]
    assert with_twins(own, [one, one[:1]])[1].tolist() == [2]
    assert with_twins([np.array([2.0]), np.array([1.9])], [one[:1], other])[1].tolist() == [1.9]
    assert with_twins(own[:1], [one])[0].tolist() == [2, 0.5]


def test_a_number_counts_in_every_language(both: Library) -> None:
    with both.store.view() as view:
        scores = {}
        for text in ("Did the bridge reopen in 2019?", "Did the bridge reopen in 2017?"):
            hits = search(make_query(text, both.encoder, view), view, limit=100)
            scores[text] = {view.article(hit.passage.article).article.id: hit for hit in reversed(hits)}
    right, wrong = (found["articles/جسر.txt"] for found in scores.values())
    assert right.words > wrong.words
    assert max(right.sentences) > max(wrong.sentences)


def at(*places: float, dim: int = 4) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A vector that begins with ``places``, of unit length."""
    vector = np.zeros(dim, np.float32)
    vector[: len(places)] = places
    return vector / np.float32(np.linalg.norm(vector))


def test_the_signals_of_two_passages_by_hand() -> None:
    """The question is the first axis of either space; nothing is common, so nothing is taken away."""
    dims = {role: dim_of(role, at(1).size) for role in ROLES}
    nothing = Background({(role, lang): np.zeros(dims[role], np.float32) for role in ROLES for lang in LANGUAGES})
    wide = {n: np.repeat(at(*([0] * n), 1, dim=8), DIM // 8) / np.sqrt(DIM / 8) for n in range(2)}
    near = (wide[0] + wide[1]) / np.sqrt(2)
    # Half of each of the question's two tokens; the first sentence has both, the second one of them.
    tokens = np.eye(2, TOKEN_DIM, dtype=np.float32)
    asked = Query("", "en", ("bridg",), at(1), wide[0], tokens * np.float32(SCALE / 10), {"en": {}})
    small = packed_tokens(5 / SCALE * tokens)
    passages = [
        StoredPassage(1, 1, "en", EncodedPassage(0, 3, ((0, 1), (2, 3)), at(1), np.stack([at(3, 4), at(4, 3)]),
                      small[[0, 1, 1]], (2, 1), packed(np.stack([wide[0], near, wide[1]])), (("bridg",), ()))),
        StoredPassage(2, 1, "en", EncodedPassage(4, 5, ((4, 5),), at(0, 1), at(0, 1)[None],
                      *none(1), packed(np.stack([wide[1], wide[0]])), (("river",),))),
    ]  # fmt: skip
    found = signals(asked, "en", passages, {"bridg": 1.0}, nothing)
    root = 0.5**0.5
    assert found.first.tolist() == [0, 2]
    assert found.passages.shape[1:] == PASSAGE.shape
    assert found.sentences.shape[1:] == SENTENCE.shape
    assert found.passages == pytest.approx(
        np.array([[1, 0.8, 0.7, 1, root, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]]), abs=0.005
    )
    assert found.sentences == pytest.approx(
        np.array(
            [
                [0.6, root, 1, 0.8, 0.7, 1, root, 1, 1, 1, 1, 1],
                [0.8, 0, 1, 0.8, 0.7, 1, root, 0, 1, 0.5, 1, 1],
                [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
            ]
        ),
        abs=0.005,
    )


def test_what_of_a_question_finds_least() -> None:
    """The two worst of six tokens, each given as it is kept: a sixth as long."""
    found = (np.array([[0.9, 0.1, 0.8, 0.7, 0.3, 0.9], [0.6] * 6]) / 6).astype(np.float32)
    assert least(found) == pytest.approx([0.2, 0.6])
    assert least(found[:, :1] * np.float32(6)) == pytest.approx([0.9, 0.6]), "of one token it is that"
    assert least(np.empty((2, 0), np.float32)).tolist() == [0, 0], "of a question whose tokens are not known"


@pytest.mark.parametrize(
    ("text", "lang", "says", "others"),
    [
        ("Why was the bridge closed?", "ar", "أُغلق الجسر بسبب شقوق في دعاماته.", "فاز المخبز بجائزة الخبز."),
        ("لماذا أغلق الجسر؟", "en", "The bridge was closed by cracks.", "The bakery won a prize for bread."),
    ],
)  # fmt: skip
def test_a_sentence_that_says_it_in_the_other_language_has_the_higher_sense(
    both: Library, text: str, lang: str, says: str, others: str
) -> None:
    asked = query(both, text)
    with both.store.view() as view:
        senses = view.background.sense_cosines(packed(encode_sentences([says, others])), asked.sense, lang)
    assert senses[0] > senses[1] + 0.2


def test_a_follow_up_leans_in_what_it_means_too(both: Library) -> None:
    before, then = query(both, "When did the old bridge reopen?"), query(both, "Who paid for it?")
    leaning = follow(then, before)
    assert np.linalg.norm(leaning.sense) == pytest.approx(1, abs=1e-5)
    assert leaning.sense @ before.sense > then.sense @ before.sense
    assert leaning.sense @ then.sense > 0.5


def test_a_name_is_found_in_the_other_script(library: Library, both: Library) -> None:
    with library.store.view() as view:
        best = search(make_query("Bourita", library.encoder, view), view, limit=1)[0]
        text = view.article(best.passage.article).article.text
    assert "بوريطة" in text[best.passage.encoded.start : best.passage.encoded.end]
    assert best.words == pytest.approx(SPELT)
    with both.store.view() as view:
        found = search(make_query("متى أعيد افتتاح الجسر؟", both.encoder, view), view, limit=10)
        assert {hit.passage.lang for hit in found} == {"ar", "en"}, "what is not spelt alike changes nothing"
