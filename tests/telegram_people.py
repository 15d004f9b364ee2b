"""People who use a bot through the fake Bot API, and the bot that they talk to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from telegram_api import BOT, TOKEN, Sent, TelegramApi

from qa.answer import Answer, Citation, Found, Source
from qa.reading import Reading
from qa.telegram.app import Service, build
from qa.telegram.serve import serve
from qa.telegram.settings import Settings
from qa.telegram.state import State

ARTICLE = Source(
    id="bridge.html",
    title="Old bridge reopens",
    date=date(2021, 11, 24),
    source="The Valley Herald",
    url="https://herald.example/bridge",
    lang="en",
)
QUOTE = "The bridge reopened on Monday."
OPEN = Settings(token=TOKEN, public=True, questions_per_minute=1000)

Ask = Callable[[str], Answer]


def answer(question: str, *quotes: str) -> Answer:
    citations = tuple(
        Citation(n, quote, ARTICLE, "/srv/news/bridge.html", 0, len(quote), 5, 5 + len(quote), 0.9, ())
        for n, quote in enumerate(quotes, 1)
    )
    return Answer(question, bool(citations), 0.9, citations, () if citations else (ARTICLE,), {})


def cited(question: str) -> Answer:
    """Quotes the bridge for every question that names it, and abstains else."""
    return answer(question, *([QUOTE, "It had been closed for two years."] if "bridge" in question else []))


def long_winded(question: str) -> Answer:
    """Quotes that need two messages."""
    quote = "The bridge is long. " * 120
    return answer(question, quote, quote)


class Canned(Reading):
    """A reading that answers by ``ask`` instead of looking into an index."""

    def __init__(self, folder: Path, ask: Ask = cited) -> None:
        super().__init__(folder, workers=4)
        self._ask = ask

    async def ask(self, question: str, *, limit: int, after: str = "") -> Answer:  # noqa: ARG002
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, question)

    async def search(self, text: str, *, limit: int) -> Found:
        return Found(text, self._ask(text).citations[:limit], None)


@dataclass
class People:
    """What people do in chats with the bot. Positive chats are private, and their ids those of the people."""

    api: TelegramApi = field(default_factory=TelegramApi)

    def say(self, text: str, *, chat: int = 7, who: int | None = None, language: str = "en", **more: Any) -> int:
        """Someone writes ``text``; gives the message's number."""
        entities = []
        if text.startswith("/"):
            entities.append({"type": "bot_command", "offset": 0, "length": len(text.split()[0])})
        if (at := text.find(f"@{BOT['username']}")) >= 0 and not text.startswith("/"):
            entities.append({"type": "mention", "offset": at, "length": len(str(BOT["username"])) + 1})
        return self.post({"text": text, "entities": entities} | more, chat=chat, who=who, language=language)

    def post(
        self,
        content: dict[str, Any],
        *,
        chat: int = 7,
        who: int | None = None,
        kind: str = "message",
        language: str = "en",
    ) -> int:
        """A message of any kind."""
        number = self.api.number + 1
        place = {"id": chat, "type": "private" if chat > 0 else "supergroup"}
        message = {"message_id": number, "date": int(time.time()), "chat": place}
        return self.api.add({kind: message | {"from": self.person(who or abs(chat), language)} | content})

    def reply(self, to: Sent, text: str, **more: Any) -> int:
        """Someone answers a message of the bot's."""
        return self.say(text, chat=to.chat, reply_to_message=to.as_json(), **more)

    def press(self, message: Sent, label: str, *, who: int | None = None, language: str = "en") -> int:
        """Someone presses the button that begins with ``label``."""
        found = [b for row in message.buttons for b in row if b["text"].startswith(label)]
        assert found, f"{label} is none of {message.labels}"
        return self.press_data(message, found[0]["callback_data"], who=who, language=language)

    def press_data(self, message: Sent, data: str, *, who: int | None = None, language: str = "en") -> int:
        id_ = f"q{self.api.number + 1}"
        self.api.queries.add(id_)
        query = {"id": id_, "chat_instance": "c", "from": self.person(who or abs(message.chat), language)}
        return self.api.add({"callback_query": query | {"message": message.as_json(), "data": data}})

    def inline(self, text: str, *, who: int = 7, language: str = "en") -> int:
        id_ = f"q{self.api.number + 1}"
        self.api.queries.add(id_)
        return self.api.add(
            {"inline_query": {"id": id_, "from": self.person(who, language), "query": text, "offset": ""}}
        )

    def upload(self, name: str, data: bytes, *, chat: int = 7) -> int:
        key = f"f{self.api.number + 1}"
        self.api.files[key] = data
        document = {"file_id": key, "file_unique_id": key, "file_name": name, "file_size": len(data)}
        return self.post({"document": document}, chat=chat)

    @staticmethod
    def person(id_: int, language: str) -> dict[str, Any]:
        return {"id": id_, "is_bot": False, "first_name": f"Reader <{id_}>", "language_code": language}


@dataclass
class Town:
    """A bot in ``folder`` with its people; ``talk`` runs it until all that was said to it is handled."""

    folder: Path
    ask: Ask | None = cited
    settings: Settings = OPEN
    people: People = field(default_factory=People)

    @property
    def api(self) -> TelegramApi:
        return self.people.api

    @property
    def texts(self) -> list[str]:
        return [sent.shown.text for sent in self.api.sent]

    def set(self, **values: Any) -> None:
        self.settings = replace(self.settings, **values)

    def talk(self, during: Callable[[Service], Any] | None = None) -> list[Sent]:
        """Gives the messages that were sent meanwhile. ``during`` is awaited in the running bot, if given."""
        before = len(self.api.sent)
        asyncio.run(self._talk(during))
        return self.api.sent[before:]

    async def _talk(self, during: Callable[[Service], Any] | None) -> None:
        reading = Canned(self.folder, self.ask) if self.ask else Reading(self.folder)
        state = State(self.folder)
        self.api.drained, self.api._arrived = asyncio.Event(), asyncio.Event()
        service = build(self.settings, reading, state, request=self.api.request())

        async def until_done() -> None:
            await self.api.drained.wait()
            if during:
                await during(service)
            await self.api.drained.wait()
            await service.inbox.join()

        try:
            await asyncio.wait_for(serve(service, until_done), 60)
        finally:
            state.close()
            reading.close()
