"""How sure an answer is: signals of what was found, as the probability that the articles answer the question.

A logistic regression of a few signals, one for answers in the question's language and one for those in another
(docs/confidence.md). Its numbers, a ``Calibration``, are made by
``qa calibrate``: those of the index if it has its own, else the shipped ones if its encoder is the bundled
one, else the same numbers with a higher threshold.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from qa.config import PIPELINE
from qa.highlight import answering
from qa.language.analyse import analyse
from qa.language.asking import kind
from qa.language.glossary import unnamed
from qa.query import Query
from qa.search import Hit

SHIPPED = "calibration.json"

THRESHOLD = 0.41
"""Below this, “the articles don't say”."""

CAUTIOUS = 0.7
"""The threshold for an encoder that nothing has been calibrated for."""

LEADERS, FIELD = 3, 20
"""The best passage is compared with those from this rank to that one: a few may well say the same."""

Origin = Literal["index", "shipped", "cautious"]

Reach = Literal["within", "across"]
"""Whether a passage is in the question's own language: what its signals are worth depends on that."""

ALONE: Mapping[Reach, float] = {"within": 0.73, "across": 0.5}
"""What stands for the lead over the field where there is none to compare with: midway between what answers that are
there lead by on average (1.13 and 0.70) and those that are not (0.34 and 0.30), so that it speaks for neither."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What confidence follows from, of the best passage ``search`` found and the first quote.

    ``sentence``: cosine of its best sentence, ``sense``: that of its sentence whose sense comes nearest,
    ``words``: the share of the question's words that it holds. ``lead``: by how much its score
    exceeds the mean of the field. ``given`` and ``lacking``: 1 if the question asks for a time or an amount and the
    quote has one, has none. ``unnamed``: how many countries it asks about that nothing found of the article names.
    ``size``: logarithm of the number of passages.
    """

    sentence: float
    sense: float
    words: float
    lead: float
    given: float
    lacking: float
    unnamed: float
    size: float


def signals(query: Query, hits: Sequence[Hit], *, title: str, quote: str, passages: int) -> Signals:
    """The signals of ``hits``, best first and at least one, among ``passages``, and of the first ``quote``.

    ``title`` is that of the best passage's article.
    """
    best, field = hits[0], [hit.score for hit in hits[LEADERS:FIELD]]
    asks = kind(query.text) in ("time", "amount")
    given = asks and bool(answering(query, quote))
    own = [hit.passage.encoded.terms for hit in hits if hit.passage.article == best.passage.article]
    said = {token.term for token in analyse(title)}.union(*(terms for some in own for terms in some))
    return Signals(
        sentence=best.best_sentence,
        sense=best.sense,
        words=best.words,
        lead=best.score - _mean(field) if field else ALONE[reach(pair_of(query, best))],
        given=float(given),
        lacking=float(asks and not given),
        unnamed=float(unnamed(query.terms, said)),
        size=math.log(passages),
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression for vectors of one ``encoder`` (its fingerprint) and ``pipeline``.

    ``weights`` has one for each of ``Signals``, for either ``Reach``; ``bases`` an intercept for each pair of
    languages, the question's and the passage's (``"en-ar"``). From ``threshold`` on a question is answered.
    ``questions`` it was made from.
    """

    encoder: str
    pipeline: str
    weights: Mapping[Reach, Mapping[str, float]]
    bases: Mapping[str, float]
    threshold: float
    questions: int

    def probability(self, pair: str, found: Signals) -> float:
        logit = self.bases.get(pair, _mean(self.bases.values()))
        weights = self.weights[reach(pair)]
        logit += sum(weights[name] * value for name, value in asdict(found).items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def pair_of(query: Query, best: Hit) -> str:
    return f"{query.lang}-{best.passage.lang}"


def reach(pair: str) -> Reach:
    asked, found = pair.split("-")
    return "within" if asked == found else "across"


def calibration(settings: Mapping[str, str]) -> tuple[Calibration, Origin]:
    """What an index with these settings is asked with, and where that is from."""
    own = _read(settings["calibration"]) if "calibration" in settings else None
    shipped = shipped_calibration()
    if (
        own
        and (own.encoder, own.pipeline) == (settings["fingerprint"], settings["pipeline"])
        and _weighs_the_same(own)
    ):
        return own, "index"
    if (shipped.encoder, PIPELINE) == (settings["fingerprint"], settings["pipeline"]):
        return shipped, "shipped"
    return replace(shipped, threshold=CAUTIOUS), "cautious"


def _weighs_the_same(made: Calibration) -> bool:
    """Whether ``made`` is of the signals that there are now, not of an earlier release's."""
    names = {field.name for field in fields(Signals)}
    return all(isinstance(some, dict) and some.keys() == names for some in made.weights.values())


def _mean(values: Collection[float]) -> float:
    return math.fsum(values) / len(values)


@cache
def shipped_calibration() -> Calibration:
    return _read(Path(__file__).with_name(SHIPPED).read_text("utf-8"))


@lru_cache(maxsize=8)
def _read(text: str) -> Calibration:
    return Calibration(**json.loads(text))


def as_text(made: Calibration) -> str:
    """``made`` as the JSON that ``calibration`` reads."""
    return json.dumps(asdict(made), ensure_ascii=False, indent=1)
