"""Calibration: what it learns from, what it fits, and how good that is."""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
from corpora import BAKERY, BRIDGE, SNOW, index_of
from squad import ARABIC, ENGLISH, write_squad

from qa.cli import main
from qa.confidence import THRESHOLD, Calibration, Signals, calibration, shipped_calibration
from qa.encoder import Encoder
from qa.errors import ConfigError
from qa.evaluate import calibrate as module
from qa.evaluate.calibrate import (
    NAMES,
    Example,
    Kind,
    calibrate,
    fit,
    judge_halves,
    nothing_known,
    of_gold,
    of_squad,
    quality,
    reliability,
    table,
)
from qa.evaluate.questions import Question
from qa.library import Library

START = nothing_known("an encoder")


def example(kind: Kind, signals: Signals, *, pair: str = "en-en", group: str = "", whole: bool = True) -> Example:
    return Example(pair, group, kind, whole, signals)


def drawn(n: int, *, pair: str = "en-en", shift: float = 0.0, seed: int = 0) -> list[Example]:
    """Questions whose signals say more or less whether there is an answer, each of a group of its own."""
    random = np.random.default_rng(seed)
    examples = []
    for k in range(n):
        values = random.normal(0.5, 0.2, len(NAMES))
        there = random.random() < 1 / (1 + np.exp(-(12 * values[0] + 6 * values[3] - 9 + shift)))
        signals = Signals(*map(float, values))
        examples.append(example("there" if there else "gone", signals, pair=pair, group=f"{pair}{seed}{k}"))
    return examples


def test_the_fit_is_that_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.linear_model import LogisticRegression

    monkeypatch.setattr(module, "STRENGTH", 1e-9)
    examples = drawn(2000)
    made = fit(examples, START)
    rows = np.array([astuple(e.signals) for e in examples])
    theirs = LogisticRegression(C=1e9, tol=1e-9, max_iter=10_000).fit(rows, [e.kind == "there" for e in examples])
    assert [made.weights["within"][name] for name in NAMES] == pytest.approx(theirs.coef_[0].tolist(), abs=1e-2)
    assert made.bases == {"en-en": pytest.approx(theirs.intercept_[0], abs=1e-2)}
    assert made.weights["across"] == START.weights["across"]
    assert made.questions == 2000


@pytest.mark.parametrize(("one", "other"), [("en-en", "ar-ar"), ("en-ar", "ar-en")])
def test_each_pair_of_languages_has_a_base_of_its_own(one: str, other: str) -> None:
    made = fit(drawn(2000, pair=one) + drawn(2000, pair=other, shift=2.0, seed=1), START)
    assert made.bases[other] - made.bases[one] == pytest.approx(2.0, abs=0.6)


def test_what_is_learnt_within_a_language_says_nothing_of_answers_across() -> None:
    within, across = drawn(400), drawn(400, pair="en-ar", shift=2.0, seed=1)
    assert fit(within + across, START).weights == {
        "within": fit(within, START).weights["within"],
        "across": fit(across, START).weights["across"],
    }


def test_few_questions_move_what_is_known_a_little_and_many_decide() -> None:
    known = fit(drawn(4000), START)
    few, many = (fit(drawn(n, shift=2.0, seed=2), known) for n in (40, 4000))
    assert many.bases["en-en"] - known.bases["en-en"] > 0.9, "the weights take the rest: signals are about .5"
    held = [abs(made.weights["within"]["sentence"] - known.weights["within"]["sentence"]) for made in (few, many)]
    assert held[0] < 0.2 * known.weights["within"]["sentence"]
    assert few.bases.keys() == known.bases.keys()


def test_a_pair_that_is_not_asked_keeps_its_base() -> None:
    known = replace(fit(drawn(400), START), bases={"en-en": -9.0, "ar-ar": -5.0})
    assert fit(drawn(400), known).bases["ar-ar"] == -5.0


def test_what_judges_has_not_seen_what_is_judged() -> None:
    """Groups that contradict each other: who had seen them would know, who has not cannot."""
    signals = Signals(*[0.5] * len(NAMES))
    contrary = [example("there", signals, group="a")] * 30 + [example("gone", signals, group="b")] * 30
    judged = judge_halves(contrary, START)
    assert max(judged[:30]) < 0.5 < min(judged[30:])


def test_quality_and_reliability() -> None:
    signals = Signals(*[0.0] * len(NAMES))
    examples = [example(kind, signals) for kind in ("there", "there", "gone", "gone", "near")]
    examples.append(example("near", signals, whole=False))
    found = quality(examples, [0.9, 0.3, 0.5, 0.1, 0.9, 0.9], 0.4)
    assert (found.auroc, found.false_answer, found.false_refusal, found.near) == (0.75, 0.5, 0.5, 1.0)
    assert found.brier == pytest.approx((0.01 + 0.49 + 0.25 + 0.01) / 4)
    assert found.error == pytest.approx((0.1 + 0.7 + 0.5 + 0.1) / 4)
    assert reliability(examples, [1.0, 0.95, 0.05, 0.0, 0.9, 0.9]) == [(2, 0.025, 0.0), (2, 0.975, 1.0)]
    assert quality(examples[:4], [1, 1, 0, 0], 0.4).near is None


