"""Calibration: questions whose answer is there, and not there, and the numbers of confidence fitted to them."""

from __future__ import annotations

import logging
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from qa.answer import PASSAGES, weigh
from qa.confidence import THRESHOLD, Calibration, Reach, Signals, as_text, reach
from qa.config import PIPELINE
from qa.encoder import Encoder
from qa.errors import ConfigError
from qa.evaluate.questions import Question, language_and_ids, read_squad
from qa.evaluate.run import build
from qa.index import Progress
from qa.library import Library
from qa.query import Query, make_query
from qa.search import search
from qa.store import View, open_store

log = logging.getLogger("qa")

NAMES = tuple(field.name for field in fields(Signals))

FEWEST = 20
"""Questions with an answer, and without, that a pair of languages must have to be calibrated."""

STRENGTH = 5.0
"""How strongly weights are held to where they come from, in questions' worth of evidence."""

Kind = Literal["there", "gone", "near"]
"""The answer is there; nothing on the topic is; the topic is, but not the answer."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A question, asked. Examples of one ``group`` are alike: they must not be learnt from and judged by."""

    pair: str
    group: str
    kind: Kind
    whole: bool
    signals: Signals

    @property
    def weight(self) -> float:
        """In the fit. The whole corpus asked for what is there and what is gone counts in full.

        Answers on the topic that are no answers count little: in question sets other paragraphs of the article
        often do answer, although they are not marked.
        """
        if self.kind == "near":
            return 0.12 if self.whole else 0.18
        return 1.0 if self.whole else 0.3


def of_gold(
    questions: Sequence[Question], library: Library, *, progress: Progress = lambda *_: None
) -> list[Example]:
    """What comes of asking ``library`` gold questions, each a group of its own. Raises as ``library.view`` does."""
    examples = []
    with library.view() as view:
        everything = frozenset(stored.article.id for stored in view.articles())
        ids = {stored.rowid: stored.article.id for stored in view.articles()}
        for done, question in enumerate(questions, 1):
            query = make_query(question.text, library.encoder, view)
            kind: Kind = "there" if question.answers else "gone"
            examples += _asked(query, view, ids, question.id, [(kind, True, everything)])
            progress(done, len(questions))
    return examples


def of_squad(
    files: Sequence[Path], encoder: Encoder, *, model: str = "", progress: Progress = lambda *_: None
) -> list[Example]:
    """What comes of asking all questions of ``files`` of all their contexts in one language, then in the other.

    ``encoder`` is what ``load_encoder`` knows as ``model``. Raises ConfigError as ``read_squad`` does.
    """
    held = {path: language_and_ids(path) for path in files}
    pools: defaultdict[str, list[Path]] = defaultdict(list)
    for path, (lang, _) in held.items():
        pools[lang].append(path)
    asks = {
        lang: [path for path in files if held[path][1] & frozenset().union(*(held[one][1] for one in pool))]
        for lang, pool in pools.items()
    }
    done, total = 0, sum(len(held[path][1]) for paths in asks.values() for path in paths)
    examples: list[Example] = []
    for lang, pool in pools.items():
        with tempfile.TemporaryDirectory(prefix="qa-calibrate-") as name:
            build(read_squad(pool, pool[0]).contexts, Path(name), encoder, model=model)
            library = Library(Path(name))
            for path in asks[lang]:
                for found in of_corpus(pool, path, library):
                    examples += found
                    done += 1
                    progress(done, total)
    return examples


def of_corpus(corpora: Sequence[Path], asked: Path, library: Library) -> Iterator[list[Example]]:
    """What comes of asking ``library``, which holds the contexts of ``corpora``, each question of ``asked``.

    Each is asked of the whole corpus, of the corpus without the article that answers, and without the contexts
    of it that answer; and of that article alone, with these contexts and without.
    """
    task = read_squad(corpora, asked)
    with library.view() as view:
        ids = {stored.rowid: stored.article.id for stored in view.articles()}
        for question in task.questions:
            query = make_query(question.text, library.encoder, view)
            own = {task.articles[int(place)] for place in question.gold}
            around = {str(place) for place, article in enumerate(task.articles) if article in own}
            everything = frozenset(ids.values())
            asks: list[tuple[Kind, bool, frozenset[str]]] = (
                [
                    ("there", True, everything),
                    ("gone", True, everything - around),
                    ("near", True, everything - question.gold),
                    ("there", False, frozenset(around)),
                    ("near", False, frozenset(around - question.gold)),
                ]
                if question.gold
                else [("gone", True, everything)]
            )
            yield _asked(query, view, ids, min(own, default=question.id), asks)


