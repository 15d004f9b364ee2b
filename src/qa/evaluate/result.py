"""The result of an evaluation: a table of values by question, from which every measure follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.errors import ConfigError
from qa.evaluate.measures import Column, of_all

SEED, DRAWS = 20, 1000

Values = Mapping[str, Mapping[str, float]]
"""By question, then by name: what ``measures.of_all`` needs."""


@dataclass(frozen=True, slots=True)
class Result:
    """``contexts``: how many articles were searched; ``encoder``: the fingerprint of who encoded them;
    ``calibration``: where the numbers of confidence were from.
    """

    per_question: Values
    contexts: int
    encoder: str
    calibration: str = ""

    @property
    def measures(self) -> dict[str, float]:
        return of_all(_columns(self.per_question, list(self.per_question)))


@dataclass(frozen=True, slots=True)
class Change:
    """A measure over the questions of both results: what it was and is now, and the difference's 95 % interval."""

    was: float
    now: float
    low: float
    high: float

    @property
    def moved(self) -> bool:
        """Whether zero is outside the interval."""
        return self.low > 0 or self.high < 0


def compare(now: Result, was: Result) -> dict[str, Change]:
    """What moved, by a paired bootstrap over the questions that both results have (percentiles of 1,000 draws).

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. The draws are the same each time.
    Raises ConfigError where the results have no question in common.
    """
    common = [id_ for id_ in now.per_question if id_ in was.per_question]
    if not common:
        raise ConfigError("the baseline has none of these questions: name one of the same questions")
    after, before = _columns(now.per_question, common), _columns(was.per_question, common)
    draws = np.random.default_rng(SEED).integers(len(common), size=(DRAWS, len(common)))
    differences: dict[str, list[float]] = {}
    for draw in draws:
        new, old = of_all(_drawn(after, draw)), of_all(_drawn(before, draw))
        for name in new.keys() & old.keys():
            differences.setdefault(name, []).append(new[name] - old[name])
    new, old = of_all(after), of_all(before)
    return {
        name: Change(old[name], new[name], *map(float, np.percentile(differences[name], (2.5, 97.5))))
        for name in new
        if name in old and name in differences
    }


def _columns(values: Values, ids: Sequence[str]) -> dict[str, Column]:
    names = {name for id_ in ids for name in values[id_]}
    return {name: np.array([values[id_].get(name, np.nan) for id_ in ids], np.float64) for name in names}


def _drawn(columns: Mapping[str, Column], draw: Sequence[int]) -> dict[str, Column]:
    return {name: column[draw] for name, column in columns.items()}


def as_json(result: Result, changes: Mapping[str, Change] | None = None) -> str:
    """The shape that docs/quality.md describes and ``read_result`` reads."""
    shown: dict[str, object] = {
        "measures": {name: round(value, 6) for name, value in result.measures.items()},
        "questions": len(result.per_question),
        "contexts": result.contexts,
        "encoder": result.encoder,
        "calibration": result.calibration,
    }
    if changes is not None:
        shown["baseline"] = {
            name: {"was": change.was, "now": change.now, "low": change.low, "high": change.high}
            for name, change in changes.items()
        }
    shown["per_question"] = {
        id_: {name: round(value, 6) for name, value in values.items()}
        for id_, values in result.per_question.items()
    }
    return json.dumps(shown, ensure_ascii=False, indent=1)


def read_result(path: Path) -> Result:
    """What ``as_json`` wrote to ``path``. Raises ConfigError where that is something else."""
    try:
        read = json.loads(path.read_text("utf-8"))
        values = {
            str(id_): {str(name): float(value) for name, value in row.items()}
            for id_, row in read["per_question"].items()
        }
        if not all(row.keys() >= {"confidence", "latency_ms"} for row in values.values()):
            raise KeyError
        return Result(values, int(read["contexts"]), str(read["encoder"]), str(read.get("calibration", "")))
    except OSError as error:
        raise ConfigError(f"cannot read {path} ({error.strerror}): check the name") from None
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise ConfigError(f"{path} is not a result: write one with `qa eval … --json > FILE`") from None


def as_table(result: Result, changes: Mapping[str, Change] | None = None) -> str:
    """One measure a line; with ``changes`` what it was, and by how much it moved."""
    asked = len(result.per_question)
    about = f"questions: {asked:,} · contexts: {result.contexts:,} · encoder: {result.encoder}"
    lines = [f"{about} · calibration: {result.calibration}", ""]
    if changes is None:
        lines += [f"{name:<15}{_number(name, value):>9}" for name, value in result.measures.items()]
        return "\n".join(lines)
    lines.append(f"{'':<15}{'was':>9}{'now':>9}{'change':>9}  95 % interval")
    for name, change in changes.items():
        was, now = _number(name, change.was), _number(name, change.now)
        difference, low, high = (
            _number(name, value, "+") for value in (change.now - change.was, change.low, change.high)
        )
        lines.append(f"{name:<15}{was:>9}{now:>9}{difference:>9}  {low} … {high}{' *' * change.moved}")
    return "\n".join([*lines, "", "* moved: zero is outside the interval"])


def _number(name: str, value: float, sign: str = "") -> str:
    """Shares with four digits, characters and milliseconds with one."""
    return format(value, f"{sign}.{1 if name.startswith(('quote_chars', 'latency')) else 4}f")
