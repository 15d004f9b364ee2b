"""Evaluations, run: what is indexed and asked is what users' articles and questions go through."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from corpora import emptied
from squad import ARABIC, BRIDGE, ENGLISH, SNOW, write_squad

from qa.confidence import THRESHOLD
from qa.encoder import Encoder
from qa.errors import IndexMissing
from qa.evaluate.questions import Question, read_squad
from qa.evaluate.run import ask, build, evaluate
from qa.library import Library

RANKING = {"ndcg@10", "recall@1", "recall@5", "recall@10", "mrr@10", "map"}
QUOTES = {"quote@1", "quote@3", "quote_chars"}
LATENCY = {"latency_ms_p50", "latency_ms_p95"}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("squad")
    return write_squad(folder / "en.json", ENGLISH), write_squad(folder / "ar.json", ARABIC)


@pytest.fixture(scope="module")
def pool(mixed: tuple[Path, Path], encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The contexts of both languages."""
    folder = tmp_path_factory.mktemp("pool")
    build(read_squad(mixed, mixed[0]).contexts, folder, encoder)
    return Library(folder)


def test_each_context_is_an_article_without_a_title(pool: Library, mixed: tuple[Path, Path]) -> None:
    with pool.view() as view:
        stored = {found.article.id: found.article for found in view.articles()}
        assert view.languages() == {"ar", "en"}
    contexts = read_squad(mixed, mixed[0]).contexts
    assert {id_: article.text for id_, article in stored.items()} == dict(zip("012345", contexts, strict=True))
    assert {article.title for article in stored.values()} == {""}


def test_easy_questions_of_both_languages(pool: Library, mixed: tuple[Path, Path]) -> None:
    for path in mixed:
        result = ask(read_squad(mixed, path).questions, pool)
        assert set(result.measures) == RANKING | QUOTES | LATENCY | {"false_refusal"}
        assert result.measures["recall@5"] == 1.0
        assert result.measures["map"] > 0.9
        assert result.measures["quote@3"] == 1.0
        assert 0 < result.measures["latency_ms_p50"] <= result.measures["latency_ms_p95"]
        assert (result.contexts, result.encoder) == (6, pool.encoder.fingerprint)


def test_the_quotes_and_the_confidence_are_those_that_a_user_gets(pool: Library) -> None:
    asked = Question("q", "When did the old stone bridge reopen?", frozenset({"0"}), ("12 March 2019",))
    values = ask([asked], pool).per_question["q"]
    answer = pool.ask(asked.text)
    assert values["confidence"] == answer.confidence >= THRESHOLD
    assert values["quote_chars"] == len(answer.citations[0].quote)
    assert (values["quote@1"], values["false_refusal"]) == (1.0, 0.0)


def test_quotes_count_whatever_the_confidence(pool: Library) -> None:
    text = "which service uses helicopters?"
    assert not pool.ask(text).answered
    found = ask([Question("q", text, frozenset(), ("rescue service",))], pool).per_question["q"]
    assert found["false_refusal"] == 1.0
    assert found["quote_chars"] > 0
    assert found["quote@3"] == 1.0


def test_a_question_without_an_answer(pool: Library) -> None:
    refused = Question("refused", "What is the capital of Japan?", frozenset(), ())
    answered = Question("answered", "When did the old stone bridge reopen?", frozenset(), ())
    result = ask([refused, answered], pool)
    assert {id_: values["false_answer"] for id_, values in result.per_question.items()} == {
        "refused": 0.0,
        "answered": 1.0,
    }
    assert set(result.measures) == {"false_answer", *LATENCY}


def test_a_copy_ranks_with_what_it_is_a_copy_of(encoder: Encoder, tmp_path: Path) -> None:
    """Answers name it there; it is not lost."""
    bridge = "The old stone bridge over the river reopened on 12 March 2019 after two years of repairs."
    build([bridge + " Buses use it again.", bridge, "The bakery in Mill Street won a prize."], tmp_path, encoder)
    asked = [
        Question(place, "When did the old stone bridge reopen?", frozenset({place}), ("12 March 2019",))
        for place in "01"
    ]
    found = ask(asked, Library(tmp_path)).per_question
    assert {found[place]["recall@1"] for place in "01"} == {0.0, 1.0}
    assert all(found[place]["recall@5"] == 1.0 and found[place]["mrr@10"] >= 0.5 for place in "01")


def test_an_index_without_articles(seed_index: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        ask([Question("q", "Who?", frozenset(), ())], Library(emptied(seed_index, tmp_path / "empty")))


def test_from_files_to_measures_and_nothing_is_left(
    mixed: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    steps: list[tuple[int, int]] = []
    english = mixed[0]
    result = evaluate(read_squad([english], english, halved=True), progress=lambda *step: steps.append(step))
    assert set(result.measures) == RANKING | QUOTES | LATENCY | {"auroc", "false_answer", "false_refusal"}
    assert result.measures["auroc"] == 1.0
    assert result.contexts == len({BRIDGE, SNOW})
    assert steps == [(n, 5) for n in range(1, 6)]
    assert list(tmp_path.iterdir()) == []


def test_real_questions(encoder: Encoder, tmp_path: Path) -> None:
    """A few articles of a published set, in the two languages; floors, to notice when something breaks."""
    if not (folder := os.environ.get("ISNAD_EVAL_DIR")):
        pytest.skip("ISNAD_EVAL_DIR does not name the folder of the question sets")
    paths = [tmp_path / f"{lang}.json" for lang in ("ar", "en")]
    for path in paths:
        whole = json.loads(Path(folder, f"xquad-dev.{path.stem}.json").read_text(encoding="utf-8"))
        few = [{"paragraphs": article["paragraphs"][:1]} for article in whole["data"][:4]]
        path.write_text(json.dumps({"data": few}), encoding="utf-8")
    task = read_squad(paths, paths[0])
    build(task.contexts, tmp_path / "index", encoder)
    library = Library(tmp_path / "index")
    for path in paths:
        questions = read_squad(paths, path).questions
        assert len(questions) >= 15
        measures = ask(questions, library).measures
        assert measures["map"] > 0.85
        assert measures["recall@10"] > 0.95