def _asked(
    query: Query,
    view: View,
    ids: Mapping[int, str],
    group: str,
    asks: Iterable[tuple[Kind, bool, frozenset[str]]],
) -> list[Example]:
    total = view.passage_count()
    every = search(query, view, limit=total)
    examples = []
    for kind, whole, held in asks:
        if hits := [hit for hit in every if ids[hit.passage.article] in held][:PASSAGES]:
            passages = math.ceil(total * len(held) / len(ids))
            found = weigh(query, hits, view, passages=passages, limit=1)
            examples.append(Example(found.pair, group, kind, whole, found.signals))
    return examples


def fit(examples: Sequence[Example], start: Calibration) -> Calibration:
    """``start`` with weights and bases fitted to ``examples``, by logistic regression with a normal prior at those
    of ``start``: a few examples move them a little, thousands decide. Newton's method; the optimum is unique.
    """
    weights, bases = dict(start.weights), dict(start.bases)
    for way in sorted({reach(example.pair) for example in examples}):
        weights[way], found = _fit([example for example in examples if reach(example.pair) == way], start, way)
        bases |= found
    asked = sum(example.whole and example.kind != "near" for example in examples)
    return replace(start, weights=weights, bases=bases, questions=asked)


def _fit(examples: Sequence[Example], start: Calibration, way: Reach) -> tuple[dict[str, float], dict[str, float]]:
    pairs = sorted({example.pair for example in examples})
    rows = np.array([[*astuple(e.signals), *(e.pair == pair for pair in pairs)] for e in examples], np.float64)
    answers = np.array([e.kind == "there" for e in examples], np.float64)
    amounts = np.array([e.weight for e in examples])
    mean = sum(start.bases.values()) / max(1, len(start.bases))
    known = start.weights[way]
    prior = np.array([*(known[name] for name in NAMES), *(start.bases.get(pair, mean) for pair in pairs)])
    # A base says where the signals of its pair lie: it is hardly held. Constant signals are left as they are.
    spread = np.maximum(rows.std(axis=0), 1e-3)
    held = STRENGTH * np.where(np.arange(len(prior)) < len(NAMES), spread, 0.1) ** 2
    values = [round(float(value), 4) for value in _newton(rows, answers, amounts, prior, held)]
    return dict(zip(NAMES, values, strict=False)), dict(zip(pairs, values[len(NAMES) :], strict=True))


def _newton(rows: Values, answers: Values, amounts: Values, prior: Values, held: Values) -> Values:
    weights = prior.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (amounts * (p - answers)) + held * (weights - prior)
        bend = (rows.T * (amounts * p * (1 - p))) @ rows + np.diag(held)
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def judge_halves(examples: Sequence[Example], start: Calibration) -> list[float]:
    """For each example its confidence by what was fitted to the other half of the groups."""
    groups = {group: n % 2 for n, group in enumerate(dict.fromkeys(example.group for example in examples))}
    halves = [[e for e in examples if groups[e.group] == half] for half in (0, 1)]
    fitted = [fit(half, start) for half in halves]
    return [fitted[1 - groups[e.group]].probability(e.pair, e.signals) for e in examples]


@dataclass(frozen=True, slots=True)
class Quality:
    """How good confidences are, asked of whole corpora; ``near`` is None where there is no such question.

    ``error`` is the expected calibration error: by how much confidence and the share that has an answer differ, on
    average over ten equal ranges of confidence.
    """

    auroc: float
    false_answer: float
    false_refusal: float
    near: float | None
    brier: float
    error: float


def quality(examples: Sequence[Example], confidences: Sequence[float], threshold: float) -> Quality:
    by_kind: defaultdict[str, list[float]] = defaultdict(list)
    for example, confidence in zip(examples, confidences, strict=True):
        if example.whole:
            by_kind[example.kind].append(confidence)
    there, gone, near = (np.array(by_kind[kind]) for kind in ("there", "gone", "near"))
    sure, right = np.concatenate([there, gone]), np.repeat([1.0, 0.0], [len(there), len(gone)])
    return Quality(
        auroc=float((there[:, None] > gone).mean() + (there[:, None] == gone).mean() / 2),
        false_answer=float((gone >= threshold).mean()),
        false_refusal=float((there < threshold).mean()),
        near=float((near >= threshold).mean()) if near.size else None,
        brier=float(((sure - right) ** 2).mean()),
        error=sum(abs(float((sure - right)[part].sum())) for part in _ranges(sure)) / len(sure),
    )


