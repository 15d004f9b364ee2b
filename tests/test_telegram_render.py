from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import errors
from qa.answer import Answer, Citation, Source
from qa.language.script import direction, visible
from qa.telegram import render as rendering
from qa.telegram.entities import LIMIT, Parsed, check, units
from qa.telegram.markup import LRM, RLM, Message
from qa.telegram.phrases import _SAID, say
from qa.telegram.render import HIGHLIGHTS, PIECE, render, render_fault, render_line
from qa.told import _ERRORS, told

ENGLISH = Source(
    id="bridge.html",
    title="Old bridge reopens after two years of repairs",
    date=date(2021, 11, 24),
    source="The Valley Herald",
    url="https://herald.example/bridge?id=1&page=2",
    lang="en",
)
ARABIC = Source(
    id="jisr.txt",
    title="إعادة افتتاح الجسر القديم بعد عامين من الترميم",
    date=date(2021, 11, 24),
    source="صحيفة الوادي",
    url="",
    lang="ar",
)


def cite(
    quote: str, article: Source = ENGLISH, *, n: int = 1, highlights: tuple[tuple[int, int], ...] = ()
) -> Citation:
    return Citation(
        n=n,
        quote=quote,
        article=article,
        file=article.id,
        start=10,
        end=10 + len(quote),
        raw_start=120,
        raw_end=120 + len(quote),
        score=0.9,
        highlights=highlights,
    )


def answer(*citations: Citation, question: str = "When?", nearest: tuple[Source, ...] = ()) -> Answer:
    return Answer(
        question=question,
        answered=bool(citations),
        confidence=0.8,
        citations=citations,
        nearest=nearest,
        timings_ms={},
    )


def shown(messages: list[Message]) -> list[Parsed]:
    """What Telegram shows for ``messages``; fails where it would refuse them."""
    return [check(message.html, "HTML") for message in messages]


def formatted(parsed: Parsed, kind: str) -> list[str]:
    return [parsed.text[e.start : e.end] for e in parsed.entities if e.type == kind]


def test_a_citation_shows_quote_highlight_article_and_place() -> None:
    quote = "The bridge reopened on Monday."
    [parsed] = shown(render(answer(cite(quote, highlights=((23, 29),)))))
    assert parsed.text == (
        "The bridge reopened on Monday.\n"
        "Old bridge reopens after two years of repairs · 24 November 2021 · The Valley Herald\n"
        "bridge.html · characters 120–150"
    )
    assert formatted(parsed, "blockquote") == [quote]
    assert formatted(parsed, "bold") == ["Monday"]
    assert formatted(parsed, "text_link") == [ENGLISH.title]
    assert [e.url for e in parsed.entities if e.url] == [ENGLISH.url]
    assert formatted(parsed, "code") == ["bridge.html"]


def test_an_arabic_citation_reads_right_to_left_in_every_line() -> None:
    [parsed] = shown(
        render(answer(cite("أُعيد افتتاح الجسر يوم الاثنين.", ARABIC), cite("2021 كان عام الترميم.", ARABIC, n=2)))
    )
    assert parsed.text.split("\n") == [
        f"{RLM}1.",
        "أُعيد افتتاح الجسر يوم الاثنين.",
        f"{ARABIC.title} · \u2068{RLM}24 نوفمبر 2021\u2069 · صحيفة الوادي",
        f"{RLM}\u2068jisr.txt\u2069 · الأحرف \u2068120–151\u2069",
        "",
        f"{RLM}2.",
        f"{RLM}2021 كان عام الترميم.",
        f"{ARABIC.title} · \u2068{RLM}24 نوفمبر 2021\u2069 · صحيفة الوادي",
        f"{RLM}\u2068jisr.txt\u2069 · الأحرف \u2068120–141\u2069",
    ]


