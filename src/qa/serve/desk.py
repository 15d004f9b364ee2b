"""What the handlers share: the library, whose turn it is, and the language of whoever reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network

from starlette.requests import Request

from qa.answer import Answer, Found
from qa.reading import Reading
from qa.serve.settings import Settings
from qa.serve.together import pace
from qa.store.records import EVERYTHING, Filter

LANGUAGES = ("ar", "en")
LANGUAGE, CHOSEN = "hl", "isnad_lang"
"""The parameter that chooses the language of the pages, and the cookie that keeps the choice."""

AT_ONCE, WAITING = 2, 32
"""Questions that a process answers at once, and that wait there for their turn; any more are turned away."""


class Refused(Exception):
    """What is asked for is not given: an HTTP ``status``, the ``key`` of what to say, and what to set into it."""

    def __init__(self, status: int, key: str, *, headers: dict[str, str] | None = None, **values: object) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.headers = headers or {}
        self.values = values


class Turns:
    """A queue of bounded length, in front of what only so many may do at once."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._most = at_once + waiting
        self._came = 0
        self._running = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises Refused where too many wait."""
        if self._came >= self._most:
            raise Refused(503, "busy", headers={"Retry-After": "2"})
        self._came += 1
        try:
            async with self._running:
                yield
        finally:
            self._came -= 1


@dataclass
class Desk:
    """One process's parts."""

    settings: Settings
    reading: Reading
    turns: Turns = field(default_factory=lambda: Turns(AT_ONCE, WAITING))

    def __post_init__(self) -> None:
        self._pace = pace(self.settings, self.settings.per_minute, "questions")

    async def ask(self, request: Request, question: str, *, limit: int, only: Filter = EVERYTHING) -> Answer:
        async with self._turn(request):
            return await self.reading.run(lambda library: library.ask(question, limit=limit, only=only))

    async def search(self, request: Request, text: str, *, limit: int, only: Filter = EVERYTHING) -> Found:
        async with self._turn(request):
            return await self.reading.run(lambda library: library.search(text, limit=limit, only=only))

    @asynccontextmanager
    async def _turn(self, request: Request) -> AsyncIterator[None]:
        if not self.settings.local and self._pace.too_fast(address(request)):
            raise Refused(429, "slow", n=self.settings.per_minute, headers={"Retry-After": "60"})
        async with self.turns.turn():
            if await request.is_disconnected():  # nobody waits for it any more
                raise Refused(503, "busy")
            yield


def address(request: Request) -> str:
    """Where ``request`` comes from, as far as the nearest trusted proxy knows; of IPv6 the network of 64 bits.

    Such a network is what one subscriber has, with addresses beyond counting.
    """
    host = request.client.host if request.client else ""
    try:
        known = IPv6Address(host)
        return str(known.ipv4_mapped or IPv6Network((int(known), 64), strict=False))
    except ValueError:
        return host


def language_of(request: Request) -> str:
    """The language to speak: the one that was chosen, or the first that the browser asks for; else English."""
    for chosen in (request.query_params.get(LANGUAGE), request.cookies.get(CHOSEN)):
        if chosen in LANGUAGES:
            return chosen
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The language of ours that an Accept-Language ``header`` puts first; English where it names none."""
    wanted = []
    for n, entry in enumerate(header.split(",")):
        tag, _, weight = entry.strip().lower().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            quality = 0.0
        if (lang := tag.split("-")[0]) in LANGUAGES and quality > 0:
            wanted.append((-quality, n, lang))
    return min(wanted)[2] if wanted else "en"
