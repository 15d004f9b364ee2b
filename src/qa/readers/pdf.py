"""PDF documents: lines put together from where each character stands, in the order that they are read in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium

from qa.article import Article
from qa.errors import ReadError
from qa.language.dates import find_date
from qa.readers.lines import ends_sentence
from qa.readers.metadata import Metadata
from qa.readers.own_text import own_text
from qa.readers.pdf_lines import PrintedLine, printed_lines
from qa.readers.text import article

_PASSWORD = 4
_LETTERS_ON_A_PAGE = 20
_DIGITS = re.compile(r"\d+")
_CREATED = re.compile(r"D:(\d{4})(\d{2})(\d{2})")


def read(data: bytes, name: str, id: str) -> Article:  # noqa: A002
    """The article in the bytes of a PDF.

    Raises `ReadError` where they are none, are encrypted, or hold pictures of text and not text.
    """
    try:
        with pdfium.PdfDocument(data) as document:
            pages = [_lines(document, number, name) for number in range(len(document))]
            scanned = sum(sum(map(str.isalpha, _joined(page))) < _LETTERS_ON_A_PAGE for page in pages)
            if scanned == len(pages):
                raise ReadError(_why_empty(document, name))
            created = _CREATED.match(document.get_metadata_value("CreationDate"))
            said = {"title": document.get_metadata_value("Title"), "author": document.get_metadata_value("Author")}
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise ReadError(f"{name} is encrypted: save it without a password") from None
        raise ReadError(f"{name} is not a PDF, or is torn: save it again") from error
    text = "\n\n".join(_paragraphs(_without_running_heads(pages)))
    if said["title"] not in text[:1000]:
        said["title"] = ""  # a template's, or the name of some other file
    found = article(
        text, name=name, id=id, metadata=Metadata({key: value for key, value in said.items() if value.strip()})
    )
    return own_text(found, created=find_date("-".join(created.groups())) if created else None)


def _lines(document: pdfium.PdfDocument, number: int, name: str) -> list[PrintedLine]:
    try:
        page = document[number]
        lines = printed_lines(page.get_textpage())
        page.close()
    except pdfium.PdfiumError as error:
        raise ReadError(f"{name} is torn: its page {number + 1} cannot be read") from error
    return lines


def _joined(page: Sequence[PrintedLine]) -> str:
    return "".join(line.text for line in page)


def _why_empty(document: pdfium.PdfDocument, name: str) -> str:
    pictures = any(
        next(document[number].get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]), None) is not None
        for number in range(min(len(document), 20))
    )
    if pictures:
        return f"{name} is a scan, pictures of pages without their text: have its text recognised (OCR) first"
    return f"{name} has no text in it"


def _without_running_heads(pages: Sequence[Sequence[PrintedLine]]) -> list[PrintedLine]:
    """The lines of all pages but for page numbers and what stands above or below the text of most pages."""
    seen = Counter(
        (place, _DIGITS.sub("#", page[place].text))
        for page in pages
        if page
        for place in ((0, -1) if page[1:] else (0,))
    )
    often = {key for key, times in seen.items() if times > 2 and times * 2 > len(pages)}
    kept: list[PrintedLine] = []
    for page in pages:
        for i, line in enumerate(page):
            place = 0 if i == 0 else -1 if i == len(page) - 1 else None
            numbered = place is not None and len(pages) > 1 and line.text.strip(" -–—./|").isdecimal()
            if not numbered and (place, _DIGITS.sub("#", line.text)) not in often:
                kept.append(line)
    return kept


def _paragraphs(lines: Sequence[PrintedLine]) -> Iterator[str]:
    """Lines joined to paragraphs; those in larger letters are marked as headings."""
    if not lines:
        return
    size = median(line.size for line in lines for _ in range(max(1, len(line.text) // 10)))
    width = sorted(line.right - line.left for line in lines)[len(lines) * 9 // 10]
    steps = sorted(
        step for before, line in pairwise(lines) if (step := before.bottom - line.bottom) > 0.5 * line.size
    )
    usual = steps[len(steps) // 4] if steps else 1.5 * size
    part: list[PrintedLine] = []
    for line in lines:
        if part and _parted(part[-1], line, width, usual):
            yield _paragraph(part, size)
            part = []
        part.append(line)
    yield _paragraph(part, size)


def _parted(before: PrintedLine, line: PrintedLine, width: float, usual: float) -> bool:
    if abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return True
    step = before.bottom - line.bottom
    if step > 1.3 * usual:
        return True
    ended = ends_sentence(before.text)
    if step < 0:  # the next column or page: a sentence may run on
        return ended
    return ended and before.right - before.left < 0.85 * width


def _paragraph(lines: Sequence[PrintedLine], size: float) -> str:
    text = ""
    for line in lines:
        if re.search(r"[a-z]-$", text) and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}".strip()
    heading = lines[0].size > 1.15 * size and len(text) <= 200 and len(lines) < 4
    return f"## {text}" if heading else text