def test_direction_is_that_of_most_letters_not_of_the_first() -> None:
    [arabic] = shown(render(answer(cite("API هي واجهة برمجة التطبيقات", replace(ARABIC, title="API واجهة برمجة")))))
    assert arabic.text.startswith(f"{RLM}API هي")
    assert f"\n{RLM}\u2068{RLM}API واجهة برمجة\u2069 · " in arabic.text
    [english] = shown(
        render(answer(cite("«سلام» is a greeting of peace.", replace(ENGLISH, title="سلام, a greeting"))))
    )
    assert english.text.startswith(f"{LRM}«سلام» is")
    assert f"\n{LRM}\u2068{LRM}سلام, a greeting\u2069 · " in english.text


def test_what_an_article_lacks_is_left_out() -> None:
    bare = replace(ENGLISH, title=" ", date=None, source="", url="")
    [parsed] = shown(render(answer(cite("It rained.", bare))))
    assert parsed.text == "It rained.\nbridge.html\nbridge.html · characters 120–130"
    [nameless] = shown(render(answer(cite("It rained.", replace(bare, id="\0")))))
    assert nameless.text == "It rained.\n—\n— · characters 120–130"


def test_a_long_quote_is_folded() -> None:
    [parsed] = shown(render(answer(cite("It rained. " * 80))))
    assert formatted(parsed, "expandable_blockquote")


def test_messages_part_between_citations_only() -> None:
    quotes = [f"{n} " + "word " * 300 for n in range(1, 5)]
    messages = shown(render(answer(*(cite(q, n=n) for n, q in enumerate(quotes, 1)))))
    assert [len(formatted(m, "expandable_blockquote")) for m in messages] == [2, 2]
    assert [q for m in messages for q in formatted(m, "expandable_blockquote")] == quotes
    assert all(m.text.endswith("characters 120–1622") for m in messages)


def test_an_overlong_quote_is_split_at_whitespace_with_one_head_and_one_foot() -> None:
    quote = " ".join(f"word{n}" for n in range(1500))
    messages = shown(render(answer(cite(quote, highlights=((PIECE - 20, PIECE + 20),)), cite("End.", n=2))))
    pieces = [q for m in messages for q in formatted(m, "expandable_blockquote")]
    assert len(pieces) > 2
    assert all(units(piece) <= PIECE and piece.endswith(" ") for piece in pieces[:-1])
    assert "".join(pieces) == quote
    text = "\n".join(m.text for m in messages)
    assert text.count("1.\n") == 1
    assert text.count(ENGLISH.title) == 2
    assert (
        "".join(b for m in messages for b in formatted(m, "bold") if "." not in b) == quote[PIECE - 20 : PIECE + 20]
    )


def test_an_overlong_word_is_split_where_it_must_be() -> None:
    quote = "🕌" * PIECE
    pieces = [q for m in shown(render(answer(cite(quote)))) for q in formatted(m, "expandable_blockquote")]
    assert pieces == ["🕌" * (PIECE // 2)] * 2


def test_highlights_may_overlap_exceed_the_quote_or_be_many() -> None:
    [parsed] = shown(render(answer(cite("one two three", highlights=((4, 7), (0, 6), (8, 99), (3, 3))))))
    assert formatted(parsed, "bold") == ["one tw", "o", "three"]
    many = "ab " * 200
    [parsed] = shown(render(answer(cite(many, highlights=tuple((i, i + 1) for i in range(0, 600, 3))))))
    assert len(formatted(parsed, "bold")) == HIGHLIGHTS


def test_many_highlights_in_many_citations_keep_every_entity() -> None:
    citations = [cite("ab " * 40, n=n, highlights=tuple((i, i + 1) for i in range(0, 120, 3))) for n in range(1, 5)]
    messages = shown(render(answer(*citations)))
    assert sum(len(formatted(m, "bold")) for m in messages) == 4 * HIGHLIGHTS + 4


@pytest.mark.parametrize(
    "evil",
    [
        "</blockquote><b>x</b>",
        '"><a href="https://evil.example">click</a>',
        "<script>alert('x')</script>",
        "&lt;b&gt; &amp;amp; &#60;",
        "' onmouseover='x",
    ],
)
def test_data_is_never_markup(evil: str) -> None:
    article = replace(ENGLISH, title=evil, source=evil, id=evil, url=f"https://x.example/{evil.replace(' ', '')}")
    [parsed] = shown(render(answer(cite(evil, article, highlights=((0, 2),)))))
    assert formatted(parsed, "blockquote") == [evil]
    assert parsed.text.count(evil) == 4
    assert formatted(parsed, "text_link") == [evil]
    assert formatted(parsed, "bold") == [evil[:2]]
    [silence] = shown(render(answer(question=evil, nearest=(article,))))
    assert silence.text.count(evil) == 2
    assert check(render_line(evil).html, "HTML").text == evil


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
        "https://x.example/a b",
        "https://x.example/\u202eexe.txt",
        "https://x.example/" + "&" * 300,
        "tg://user?id=1",
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    [parsed] = shown(render(answer(cite("It rained.", replace(ENGLISH, url=url)))))
    assert formatted(parsed, "text_link") == []
    assert ENGLISH.title in parsed.text


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        ("a\0b\x07c\x7fd", "abcd"),
        ("a\u202eb\u202cc", "abc"),
        ("a\u2028b\x0bc\rd\te\nf", "a b c d\te\nf"),
        ("\u2067ab\u2069", "\u2067ab\u2069"),
        ("\u2067\u2068ab\u2069", "\u2068ab\u2069"),
        ("ab\u2069 \u2066c\nd\u2069", "ab c\nd"),
        ("x\ud83dy", "x\ufffdy"),
        ("می\u200cروم", "می\u200cروم"),
    ],
)
def test_what_deceives_is_not_shown(data: str, seen: str) -> None:
    assert "".join(visible(data)) == seen
    assert len(visible(data)) == len(data)


