from __future__ import annotations

import asyncio
import io
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import pytest
from telegram import ReplyParameters
from telegram.error import BadRequest
from test_telegram_app import ARTICLE, QUOTE, cited

from qa.answer import Answer, Citation
from qa.telegram import console
from qa.telegram.app import Ask, build, serve
from qa.telegram.console import Terminal, show
from qa.telegram.entities import parse

SHOWN = f"""\
1.
│ {QUOTE}
{ARTICLE.title} ({ARTICLE.url}) · 24 November 2021 · The Valley Herald
bridge.html · characters 5–35

2.
│ It had been closed for two years.
{ARTICLE.title} ({ARTICLE.url}) · 24 November 2021 · The Valley Herald
bridge.html · characters 5–38

"""


def talk(lines: Iterable[bytes], *, ask: Ask = cited, echo: bool = False, ansi: bool = False) -> str:
    """What stands at the terminal after ``lines`` were typed and their end was reached."""
    out = io.StringIO()

    async def conversation() -> None:
        terminal = Terminal(out, echo=echo, ansi=ansi)
        reading = asyncio.to_thread(terminal.read, lines, asyncio.get_running_loop())
        await asyncio.gather(reading, serve(build("1:x", ask, request=terminal), terminal.ended))

    asyncio.run(asyncio.wait_for(conversation(), 20))
    return out.getvalue()


def test_a_line_is_answered_as_on_telegram() -> None:
    assert talk([b"Which bridge?\n"]) == SHOWN


def test_every_line_is_answered_in_order_and_blank_ones_are_not() -> None:
    said = talk([b"Which bridge?\n", b"\n", "من فاز؟\n".encode(), b"\xff\x1b[2J"], echo=True)
    parts = said.split("> ")
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
        async with build("1:x", cited, request=terminal).bot as bot:
            assert await bot.get_updates(timeout=0) == ()
            with pytest.raises(BadRequest, match="Can't parse entities"):
                await bot.send_message(2, "<b>", parse_mode="HTML", reply_parameters=ReplyParameters(1))
        assert terminal.read_timeout is None

    asyncio.run(conversation())


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
    (tmp_path / "lines").write_bytes(b"Which bridge?\nWhich bridge?")
    with (tmp_path / "lines").open() as lines:
        monkeypatch.setattr(sys, "stdin", lines)
        console.run(cited)
    assert out.getvalue().count(QUOTE) == 2
    assert out.getvalue().startswith("> Which bridge?")
    assert ("\x1b[1m" in out.getvalue()) == bold


def test_run_at_a_terminal_says_how_to_end_and_does_not_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = os.openpty()
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    with open(slave) as keyboard, open(master, "wb", buffering=0) as fingers:
        fingers.write(b"Which bridge?\n\x04")
        monkeypatch.setattr(sys, "stdin", keyboard)
        console.run(cited)
    assert out.getvalue() == "Type a question, in English or in Arabic; Ctrl-D ends.\n\n" + SHOWN


def test_an_interrupt_ends_the_conversation_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()

    class Interrupting(io.StringIO):
        def write(self, text: str) -> int:
            if QUOTE in text:
                os.kill(os.getpid(), 2)
            return super().write(text)

    out: TextIO = Interrupting()
    monkeypatch.setattr(sys, "stdout", out)
    with open(read) as lines, open(write, "wb", buffering=0) as fingers:
        monkeypatch.setattr(sys, "stdin", lines)
        fingers.write(b"Which bridge?\n")
        console.run(cited)
    assert QUOTE in out.getvalue()  # type: ignore[attr-defined]


def test_long_answers_come_whole() -> None:
    quote = "The bridge is long. " * 400

    def ask(question: str) -> Answer:
        return Answer(question, True, 1.0, (Citation(1, quote, ARTICLE, "b", 0, 8000, 0, 8000, 1.0, ()),), (), {})

    assert talk([b"How long?\n"], ask=ask).count("The bridge is long.") == 400
