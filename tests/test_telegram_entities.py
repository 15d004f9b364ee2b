from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.telegram.entities import ENTITY_LIMIT, LIMIT, MARKUP_LIMIT, Entity, Refused, check, parse, units

text = st.text(st.characters(exclude_categories=["Cs"]))


def test_units_are_utf16_code_units() -> None:
    assert [units(s) for s in ("", "abc", "سلام", "🕌", "\ud800")] == [0, 3, 4, 2, 1]


def test_nested_tags_become_entities_by_start_and_widest_first() -> None:
    parsed = parse('a <blockquote><b>b</b> <I>c</I></blockquote> <a href="https://x.org/?a=1&amp;b=2">d</a>')
    assert parsed.text == "a b c d"
    assert parsed.entities == (
        Entity("blockquote", 2, 5),
        Entity("bold", 2, 3),
        Entity("italic", 4, 5),
        Entity("text_link", 6, 7, "https://x.org/?a=1&b=2"),
    )


def test_references_are_the_four_names_and_numbers_and_no_other() -> None:
    assert parse("&lt;b&gt;&amp;amp;&quot;&#39;&#x27;&#x633;").text == "<b>&amp;\"''س"
    for literal in ("&nbsp;", "& ", "&#xd800;", "&#0;", "&#1114112;", "&lt"):
        assert parse(literal).text == literal


def test_blockquotes_fold_when_expandable() -> None:
    assert parse("<blockquote expandable>x</blockquote>").entities == (Entity("expandable_blockquote", 0, 1),)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "https://", "//x.org"])
def test_what_is_no_link_stays_text(url: str) -> None:
    assert parse(f'<a href="{url}">x</a>').entities == ()


def test_entities_of_nothing_vanish() -> None:
    assert parse("x<b></b>").entities == ()


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a <b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag, expected "</i>", found "</b>" at byte offset 7'),
        ("سلام</b>", "Unexpected end tag at byte offset 8"),
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("1 < 2", "Unclosed tag at byte offset 2"),
        ('<a href="x', "Unclosed tag at byte offset 0"),
        ("<blockquote><blockquote>x</blockquote></blockquote>", "Nested blockquote at byte offset 12"),
    ],
)
def test_bad_html_is_refused(html: str, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(html)
    assert str(refusal.value) == f"can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("markup", "parse_mode", "reason"),
    [
        ("", None, "message text is empty"),
        ("<b> \n</b>", "HTML", "message text is empty"),
        ("a" * (LIMIT + 1), "HTML", "message is too long"),
        ("🕌" * (LIMIT // 2) + "a", None, "message is too long"),
        ("&#x27;" * (MARKUP_LIMIT // 6 + 1), "HTML", "text is too long"),
        ("\udc00", None, "strings must be encoded in UTF-8"),
        ("*x*", "Markdown", "unsupported parse_mode"),
    ],
)
def test_what_cannot_be_sent_is_refused(markup: str, parse_mode: str | None, reason: str) -> None:
    with pytest.raises(Refused, match=f"^{reason}$"):
        check(markup, parse_mode)


def test_the_limit_counts_what_is_shown() -> None:
    assert len(check("<b>" + "&amp;" * LIMIT + "</b>", "HTML").text) == LIMIT
    assert check("<b>", None).text == "<b>"


def test_entities_beyond_the_limit_are_dropped_in_silence() -> None:
    assert len(check("<b>x</b>y" * (ENTITY_LIMIT + 1), "HTML").entities) == ENTITY_LIMIT


@given(text)
def test_escaped_text_comes_back(data: str) -> None:
    assert parse(escape(data)).text == data
    assert parse(f"<b>{escape(data)}</b>").text == data


@given(st.lists(st.sampled_from(["<b>", "</b>", "<i>", "</i>", "x", "&lt;", "<", ">", "</>"])).map("".join))
def test_any_soup_is_parsed_or_refused(html: str) -> None:
    try:
        parsed = parse(html)
    except Refused:
        return
    assert "<" not in parsed.text.replace("<", "", html.count("&lt;"))
