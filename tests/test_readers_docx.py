"""Word documents to articles."""

from __future__ import annotations

from datetime import date

import pytest
from docxs import STYLES, docx, package, paragraph

from qa.article import Article
from qa.errors import ReadError
from qa.readers.docx import read

FIRST = "The plant on the northern shore began to supply water to three islands on Wednesday."
SECOND = "وتنتج المحطة 9400 متر مكعب يومياً، وهو ما يكفي 31 ألف نسمة يقيمون في الجزر طوال العام."


def opened(data: bytes) -> Article:
    return read(data, "a.docx", "a")


def test_paragraphs_and_headings() -> None:
    body = paragraph("Water for three islands", "Titel") + paragraph(FIRST)
    article = opened(docx(body + paragraph("A long wait", "berschrift1") + paragraph(SECOND)))
    assert article.title == "Water for three islands"
    assert article.text == f"{FIRST}\n\nA long wait\n\n{SECOND}"
    assert [article.text[start:end] for start, end in article.headings] == ["A long wait"]
    assert article.raw_span(0, 9) == (0, 9)


def test_deleted_text_fields_and_drawings_are_not_read_and_tables_are() -> None:
    odd = (
        "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:ins><w:r><w:t>The mayor</w:t><w:tab/><w:t>said</w:t><w:br/><w:t>that it was enough, and went</w:t>"
        "<w:noBreakHyphen/><w:t>home.</w:t></w:r></w:ins></w:p>"
    )
    table = f"<w:tbl><w:tr><w:tc>{paragraph(SECOND)}</w:tc></w:tr></w:tbl>"
    assert opened(docx(paragraph(FIRST) + odd + table)).text == (
        f"{FIRST}\n\nThe mayor said\nthat it was enough, and went-home.\n\n{SECOND}"
    )


def test_properties() -> None:
    core = (
        "<dc:title>Water for three</dc:title><dc:creator>Mara Ellison</dc:creator>"
        "<dcterms:created>2023-05-17T08:00:00Z</dcterms:created>"
    )
    article = opened(docx(paragraph("Water for three") + paragraph(FIRST), core=core, styles=""))
    assert (article.title, article.author) == ("Water for three", "Mara Ellison")
    assert (article.date, article.dated) == (date(2023, 5, 17), "file")
    template = opened(docx(paragraph(FIRST), core="<dc:title>Letterhead 2011</dc:title>"))
    assert template.title == FIRST
    assert template.date is None


def test_a_date_in_the_text_is_better_than_that_of_the_file() -> None:
    core = "<dcterms:created>2023-05-17T08:00:00Z</dcterms:created>"
    article = opened(docx(paragraph("Published on 3 May 2022") + paragraph(FIRST), core=core))
    assert (article.date, article.dated) == (date(2022, 5, 3), "text")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not a DOCX file"),
        (b"PK\x03\x04 torn", "is not a DOCX file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "is encrypted, or of an older Word"),
        (package({"other.xml": "<a/>"}), "is not a DOCX file"),
        (docx("<w:p>"), "is torn: its word/document.xml is no XML"),
        (docx(""), "has no text to quote"),
        (docx(paragraph(FIRST), styles="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "declares entities of its own"),
    ],
)
def test_what_cannot_be_read(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=rf"^a\.docx {message}"):
        opened(data)


def test_entities_are_not_expanded() -> None:
    levels = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 10))
    bomb = f"<!DOCTYPE a [<!ENTITY e0 'lol'>{levels}]><a>&e9;</a>"
    with pytest.raises(ReadError, match=r"^a\.docx (declares entities|is torn)"):
        opened(package({"word/document.xml": bomb}))
    outside = "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>"
    with pytest.raises(ReadError, match=r"^a\.docx declares entities"):
        opened(package({"word/document.xml": outside}))


def test_a_package_that_unpacks_to_too_much() -> None:
    with pytest.raises(ReadError, match=r"^a\.docx unpacks to more than 64 MiB"):
        opened(package({"word/document.xml": " " * (65 << 20)}))


def test_a_styles_part_of_no_use() -> None:
    assert opened(docx(paragraph(FIRST, "Nameless"), styles=STYLES)).text == FIRST
