"""Signing in with the token, which a cookie then stands for; and out."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from qa.serve import session
from qa.serve.access import BODY, way_back
from qa.serve.desk import Desk, Refused, address
from qa.serve.together import pace
from qa.serve.view import page

TRIES = 10
"""Wrong tokens that one address may send in a minute."""


class Login:
    def __init__(self, desk: Desk) -> None:
        self._token = desk.settings.token
        self._pace = pace(desk.settings, TRIES, "tokens")

    async def form(self, request: Request) -> Response:
        return page(request, "login.html", next=request.query_params.get("next", "/"), wrong=False)

    async def enter(self, request: Request) -> Response:
        sent = await _form(request)
        if not self._token:
            return RedirectResponse("/", 303)
        if not session.same(sent.get("token", "").strip(), self._token):
            if self._pace.too_fast(address(request)):
                raise Refused(429, "tries", headers={"Retry-After": "60"})
            return page(request, "login.html", status=403, next=sent.get("next", "/"), wrong=True)
        response = RedirectResponse(way_back(sent.get("next", "/")), 303)
        response.set_cookie(
            session.COOKIE,
            session.issue(self._token),
            max_age=session.SECONDS,
            httponly=True,
            samesite="lax",  # a link in a chat must find its reader signed in
            secure=request.url.scheme == "https",
        )
        return response

    async def leave(self, _: Request) -> Response:
        response = RedirectResponse("/login" if self._token else "/", 303)
        response.delete_cookie(session.COOKIE)
        return response


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY:
            raise Refused(413, "large")
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
