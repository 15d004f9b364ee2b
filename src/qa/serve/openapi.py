"""The API, described: OpenAPI 3.1. The shapes are those of docs/json.md."""

from __future__ import annotations

from typing import Any

from qa import __version__
from qa.library import LONGEST

Schema = dict[str, Any]

MOST = {"ask": 8, "search": 50, "articles": 100, "offset": 10**8}
"""How much can be asked for at once."""


def document() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Isnad",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Verbatim, cited quotes from Arabic and English articles. Offsets count code points.",
        },
        "paths": {
            "/api/ask": _get(
                "Quotes that answer, or an abstention",
                "Answer",
                [_words("question"), _number("limit", 4, 1, MOST["ask"]), *_FILTER],
            ),
            "/api/search": _get(
                "The passages that come closest",
                "Hits",
                [_words("query"), _number("limit", 10, 1, MOST["search"]), *_FILTER],
            ),
            "/api/articles": _get(
                "The articles, newest first; `source` may be a part of the name",
                "Articles",
                [
                    _number("limit", 20, 1, MOST["articles"]),
                    _number("offset", 0, 0, MOST["offset"]),
                    *(one for one in _FILTER if one["name"] != "article"),
                ],
            ),
            "/api/articles/{id}": _get(
                "An article's text; its id is percent-encoded, slashes may stay",
                "Article",
                [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}],
                missing=True,
            ),
            "/api/status": _get("What the index holds", "Status", []),
        },
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _get(summary: str, schema: str, parameters: list[Schema], *, missing: bool = False) -> Schema:
    refusals = {
        "400": "What is asked for cannot be; the error says why",
        "401": "A token is wanted",
        "421": "Sent to a name that is not served",
        "429": "Too many questions from this address",
        "503": "The index cannot be used now, or too many questions wait",
    }
    if missing:
        refusals["404"] = "There is no such article"
    return {
        "get": {
            "summary": summary,
            "operationId": schema[0].lower() + schema[1:],
            "parameters": parameters,
            "security": [{}, {"token": []}],
            "responses": {
                "200": {"description": summary, "content": _content(schema)},
                **{code: {"description": why, "content": _content("Error")} for code, why in refusals.items()},
            },
        }
    }


def _content(schema: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _words(name: str) -> Schema:
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "[^\\W_]"}
    return {"name": name, "in": "query", "required": True, "schema": schema}


def _number(name: str, default: int, least: int, most: int) -> Schema:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {"name": name, "in": "query", "schema": schema}


def _chosen(name: str, what: str, **schema: object) -> Schema:
    return {"name": name, "in": "query", "description": what, "schema": {"type": "string", **schema}}


_FILTER = [
    _chosen("since", "Articles of this day or later", format="date"),
    _chosen("until", "Articles of this day or earlier", format="date"),
    _chosen("lang", "Articles in this language", maxLength=LONGEST, examples=["ar"]),
    _chosen("source", "Articles of this source", maxLength=LONGEST),
    _chosen("article", "The article of this id alone", maxLength=LONGEST),
]


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": [*properties], "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_SPAN: Schema = {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}
_PLACE = {"start": _COUNT, "end": _COUNT}
_DAY: Schema = {"type": ["string", "null"], "format": "date"}
_SOURCE = {
    "id": _TEXT,
    "title": _TEXT,
    "date": _DAY,
    "source": _TEXT,
    "url": _TEXT,
    "lang": _TEXT,
    "dated": {"enum": ["metadata", "text", "file", ""]},
}
_PERIOD = _object(since=_DAY, until=_DAY, newest={"type": "boolean"}) | {"type": ["object", "null"]}

_SCHEMAS: Schema = {
    "Error": _object(error=_TEXT),
    "Source": _object(**_SOURCE),
    "Citation": _object(
        n=_COUNT,
        quote=_TEXT,
        article=_ref("Source"),
        file=_TEXT,
        **_PLACE,
        raw_start=_COUNT,
        raw_end=_COUNT,
        score=_SHARE,
        highlights=_list(_SPAN),
        also=_list(_ref("Source")),
    ),
    "Answer": _object(
        question=_TEXT,
        answered={"type": "boolean"},
        confidence=_SHARE,
        citations=_list(_ref("Citation")),
        nearest=_list(_ref("Source")),
        preferred=_PERIOD,
        timings_ms={"type": "object", "additionalProperties": {"type": "number"}},
    ),
    "Hits": _object(
        query=_TEXT,
        hits=_list(
            _object(
                rank=_COUNT,
                article=_ref("Source"),
                **_PLACE,
                text=_TEXT,
                score={"type": "number"},
                also=_list(_ref("Source")),
            ),
        ),
        preferred=_PERIOD,
    ),
    "Listed": _object(**_SOURCE, file=_TEXT),
    "Articles": _object(total=_COUNT, articles=_list(_object(**_SOURCE, file=_TEXT, also=_list(_ref("Listed"))))),
    "Article": _object(
        article=_ref("Source"),
        file=_TEXT,
        text=_TEXT,
        headings=_list(_SPAN),
        content_hash=_TEXT,
        also=_list(_ref("Listed")),
    ),
    "Status": _object(
        folder=_TEXT,
        articles=_COUNT,
        copies=_COUNT,
        passages=_COUNT,
        languages={"type": "object", "additionalProperties": _COUNT},
        model=_TEXT,
        fingerprint=_TEXT,
        pipeline=_TEXT,
        format=_COUNT,
        generation=_TEXT,
        updated={"type": "string", "format": "date-time"},
        search=_TEXT,
        recall={"type": ["number", "null"]},
        sizes={"type": "object", "additionalProperties": _COUNT},
        corpora=_list(_TEXT),
        removed=_list(_TEXT),
        writer={"type": ["string", "null"]},
    ),
}
