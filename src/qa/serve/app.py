"""The service: which address goes to which handler."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from shutil import rmtree
from threading import Thread

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qa.errors import IsnadError
from qa.library import Library
from qa.reading import Reading
from qa.serve.access import Gate
from qa.serve.api import Api
from qa.serve.desk import AT_ONCE, Desk, Refused
from qa.serve.login import Login
from qa.serve.pages import Pages
from qa.serve.settings import Settings, handed_on
from qa.serve.view import STATIC, refusal


def build(settings: Settings) -> Starlette:
    """The service that ``settings`` describe, as an ASGI application."""
    # Questions never take all the threads: an article can be opened while they wait.
    desk = Desk(settings, Reading(Path(settings.index), workers=2 * AT_ONCE))
    pages, api, login = Pages(desk), Api(desk), Login(desk)
    routes = [
        Route("/", pages.ask),
        Route("/search", pages.search),
        Route("/browse", pages.browse),
        Route("/status", pages.status),
        Route("/articles/{id:path}", pages.article),
        Route("/raw/{id:path}", pages.raw),
        Route("/login", login.form, methods=["GET"]),
        Route("/login", login.enter, methods=["POST"]),
        Route("/logout", login.leave, methods=["POST"]),
        Route("/health", _health),
        Route("/static/{version}/{name}", _static),
        Route("/api/ask", api.ask),
        Route("/api/search", api.search),
        Route("/api/articles", api.articles),
        Route("/api/articles/{id:path}", api.article),
        Route("/api/status", api.status),
        Route("/api/openapi.json", api.openapi),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with suppress(IsnadError):  # whoever asks will be told
            await desk.reading.run(_warm)
        yield
        desk.reading.close()

    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, settings=settings)],
        exception_handlers={HTTPException: _refuse, IsnadError: _refuse, Refused: _refuse},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.desk = desk
    return app


def create() -> Starlette:
    """The same in a worker process, with the settings that were left to it."""
    logging.basicConfig(format="qa: %(message)s", level=logging.WARNING)
    settings = handed_on()
    if parent := parent_process():
        Thread(target=_end_after, args=[parent, settings], daemon=True).start()
    return build(settings)


def _end_after(parent: BaseProcess, settings: Settings) -> None:
    """Ends this process once ``parent`` has, however that came: else it would hold the port, out of control."""
    parent.join()
    rmtree(settings.together, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)


def _warm(library: Library) -> None:
    """Reads what the first question would have to wait for."""
    for question in ("what has happened?", "ماذا حدث؟"):
        library.ask(question)


async def _refuse(request: Request, error: Exception) -> Response:
    return refusal(request, error)


async def _health(_: Request) -> Response:
    return JSONResponse({"ok": True})


async def _static(request: Request) -> Response:
    found = STATIC.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    data, kind = found
    # The address names the bytes: it can be kept for ever.
    return Response(data, media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"})
