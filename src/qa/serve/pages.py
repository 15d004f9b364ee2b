"""The pages: ask, the passages that come closest, an article, all articles, the index."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from math import ceil
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from qa.answer import Citation, Source
from qa.article import Article
from qa.errors import IndexDamaged, QueryError
from qa.language.phrases import also, phrase, preferring, readable
from qa.language.script import isolate
from qa.library import LONGEST, Library
from qa.link import article_path, citation_path, find_quote
from qa.serve import parameters
from qa.serve.desk import LANGUAGES, Desk, Refused, language_of
from qa.serve.marking import Block, block, blocks
from qa.serve.original import alone, original
from qa.serve.phrases import say
from qa.serve.view import page
from qa.store.records import Choice, Listed, StoredArticle
from qa.store.status import read_status
from qa.told import told

SHOWN, MOST = 3, 8
"""Quotes shown at once, and in all: as in the bot."""

NEAR = 8
"""Passages shown where nothing answers."""

NEWEST, PER_PAGE = 5, 20
"""Articles on the first page, and on each page of all of them."""

NAMED = 4
"""Other sources of an article that a list names at once."""

_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """An article in a list, or below a quote; ``original`` is its address on the web, if it has one.

    ``raw`` leads to its file, if that may be given, and ``others`` are the articles with its text.
    """

    title: Block
    href: str
    day: str
    source: str
    original: str
    raw: str = ""
    also: str = ""
    others: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A quote with its article; ``href`` leads to the words, ``also`` says who else has them."""

    n: int
    quote: Block
    href: str
    line: Line
    also: str
    others: tuple[Line, ...]


class Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, request: Request) -> Response:
        question, lang = request.query_params.get("q", "").strip(), language_of(request)
        show = partial(page, request, "ask.html", question=question, longest=LONGEST)
        if not question:
            newest = await self._desk.reading.run(_newest)
            settings = self._desk.settings
            adding = f"qa index FOLDER --index {shlex.quote(settings.index)}" if settings.local else ""
            return show(error="", answer=None, newest=[line(one, lang) for one in newest], adding=adding)
        try:
            answer = await self._desk.ask(request, question, limit=MOST)
        except QueryError as error:
            return show(status=400, error=told(error, lang, most=LONGEST), answer=None, newest=None)
        cards = [card(citation, lang) for citation in answer.citations]
        nearest = [line(source, lang) for source in answer.nearest]
        return show(
            error="",
            answer=answer,
            preferred=preferring(answer.preferred, lang) if answer.preferred else "",
            cards=cards[:SHOWN],
            more=cards[SHOWN:],
            nearest=nearest,
            near=_near(question),
        )

    async def search(self, request: Request) -> Response:
        text, lang = request.query_params.get("q", "").strip(), language_of(request)
        found = await self._desk.search(request, text, limit=NEAR)
        preferred = preferring(found.preferred, lang) if found.preferred else ""
        cards = [card(one, lang) for one in found.passages]
        return page(request, "search.html", question=text, longest=LONGEST, preferred=preferred, cards=cards)

    async def article(self, request: Request) -> Response:
        id_, asked = request.path_params["id"], request.query_params
        start, end = (int(v) if re.fullmatch("[0-9]{1,9}", v := asked.get(k, "")) else -1 for k in ("start", "end"))
        check = asked.get("check", "")

        def read(library: Library) -> Response:
            with library.store.view() as view:
                found = view.find(id=id_)
                if found is None:
                    raise Refused(404, "missing.article")
                others = view.copies([found.rowid]).get(found.rowid, ())
            as_indexed(found)
            at = find_quote(found.article.text, start, end, check)
            note = "lost" if at is None and "start" in asked else "moved" if at and at != (start, end) else ""
            return self._article(request, found, others, at, note)

        return await self._desk.reading.run(read)

    def _article(
        self,
        request: Request,
        found: StoredArticle,
        others: Sequence[Listed],
        at: tuple[int, int] | None,
        note: str,
    ) -> Response:
        article, lang = found.article, language_of(request)
        return page(
            request,
            "article.html",
            line=line(article, lang),
            also=also(len(others), lang) if others else "",
            others=[line(other, lang) for other in others],
            author=article.author,
            language=article.lang,
            blocks=blocks(article, at),
            marked=at is not None,
            note=note,
            raw=_raw(article.id, found.path),
            file=str(found.path) if self._desk.settings.local else "",
        )

    async def raw(self, request: Request) -> Response:
        """The file itself: as text where it is UTF-8 text, else to be saved; never as a page."""
        id_ = request.path_params["id"]
        found = await self._desk.reading.run(lambda library: original(library.folder, id_))
        if found is None:
            raise Refused(404, "missing.raw")
        name = article_path(found.name, under="").strip("/")
        way = "inline" if found.plain else "attachment"
        return Response(
            found.data,
            media_type="text/plain" if found.plain else "application/octet-stream",
            headers={
                "Content-Disposition": f"{way}; filename*=UTF-8''{name}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, no-cache",
            },
        )

    async def browse(self, request: Request) -> Response:
        chosen = {name: parameters.text(request, name).strip() for name in ("source", "lang", "since", "until")}
        number = parameters.number(request, "page", 1, least=1, most=10**6)
        # A form sends an empty text for a day that was left out.
        since, until = (parameters.day(request, name) if chosen[name] else None for name in ("since", "until"))
        lang = language_of(request)

        def read(library: Library) -> tuple[list[Listed], int, list[str], list[str]]:
            choice = Choice(chosen["lang"], chosen["source"], since, until)
            with library.store.view() as view:
                found, total = view.browse(choice, PER_PAGE, (number - 1) * PER_PAGE)
                sources = [name for name, _, _ in view.sources() if name]
                return found, total, sources, sorted(view.languages())

        found, total, sources, languages = await self._desk.reading.run(read)
        pages = max(1, ceil(total / PER_PAGE))
        given = {name: value for name, value in chosen.items() if value}
        return page(
            request,
            "browse.html",
            lines=[line(one, lang) for one in found],
            total=total,
            chosen=chosen,
            sources=sources[:200],
            languages=[(code, say(code, lang) if code in LANGUAGES else code) for code in languages],
            number=number,
            pages=pages,
            newer=f"/browse?{urlencode(given | {'page': number - 1})}" if number > 1 else "",
            older=f"/browse?{urlencode(given | {'page': number + 1})}" if number < pages else "",
        )

    async def status(self, request: Request) -> Response:
        lang, local = language_of(request), self._desk.settings.local
        now = await self._desk.reading.run(lambda library: read_status(library.folder))
        kind = say(f"search.{now.search}", lang) if now.search in ("exact", "missing") else now.search
        if now.recall is not None:
            kind = say("search.recall", lang, kind=kind, recall=f"{now.recall:.1%}")
        comma = "، " if lang == "ar" else ", "
        spoken = (f"{say(code, lang) if code in LANGUAGES else code} {n:,}" for code, n in now.languages.items())
        rows = {
            "count.articles": f"{now.articles:,}",
            **({"count.copies": f"{now.copies:,}"} if now.copies else {}),
            "languages": comma.join(spoken),
            "count.passages": f"{now.passages:,}",
            "updated": now.updated.replace("T", " ").replace("+00:00", " UTC"),
            "search": kind,
            "model": now.model,
            "size": f"{sum(now.sizes.values()) / 1e6:,.1f} MB",
            "writer": say("writer.none", lang) if now.writer is None else now.writer if local else "✓",
            "generation": now.generation,
        }
        if local:
            rows["folder"] = str(now.folder)
        return page(request, "status.html", rows=rows)


