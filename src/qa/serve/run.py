"""Running the service: it listens until Ctrl-C or SIGTERM, and then finishes what it has begun."""

from __future__ import annotations

import logging
import os
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from qa.errors import ConfigError
from qa.library import Library
from qa.serve.app import build
from qa.serve.settings import Settings, hand_on

_log = logging.getLogger("uvicorn.error")

_OPTIONS: dict[str, Any] = {
    "access_log": False,  # questions stand in addresses; a proxy can log what its operator wants
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
    "timeout_keep_alive": 15,
    "timeout_worker_healthcheck": 15,  # seconds until a worker that is silent is replaced: a start may take a while
    "limit_concurrency": 512,
    "h11_max_incomplete_event_size": 32768,  # the longest question, in Arabic and percent-encoded, has 12,000
}


def run(settings: Settings) -> None:
    """Serves until it is told to stop.

    Raises StoreError where there is no index to be read, EncoderError, and ConfigError where it cannot listen.
    """
    Library.open(Path(settings.index))
    with bound(settings) as opened:
        sys.stderr.write(f"qa: {settings.url} answers until Ctrl-C\n")
        if settings.workers > 1:
            # To each worker its share of the processors, and nobody spins while others work.
            os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // settings.workers)))
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")
            _log.setLevel(logging.INFO)
            _log.addFilter(_worth_knowing)
            config = uvicorn.Config("qa.serve.app:create", factory=True, workers=settings.workers, **_OPTIONS)
            with tempfile.TemporaryDirectory(prefix="qa-serve-") as together:
                hand_on(replace(settings, together=together))
                Multiprocess(config, [opened]).run()
        else:
            with suppress(KeyboardInterrupt):
                uvicorn.Server(uvicorn.Config(build(settings), **_OPTIONS)).run([opened])


def _worth_knowing(record: logging.LogRecord) -> bool:
    """Of what uvicorn tells without alarm, the death of a worker, which it replaces."""
    return record.levelno > logging.INFO or "died" in record.getMessage()


def bound(settings: Settings) -> socket.socket:
    """A socket that listens where ``settings`` say. Raises ConfigError."""
    host, port = settings.host, settings.port
    # Told that it is TCP, asyncio sends what it is given at once; else a page waits 40 ms for its second packet.
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, proto=socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(1024)
    except (OSError, UnicodeError) as error:
        opened.close()
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot listen on {host}:{port} ({why}): give another --port or --host") from None
    return opened
