"""What may be asked for in an address, read strictly: a parameter that is wrong or unknown is an error."""

from __future__ import annotations

import re
from datetime import date

from starlette.requests import Request

from qa.serve.desk import LANGUAGE, Refused
from qa.store.records import Filter

LONGEST = 2000
"""Characters of a filter's value or an article's id."""


def only(request: Request, *allowed: str) -> None:
    """Raises Refused for a parameter that is not ``allowed``; a mistyped filter would let everything through."""
    for name in request.query_params:
        if name not in (*allowed, LANGUAGE):
            raise Refused(400, "parameter.unknown", name=name, names=", ".join(allowed))


def text(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if len(value) > LONGEST:
        raise Refused(400, "parameter.long", name=name, most=LONGEST)
    return value


def number(request: Request, name: str, default: int, *, least: int, most: int) -> int:
    value = request.query_params.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise Refused(400, "parameter.number", name=name, least=least, most=most)
    return int(value)


def day(request: Request, name: str) -> date | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Refused(400, "parameter.day", name=name)


FILTER = ("since", "until", "lang", "source", "article")


def filter_of(request: Request) -> Filter:
    return Filter(
        since=day(request, "since"),
        until=day(request, "until"),
        lang=text(request, "lang"),
        source=text(request, "source"),
        article=text(request, "article"),
    )
