"""The bot at a terminal: buttons, follow-ups, inline and files included."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pytest
from telegram.error import BadRequest
from telegram_people import ARTICLE, OPEN, QUOTE, Ask, Canned, answer, cited, long_winded

from qa.answer import Answer
from qa.telegram import console
from qa.telegram.app import Service, build
from qa.telegram.console import USAGE, Terminal, show
from qa.telegram.entities import parse
from qa.telegram.settings import Settings
from qa.telegram.state import State

pytestmark = pytest.mark.usefixtures("logging_as_it_was")

PLACE = f"{ARTICLE.title} ({ARTICLE.url}) · 24 November 2021 · The Valley Herald"
SHOWN = f"""\
1.
│ {QUOTE}
{PLACE}
bridge.html · characters 5–35

2.
│ It had been closed for two years.
{PLACE}
bridge.html · characters 5–38
[1] Context 1  [2] Context 2  [3] 👍  [4] 👎

"""


def service(folder: Path, terminal: Terminal, ask: Ask) -> Service:
    settings = replace(OPEN, token="1:x", admins=frozenset({2}))
    return build(settings, Canned(folder, ask), State(None), request=terminal)


def talk(lines: Iterable[bytes], *, ask: Ask = cited, echo: bool = False, folder: Path = Path("/nowhere")) -> str:
    """What stands at the terminal after ``lines`` were typed and their end was reached."""
    out = io.StringIO()

    async def conversation() -> None:
        terminal = Terminal(out, echo=echo, ansi=False)
        reading = asyncio.to_thread(terminal.read, lines, asyncio.get_running_loop())
        await asyncio.gather(reading, console.talk(service(folder, terminal, ask), terminal))

    asyncio.run(asyncio.wait_for(conversation(), 20))
    return out.getvalue()


def test_a_line_is_answered_as_on_telegram() -> None:
    assert talk([b"Which bridge?\n"]) == SHOWN


def test_every_line_is_answered_in_order_and_blank_ones_are_not() -> None:
    said = talk([b"Which bridge?\n", b"\n", "من فاز؟\n".encode(), b"\xff\x1b[2J"], echo=True)
    parts = f"\n{said}".split("\n> ")
    assert parts[0] == ""
    assert [part.split("\n")[0] for part in parts[1:]] == ["Which bridge?", "من فاز؟", "\ufffd[2J"]
    assert said.count(QUOTE) == 1
    assert said.count("لا تجيب") == 1
    assert QUOTE in parts[1]
    assert "لا تجيب" in parts[2]
    assert "don't say" in parts[3]


def test_commands_work() -> None:
    assert talk([b"/start now\n"]).startswith("Ask a question")


def test_a_line_that_comes_late_is_waited_for() -> None:
    def slowly() -> Iterator[bytes]:
        yield b"Which bridge?\n"
        time.sleep(0.3)
        yield b"Which bridge?\n"

    assert talk(slowly()) == SHOWN * 2


def test_polls_that_bring_nothing_are_repeated() -> None:
    async def conversation() -> None:
        terminal = Terminal(io.StringIO(), echo=False, ansi=False)
        async with service(Path("/nowhere"), terminal, cited).app.bot as bot:
            assert await bot.get_updates(timeout=0) == ()
            with pytest.raises(BadRequest, match="Can't parse entities"):
                await bot.send_message(2, "<b>", parse_mode="HTML")
        assert terminal.read_timeout is None

    asyncio.run(conversation())


def test_buttons_are_pressed_by_number() -> None:
    def ask(question: str) -> Answer:
        return answer(question, *(f"Fact {n} of the bridge." for n in range(1, 5)))

    said = talk([b":9\n", b"Which facts?\n", b":4\n", b":5\n", b":7\n"], ask=ask)
    assert said.startswith("· there is no button [9]\n\n1.\n")
    assert "[4] More quotes  [5] 👍  [6] 👎" in said
    assert "4.\n│ Fact 4 of the bridge." in said
    assert said.endswith("· there is no button [7]\n\n")


def test_a_verdict_is_acknowledged(tmp_path: Path) -> None:
    assert talk([b"Which bridge?\n", b":3\n"], folder=tmp_path).endswith("· Thank you.\n\n")
    assert (tmp_path / "people.sqlite").is_file()


def test_a_reply_follows_up_and_one_to_nothing_is_a_question() -> None:
    assert talk([b"> Which bridge?\n", b"> Which bridge?\n"]) == SHOWN * 2


def test_inline_offers_are_inserted_by_number() -> None:
    said = talk([b"@ Which bridge?\n", b":1\n", b"@\n"])
    assert said.startswith(f"[1] {QUOTE}\n    {ARTICLE.title} · 24 November 2021\n[2] ")
    assert f"│ {QUOTE}\n{PLACE}\n" in said
    assert said.endswith("· Write a question after my name\n\n")


def test_files_are_sent_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "child.py").write_text("print('1 article')", encoding="utf-8")
    monkeypatch.setattr("qa.telegram.administration.COMMAND", (sys.executable, str(tmp_path / "child.py")))
    (tmp_path / "story.txt").write_text("A story", encoding="utf-8")
    lines = [f":file {tmp_path / 'story.txt'}\n".encode(), b":file /no/such\n"]
    said = talk(lines, folder=tmp_path / "index")
    assert said.startswith("Indexing story.txt…\n\nDone: story.txt\n1 article\n\n")
    assert "· cannot open /no/such: No such file or directory" in said
    assert (tmp_path / "index" / "inbox" / "story.txt").read_text() == "A story"


def test_lines_after_the_end_of_the_program_are_nobodys() -> None:
    loop = asyncio.new_event_loop()
    terminal = Terminal(io.StringIO(), echo=False, ansi=False)
    loop.close()
    terminal.read([b"late\n"], loop)


def test_quotes_have_a_bar_in_each_line_and_highlights_are_bold() -> None:
    parsed = parse('<b>1.</b>\n<blockquote>a <b>b</b>\nc</blockquote>\n<a href="https://x.org">t</a>')
    assert show(parsed, ansi=False) == "1.\n│ a b\n│ c\nt (https://x.org)"
    assert show(parsed, ansi=True).startswith("\x1b[1m1.\x1b[22m\n│ a \x1b[1mb\x1b[22m\n│ c\n")


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "colour", "bold"), [(Tty(), "", True), (Tty(), "1", False), (io.StringIO(), "", False)]
)
def test_run_reads_standard_input_and_is_bold_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, out: io.StringIO, colour: str, bold: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", colour)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(console, "Reading", lambda folder, workers: Canned(folder))  # noqa: ARG005
    (tmp_path / "lines").write_bytes(b"Which bridge?\nWhich bridge?")
    with (tmp_path / "lines").open() as lines:
        monkeypatch.setattr(sys, "stdin", lines)
        console.run(Settings(index=str(tmp_path)))
    assert out.getvalue().count(QUOTE) == 2
    assert out.getvalue().startswith("> Which bridge?")
    assert ("\x1b[1m" in out.getvalue()) == bold


def test_run_at_a_terminal_says_how_to_end_and_does_not_echo(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    master, slave = os.openpty()
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(console, "Reading", lambda folder, workers: Canned(folder))  # noqa: ARG005
    with open(slave) as keyboard, open(master, "wb", buffering=0) as fingers:
        fingers.write(b"Which bridge?\n\x04")
        monkeypatch.setattr(sys, "stdin", keyboard)
        console.run(Settings(index=str(tmp_path)))
    assert out.getvalue() == USAGE + "\n" + SHOWN


def test_an_interrupt_ends_the_conversation_quietly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read, write = os.pipe()

    class Interrupting(io.StringIO):
        def write(self, text: str) -> int:
            if QUOTE in text:
                os.kill(os.getpid(), 2)
            return super().write(text)

    out: TextIO = Interrupting()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(console, "Reading", lambda folder, workers: Canned(folder))  # noqa: ARG005
    with open(read) as lines, open(write, "wb", buffering=0) as fingers:
        monkeypatch.setattr(sys, "stdin", lines)
        fingers.write(b"Which bridge?\n")
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
        try:
            console.run(Settings(index=str(tmp_path)))
        finally:
            signal.signal(signal.SIGINT, before)
    assert QUOTE in out.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_it_ends_when_nobody_reads_it_any_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], after: int
) -> None:
    class Closing(io.StringIO):
        def write(self, text: str) -> int:
            if len(self.getvalue().split("\n\n")) > after:
                raise BrokenPipeError
            return super().write(text)

    out: TextIO = Closing()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(console, "Reading", lambda folder, workers: Canned(folder))  # noqa: ARG005
    (tmp_path / "lines").write_bytes(b"Which bridge?\n" * 5)
    with (tmp_path / "lines").open() as lines:
        monkeypatch.setattr(sys, "stdin", lines)
        with pytest.raises(BrokenPipeError):
            console.run(Settings(index=str(tmp_path)))
    assert capfd.readouterr().err == ""


def test_long_answers_come_whole() -> None:
    assert talk([b"How long?\n"], ask=long_winded).count("The bridge is long.") == 240
