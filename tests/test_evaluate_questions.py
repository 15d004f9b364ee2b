"""Questions with known answers, as they are read from files."""

from __future__ import annotations

import json
import logging
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from squad import ARABIC, BAKERY, BRIDGE, BRIDGE_AR, ENGLISH, SNOW, squad, write_squad

from qa.errors import ConfigError
from qa.evaluate.questions import Question, Task, read_gold, read_squad


@pytest.fixture
def english(tmp_path: Path) -> Path:
    return write_squad(tmp_path / "en.json", ENGLISH)


@pytest.fixture
def arabic(tmp_path: Path) -> Path:
    return write_squad(tmp_path / "ar.json", ARABIC)


def by_id(task: Task) -> dict[str, Question]:
    return {question.id: question for question in task.questions}


def test_one_file_is_corpus_and_questions(english: Path) -> None:
    task = read_squad([english], english)
    assert task.contexts == (BRIDGE, BAKERY, SNOW)
    assert task.articles == ("0:0", "0:1", "0:2")
    text = "What does the granddaughter of the baker want to keep?"
    assert by_id(task)["bakery"] == Question("bakery", text, frozenset({"1"}), ("the wood oven", "oven"))


def test_questions_of_one_language_on_articles_of_the_other(english: Path, arabic: Path) -> None:
    asked = by_id(read_squad([arabic], english))["bridge"]
    assert asked.text == "When did the old stone bridge reopen?"
    assert asked.gold == {"0"}
    assert asked.answers == ("12 مارس 2019",)


def test_parallel_files_make_a_mixed_pool(english: Path, arabic: Path) -> None:
    task = read_squad([arabic, english], english)
    asked = by_id(task)["bridge"]
    assert {task.contexts[int(place)] for place in asked.gold} == {BRIDGE, BRIDGE_AR}
    assert asked.answers == ("12 مارس 2019", "12 March 2019")


def test_a_context_that_stands_twice_is_one_article(tmp_path: Path) -> None:
    twice = [*ENGLISH, (BRIDGE, [("cracks", "What did divers find?", ["cracks"])])]
    path = write_squad(tmp_path / "twice.json", twice)
    task = read_squad([path, path], path)
    assert len(task.contexts) == 3
    assert by_id(task)["cracks"].gold == by_id(task)["bridge"].gold == {"0"}
    assert by_id(task)["cracks"].answers == ("cracks",)


def test_every_second_article_can_be_left_out(english: Path, arabic: Path) -> None:
    task = read_squad([english, arabic], english, halved=True)
    assert BAKERY not in task.contexts
    assert len(task.contexts) == 4
    assert task.articles == ("0:0", "0:2", "1:0", "1:2")
    assert {id_: bool(question.answers) for id_, question in by_id(task).items()} == {
        "bridge": True,
        "bakery": False,
        "snow": True,
    }
    assert by_id(task)["bakery"].gold == frozenset()


def test_a_question_whose_answers_are_empty_has_none(tmp_path: Path) -> None:
    path = write_squad(tmp_path / "two.json", [*ENGLISH, (SNOW, [("never", "Who paid for the ploughs?", [])])])
    asked = by_id(read_squad([path], path))["never"]
    assert (asked.gold, asked.answers) == (frozenset(), ())


