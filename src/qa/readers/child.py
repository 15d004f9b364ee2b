"""What a child process does: read the files that `qa.readers.apart` sends it, within limits, to the last."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from importlib import import_module

from qa.errors import ReadError
from qa.readers.apart import to_json


def main(memory: int, seconds: int) -> None:
    """Serve standard input; ``memory`` bytes in all, ``seconds`` of processor time for each file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and ends this process
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser's library prints is no answer
    _limit_memory(memory)
    gc.set_threshold(50_000)  # a page is tens of thousands of small objects, all of which go without it
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request.pop("bytes"))
        _limit_time(seconds)
        answers.write(json.dumps(_read(data, **request)).encode() + b"\n")
        answers.flush()


def _read(data: bytes, *, module: str, name: str, **arguments: str) -> dict[str, object]:
    try:
        article = import_module(f"qa.readers.{module}").read(data, name, **arguments)
        return {"article": to_json(article)}
    except ReadError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{name} cannot be read: it needs more memory than a page of text should"}
    except Exception as error:  # whatever a parser makes of a broken file, the next one is read
        return {"error": f"{name} cannot be read: it is broken ({type(error).__name__})"}


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's clock is all there is
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _limit_time(seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, most))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
