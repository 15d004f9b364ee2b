"""The log: one line an event, for people and for programs, and never the token."""

from __future__ import annotations

import json
import logging
import re
import time
from typing import TextIO

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_IN_URL = re.compile(r"(?<=/bot)[^/\s]+")


def redacted(text: str, token: str) -> str:
    """``text`` without ``token``, and without whatever else looks like one."""
    if token:
        text = text.replace(token, "<token>")
    return _IN_URL.sub("<token>", _TOKEN.sub("<token>", text))


class _Formatter(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, token: str, *, as_json: bool) -> None:
        super().__init__()
        self._token = token
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redacted(record.getMessage(), self._token),
        }
        if record.exc_info:
            event["traceback"] = redacted(self.formatException(record.exc_info), self._token)
        if self._as_json:
            return json.dumps(event, ensure_ascii=False)
        trace = event.pop("traceback", "")
        quoted = " ".join(event["event"].split("\n"))
        line = f"time={event['time']} level={event['level']} logger={event['logger']} {quoted}"
        return f"{line}\n{trace}" if trace else line


def log_to(stream: TextIO, token: str, *, as_json: bool, level: int = logging.INFO) -> None:
    """Sends every logger's records to ``stream``, and there only."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(token, as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("qa").setLevel(level)
    for noisy in ("httpx", "faiss.loader", "apscheduler", "telegram.ext.AIORateLimiter", "tornado.access"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL if "Limiter" in noisy else logging.WARNING)


def without_token(record: logging.LogRecord) -> bool:
    """A filter for loggers that name URLs, whoever listens to them: the token leaves the message itself."""
    record.msg, record.args = redacted(record.getMessage(), ""), None
    return True