def test_a_clipped_title_leaves_no_isolate_open() -> None:
    title = "\u2068" + "long " * 100 + "\u2069"
    [parsed] = shown(render(answer(cite("It rained.", replace(ENGLISH, title=title, source="s" * 200)))))
    assert "\u2068" not in parsed.text
    assert "… · 24 November 2021 · sss" in parsed.text


def test_a_long_id_keeps_its_end_and_the_path_is_not_told() -> None:
    citation = replace(cite("It rained.", replace(ENGLISH, id="deep/" * 100 + "bridge.html")), file="/srv/secret")
    [parsed] = shown(render(answer(citation)))
    assert "/deep/bridge.html · characters" in parsed.text
    assert "\n…" in parsed.text
    assert "/srv" not in parsed.text


def test_abstention_speaks_the_questions_language_and_names_what_is_near() -> None:
    [english] = shown(render(answer(question="Who won?", nearest=(ENGLISH, ARABIC))))
    assert english.text.split("\n") == [
        "The articles don't say.",
        "",
        "The nearest articles:",
        f"• {ENGLISH.title} · 24 November 2021 · The Valley Herald",
        f"{RLM}• {ARABIC.title} · \u2068{RLM}24 نوفمبر 2021\u2069 · صحيفة الوادي",
    ]
    [arabic] = shown(render(answer(question="من فاز؟")))
    assert arabic.text == "المقالات لا تجيب عن هذا السؤال."


def test_the_other_lines_are_valid_and_in_their_language() -> None:
    assert render_fault("en", "a1b2c3").plain.endswith("number: a1b2c3")
    assert render_fault("ar", "a1b2c3").plain.startswith("عذر")
    assert render_line("no <index>\nhere: run `qa add`").plain == "no <index>\nhere: run `qa add`"
    assert render_line("\0").plain == "?"


def test_commands_in_an_arabic_line_are_isolated() -> None:
    assert render_line("/lang لغة رسائلي").plain == f"{RLM}\u2068/lang\u2069 لغة رسائلي"
    assert render_line("/lang the language").plain == "/lang the language"


VALUES = dict.fromkeys("me kinds n most id minutes code what done total".split(), "x9")


