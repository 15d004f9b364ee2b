"""Where a saved page came from: a hidden file of JSON beside it, which the corpus walk leaves out.

``inbox/news.test/story-1a2b3c4d.html`` has ``inbox/news.test/.story-1a2b3c4d.html.json``. Its keys are the
fields of ``Origin``; ``sha256`` is of the page that it tells of.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Origin:
    """``url`` is the page's canonical address, ``fetched`` when it was last asked for, in UTC.

    ``published`` is the day that the feed gives, if one led there. ``kind``, ``charset``, ``etag`` and
    ``last_modified`` are as the server said, or ``""``.
    """

    url: str
    fetched: datetime
    sha256: str
    published: date | None = None
    kind: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def host(self) -> str:
        """The site's name, which stands for the outlet's where the page names none."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    def is_of(self, page: Path) -> bool:
        """Whether the page is still, byte for byte, what was fetched."""
        try:
            return hashlib.sha256(page.read_bytes()).hexdigest() == self.sha256
        except OSError:
            return False


def sidecar(page: Path) -> Path:
    """The file that tells where ``page`` came from."""
    return page.with_name(f".{page.name}.json")


def origin(page: Path) -> Origin | None:
    """Where ``page`` came from; None where nothing tells, or what tells is not of our making."""
    try:
        told = json.loads(sidecar(page).read_bytes())
        published = told.get("published")
        found = Origin(
            **told
            | {
                "fetched": datetime.fromisoformat(told["fetched"]),
                "published": date.fromisoformat(published) if published else None,
            }
        )
        texts = (found.url, found.sha256, found.kind, found.charset, found.etag, found.last_modified)
        plain = all(isinstance(text, str) for text in texts)
        return found if plain and found.url.startswith(("http://", "https://")) and found.host else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def to_json(found: Origin) -> str:
    """What ``origin`` reads."""
    return json.dumps(asdict(found), default=lambda day: day.isoformat(), ensure_ascii=False, indent=2) + "\n"
