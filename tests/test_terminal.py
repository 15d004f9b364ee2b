"""Answers in a pipe and in a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TextIO

import pytest
from wcwidth import wcswidth

from qa.answer import Answer, Citation, Found, Source
from qa.article import Article
from qa.language.period import Period
from qa.library import Library
from qa.store.records import Listed, StoredArticle
from qa.terminal import Style, show_answer, show_article, show_found, show_list

PIPE = Style(width=None, colour=False, visual=False)
PLAIN = Style(width=60, colour=False, visual=False)
COLOUR = Style(width=60, colour=True, visual=False)
VISUAL = Style(width=60, colour=False, visual=True)

ARABIC = Source("a/jisr.txt", "إعادة افتتاح الجسر القديم", date(2019, 3, 12), "صحيفة الوادي", "", "ar")
ENGLISH = Source(
    "a/bridge.txt", "Old bridge reopens", None, "صحيفة الوادي", "https://valley.example/bridge?id=1", "en"
)
QUOTE_AR = "وقّع الطرفان اتفاقاً في 12 مارس 2019 (API) بعد عامين، لا أكثر."
QUOTE_EN = "The old stone bridge over the Lenn (نهر اللين) reopened to traffic on 12 March 2019 after two years."

SGR = re.compile(r"\x1b\[[\d;]*m")
MARKS = "\u200e\u200f\u2066\u2067\u2068\u2069"


def cite(
    quote: str, article: Source, *, n: int = 1, highlights: tuple[tuple[int, int], ...] = (), file: str = "/a/b.txt"
) -> Citation:
    return Citation(
        n=n,
        quote=quote,
        article=article,
        file=file,
        start=0,
        end=len(quote),
        raw_start=10,
        raw_end=10 + len(quote),
        score=1.0,
        highlights=highlights,
    )


def answered(*citations: Citation) -> Answer:
    return Answer("?", True, 0.9, citations, (), {})


def silent(question: str, *nearest: Source) -> Answer:
    return Answer(question, False, 0.1, (), nearest, {})


def shown(text: str) -> str:
    """What is left when colours and direction marks are taken away."""
    return SGR.sub("", text).translate(dict.fromkeys(map(ord, MARKS)))


def span(quote: str, *words: str) -> tuple[tuple[int, int], ...]:
    return tuple((quote.index(word), quote.index(word) + len(word)) for word in words)


# Pipes


def test_a_pipe_gets_plain_text() -> None:
    answer = answered(
        cite(QUOTE_AR, ARABIC, highlights=span(QUOTE_AR, "2019")), cite(QUOTE_EN, ENGLISH, n=2, file="/a/خبر.txt")
    )
    assert show_answer(answer, PIPE) == (
        f"[1]\n{QUOTE_AR}\n— إعادة افتتاح الجسر القديم · 12 مارس 2019 · صحيفة الوادي\n"
        f"/a/b.txt · characters 10–{10 + len(QUOTE_AR)}\n\n"
        f"[2]\n{QUOTE_EN}\n— Old bridge reopens · undated · صحيفة الوادي\n"
        f"/a/خبر.txt · characters 10–{10 + len(QUOTE_EN)} · https://valley.example/bridge?id=1"
    )


def test_a_pipe_gets_each_quote_alone_and_verbatim(library: Library) -> None:
    answer = library.ask("what does the agreement cover?")
    lines = show_answer(answer, PIPE).split("\n")
    assert answer.citations
    for citation in answer.citations:
        assert lines[lines.index(f"[{citation.n}]") + 1] == citation.quote
    text = show_found(library.search("Oslo"), PIPE)
    assert not set(text) & {"\x1b", *MARKS}


def test_a_pipe_gets_even_what_would_control_a_terminal() -> None:
    quote = "Red \x1b[31malert\x07, they said."
    assert quote in show_answer(answered(cite(quote, ENGLISH)), PIPE).split("\n")


# Terminals


@pytest.mark.parametrize("style", [PLAIN, COLOUR, VISUAL], ids=["plain", "colour", "visual"])
@pytest.mark.parametrize("width", [20, 33, 100])
def test_lines_fit(library: Library, style: Style, width: int) -> None:
    style = Style(width, style.colour, style.visual)
    texts = [
        show_answer(library.ask("ماذا تشمل مذكرة التفاهم؟"), style),
        show_answer(library.ask("ما عاصمة اليابان؟"), style),
        show_found(library.search("Oslo", limit=3), style),
        show_answer(answered(cite(QUOTE_EN, ENGLISH), cite("word" * 50, ENGLISH, n=2)), style),
    ]
    for line in "\n".join(texts).split("\n"):
        assert wcswidth(shown(line)) <= width


def test_words_are_those_of_the_quote(library: Library) -> None:
    for style in (PLAIN, COLOUR):
        for citation in library.ask("what does the agreement cover?").citations:
            text = shown(show_answer(answered(citation), style))
            assert " ".join(citation.quote.split()) in " ".join(text.split())


def test_highlights_are_bold_over_line_ends() -> None:
    run = span(QUOTE_EN, "reopened to traffic on 12 March 2019")
    text = show_answer(answered(cite(QUOTE_EN, ENGLISH, highlights=run)), Style(40, True, False))
    bold = re.findall(r"\x1b\[1m(.*?)\x1b\[0m", text)
    assert " ".join(bold) == "reopened to traffic on 12 March 2019"
    assert len(bold) > 1
    assert "\x1b" not in show_answer(answered(cite(QUOTE_EN, ENGLISH, highlights=run)), PLAIN)


def test_highlights_do_not_turn_a_line_around() -> None:
    quote = "ما 1 2 3 4"
    text = show_answer(answered(cite(quote, ARABIC, highlights=((3, 4), (5, 6), (7, 8), (9, 10)))), COLOUR)
    assert text.split("\n")[1].startswith("\u200f\u2067ما")


def test_logical_order_is_isolated_line_by_line() -> None:
    lines = show_answer(answered(cite(QUOTE_AR, ARABIC)), Style(30, False, False)).split("\n")
    quote = [line for line in lines[1:] if line.startswith("\u200f\u2067") and "—" not in line]
    assert all(line.endswith("\u2069") for line in quote)
    assert " ".join(shown(line) for line in quote).startswith(QUOTE_AR)


def test_what_runs_the_other_way_is_isolated() -> None:
    title, place = show_answer(answered(cite("Yes.", ENGLISH, file="/a/خبر عن الجسر القديم.txt")), PLAIN).split(
        "\n"
    )[2:4]
    assert title == "— Old bridge reopens · undated · \u2068صحيفة الوادي\u2069"
    assert place.startswith("\u2068/a/خبر عن الجسر القديم.txt\u2069 · characters 10–14 ·")


def test_a_date_that_is_only_the_files_is_called_so() -> None:
    dated = replace(ENGLISH, date=date(2020, 2, 29), dated="file")
    assert "29 February 2020 (the file's date)" in show_answer(answered(cite("Yes.", dated)), PLAIN)


def test_visual_order_is_reshaped_and_at_the_right() -> None:
    line = show_answer(answered(cite("لا وقّع", ARABIC)), VISUAL).split("\n")[1]
    assert line == "ﻊﻗّﻭ ﻻ".rjust(60 + 1)  # the mark above takes no column
    assert wcswidth(line) == 60
    mixed = show_answer(answered(cite("The river (نهر) is low.", ENGLISH)), VISUAL).split("\n")[1]
    assert mixed == "The river (ﺮﻬﻧ) is low."


def test_visual_order_has_highlights() -> None:
    quote = "في عام 2019 وقّع الطرفان، لا في 12 مارس"
    style = Style(60, True, True)
    line = show_answer(answered(cite(quote, ARABIC, highlights=span(quote, "عام 2019", "12"))), style).split("\n")[
        1
    ]
    assert re.findall(r"\x1b\[1m(.*?)\x1b\[0m", line) == ["12", "2019 ﻡﺎﻋ"]
    assert SGR.sub("", line) == show_answer(answered(cite(quote, ARABIC)), VISUAL).split("\n")[1]


def test_paragraphs_of_an_excerpt_stay_apart() -> None:
    text = "First line.\n\nSecond line."
    passage = Citation(1, text, ENGLISH, "/a/b.txt", 0, 25, 3, 28, 0.5, ((6, 19),))
    lines = show_found(Found("line", (passage,), None), COLOUR).split("\n")
    assert shown(lines[0]).startswith("[1] 0.50 ──")
    assert lines[1:4] == ["First \x1b[1mline.\x1b[0m", "", "\x1b[1mSecond\x1b[0m line."]
    assert "characters 3–28" in lines[5]
    assert show_found(Found("line", (), None), COLOUR) == ""


def test_the_time_that_passages_are_preferred_for_stands_above_them() -> None:
    passage = Citation(1, "It reopened.", ENGLISH, "/a/b.txt", 0, 12, 0, 12, 0.5, ())
    found = Found("In November 2025", (passage,), Period(date(2025, 11, 1), date(2025, 11, 30)))
    assert show_found(found, PIPE).startswith("Preferring articles of November 2025\n\n[1] 0.50\nIt reopened.\n")


def test_no_article_controls_the_terminal() -> None:
    article = Source("x", "Title \x1b]0;owned\x07 of all", None, "\x9b31m", "", "en")
    text = show_answer(answered(cite("A\x1b[2Jb\x08\x7f c\td.", article, file="/a/\x1b[1m.txt")), PLAIN)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "A\ufffd[2Jb\ufffd\ufffd c" in text


def test_a_rule_as_wide_as_the_terminal() -> None:
    for text in (show_answer(answered(cite("Yes.", ENGLISH)), PLAIN), show_answer(silent("Who?"), PLAIN)):
        assert not text.startswith("[1]") or wcswidth(text.split("\n")[0]) == 60


# Abstentions


def test_silence_in_english() -> None:
    assert show_answer(silent("Who?", ENGLISH, ARABIC), PIPE) == (
        "The articles don't say.\nThe nearest articles:\n"
        "• Old bridge reopens · undated · صحيفة الوادي\n"
        "• إعادة افتتاح الجسر القديم · 12 مارس 2019 · صحيفة الوادي"
    )


def test_silence_in_arabic() -> None:
    assert show_answer(silent("من؟", ARABIC), PIPE) == (
        "المقالات لا تجيب عن هذا السؤال.\nأقرب المقالات إليه:\n"
        "• إعادة افتتاح الجسر القديم · 12 مارس 2019 · صحيفة الوادي"
    )
    coloured = show_answer(silent("من؟"), COLOUR)
    assert coloured == "\x1b[1m\u200f\u2067المقالات لا تجيب عن هذا السؤال.\u2069\x1b[0m"


# Places


def test_files_below_here_are_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def place(file: Path) -> str:
        return show_answer(answered(cite("Yes.", ARABIC, file=str(file))), PIPE).split("\n")[3].split(" · ")[0]

    assert place(here / "a" / "b.txt") == os.path.join("a", "b.txt")
    assert place(tmp_path / "b.txt") == str(tmp_path / "b.txt")
    here.rmdir()
    assert place(here / "b.txt") == str(here / "b.txt")


# The style that suits a stream


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    control, device = pty.openpty()
    with os.fdopen(device, "w") as stream:
        yield stream
    os.close(control)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary terminal of 70 columns that says nothing about Arabic."""
    for name in ("NO_COLOR", "ISNAD_BIDI", "TERM_PROGRAM", "WT_SESSION", "XTERM_VERSION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ALACRITTY_WINDOW_ID", "KITTY_WINDOW_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "70")


def test_a_file_is_no_terminal(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("w") as stream:
        assert Style.of(stream) == PIPE


def test_an_ordinary_terminal(terminal: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Style.of(terminal) == Style(width=70, colour=True, visual=False)
    monkeypatch.setenv("COLUMNS", "300")
    assert Style.of(terminal).width == 100


@pytest.mark.parametrize(
    ("name", "value", "style"),
    [
        ("NO_COLOR", "1", Style(70, False, False)),
        ("NO_COLOR", "", Style(70, True, False)),
        ("TERM", "dumb", Style(70, False, False)),
        ("TERM", "alacritty", Style(70, True, True)),
        ("TERM_PROGRAM", "vscode", Style(70, True, True)),
        ("TERM_PROGRAM", "iTerm.app", Style(70, True, False)),
        ("KITTY_WINDOW_ID", "1", Style(70, True, True)),
        ("ISNAD_BIDI", "visual", Style(70, True, True)),
    ],
)
def test_what_the_environment_says(
    terminal: TextIO, monkeypatch: pytest.MonkeyPatch, name: str, value: str, style: Style
) -> None:
    monkeypatch.setenv(name, value)
    assert Style.of(terminal) == style


def test_a_person_overrules_the_terminal(terminal: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "foot")
    monkeypatch.setenv("ISNAD_BIDI", "logical")
    assert not Style.of(terminal).visual


# The real command in a real pseudo-terminal


def in_terminal(columns: int, *arguments: str | Path, **env: str) -> str:
    control, device = pty.openpty()
    fcntl.ioctl(device, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    command = [Path(sys.executable).with_name("qa"), *arguments]
    with subprocess.Popen(command, stdin=device, stdout=device, stderr=device, env=environ | env) as process:
        os.close(device)
        read = b""
        try:
            while some := os.read(control, 1 << 16):
                read += some
        except OSError:  # Linux says so when the other end is closed
            pass
        os.close(control)
    assert process.returncode in {0, 1}
    return read.decode().replace("\r\n", "\n")


def test_in_a_terminal(seed_index: Path, library: Library) -> None:
    question = "ماذا تشمل مذكرة التفاهم؟"
    text = in_terminal(50, "ask", question, "--index", seed_index)
    assert max(wcswidth(shown(line)) for line in text.splitlines()) == 50
    assert "\x1b[1m" in text
    assert "\u200f\u2067" in text
    assert " ".join(library.ask(question).citations[0].quote.split()) in " ".join(shown(text).split())


def test_in_a_narrow_terminal_without_colours_or_bidi(seed_index: Path) -> None:
    text = in_terminal(
        20, "search", "اتفاقات أوسلو", "-n", "2", "--index", seed_index, NO_COLOR="1", ISNAD_BIDI="visual"
    )
    assert "\x1b" not in text
    assert re.search("[\ufe80-\ufefc]", text)
    assert max(wcswidth(line) for line in text.splitlines()) == 20


# Articles and their list


BOTH_ENTRIES = (
    Listed(1, "a/jisr.txt", "إعادة افتتاح الجسر القديم", date(2019, 3, 12), "text", "", "", "ar", "/a/jisr.txt"),
    Listed(2, "أخبار/" + "طويل" * 10 + ".txt", "Old bridge\nreopens " * 9, None, "", "", "", "en", "/a/b.txt"),
)


def test_a_list_in_a_pipe_is_parted_by_tabs() -> None:
    first, second = show_list(BOTH_ENTRIES, PIPE).splitlines()
    assert first.split("\t") == ["a/jisr.txt", "2019-03-12", "ar", "إعادة افتتاح الجسر القديم"]
    assert second.split("\t")[1:] == ["", "en", ("Old bridge reopens " * 9).strip()]


@pytest.mark.parametrize("style", [PLAIN, COLOUR, VISUAL])
def test_a_list_in_a_terminal_is_aligned(style: Style) -> None:
    first, whole, second = show_list(BOTH_ENTRIES, style).splitlines()
    plain = [SGR.sub("", line) for line in (first, whole, second)]
    assert all(wcswidth(line) <= 60 for line in plain)
    assert plain[0].translate(dict.fromkeys(map(ord, MARKS))).startswith(f"{'a/jisr.txt':30}  2019-03-12  ar ")
    assert wcswidth(plain[1]) == wcswidth(BOTH_ENTRIES[1].id), "an id is whole, to be copied"
    assert plain[2].startswith(f"{'':30}  {'':10}  en ")
    assert plain[2].rstrip(MARKS).endswith("…")
    assert show_list([], style) == ""


def test_an_article(library: Library) -> None:
    with library.view() as view:
        (stored,) = view.articles()
    piped = show_article(stored, (), PIPE)
    assert piped.startswith(f"{stored.article.title}\n24 نوفمبر 2021\n{stored.article.id}")
    assert piped.endswith(f"\n\n{stored.article.text}")
    shown = SGR.sub("", show_article(replace(stored, article=replace(stored.article, source="BBC")), (), COLOUR))
    assert all(wcswidth(line) <= 60 for line in shown.splitlines())
    assert "\u2068BBC\u2069" in shown
    assert (
        sorted(shown.translate(dict.fromkeys(map(ord, MARKS))).split())[-9:]
        == sorted(f"{piped} · BBC".split())[-9:]
    )


COPIED = replace(
    BOTH_ENTRIES[0],
    also=(
        Listed(3, "b/جسر.html", "الجسر", date(2019, 3, 13), "metadata", "الوادي", "https://b.test/1", "ar", "/b/x"),
        Listed(4, "c/jisr.txt", "x", None, "", "", "", "ar", "/c/jisr.txt"),
    ),
)


def test_articles_with_the_same_text_stand_below_the_one_that_leads() -> None:
    (piped,) = show_list([COPIED], PIPE).splitlines()
    assert piped.split("\t")[4:] == ["b/جسر.html", "c/jisr.txt"]
    lines = [
        SGR.sub("", line).translate(dict.fromkeys(map(ord, MARKS)))
        for line in show_list([COPIED], COLOUR).split("\n")
    ]
    assert lines[0].startswith("a/jisr.txt  2019-03-12")
    assert lines[1:] == ["  = b/جسر.html  الوادي", "  = c/jisr.txt"]


def test_an_article_names_its_other_sources(library: Library) -> None:
    with library.view() as view:
        (stored,) = view.articles()
    head, text = show_article(stored, COPIED.also, PIPE).split("\n\n", 1)
    assert head.split("\n")[-3:] == [
        "وأيضاً في مقالين آخرين:",
        "• الوادي · 13 March 2019 · b/جسر.html · https://b.test/1 · /b/x",
        "• c/jisr.txt · /c/jisr.txt",
    ]
    assert text == stored.article.text


def test_headings_stand_out() -> None:
    article = Article("a", "T", "One.\n\nHead\n\nTwo.", None, "en", "", "", ((6, 10),), ())
    shown = show_article(StoredArticle(1, article, Path("/a"), ""), (), COLOUR)
    assert shown.endswith("One.\n\n\x1b[1mHead\x1b[0m\n\nTwo.")


# Copies


def test_other_articles_that_say_it_are_counted_and_named() -> None:
    others = tuple(replace(ENGLISH, id=f"{n}.txt", source=f"Paper {n}" if n < 3 else "") for n in range(6))
    one = replace(cite(QUOTE_EN, ENGLISH), also=others[:1])
    assert show_answer(answered(one), PLAIN).endswith("\nAlso in 1 other: Paper 0")
    six = replace(cite(QUOTE_EN, ENGLISH), also=(*others, others[0]))
    assert show_answer(answered(six), PLAIN).endswith("\nAlso in 7 others: Paper 0, Paper 1, Paper 2, 3.txt …")
    arabic = replace(cite(QUOTE_AR, ARABIC), also=others[:2])
    assert shown(show_answer(answered(arabic), PLAIN)).endswith("\nوأيضاً في مقالين آخرين: Paper 0، Paper 1")
    assert "Also" not in show_answer(answered(cite(QUOTE_EN, ENGLISH)), PLAIN)
