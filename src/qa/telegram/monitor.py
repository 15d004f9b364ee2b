"""How the bot does: counted as it runs, told over HTTP to a prober (/health) and to Prometheus (/metrics)."""

from __future__ import annotations

import socket
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable

from qa.errors import ConfigError

BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds from a question's coming in to its answer."""

SILENT = 120.0
"""Seconds without a word from Telegram after which the bot is not well."""


class Monitor:
    """The counts of one process."""

    def __init__(self) -> None:
        self.heard = time.monotonic()
        self.polls = True
        """Whether Telegram is asked, and so must be heard of, all the time."""
        self.questions: Counter[str] = Counter()
        self.unsents: Counter[str] = Counter()
        self.updates = self.sents = self.running = 0
        self._seconds = 0.0
        self._buckets = [0] * (len(BUCKETS) + 1)

    def hear(self) -> None:
        """Telegram has answered, or called."""
        self.heard = time.monotonic()

    def update(self) -> None:
        self.updates += 1

    def answered(self, outcome: str, seconds: float) -> None:
        """A question came to an end: ``answered``, ``silent``, ``refused`` or ``failed``."""
        self.questions[outcome] += 1
        self._seconds += seconds
        self._buckets[bisect_left(BUCKETS, seconds)] += 1

    def sent(self) -> None:
        self.sents += 1

    def unsent(self, reason: str) -> None:
        self.unsents[reason] += 1

    def metrics(self, waiting: int) -> str:
        """All of it as Prometheus reads it; ``waiting`` updates are not handled yet."""
        total = sum(self._buckets)
        name = "isnad_bot_answer_seconds"
        buckets = "".join(
            f'{name}_bucket{{le="{le}"}} {sum(self._buckets[: n + 1])}\n'
            for n, le in enumerate((*map(str, BUCKETS), "+Inf"))
        )
        return "".join(
            (
                _metric("isnad_bot_updates_total", "counter", "Updates taken up.", {"": self.updates}),
                _metric(
                    "isnad_bot_questions_total",
                    "counter",
                    "Questions by what became of them.",
                    {f'{{outcome="{k}"}}': v for k, v in sorted(self.questions.items())},
                ),
                _metric("isnad_bot_messages_sent_total", "counter", "Messages sent.", {"": self.sents}),
                _metric(
                    "isnad_bot_messages_unsent_total",
                    "counter",
                    "Messages not sent, or not known to be, by reason.",
                    {f'{{reason="{k}"}}': v for k, v in sorted(self.unsents.items())},
                ),
                _metric("isnad_bot_running", "gauge", "Updates being handled.", {"": self.running}),
                _metric("isnad_bot_waiting", "gauge", "Updates not handled yet.", {"": waiting}),
                f"# HELP {name} From a question's coming in to its answer.\n# TYPE {name} histogram\n{buckets}",
                f"{name}_sum {self._seconds:.6f}\n{name}_count {total}\n",
            )
        )


def _metric(name: str, kind: str, what: str, values: dict[str, float]) -> str:
    lines = "".join(f"{name}{labels} {value}\n" for labels, value in values.items())
    return f"# HELP {name} {what}\n# TYPE {name} {kind}\n{lines}"


def listen(monitor: Monitor, address: str, port: int, waiting: Callable[[], Awaitable[int]]) -> Callable[[], None]:
    """Answers /health and /metrics on ``port``; gives the function that ends it.

    Raises ConfigError where the port cannot be had.
    """
    from tornado.httpserver import HTTPServer
    from tornado.web import Application, RequestHandler

    class Health(RequestHandler):
        def get(self) -> None:
            silence = time.monotonic() - monitor.heard
            well = silence < SILENT or not monitor.polls
            self.set_status(200 if well else 503)
            self.write({"ok": well, "heard_seconds_ago": round(silence, 1)})

    class Metrics(RequestHandler):
        async def get(self) -> None:
            self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.write(monitor.metrics(await waiting()))

    app = Application([("/health", Health), ("/metrics", Metrics)], log_function=lambda _: None)
    server = HTTPServer(app)
    server.add_socket(bound(address, port, "status_port"))

    return server.stop


def bound(address: str, port: int, setting: str) -> socket.socket:
    """A socket that listens there. Raises ConfigError, which names the ``setting``, where none can."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        opened = socket.create_server((address, port), family=family)
    except OSError as error:
        raise ConfigError(f"cannot listen on {address}:{port} ({error.strerror}): set another {setting}") from None
    opened.setblocking(False)
    return opened