_title = lru_cache(1024)(block)  # quotes of one article have one title, and the newest are on every first page


def line(one: Source | Listed | Article, lang: str) -> Line:
    """``one`` for a reader of ``lang``."""
    others = one.also if isinstance(one, Listed) else ()
    day = readable(one.date, lang) if one.date else ""
    if one.dated == "file":
        day = f"{day} ({phrase('file time', lang)})"
    return Line(
        title=_title(" ".join(one.title.split()) or one.id, one.lang),
        href=article_path(one.id),
        day=day,
        source=one.source,
        original=one.url if _ADDRESS.fullmatch(one.url) else "",
        raw=_raw(one.id, Path(one.file)) if isinstance(one, Listed) else "",
        also=f"{also(len(others), lang)}: {_named(others, lang)}" if others else "",
        others=tuple(line(other, lang) for other in others),
    )


def _named(others: Sequence[Listed], lang: str) -> str:
    """The outlets of ``others``, or their ids where none is known: the first few."""
    names = list(dict.fromkeys(other.source or other.id for other in others))
    listed = ("، " if lang == "ar" else ", ").join(map(isolate, names[:NAMED]))
    return listed + " …" * (len(names) > NAMED)


def _raw(id_: str, path: Path) -> str:
    return article_path(id_, under="/raw") if alone(id_, path) else ""


def card(citation: Citation, lang: str) -> Card:
    return Card(
        n=citation.n,
        quote=block(citation.quote, citation.article.lang, citation.highlights),
        href=citation_path(citation.article.id, citation.start, citation.end, citation.quote),
        line=line(citation.article, lang),
        also=also(len(citation.also), lang) if citation.also else "",
        others=tuple(line(other, lang) for other in citation.also),
    )


def _newest(library: Library) -> list[Listed]:
    with library.store.view() as view:
        return view.newest(NEWEST)


def _near(question: str) -> str:
    return f"/search?{urlencode({'q': question})}"


def as_indexed(found: StoredArticle) -> None:
    """Raises IndexDamaged where the text is not the one that was indexed."""
    if found.article.content_hash != found.content_hash:
        raise IndexDamaged(f"the stored text of {found.article.id} is not what was indexed: see `qa doctor --fix`")
