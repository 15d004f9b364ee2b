"""Pages from templates, and what an error looks like: a page, or JSON for who asks the API."""

from __future__ import annotations

import hashlib
import logging
import secrets
from functools import cache, partial
from importlib.resources import files
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from qa.errors import IsnadError, QueryError
from qa.language.phrases import phrase
from qa.library import LONGEST
from qa.serve.desk import LANGUAGE, Desk, Refused, language_of
from qa.serve.phrases import say
from qa.told import told

API = "/api/"

STATIC = {
    name: ((files("qa.serve") / "static" / name).read_bytes(), kind)
    for name, kind in (("isnad.css", "text/css; charset=utf-8"), ("isnad.svg", "image/svg+xml"))
}
"""Files that pages need: bytes and media type, by name."""

_VERSION = hashlib.sha256(b"".join(data for data, _ in STATIC.values())).hexdigest()[:12]

_log = logging.getLogger(__name__)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("qa.serve"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {name.partition(".")[2]: f"/static/{_VERSION}/{name}" for name in STATIC}
    return environment


def page(request: Request, template: str, *, status: int = 200, **context: object) -> Response:
    """The page that ``template`` makes of ``context``, in the reader's language."""
    lang = language_of(request)
    desk: Desk = request.app.state.desk
    html = (
        _templates()
        .get_template(template)
        .render(
            lang=lang,
            dir="rtl" if lang == "ar" else "ltr",
            say=partial(say, lang=lang),
            phrase=partial(phrase, lang=lang),
            path=request.url.path,
            other="en" if lang == "ar" else "ar",
            switch=_switched(request, "en" if lang == "ar" else "ar"),
            locked=bool(desk.settings.token),
            **context,
        )
    )
    headers = {"Content-Language": lang, "Vary": "Accept-Language, Cookie", "Cache-Control": "private, no-cache"}
    return HTMLResponse(html, status, headers)


def _switched(request: Request, lang: str) -> str:
    """The address of the same page in ``lang``, at the same words."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != LANGUAGE]
    return anchored(f"{path_of(request)}?{urlencode([*kept, (LANGUAGE, lang)])}")


def path_of(request: Request) -> str:
    """The path as it was asked for, percent-encoded; of a malformed one nothing."""
    raw = request.scope.get("raw_path") or b"/"
    path = str(raw, "ascii", "replace")
    return path if path.startswith("/") and not path.startswith("//") else "/"


def anchored(address: str) -> str:
    """``address``, at the quote if it is that of a citation."""
    return f"{address}#quote" if address.startswith("/articles/") and "start=" in address else address


def refusal(request: Request, error: Exception) -> Response:
    """What to answer where ``error`` has come of the request; a fault of ours is logged under a number."""
    lang = "en" if request.url.path.startswith(API) else language_of(request)
    status, headers = 503, {}
    if isinstance(error, Refused):
        status, headers = error.status, error.headers
        text = say(error.key, lang, **error.values)
    elif isinstance(error, HTTPException):
        status, headers = error.status_code, dict(error.headers or {})
        text = say("method" if status == 405 else "missing", lang, method=request.method)
    elif isinstance(error, IsnadError):
        status = 400 if isinstance(error, QueryError) else 503
        text = told(error, lang, most=LONGEST)
        if status == 503:
            _log.warning("not answered reason=%r", str(error))
    else:
        status, reference = 500, secrets.token_hex(3)
        _log.error("failed reference=%s path=%s", reference, request.url.path, exc_info=error)
        text = say("fault", lang, reference=reference)
    if request.url.path.startswith(API):
        response: Response = JSONResponse({"error": text}, status)
    else:
        response = page(request, "error.html", status=status, title=say("sorry", lang), text=text)
    response.headers.update(headers)
    return response
