"""Results: written, read again, shown, and compared with earlier ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import ConfigError
from qa.evaluate.result import Result, as_json, as_table, compare, read_result


def result(shares: list[float], *, latency: float = 10.0) -> Result:
    """One of ``len(shares)`` questions, of which one more has no answer; each share is the nDCG of one."""
    rows = {
        f"q{n}": {"ndcg@10": share, "false_refusal": 0.0, "confidence": 0.9, "latency_ms": latency}
        for n, share in enumerate(shares)
    }
    without = {"none": {"false_answer": 1.0, "confidence": 0.5, "latency_ms": latency}}
    return Result(rows | without, 30, "some-model", "shipped")


MIXED = [0.0, 0.5, 1.0, 1.0] * 10


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(as_json(result(MIXED)), encoding="utf-8")
    assert read_result(path) == result(MIXED)


def test_the_json() -> None:
    shown = json.loads(as_json(result([0.5, 1.0])))
    assert shown["measures"] == {
        "ndcg@10": 0.75,
        "false_answer": 1.0,
        "false_refusal": 0.0,
        "auroc": 1.0,
        "latency_ms_p50": 10.0,
        "latency_ms_p95": 10.0,
    }
    assert (shown["questions"], shown["contexts"], shown["encoder"]) == (3, 30, "some-model")
    assert shown["per_question"]["q0"]["ndcg@10"] == 0.5
    assert list(shown) == ["measures", "questions", "contexts", "encoder", "calibration", "per_question"]


def test_the_same_result_has_not_moved() -> None:
    changes = compare(result(MIXED), result(MIXED))
    assert set(changes) == set(result(MIXED).measures)
    assert {(change.was, change.low, change.high) for change in changes.values()} == {
        (change.now, 0.0, 0.0) for change in changes.values()
    }
    assert not any(change.moved for change in changes.values())


def test_what_is_better_everywhere_has_moved() -> None:
    change = compare(result([share / 2 + 0.5 for share in MIXED]), result(MIXED))["ndcg@10"]
    assert (change.was, change.now) == (0.625, 0.8125)
    assert 0 < change.low < 0.1875 < change.high < 0.5
    assert change.moved
    assert compare(result(MIXED), result([share / 2 + 0.5 for share in MIXED]))["ndcg@10"].high < 0


def test_one_question_of_many_is_no_move() -> None:
    change = compare(result([*MIXED[:-1], 0.0]), result(MIXED))["ndcg@10"]
    assert change.low < 0 == change.high
    assert not change.moved


def test_the_interval_is_that_of_the_paired_difference() -> None:
    """Shares far apart, but the difference the same for each question: no doubt is left."""
    change = compare(result([0.1 + share / 2 for share in MIXED]), result([share / 2 for share in MIXED]))[
        "ndcg@10"
    ]
    assert change.low == pytest.approx(0.1)
    assert change.high == pytest.approx(0.1)


def test_the_same_draws_each_time() -> None:
    better = result(MIXED[::-1])
    assert compare(better, result(MIXED)) == compare(better, result(MIXED))


def test_only_questions_of_both_are_compared() -> None:
    changes = compare(result([1.0, 0.0]), result([0.0, 0.5, 1.0, 1.0]))
    assert (changes["ndcg@10"].was, changes["ndcg@10"].now) == (0.25, 0.5)


def test_only_measures_of_both_are_compared() -> None:
    now = result(MIXED)
    old = {id_: {k: v for k, v in row.items() if k != "ndcg@10"} for id_, row in now.per_question.items()}
    assert set(compare(now, replace(now, per_question=old))) == set(now.measures) - {"ndcg@10"}


def test_no_question_in_common() -> None:
    now = result([1.0])
    was = replace(now, per_question={"other": {"confidence": 1.0, "latency_ms": 1.0, "false_answer": 0.0}})
    with pytest.raises(ConfigError, match="the baseline has none of these questions"):
        compare(now, was)


def test_the_table() -> None:
    lines = as_table(result([0.5, 1.0], latency=12.34)).splitlines()
    assert lines[0] == "questions: 3 · contexts: 30 · encoder: some-model · calibration: shipped"
    assert "ndcg@10           0.7500" in lines
    assert "latency_ms_p50      12.3" in lines


def test_the_table_of_what_moved() -> None:
    now, was = result([0.75] * 20, latency=12.34), result([0.5] * 20)
    lines = as_table(now, compare(now, was)).splitlines()
    assert lines[2].split() == ["was", "now", "change", "95", "%", "interval"]
    assert "ndcg@10           0.5000   0.7500  +0.2500  +0.2500 … +0.2500 *" in lines
    assert "latency_ms_p50      10.0     12.3     +2.3  +2.3 … +2.3 *" in lines
    assert "auroc             1.0000   1.0000  +0.0000  +0.0000 … +0.0000" in lines
    assert lines[-1] == "* moved: zero is outside the interval"


def test_the_json_of_what_moved() -> None:
    now, was = result([0.75] * 20), result([0.5] * 20)
    moved = json.loads(as_json(now, compare(now, was)))["baseline"]["ndcg@10"]
    assert moved == {"was": 0.5, "now": 0.75, "low": 0.25, "high": 0.25}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"per_question": []}', '{"per_question": {"a": 1}, "contexts": 1, "encoder": ""}',
     '{"per_question": {"a": {"confidence": 1}}, "contexts": 1, "encoder": ""}',
     '{"per_question": {"a": {"confidence": 1, "latency_ms": "?"}}, "contexts": 1, "encoder": ""}'],
)  # fmt: skip
def test_what_is_no_result(text: str, tmp_path: Path) -> None:
    (tmp_path / "was.json").write_text(text, encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"^\S+was.json is not a result: write one with `qa eval … --json > FILE`$"
    ):
        read_result(tmp_path / "was.json")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^cannot read \S+ \(No such file or directory\): check the name$"):
        read_result(tmp_path / "was.json")
