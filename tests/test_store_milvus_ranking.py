"""Whether Milvus ranks as the local store does, on questions that are not in the project."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from qa.encoder import Encoder
from qa.evaluate.questions import read_squad
from qa.evaluate.run import ask, build
from qa.library import Library
from qa.migrate import migrate
from qa.store.place import folder_of

CONTEXTS, ASKED = 40, 100
MOST = 0.005


def test_rankings_agree(tmp_path: Path, encoder: Encoder) -> None:
    pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")
    folder = os.environ.get("ISNAD_EVAL_DIR")
    if not folder:
        pytest.skip("ISNAD_EVAL_DIR names no folder with xquad-dev.ar.json")
    squad = Path(folder) / "xquad-dev.ar.json"
    task = read_squad([squad], squad)
    ids = {str(n) for n in range(CONTEXTS)}
    questions = [question for question in task.questions if question.gold <= ids][:ASKED]
    build(replace(task, contexts=task.contexts[:CONTEXTS]).contexts, tmp_path / "local", encoder)
    there = folder_of(f"milvus:{tmp_path}/there.db")
    migrate([tmp_path / "local"], there)
    local, milvus = (ask(questions, Library(place)).measures for place in (tmp_path / "local", there))
    assert abs(local["ndcg@10"] - milvus["ndcg@10"]) <= MOST
    assert local["ndcg@10"] > 0.8