def test_strange_questions_are_left_out_and_that_is_said(
    english: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    more = write_squad(tmp_path / "more.json", [*ENGLISH, ("Else.", [("other", "What else?", ["Else"])])])
    with caplog.at_level(logging.INFO, "qa"):
        task = read_squad([english], more)
    assert "other" not in by_id(task)
    assert caplog.messages == ["1 of 4 questions are in no corpus and left out"]


def test_no_question_that_the_corpora_answer(english: Path, tmp_path: Path) -> None:
    other = write_squad(tmp_path / "other.json", [("Else.", [("other", "What else?", ["Else"])])])
    with pytest.raises(ConfigError, match=r"^no question of \S+ has a context that answers it in the corpora"):
        read_squad([english], other)


def _broken() -> dict[str, Any]:
    whole = squad(ENGLISH)
    qa: dict[str, Any] = {"id": "1", "question": "Who?", "answers": []}

    def with_(paragraph: object) -> Any:
        broken = deepcopy(whole)
        broken["data"][1]["paragraphs"][0] = paragraph
        return broken

    return {
        "a list": [],
        "no data": {},
        "data is a word": {"data": "words"},
        "an article without paragraphs": {"data": [{}]},
        "an article that is a number": {"data": [1]},
        "no context": with_({"qas": []}),
        "a context that is a number": with_({"context": 1, "qas": []}),
        "a context that says nothing": with_({"context": " \n", "qas": []}),
        "half a character": with_({"context": "a \ud800", "qas": []}),
        "no questions": with_({"context": "a"}),
        "a question without id": with_({"context": "a", "qas": [{k: v for k, v in qa.items() if k != "id"}]}),
        "answers that are words": with_({"context": "a", "qas": [qa | {"answers": ["word"]}]}),
        "an empty answer": with_({"context": "a", "qas": [qa | {"answers": [{"text": ""}]}]}),
    }


@pytest.mark.parametrize("content", [pytest.param(value, id=name) for name, value in _broken().items()])
def test_what_is_not_squad(content: object, english: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    for corpora, questions in (([english, path], english), ([english], path)):
        with pytest.raises(ConfigError, match=r"^\S+broken.json is not in SQuAD format: see docs/quality.md$"):
            read_squad(corpora, questions)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000], ids=["empty", "torn", "deep"])
def test_what_is_not_json(text: str, english: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="is not in SQuAD format"):
        read_squad([path], english)


def test_what_cannot_be_read(english: Path, tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"^cannot read \S+none.json \(No such file or directory\): check the name$"
    ):
        read_squad([tmp_path / "none.json"], english)
    with pytest.raises(ConfigError, match=r"^cannot read \S+ \(Is a directory\)"):
        read_squad([english], tmp_path)
    (tmp_path / "latin.json").write_bytes(b"\xe9")
    with pytest.raises(ConfigError, match=r"^cannot read \S+latin.json \(it is not UTF-8\)"):
        read_squad([tmp_path / "latin.json"], english)


def test_gold_lines(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    lines = [
        '{"question": "Who?", "quotes": ["the baker", "her granddaughter"]}',
        "",
        '{"question": "Why?", "quotes": []}',
        '{"question": "When?", "quote": "on Sunday"}',
        '{"question": "Where?", "quote": null}',
        '{"question": "Whose?", "todo": "complete this"}',
        '{"question": "How?", "todo": "completed", "quotes": ["by hand"]}',
    ]
    path.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    assert read_gold(path) == (
        Question("Who?", "Who?", frozenset(), ("the baker", "her granddaughter")),
        Question("Why?", "Why?", frozenset(), ()),
        Question("When?", "When?", frozenset(), ("on Sunday",)),
        Question("Where?", "Where?", frozenset(), ()),
        Question("How?", "How?", frozenset(), ("by hand",)),
    )


def test_the_gold_of_the_real_article() -> None:
    questions = read_gold(Path(__file__).parent / "gold" / "questions.jsonl")
    assert {bool(question.answers) for question in questions} == {True, False}


@pytest.mark.parametrize(
    "line",
    ["{", "1", "{}", '{"question": "Who?"}', '{"question": "", "quotes": []}', '{"todo": ""}',
     '{"question": "Who?", "quote": 1}', '{"question": "Who?", "quotes": null}',
     '{"question": "Who?", "quotes": "me"}', '{"question": "Who?", "quotes": [" "]}'],
)  # fmt: skip
def test_a_line_that_is_not_gold(line: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f'{{"question": "Who?", "quotes": []}}\n{line}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r'gold.jsonl, line 2 is not \{"question": "…", "quotes": \["…"\]\}: see'):
        read_gold(path)


def test_gold_without_a_question(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text("\n\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"holds no question"):
        read_gold(tmp_path / "gold.jsonl")
