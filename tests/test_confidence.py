"""How sure an answer is: a probability that follows the signals, by the numbers that belong to the index."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from statistics import mean

import pytest
from corpora import BAKERY, BRIDGE, BRIDGE_AR, index_of
from test_gold import ANSWERABLE, OFF_TOPIC

from qa.answer import Answer
from qa.confidence import (
    ALONE,
    CAUTIOUS,
    THRESHOLD,
    Calibration,
    Signals,
    as_text,
    calibration,
    shipped_calibration,
    signals,
)
from qa.encoder import Encoder
from qa.library import Library
from qa.query import make_query
from qa.search import search
from qa.store.writer import open_writer

FOUND = Signals(sentence=0.5, sense=0.5, words=0.5, lead=0.3, given=0.0, lacking=0.0, unnamed=0.0, size=2.0)


@pytest.fixture(scope="module")
def answers(library: Library) -> dict[str, Answer]:
    return {gold.text: library.ask(gold.text) for gold in ANSWERABLE + OFF_TOPIC}


def signals_of(library: Library, question: str, quote: str) -> Signals:
    with library.view() as view:
        query = make_query(question, library.encoder, view)
        hits = search(query, view, limit=20)
        return signals(query, hits, title="", quote=quote, passages=view.passage_count())


def test_answers_are_given_from_the_threshold_on(answers: dict[str, Answer]) -> None:
    assert 0 < THRESHOLD < 1
    for answer in answers.values():
        assert 0 <= answer.confidence <= 1
        assert answer.answered == (answer.confidence >= THRESHOLD)


def test_what_the_article_says_is_surer_than_what_it_does_not(answers: dict[str, Answer]) -> None:
    assert mean(answers[gold.text].confidence for gold in ANSWERABLE) > 0.7
    assert mean(answers[gold.text].confidence for gold in OFF_TOPIC) < 0.2


@pytest.mark.parametrize(
    ("pair", "signal"),
    [
        *product(["ar-ar", "en-en", "en-ar", "ar-en", "und-ar"], ["sentence", "words", "lead"]),
        *product(["en-ar", "ar-en", "und-ar"], ["sense"]),  # within a language a second encoder says nothing new
    ],
)
def test_a_stronger_signal_makes_an_answer_surer(pair: str, signal: str) -> None:
    calibrated = shipped_calibration()
    stronger = [replace(FOUND, **{signal: value}) for value in (0.0, 0.2, 0.4, 0.6)]
    levels = [calibrated.probability(pair, found) for found in stronger]
    assert levels == sorted(set(levels))
    assert all(0 < level < 1 for level in levels)


@pytest.mark.parametrize("pair", ["ar-ar", "en-en", "en-ar", "ar-en"])
def test_what_is_asked_for_and_lacking_makes_it_less_sure(pair: str) -> None:
    calibrated = shipped_calibration()
    given, lacking = (calibrated.probability(pair, replace(FOUND, **{name: 1.0})) for name in ("given", "lacking"))
    assert lacking < given


@pytest.mark.parametrize("pair", ["ar-ar", "en-en", "en-ar", "ar-en"])
def test_a_country_that_the_article_does_not_name_makes_it_less_sure(pair: str) -> None:
    calibrated = shipped_calibration()
    levels = [calibrated.probability(pair, replace(FOUND, unnamed=many)) for many in (0.0, 1.0, 2.0)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] - levels[1] > 0.05


@pytest.mark.parametrize(
    ("question", "many"),
    [
        ("What did Morocco and Israel sign?", 0),
        ("What did the Egyptian minister sign with Japan?", 2),
        ("على ماذا وقعت المغرب وتونس؟", 1),
        ("Who signed it?", 0),
    ],
)
def test_countries_are_known_in_either_language(library: Library, question: str, many: int) -> None:
    assert signals_of(library, question, "").unnamed == many


def test_the_title_names_a_country_too(library: Library) -> None:
    with library.view() as view:
        query = make_query("What did Egypt sign?", library.encoder, view)
        hits = search(query, view, limit=20)
        found = [signals(query, hits, title=title, quote="", passages=9) for title in ("اتفاق", "مصر: اتفاق جديد")]
    assert [one.unnamed for one in found] == [1, 0]


def test_extremes_are_probabilities_still() -> None:
    for value in (-1e9, 1e9):
        assert 0 <= shipped_calibration().probability("ar-ar", replace(FOUND, sentence=value)) <= 1


def test_whether_the_quote_gives_what_is_asked_for(library: Library) -> None:
    asked = "How many soldiers does the army have?"
    with_number = signals_of(library, asked, "The army has 200,000 soldiers.")
    without = signals_of(library, asked, "The army has many soldiers.")
    assert (with_number.given, with_number.lacking) == (1.0, 0.0)
    assert (without.given, without.lacking) == (0.0, 1.0)
    other = signals_of(library, "Why?", "The army has 200,000 soldiers.")
    assert (other.given, other.lacking) == (0.0, 0.0)


def test_the_lead_over_the_field(library: Library) -> None:
    found = signals_of(library, "what does the agreement cover?", "")
    assert 0 < found.lead < 1
    with library.view() as view:
        query = make_query("what does the agreement cover?", library.encoder, view)
        few = search(query, view, limit=3)
        assert signals(query, few, title="", quote="", passages=3).lead == ALONE["across"]
        assert signals(replace(query, lang="ar"), few, title="", quote="", passages=3).lead == ALONE["within"]


def test_articles_that_say_the_same_do_not_make_it_unsure(
    seed_index: Path, encoder: Encoder, tmp_path: Path
) -> None:
    """The best three passages are not in the field that the best is compared with."""
    files = {"a.txt": BRIDGE, "b.txt": BAKERY, "c.txt": BRIDGE.replace("Old bridge", "The old bridge")}
    question = "When did the old stone bridge over the Lenn reopen?"
    both = Library(index_of(files, seed_index, encoder, tmp_path / "both")).ask(question)
    one = Library(index_of({"a.txt": BRIDGE, "b.txt": BAKERY}, seed_index, encoder, tmp_path / "one")).ask(question)
    assert both.answered
    assert abs(both.confidence - one.confidence) < 0.1


def test_a_corpus_of_a_single_passage(seed_index: Path, encoder: Encoder, tmp_path: Path) -> None:
    note = "The ferry\n\nThe ferry to the island leaves at noon and costs four euros.\n"
    single = Library(index_of({"a.txt": note}, seed_index, encoder, tmp_path))
    assert single.ask("When does the ferry to the island leave?").answered
    assert not single.ask("Who wrote Don Quixote?").answered


def settings(calibrated: Calibration | None, *, encoder: str) -> dict[str, str]:
    stored = {} if calibrated is None else {"calibration": as_text(calibrated)}
    return {"fingerprint": encoder, "pipeline": shipped_calibration().pipeline} | stored


def test_an_index_has_its_own_numbers_or_the_shipped_ones_or_careful_ones() -> None:
    shipped = shipped_calibration()
    own = replace(shipped, threshold=0.9)
    assert calibration(settings(own, encoder=shipped.encoder)) == (own, "index")
    assert calibration(settings(None, encoder=shipped.encoder)) == (shipped, "shipped")
    assert calibration(settings(None, encoder="other")) == (replace(shipped, threshold=CAUTIOUS), "cautious")
    assert calibration(settings(own, encoder="other"))[1] == "cautious"
    assert calibration(settings(replace(own, encoder="other"), encoder="other"))[1] == "index"
    assert calibration(settings(replace(own, pipeline="0"), encoder=shipped.encoder)) == (shipped, "shipped")
    within = dict(shipped.weights["within"])
    for of_before in (within, {"within": within, "across": {"sentence": 1.0}}):
        stored = settings(own, encoder=shipped.encoder)
        stored["calibration"] = json.dumps({**asdict(own), "weights": of_before})
        assert calibration(stored) == (shipped, "shipped")


def test_the_shipped_numbers_are_of_the_bundled_encoder(encoder: Encoder) -> None:
    shipped = shipped_calibration()
    assert (shipped.encoder, shipped.threshold) == (encoder.fingerprint, THRESHOLD)
    assert set(shipped.bases) == {"ar-ar", "en-en", "en-ar", "ar-en"}
    assert json.loads(as_text(shipped))["weights"] == shipped.weights
    assert {way: {*some} for way, some in shipped.weights.items()} == {way: {*asdict(FOUND)} for way in ALONE}


def test_a_library_that_is_open_takes_up_new_numbers(seed_index: Path, encoder: Encoder, tmp_path: Path) -> None:
    folder = index_of({"a.txt": BRIDGE, "b.txt": BRIDGE_AR}, seed_index, encoder, tmp_path)
    library = Library(folder)
    question = "When did the old stone bridge reopen?"
    assert library.ask(question).answered
    with open_writer(folder) as writer:
        writer.set(calibration=as_text(replace(shipped_calibration(), threshold=0.9999)))
        writer.commit()
    assert not library.ask(question).answered
