"""👍 and 👎: what readers thought of answers, and gold questions made of it (docs/confidence.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa.answer import Answer
from qa.people import exists, open_people

WRONG = "these quotes were found wrong: write the right ones under quotes, or [] if the articles don't say"
SILENT = "an answer was missed here: write a quote that holds it under quotes, or [] if the articles don't say"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One verdict, 1 or -1, on one answer. ``at`` is in UTC.

    ``articles`` are the ids of those quoted, one for each of ``quotes``, or of the nearest where nothing was.
    """

    at: datetime
    question: str
    answered: bool
    confidence: float
    verdict: int
    quotes: tuple[str, ...]
    articles: tuple[str, ...]


def record(folder: Path, answer: Answer, verdict: int, *, at: datetime | None = None) -> None:
    """Keep ``verdict``, 1 or -1, on ``answer``, beside the index in ``folder``; nothing of who gave it.

    On disk when this returns, and does not wait for an indexing run. Raises what ``open_people`` raises, and
    ValueError for another verdict.
    """
    if verdict not in (1, -1):
        raise ValueError(f"a verdict is 1 or -1, not {verdict}")
    moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    sources = [citation.article for citation in answer.citations] or answer.nearest
    quotes = json.dumps([citation.quote for citation in answer.citations], ensure_ascii=False)
    articles = json.dumps([source.id for source in sources], ensure_ascii=False)
    with open_people(folder) as db:
        db.execute(
            "INSERT INTO feedback (at, question, answered, confidence, verdict, quotes, articles)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (moment, answer.question, answer.answered, answer.confidence, verdict, quotes, articles),
        )


def given(folder: Path) -> list[Feedback]:
    """All feedback on answers from the index in ``folder``, oldest first. Raises what ``open_people`` raises."""
    if not exists(folder):
        return []
    with open_people(folder) as db:
        rows = db.execute(
            "SELECT at, question, answered, confidence, verdict, quotes, articles FROM feedback ORDER BY id"
        ).fetchall()
    return [
        Feedback(
            datetime.fromisoformat(at),
            question,
            bool(answered),
            confidence,
            verdict,
            tuple(json.loads(quotes)),
            tuple(json.loads(articles)),
        )
        for at, question, answered, confidence, verdict, quotes, articles in rows
    ]


def export(folder: Path) -> Iterator[str]:
    """The feedback as gold lines, one for each question, by the last verdict on it.

    What was found good is gold at once: the quotes shown, or none. What was found bad is a line ``todo`` without
    ``quotes``, for a person to complete; until then ``qa eval --gold`` leaves it out.
    """
    for feedback in {one.question: one for one in given(folder)}.values():
        line: dict[str, object] = {"question": feedback.question}
        if feedback.verdict > 0:
            line |= {"quotes": feedback.quotes}
        elif feedback.quotes:
            line |= {"todo": WRONG, "shown": feedback.quotes}
        else:
            line |= {"todo": SILENT, "nearest": feedback.articles}
        yield json.dumps(line, ensure_ascii=False)