@pytest.mark.parametrize("key", _SAID)
@pytest.mark.parametrize("lang", ["ar-EG", "de"])
def test_all_that_the_bot_says_can_be_sent_and_reads_in_the_right_direction(key: str, lang: str) -> None:
    text = say(key, lang, **VALUES)
    parsed = check(render_line(text).html, "HTML")
    assert "{" not in parsed.text
    if lang == "ar-EG":
        assert any("\u0600" <= char <= "\u06ff" for char in text)
        for line in parsed.text.split("\n"):
            assert direction(line) == "rtl" or not any("\u0600" <= char <= "\u06ff" for char in line)
    else:
        assert direction(text) == "ltr"


def test_every_error_has_a_line_in_arabic() -> None:
    tree = [error for error in vars(errors).values() if isinstance(error, type) and error is not errors.IsnadError]
    for error in tree:
        line = told(error("in English"), "ar", most=1000)
        assert any("\u0600" <= char <= "\u06ff" for char in line), error
    assert set(_ERRORS) <= set(tree)
    assert told(errors.QueryError("say <it>"), "en", most=1000) == "say <it>"
    assert "1000" in told(errors.QueryError("x"), "ar", most=1000)
    assert told(errors.IsnadError("other"), "ar", most=1) == "other"


wild = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("ab  \n\0<>&'\"سلام🕌\u2066\u2067\u2068\u2069\u202e\u200f1(\ud800"), max_size=60
)
long = st.builds(lambda piece, times: piece * times, wild, st.integers(1, 200))
spans = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=60).map(tuple)
sources = st.builds(
    Source,
    id=wild,
    title=wild | long,
    date=st.none() | st.dates(),
    source=wild | long,
    url=wild | wild.map("https://x.example/{}".format),
    lang=st.sampled_from(["ar", "en", "und"]),
)


def squeezed(text: str) -> str:
    return re.sub(rf"[\s{RLM}{LRM}]", "", text)


@given(st.lists(st.tuples(wild | long, sources, spans), min_size=1, max_size=4))
def test_any_answer_is_accepted_and_shows_every_quote(
    cited: list[tuple[str, Source, tuple[tuple[int, int], ...]]],
) -> None:
    citations = [cite(quote, source, n=n, highlights=s) for n, (quote, source, s) in enumerate(cited, 1)]
    messages = render(answer(*citations))
    parsed = shown(messages)
    assert all(units(p.text) <= LIMIT for p in parsed)
    assert [p.text for p in parsed] == [m.plain for m in messages]
    quoted = squeezed("".join(p.text[e.start : e.end] for p in parsed for e in p.entities if "quote" in e.type))
    whole = squeezed("".join(p.text for p in parsed))
    for citation in citations:
        seen = "".join(visible(citation.quote))
        assert squeezed(seen) in whole
        if len(citations) == 1:
            assert squeezed(seen) == quoted
        if len(seen) <= PIECE // 2:
            assert any(seen in p.text for p in parsed)


@given(wild, st.lists(sources, max_size=40))
def test_any_abstention_is_accepted(question: str, nearest: list[Source]) -> None:
    assert shown(render(answer(question=question, nearest=tuple(nearest))))


def test_the_clipped_parts_leave_room_for_a_piece() -> None:
    most = 2 * (rendering.TITLE + rendering.SOURCE + rendering.FILE) + PIECE
    assert most + 200 < LIMIT


# Copies


def test_other_articles_that_say_it() -> None:
    others = tuple(replace(ENGLISH, source="<Paper> " * n) for n in range(1, 40))
    (message,) = render(answer(replace(cite("Yes."), also=others[:1])))
    assert message.plain.endswith("\nAlso in 1 other: <Paper>")
    (message,) = render(answer(replace(cite("Yes."), also=others)))
    assert "Also in 39 others: <Paper>, <Paper> <Paper>" in message.plain
    assert len(message.plain.splitlines()[-1]) <= 121
    for count, words in ((1, "مقال آخر"), (2, "مقالين آخرين"), (3, "3 مقالات أخرى"), (11, "11 مقالاً آخر")):
        (message,) = render(answer(replace(cite("نعم.", ARABIC), also=others[:count])))
        assert f"وأيضاً في {words}: " in message.plain
    long = replace(cite("word " * 3000, ENGLISH), also=others)
    assert all(len(message.plain) <= 4096 for message in render(answer(long)))
