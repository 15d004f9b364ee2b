"""The bot's `--watch`: `qa watch` beside it, in a thread; the work is done by processes of their own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from qa.errors import IsnadError
from qa.telegram.administration import without_secrets
from qa.watch import first_paths, watch

AGAIN = 60.0
"""Seconds until watching is taken up again after it had to stop."""

_log = logging.getLogger(__name__)


@contextmanager
def following(folder: Path) -> Iterator[None]:
    """Keep the index in ``folder`` current meanwhile; what goes wrong stands in the log, and the bot goes on."""
    stop = Event()
    thread = Thread(target=_follow, args=(folder, stop), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(folder: Path, stop: Event) -> None:
    while not stop.is_set():
        try:
            paths, environment = first_paths(folder), without_secrets()
            watch(folder, stop, paths=paths, say=_done, trouble=_trouble, environment=environment)
        except IsnadError as error:
            _log.error("watching stopped, and goes on in %d seconds reason=%r", AGAIN, str(error))
        except Exception:
            _log.exception("watching stopped, and goes on in %d seconds", AGAIN)
        stop.wait(AGAIN)


def _done(line: str) -> None:
    _log.info("watch %s", line)


def _trouble(line: str) -> None:
    _log.warning("watch %s", line)