def _ranges(sure: Values) -> list[npt.NDArray[np.bool_]]:
    places = np.minimum((sure * 10).astype(int), 9)
    return [places == n for n in range(10)]


def reliability(examples: Sequence[Example], confidences: Sequence[float]) -> list[tuple[int, float, float]]:
    """For each tenth of confidence: how many examples, their mean confidence, the share that has an answer."""
    kept = [(c, e.kind) for e, c in zip(examples, confidences, strict=True) if e.whole and e.kind != "near"]
    sure, right = np.array([c for c, _ in kept]), np.array([kind == "there" for _, kind in kept])
    parts = [part for part in _ranges(sure) if part.any()]
    return [(int(part.sum()), float(sure[part].mean()), float(right[part].mean())) for part in parts]


@dataclass(frozen=True, slots=True)
class Fitted:
    """``after`` was made from ``examples``; ``judged`` is the confidence of each by what the other half gave."""

    before: Calibration
    after: Calibration
    examples: tuple[Example, ...]
    judged: tuple[float, ...]


def calibrate(examples: Sequence[Example], start: Calibration, before: Calibration) -> Fitted:
    """The calibration that ``examples`` make of ``start``, beside the one in use.

    Pairs of languages with too few examples are left out, which is said aloud. Raises ConfigError where none is
    left.
    """
    counts = Counter((example.pair, example.kind == "there") for example in examples)
    enough = {pair for pair, _ in counts if min(counts[pair, True], counts[pair, False]) >= FEWEST}
    told = ", ".join(
        f"{pair} {counts[pair, True]} and {counts[pair, False]}"
        for pair in sorted({pair for pair, _ in counts} - enough)
    )
    if not enough:
        raise ConfigError(
            f"too few questions ({told or 'none'}): calibration needs, of a pair of languages, "
            f"at least {FEWEST} with an answer and {FEWEST} without"
        )
    if told:
        log.info("left out, with and without an answer too few questions: %s", told)
    used = tuple(example for example in examples if example.pair in enough)
    return Fitted(before, fit(used, start), used, tuple(judge_halves(used, start)))


def nothing_known(encoder: str) -> Calibration:
    """Where fitting starts that follows from the examples alone."""
    nothing = dict.fromkeys(NAMES, 0.0)
    return Calibration(encoder, PIPELINE, {"within": nothing, "across": nothing}, {}, THRESHOLD, 0)


def keep(made: Calibration, folder: Path) -> None:
    """Store ``made`` with the index in ``folder``. Raises what ``Store.writer`` raises."""
    with open_store(folder).writer() as writer:
        writer.set(calibration=as_text(made))
        writer.commit()


def table(fitted: Fitted) -> str:
    """For each pair of languages what was and is, then how far confidence can be taken at its word."""
    titles = ("AUROC", "false answers", ".. on topic", "refusals", "Brier", "ECE")
    lines = [f"{'':<8}{'there':>6}{'gone':>6}  " + "  ".join(f"{title:^13}" for title in titles)]
    for pair in sorted({example.pair for example in fitted.examples}):
        rows = [n for n, example in enumerate(fitted.examples) if example.pair == pair]
        some = [fitted.examples[n] for n in rows]
        was = quality(some, [fitted.before.probability(e.pair, e.signals) for e in some], fitted.before.threshold)
        now = quality(some, [fitted.judged[n] for n in rows], fitted.after.threshold)
        counts = Counter(e.kind for e in some if e.whole)
        cells = [
            f"{_share(old)} → {_share(new)}"
            for old, new in (
                (was.auroc, now.auroc),
                (was.false_answer, now.false_answer),
                (was.near, now.near),
                (was.false_refusal, now.false_refusal),
                (was.brier, now.brier),
                (was.error, now.error),
            )
        ]
        lines.append(f"{pair:<8}{counts['there']:>6}{counts['gone']:>6}  {'  '.join(cells)}")
    lines += ["", "confidence  questions  with an answer"]
    lines += [
        f"{sure:>10.2f}{n:>11}{share:>16.2f}" for n, sure, share in reliability(fitted.examples, fitted.judged)
    ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "  –  " if value is None else f"{value:.3f}"
