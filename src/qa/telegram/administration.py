"""What changes the index, done by `qa` in processes of its own.

Indexing loads what a bot must not carry about, and may take minutes; the bot goes on answering from the index
as it was, and sees the new one with the next question.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.config import inbox
from qa.report import PROGRESS
from qa.store.place import called
from qa.telegram.send import Stopped
from qa.telegram.settings import PREFIX, TOKEN

COMMAND = (sys.executable, "-m", "qa")
BUSY = 5.0
"""Seconds until the next try while another process writes the index."""
TRIES = 60

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Done:
    """How a child ended: ``lines`` is what it printed, ``complaints`` what it complained of."""

    ok: bool
    missing: bool
    lines: tuple[str, ...]
    complaints: tuple[str, ...]


class Administration:
    """Jobs on the index in ``folder``, one at a time; ``stopping`` ends them, and Stopped is raised."""

    def __init__(self, folder: Path, stopping: asyncio.Event) -> None:
        self._folder = folder
        self._stopping = stopping
        self._one = asyncio.Lock()
        self.inbox = inbox(folder)

    @property
    def busy(self) -> bool:
        return self._one.locked()

    async def index(self, path: Path | None, progress: Progress) -> Done:
        """Brings the index up to date with ``path``, or with all that it was made from."""
        return await self._job(["index", *([str(path)] if path else [])], progress)

    async def add(self, url: str, progress: Progress) -> Done:
        return await self._job(["add", url], progress)

    async def remove(self, id: str) -> Done:  # noqa: A002
        return await self._job(["remove", id], _quiet)

    async def status(self) -> dict[str, object] | None:
        """What `qa status --json` says; None where it cannot."""
        done = await self._run(["status", "--json"], _quiet)
        try:
            said = json.loads("\n".join(done.lines)) if done.ok else None
        except ValueError:
            said = None
        return said if isinstance(said, dict) else None

    async def _job(self, arguments: Sequence[str], progress: Progress) -> Done:
        async with self._one:
            for _ in range(TRIES):
                done = await self._run(arguments, progress)
                if done.ok or not any("being written by" in line for line in done.complaints):
                    break
                await progress(0, 0)
                try:
                    await asyncio.wait_for(self._stopping.wait(), BUSY)
                except TimeoutError:
                    continue
                raise Stopped
            return done

    async def _run(self, arguments: Sequence[str], progress: Progress) -> Done:
        child = await asyncio.create_subprocess_exec(
            *COMMAND,
            *arguments,
            "--index",
            called(self._folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=without_secrets() | {PROGRESS: "lines", "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,  # Ctrl-C is the bot's to hear
        )
        reading = asyncio.ensure_future(_output(child, progress))
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((reading, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            if child.returncode is None:
                child.terminate()
                await reading
        if self._stopping.is_set() and child.returncode != 0:
            raise Stopped
        out, err = await reading
        return Done(
            ok=child.returncode == 0,
            missing=any("invalid choice" in line for line in err),
            lines=tuple(self._short(line) for line in out),
            complaints=tuple(self._short(line.removeprefix("qa: ")) for line in err),
        )

    def _short(self, line: str) -> str:
        """``line`` without the folders in which the operator keeps things."""
        return line.replace(f"{self.inbox.resolve()}/", "").replace(f"{self._folder}/", "")


async def _quiet(_: int, __: int) -> None:
    """For a job that shows no progress."""


async def _output(child: asyncio.subprocess.Process, progress: Progress) -> tuple[list[str], list[str]]:
    """What ``child`` prints on its two streams until it ends."""
    assert child.stdout
    assert child.stderr
    out, err = await asyncio.gather(_lines(child.stdout, _quiet), _lines(child.stderr, progress))
    await child.wait()
    return out, err


async def _lines(stream: asyncio.StreamReader, progress: Progress) -> list[str]:
    lines = []
    while line := await stream.readline():
        text = line.decode(errors="replace").rstrip()
        if told := re.fullmatch(r"progress (\d+) (\d+)", text):
            await progress(int(told[1]), int(told[2]))
        elif text:
            lines.append(text)
    return lines


def without_secrets() -> dict[str, str]:
    """The bot's own environment, for processes that need not know its token."""
    return {k: v for k, v in os.environ.items() if k != TOKEN and not k.startswith(PREFIX)}
