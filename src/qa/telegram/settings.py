"""What an operator can set: one TOML file, and the environment, which has the last word."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from qa.errors import ConfigError
from qa.store.place import folder_of

PREFIX = "ISNAD_BOT_"
TOKEN = "TELEGRAM_BOT_TOKEN"
NO_TOKEN = (
    f"{TOKEN} is not set: get a token from @BotFather on Telegram and export it; "
    "`python bot.py --console` needs none"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it; docs/bot.md says what each means. Ids are Telegram's numbers, those of groups negative."""

    token: str = ""
    token_file: str = ""
    index: str = ""
    public: bool = False
    allowed: frozenset[int] = frozenset()
    admins: frozenset[int] = frozenset()
    questions_per_minute: int = 20
    longest_question: int = 1000
    answer_within_hours: int = 6
    code_minutes: int = 60
    workers: int = 4
    webhook_url: str = ""
    webhook_secret: str = ""
    webhook_listen: str = "127.0.0.1"
    webhook_port: int = 8081
    watch: bool = False
    status_listen: str = "127.0.0.1"
    status_port: int = 0
    log_format: str = "text"
    log_questions: bool = False
    api_url: str = "https://api.telegram.org"
    public_url: str = ""

    def __post_init__(self) -> None:
        for name in ("questions_per_minute", "longest_question", "answer_within_hours", "code_minutes", "workers"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}: give a number from 1 on")
        for name in ("webhook_port", "status_port"):
            if not 0 <= getattr(self, name) <= 65535:
                raise ConfigError(f"{name} is {getattr(self, name)}: give a port from 0 to 65535")
        if self.log_format not in ("text", "json"):
            raise ConfigError(f'log_format is {self.log_format!r}: give "text" or "json"')
        if self.webhook_url and not self.webhook_url.startswith("https://"):
            raise ConfigError("webhook_url must begin with https://: Telegram calls no other")
        if self.webhook_url and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", self.webhook_secret):
            raise ConfigError(
                "webhook_secret must have 16 to 256 of A-Z a-z 0-9 _ -: without it anyone could speak for Telegram"
            )
        if self.public_url and not re.fullmatch(r"https?://[^\s/?#]+/?", self.public_url):
            raise ConfigError("public_url must be where `qa serve` is reached, like https://news.example, no path")
        if not re.match(r"https?://", self.api_url):
            raise ConfigError("api_url must begin with https:// or http://")

    @property
    def site(self) -> str:
        """Where the articles can be read, without a slash at the end; empty where they cannot."""
        return self.public_url.rstrip("/")

    @property
    def folder(self) -> Path | None:
        """The index that is set, if one is."""
        return folder_of(self.index) if self.index else None


def read(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of ``file``, and over them those of ``environment``.

    Raises ConfigError for a file that cannot be read, a key that there is not, and a value of the wrong kind.
    """
    given = _from_file(file) if file else {}
    given |= {
        name.removeprefix(PREFIX).lower(): (name, value)
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    if token := environment.get(TOKEN, "").strip():
        given["token"] = (TOKEN, token)
    kinds = {field.name: str(field.type) for field in fields(Settings)}
    for key, (where, _) in given.items():
        if key not in kinds:
            raise ConfigError(f"{where} is no setting of the bot: they are {', '.join(kinds)}")
    settings = Settings(**{key: _READ[kinds[key]](where, value) for key, (where, value) in given.items()})
    return _with_token(settings)


def _with_token(settings: Settings) -> Settings:
    if settings.token or not settings.token_file:
        return settings
    try:
        token = Path(settings.token_file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"token_file {settings.token_file} cannot be read ({_why(error)})") from None
    values = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    return Settings(**values | {"token": token})


def _from_file(file: Path) -> dict[str, tuple[str, Any]]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file} cannot be read ({error.strerror}): check its name and permissions") from None
    except ValueError as error:
        raise ConfigError(f"{file} is not TOML ({error})") from None
    return {key: (f"{key} in {file}", value) for key, value in table.items()}


def _why(error: Exception) -> object:
    return getattr(error, "strerror", None) or error


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where} must be a text")
    return value.strip()


def _number(where: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value.strip()):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ConfigError(f"{where} must be a whole number")
    return value


def _switch(where: str, value: Any) -> bool:
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
    if isinstance(value, str) and value.strip().lower() in known:
        return known[value.strip().lower()]
    if not isinstance(value, bool):
        raise ConfigError(f"{where} must be true or false")
    return value


def _ids(where: str, value: Any) -> frozenset[int]:
    listed = re.split(r"[\s,]+", value.strip()) if isinstance(value, str) else value
    try:
        assert isinstance(listed, list)
        return frozenset(int(str(one)) for one in listed if one != "")
    except (AssertionError, ValueError):
        raise ConfigError(
            f"{where} must be a list of Telegram's numeric ids: the bot tells each person theirs"
        ) from None


_READ: dict[str, Callable[[str, Any], Any]] = {
    "str": _text,
    "int": _number,
    "bool": _switch,
    "frozenset[int]": _ids,
}
