"""Questions with known answers: SQuAD files, and gold lines for an index that exists (docs/quality.md)."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import ConfigError
from qa.language.script import language

log = logging.getLogger("qa")


@dataclass(frozen=True, slots=True)
class Question:
    """``gold``: ids of the articles that answer, where that is known. ``answers``: text of which some must stand
    in a right quote; none where nothing answers.
    """

    id: str
    text: str
    gold: frozenset[str]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """``contexts``: texts to be indexed, each under its place in the list (``"0"``, ``"1"``, …) as id.

    ``articles``: for each of them the article it is of, as the place of its corpus and its own (``"0:12"``).
    """

    contexts: tuple[str, ...]
    articles: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A context, the place of its article in ``data``, and by id the text and answers of its questions."""

    article: int
    context: str
    questions: dict[str, tuple[str, tuple[str, ...]]]


def read_squad(corpora: Sequence[Path], questions: Path, *, halved: bool = False) -> Task:
    """The contexts of ``corpora`` and the questions of ``questions``, joined by question id.

    A question's gold are the contexts that answer it in any of the ``corpora``, its answers those given there.
    With ``halved`` the contexts of every second article of each corpus are left out, so that their questions
    have no answer. Questions that no corpus holds are left out, which is said aloud.

    Raises ConfigError for a file that cannot be read or is of another format, and where no question is left
    that has an answer.
    """
    places: dict[str, int] = {}
    articles: list[str] = []
    gold: defaultdict[str, set[str]] = defaultdict(set)
    answers: defaultdict[str, dict[str, None]] = defaultdict(dict)
    held: set[str] = set()
    for corpus, paragraph in ((n, paragraph) for n, path in enumerate(corpora) for paragraph in _paragraphs(path)):
        held |= paragraph.questions.keys()
        if halved and paragraph.article % 2:
            continue
        place = places.setdefault(paragraph.context, len(places))
        if place == len(articles):
            articles.append(f"{corpus}:{paragraph.article}")
        for id_, (_, given) in paragraph.questions.items():
            if given:
                gold[id_].add(str(place))
                answers[id_] |= dict.fromkeys(given)
    asked = {id_: text for paragraph in _paragraphs(questions) for id_, (text, _) in paragraph.questions.items()}
    if not asked.keys() & gold.keys():
        raise ConfigError(f"no question of {questions} has a context that answers it in the corpora: name others")
    if strangers := len(asked.keys() - held):
        log.info("%d of %d questions are in no corpus and left out", strangers, len(asked))
    return Task(
        tuple(places),
        tuple(articles),
        tuple(
            Question(id_, text, frozenset(gold.get(id_, ())), tuple(answers.get(id_, ())))
            for id_, text in asked.items()
            if id_ in held
        ),
    )


def language_and_ids(path: Path) -> tuple[str, frozenset[str]]:
    """The language of the contexts of a SQuAD file, and the ids of its questions. Raises as ``read_squad`` does."""
    paragraphs = _paragraphs(path)
    ids = frozenset(id_ for paragraph in paragraphs for id_ in paragraph.questions)
    return language(" ".join(paragraph.context for paragraph in paragraphs)), ids


def read_gold(path: Path) -> tuple[Question, ...]:
    """The questions in ``path``, one JSON object a line. Raises ConfigError as ``read_squad`` does.

    Lines that ``qa feedback`` left for a person to complete are left out, which is said aloud.
    """
    questions: dict[str, Question] = {}
    waiting = 0
    for number, line in enumerate(_read(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = _text(row["question"])
            if "todo" in row and not {"quote", "quotes"} & row.keys():
                waiting += 1
                continue
            quotes = _quotes(row)
        except (LookupError, TypeError, ValueError, RecursionError):
            raise ConfigError(
                f'{path}, line {number} is not {{"question": "…", "quotes": ["…"]}}: see docs/quality.md'
            ) from None
        questions[text] = Question(text, text, frozenset(), quotes)
    if waiting:
        log.info("%d questions of %s wait for their quotes and are left out", waiting, path)
    if not questions:
        raise ConfigError(f"{path} holds no question: write some (docs/quality.md)")
    return tuple(questions.values())


def _quotes(row: dict[str, Any]) -> tuple[str, ...]:
    """Those that answer: ``quotes``, a list that may be empty, or ``quote``, a text or null."""
    given = _list(row["quotes"]) if "quotes" in row else [row["quote"]] if row["quote"] is not None else []
    return tuple(map(_text, given))


def _paragraphs(path: Path) -> list[_Paragraph]:
    text = _read(path)
    try:
        return [
            _Paragraph(number, _text(paragraph["context"]), dict(map(_question, _list(paragraph["qas"]))))
            for number, article in enumerate(_list(json.loads(text)["data"]))
            for paragraph in _list(article["paragraphs"])
        ]
    except (LookupError, TypeError, ValueError, RecursionError):
        raise ConfigError(f"{path} is not in SQuAD format: see docs/quality.md") from None


def _question(qa: Any) -> tuple[str, tuple[str, tuple[str, ...]]]:
    return _text(qa["id"]), (_text(qa["question"]).strip(), _answers(_list(qa["answers"])))


def _answers(given: Iterable[Any]) -> tuple[str, ...]:
    return tuple(_text(answer["text"]) for answer in given)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _text(value: Any) -> str:
    """``value`` if it is a string that says something and can be stored, else TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError
    value.encode()
    if not value.strip():
        raise ValueError
    return value


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError(f"cannot read {path} ({reason}): check the name") from None
