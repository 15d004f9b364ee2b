"""What an indexing run would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from indexing import BAKERY, BRIDGE, STORM, Listening, write
from test_changes import export

from qa.corpus import list_files
from qa.encoder import Encoder
from qa.index import preview, update
from qa.plan import Plan, plan
from qa.store.register import Register


def test_a_plan_says_what_a_run_would_do_and_writes_nothing(tmp_path: Path, encoder: Encoder) -> None:
    news = export(write(tmp_path / "news", a=BRIDGE, b=BAKERY), {"x": STORM})
    listening = Listening(encoder)
    told: list[tuple[int, int]] = []
    assert preview([news], tmp_path / "index", listening, progress=lambda *done: told.append(done)) == Plan(
        added=("news/a.txt", "news/b.txt", "news/export.jsonl#x"),
        updated=(),
        removed=(),
        counts=(3, 0, 0),
        unchanged=0,
        skipped=(),
        ignored=preview([news], tmp_path / "index", listening).ignored,
    )
    assert told[-1] == (3, 3)
    assert not (tmp_path / "index").exists()
    assert listening.asked == []
    update([news], tmp_path / "index", listening)
    before = {path: path.read_bytes() for path in (tmp_path / "index").iterdir()}
    (news / "a.txt").unlink()
    (news / "b.txt").write_text(f"{BAKERY}\nIt was sold out by noon.", encoding="utf-8")
    (news / "c.txt").write_bytes(b"\0\1\2")
    made = preview([news], tmp_path / "index", listening)
    assert (made.added, made.updated, made.removed, made.unchanged) == ((), ("news/b.txt",), ("news/a.txt",), 1)
    assert [path.name for path, _ in made.skipped] == ["c.txt"]
    assert {path: path.read_bytes() for path in before} == before
    assert len(preview([news], tmp_path / "index", listening, rebuild=True).added) == 2


def test_a_plan_of_very_many_names_some_and_counts_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.plan.NAMED", 2)
    news = export(tmp_path / "news", {"a": BRIDGE, "b": BAKERY, "c": STORM})
    made = plan(list_files([news]), Register(), frozenset())
    assert (made.counts, made.added) == ((3, 0, 0), ("news/export.jsonl#a", "news/export.jsonl#b"))
