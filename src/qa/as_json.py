"""The answers as JSON, in the shape that docs/json.md describes and scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from qa.answer import Answer, Citation, Found, Source
from qa.feedback import Feedback

if TYPE_CHECKING:
    from qa.article import Article
    from qa.language.period import Period
    from qa.store.backup import Manifest
    from qa.store.doctor import Check
    from qa.store.records import Known, Listed, StoredArticle
    from qa.store.status import Status


def answer_json(answer: Answer) -> str:
    return _dumps(
        {
            "question": answer.question,
            "answered": answer.answered,
            "confidence": round(answer.confidence, 4),
            "citations": [_citation(citation) for citation in answer.citations],
            "nearest": [_source(source) for source in answer.nearest],
            "preferred": _period(answer.preferred),
            "timings_ms": {step: round(ms, 3) for step, ms in answer.timings_ms.items()},
        }
    )


def search_json(found: Found) -> str:
    hits = [
        {
            "rank": passage.n,
            "article": _source(passage.article),
            "start": passage.start,
            "end": passage.end,
            "text": passage.quote,
            "score": round(passage.score, 4),
            "also": [_source(source) for source in passage.also],
        }
        for passage in found.passages
    ]
    return _dumps({"query": found.query, "hits": hits, "preferred": _period(found.preferred)})


def list_json(articles: Sequence[Listed], total: int) -> str:
    rows = [_with_file(article) | {"also": [*map(_with_file, article.also)]} for article in articles]
    return _dumps({"total": total, "articles": rows})


def article_json(stored: StoredArticle, also: Sequence[Listed]) -> str:
    article = stored.article
    return _dumps(
        {
            "article": _source(article),
            "file": str(stored.path),
            "text": article.text,
            "headings": [list(span) for span in article.headings],
            "content_hash": stored.content_hash,
            "also": [*map(_with_file, also)],
        }
    )


def removed_json(removed: Sequence[Known]) -> str:
    return _dumps({"removed": [{"id": article.id, "file": article.file.path} for article in removed]})


def status_json(status: Status) -> str:
    return _dumps(asdict(status) | {"folder": str(status.folder)})


def doctor_json(checks: Sequence[Check], mended: Sequence[str]) -> str:
    found = [
        {"name": check.name, "severity": check.severity, "detail": check.detail, "remedy": check.remedy}
        for check in checks
    ]
    return _dumps({"sound": all(c.severity != "FAIL" for c in checks), "mended": [*mended], "checks": found})


def manifest_json(manifest: Manifest) -> str:
    return _dumps(asdict(manifest))


def feedback_json(given: Sequence[Feedback]) -> str:
    rows = [
        {
            "at": feedback.at.isoformat(),
            "question": feedback.question,
            "answered": feedback.answered,
            "confidence": round(feedback.confidence, 4),
            "verdict": feedback.verdict,
            "quotes": list(feedback.quotes),
            "articles": list(feedback.articles),
        }
        for feedback in given
    ]
    return _dumps({"feedback": rows})


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


def _period(period: Period | None) -> dict[str, object] | None:
    if period is None:
        return None
    since, until = (day.isoformat() if day else None for day in (period.first, period.last))
    return {"since": since, "until": until, "newest": period.newest}


def _source(source: Source | Listed | Article) -> dict[str, object]:
    return {
        "id": source.id,
        "title": source.title,
        "date": source.date.isoformat() if source.date else None,
        "source": source.source,
        "url": source.url,
        "lang": source.lang,
        "dated": source.dated,
    }


def _with_file(article: Listed) -> dict[str, object]:
    return _source(article) | {"file": article.file}


def _dumps(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
