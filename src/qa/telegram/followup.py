"""A follow-up, a reply to an answer, means what it says together with the question before."""

from __future__ import annotations

SHORT = 8


def carried(subject: str, question: str) -> str:
    return f"{subject} {question}"
