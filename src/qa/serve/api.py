"""The API: what the `qa` commands print with --json, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qa.as_json import answer_json, article_json, list_json, search_json, status_json
from qa.library import Library
from qa.serve import parameters
from qa.serve.desk import Desk, Refused
from qa.serve.openapi import MOST, document
from qa.serve.pages import as_indexed
from qa.store.records import Choice, Listed, StoredArticle
from qa.store.status import Status, read_status


class Api:
    """Where more than this machine is served, files are named without their folders."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, request: Request) -> Response:
        parameters.only(request, "question", "limit", *parameters.FILTER)
        limit = parameters.number(request, "limit", 4, least=1, most=MOST["ask"])
        question, only = request.query_params.get("question", ""), parameters.filter_of(request)
        answer = await self._desk.ask(request, question, limit=limit, only=only)
        citations = tuple(replace(one, file=str(self._shown(Path(one.file)))) for one in answer.citations)
        return _json(answer_json(replace(answer, citations=citations)))

    async def search(self, request: Request) -> Response:
        parameters.only(request, "query", "limit", *parameters.FILTER)
        limit = parameters.number(request, "limit", 10, least=1, most=MOST["search"])
        query, only = request.query_params.get("query", ""), parameters.filter_of(request)
        return _json(search_json(await self._desk.search(request, query, limit=limit, only=only)))

    async def articles(self, request: Request) -> Response:
        parameters.only(request, "limit", "offset", "since", "until", "lang", "source")
        limit = parameters.number(request, "limit", 20, least=1, most=MOST["articles"])
        offset = parameters.number(request, "offset", 0, least=0, most=MOST["offset"])
        only = parameters.filter_of(request)

        def read(library: Library) -> tuple[list[Listed], int]:
            with library.store.view() as view:
                return view.browse(Choice(only.lang, only.source, only.since, only.until), limit, offset)

        found, total = await self._desk.reading.run(read)
        return _json(list_json([*map(self._listed, found)], total))

    async def article(self, request: Request) -> Response:
        parameters.only(request)
        id_ = request.path_params["id"]

        def read(library: Library) -> tuple[StoredArticle, tuple[Listed, ...]]:
            with library.store.view() as view:
                found = view.find(id=id_)
                if found is None:
                    raise Refused(404, "missing.article")
                return found, view.copies([found.rowid]).get(found.rowid, ())

        found, also = await self._desk.reading.run(read)
        as_indexed(found)
        return _json(article_json(replace(found, path=self._shown(found.path)), [*map(self._listed, also)]))

    async def status(self, request: Request) -> Response:
        parameters.only(request)
        status: Status = await self._desk.reading.run(lambda library: read_status(library.folder))
        if not self._desk.settings.local:
            status = replace(
                status,
                folder=Path(status.folder.name),
                corpora=tuple(Path(one).name for one in status.corpora),
                removed=tuple(Path(one).name for one in status.removed),
                writer=status.writer and "another process",
            )
        return _json(status_json(status))

    async def openapi(self, _: Request) -> Response:
        return JSONResponse(document())

    def _listed(self, one: Listed) -> Listed:
        also = tuple(map(self._listed, one.also))
        return replace(one, file=str(self._shown(Path(one.file))), also=also)

    def _shown(self, path: Path) -> Path:
        return path if self._desk.settings.local else Path(path.name)


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"Cache-Control": "private, no-cache"})