def test_too_few_questions(caplog: pytest.LogCaptureFixture) -> None:
    few = drawn(10, pair="en-ar")
    with pytest.raises(
        ConfigError, match=r"^too few questions \(en-ar \d and \d\): calibration needs, .+ at least 20"
    ):
        calibrate(few, START, shipped_calibration())
    with pytest.raises(ConfigError, match=r"^too few questions \(none\)"):
        calibrate([], START, shipped_calibration())
    with caplog.at_level(logging.INFO, "qa"):
        fitted = calibrate(few + drawn(200), START, shipped_calibration())
    assert fitted.after.bases.keys() == {"en-en"}
    assert caplog.messages[0].startswith("left out, with and without an answer too few questions: en-ar ")


def test_the_table() -> None:
    shown = table(calibrate(drawn(400), START, shipped_calibration()))
    head, row, *_ = shown.splitlines()
    assert head.split()[:3] == ["there", "gone", "AUROC"]
    assert row.split()[0] == "en-en"
    assert row.count("→") == 6
    assert "–" in row
    assert "confidence  questions  with an answer" in shown


@pytest.fixture(scope="module")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("squad")
    return [write_squad(folder / "en.json", ENGLISH), write_squad(folder / "ar.json", ARABIC)]


def test_examples_of_parallel_files(parallel: list[Path], encoder: Encoder) -> None:
    steps: list[tuple[int, int]] = []
    examples = of_squad(parallel, encoder, progress=lambda *step: steps.append(step))
    assert {e.pair for e in examples} == {"en-en", "ar-en", "en-ar", "ar-ar"}
    assert len({e.group for e in examples}) == 3
    counts = Counter((e.kind, e.whole) for e in examples)
    assert counts == {("there", True): 12, ("gone", True): 12, ("near", True): 12, ("there", False): 12}
    assert steps == [(n, 12) for n in range(1, 13)]
    sure = {
        kind: [shipped_calibration().probability(e.pair, e.signals) for e in examples if e.kind == kind]
        for kind in ("there", "gone")
    }
    assert min(sure["there"]) > max(sure["gone"])


def test_examples_of_an_index(library: Library) -> None:
    there = Question("a", "what does the agreement cover?", frozenset(), ("x",))
    gone = Question("b", "What is the capital of Japan?", frozenset(), ())
    steps: list[tuple[int, int]] = []
    first, second = of_gold([there, gone], library, progress=lambda *step: steps.append(step))
    assert (first.pair, first.kind, second.kind) == ("en-ar", "there", "gone")
    with library.view() as view:
        numbers = calibration(view.settings)[0]
    assert numbers.probability(first.pair, first.signals) == library.ask(there.text).confidence
    assert steps == [(1, 2), (2, 2)]


@pytest.fixture
def news(seed_index: Path, encoder: Encoder, tmp_path: Path) -> Path:
    files = {"bridge.txt": BRIDGE, "bakery.txt": BAKERY, "snow.txt": SNOW}
    return index_of(files, seed_index, encoder, tmp_path / "news")


def gold(path: Path, copies: int) -> Path:
    """Questions, of which as many have an answer as have none; they differ in their number."""
    rows = [
        (f"{question} ({n})", quotes)
        for n in range(copies)
        for question, quotes in (
            ("When did the old stone bridge reopen?", ["12 March 2019"]),
            ("What do hikers have to fear?", ["avalanches"]),
            ("What is the capital of Japan?", []),
            ("Who wrote Don Quixote?", []),
        )
    ]
    lines = [json.dumps({"question": question, "quotes": quotes}) for question, quotes in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def stored(folder: Path) -> tuple[Calibration, str]:
    return calibration(Library(folder).store.settings)


def test_the_command_with_gold(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "FEWEST", 6)
    path = gold(tmp_path / "gold.jsonl", 3)
    assert main(["calibrate", "--gold", str(path), "--index", str(news)]) == 0
    assert "en-en        6     6" in capsys.readouterr().out
    made, origin = stored(news)
    assert origin == "index"
    assert (made.questions, made.threshold) == (12, THRESHOLD)
    assert made.bases["ar-ar"] == shipped_calibration().bases["ar-ar"]
    assert main(["eval", "--gold", str(path), "--index", str(news), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["calibration"] == "index"
    assert shown["measures"]["auroc"] > 0.99


def test_the_command_with_squad_files(
    parallel: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "FEWEST", 3)
    out = tmp_path / "calibration.json"
    assert main(["calibrate", "--corpus", *map(str, parallel), "--write", str(out)]) == 0
    made = Calibration(**json.loads(out.read_text(encoding="utf-8")))
    assert (made.encoder, made.pipeline) == (shipped_calibration().encoder, shipped_calibration().pipeline)
    assert made.bases.keys() == {"en-en", "ar-en", "en-ar", "ar-ar"}
    assert capsys.readouterr().out.count("→") == 24


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["calibrate", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_what_it_cannot_do(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = str(gold(tmp_path / "gold.jsonl", 1))
    assert "calibrate by what? give either --gold or --corpus" in error_of(capsys)
    assert "calibrate by what?" in error_of(capsys, "--gold", few, "--corpus", few)
    assert "too few questions (en-en 2 and 2)" in error_of(capsys, "--gold", few, "--index", str(news))
    assert "there is no index in" in error_of(capsys, "--gold", few, "--index", str(tmp_path / "none"))
    assert "there is no index in" in error_of(capsys, "--corpus", few, "--index", str(tmp_path / "none"))
    assert "is not in SQuAD format" in error_of(capsys, "--corpus", few, "--index", str(news))
    assert stored(news)[1] == "shipped"
