"""The answers as JSON, in the shape that docs/json.md describes and scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Sequence

from qa.answer import Answer, Citation, Excerpt, Source


def answer_json(answer: Answer) -> str:
    return _dumps(
        {
            "question": answer.question,
            "answered": answer.answered,
            "confidence": round(answer.confidence, 4),
            "citations": [_citation(citation) for citation in answer.citations],
            "nearest": [_source(source) for source in answer.nearest],
            "timings_ms": {step: round(ms, 3) for step, ms in answer.timings_ms.items()},
        }
    )


def search_json(query: str, excerpts: Sequence[Excerpt]) -> str:
    hits = [
        {
            "rank": excerpt.rank,
            "article": _source(excerpt.article),
            "start": excerpt.start,
            "end": excerpt.end,
            "text": excerpt.text,
            "score": round(excerpt.score, 4),
        }
        for excerpt in excerpts
    ]
    return _dumps({"query": query, "hits": hits})


def _citation(citation: Citation) -> dict[str, object]:
    return {
        "n": citation.n,
        "quote": citation.quote,
        "article": _source(citation.article),
        "file": citation.file,
        "start": citation.start,
        "end": citation.end,
        "raw_start": citation.raw_start,
        "raw_end": citation.raw_end,
        "score": round(citation.score, 4),
        "highlights": [list(span) for span in citation.highlights],
        "also": [_source(source) for source in citation.also],
    }


def _source(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "title": source.title,
        "date": source.date.isoformat() if source.date else None,
        "source": source.source,
        "url": source.url,
        "lang": source.lang,
    }


def _dumps(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
