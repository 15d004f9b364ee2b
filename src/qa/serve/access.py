"""Who comes through, and what every answer carries: the outermost layer of the service."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.serve import session
from qa.serve.desk import CHOSEN, LANGUAGE, LANGUAGES, Refused
from qa.serve.settings import Settings, loopback
from qa.serve.view import API, anchored, path_of, refusal

BODY = 4096
"""Bytes of a request's body: nothing but the form that takes the token has one."""

OPEN = ("/login", "/logout", "/health", "/static/")
"""What can be seen without the token: nothing of the articles."""

TELEGRAM = "https://web.telegram.org"
"""Shows Mini Apps in a frame."""


class Gate:
    """Lets through who may come, keeps requests small, and sets the headers that keep browsers safe."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        framed = "'none'" if settings.local else TELEGRAM
        self._headers = {
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
                f"frame-ancestors {framed}"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, started = Request(scope), False

        async def sealed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._seal(request, MutableHeaders(scope=message))
            await send(message)

        try:
            await (self._refused(request) or self._app)(scope, receive, sealed)
        except Exception as error:
            if started:
                raise
            await refusal(request, error)(scope, receive, sealed)

    def _refused(self, request: Request) -> Response | None:
        """What to answer someone who may not come through."""
        settings, path = self._settings, request.url.path
        if settings.local and not loopback(_host(request)):
            # A page of another site, whose name leads here (DNS rebinding), must not read the articles.
            return refusal(request, Refused(421, "host", url=settings.url))
        if int(request.headers.get("content-length", "0")) > BODY:
            return refusal(request, Refused(413, "large"))
        if not settings.token or path.startswith(OPEN) or self._known(request):
            return None
        if path.startswith(API):
            return refusal(request, Refused(401, "token.missing", headers={"WWW-Authenticate": "Bearer"}))
        back = f"{path_of(request)}?{request.url.query}".rstrip("?")
        return RedirectResponse(f"/login?{urlencode({'next': back})}", 303, {"Cache-Control": "no-store"})

    def _known(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        token = self._settings.token
        if scheme.lower() == "bearer" and session.same(given.strip(), token):
            return True
        return session.good(token, request.cookies.get(session.COOKIE, ""))

    def _seal(self, request: Request, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if (chosen := request.query_params.get(LANGUAGE)) in LANGUAGES:
            headers.append("Set-Cookie", f"{CHOSEN}={chosen}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")


def _host(request: Request) -> str:
    """The name that the request was sent to."""
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def way_back(wanted: str) -> str:
    """Where to go after signing in: ``wanted`` if it is a path here, at the quote if it is a citation's."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return anchored(wanted) if plain and wanted.startswith("/") and not wanted.startswith("//") else "/"
