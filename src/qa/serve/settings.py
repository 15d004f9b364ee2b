"""What an operator can say of the service, on the command line and in the environment."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from qa.errors import ConfigError

TOKEN = "ISNAD_SERVE_TOKEN"
SHORTEST = 16
"""Characters of a token: a shorter one could be guessed."""

_PASSED = "ISNAD_SERVE_SETTINGS"
"""Takes the settings to worker processes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``behind_proxy``: a reverse proxy lets people in. ``per_minute``: questions that an address may ask.

    ``together``: the folder in which workers count them, empty for one alone.
    """

    index: str
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    token: str = ""
    behind_proxy: bool = False
    per_minute: int = 60
    together: str = ""

    def __post_init__(self) -> None:
        if self.token and (len(self.token) < SHORTEST or not self.token.isascii() or not self.token.isprintable()):
            raise ConfigError(f"the token must have at least {SHORTEST} characters, all of them ASCII")
        if not (loopback(self.host) or self.token or self.behind_proxy):
            raise ConfigError(
                f"on {self.host} others could read the articles: set {TOKEN}, or say --behind-proxy if a reverse "
                "proxy lets people in (docs/serve.md)"
            )

    @property
    def local(self) -> bool:
        """Whether only this machine is served, and nobody asked who they are."""
        return loopback(self.host) and not self.token and not self.behind_proxy

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def loopback(host: str) -> bool:
    """Whether ``host`` is a name or address of this machine that no other can reach."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def token(file: Path | None, environment: Mapping[str, str] = os.environ) -> str:
    """The token of the environment, or in ``file``; empty where there is none. Raises ConfigError."""
    if file is None:
        return environment.get(TOKEN, "").strip()
    try:
        found = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read ({error.strerror}): check its name and permissions") from None
    except ValueError:
        raise ConfigError(f"{file} is no text: put the token in it, and nothing else") from None
    if not found:
        raise ConfigError(f"{file} is empty: put the token in it")
    return found


def hand_on(settings: Settings) -> None:
    """Leaves ``settings`` to the processes that this one will start."""
    os.environ[_PASSED] = json.dumps(asdict(settings))


def handed_on() -> Settings:
    """The settings that the process which started this one has left to it."""
    return Settings(**json.loads(os.environ[_PASSED]))
