"""PDF documents to articles."""

from __future__ import annotations

from datetime import date

import pypdfium2 as pdfium
import pytest
from pdfs import assembled, from_left, from_right, pdf, picture, stream

from qa.errors import ReadError
from qa.readers.pdf import read
from qa.readers.pdf_lines import printed_lines

LINES = [
    "The desalination plant on the northern shore began to supply",
    "drinking water to three islands on Wednesday, ending twelve",
    "years in which every glass had arrived by ship.",
]
TEXT = " ".join(LINES)
ARABIC = "بدأت محطة لتحلية المياه على الشاطئ الشمالي تزويد ثلاث جزر بمياه الشرب"
PRESENTED = str.maketrans(
    {"ب": "\ufe91", "د": "\ufeaa", "أ": "\ufe84", "ت": "\ufe97", "ا": "\ufe8e", "ل": "\ufedf"}
)


def letters(data: bytes) -> str:
    return read(data, "a.pdf", "a").text


def printed(data: bytes) -> str:
    """The lines of the first page, as they are read."""
    with pdfium.PdfDocument(data) as document:
        return "\n".join(line.text for line in printed_lines(document[0].get_textpage()))


def english(*, y: float = 700) -> list[tuple[str, float, float]]:
    return [glyph for i, line in enumerate(LINES) for glyph in from_left(line, y=y - 14 * i)]


def test_lines_become_a_paragraph() -> None:
    article = read(pdf(english()), "a.pdf", "a")
    assert article.text == TEXT
    assert article.raw_span(4, 16) == (4, 16)


def test_a_word_parted_at_the_end_of_a_line() -> None:
    glyphs = from_left("He said on Monday that there is a new desali-") + from_left(
        "nation plant in the harbour.", y=686
    )
    assert letters(pdf(glyphs)) == "He said on Monday that there is a new desalination plant in the harbour."


def test_paragraphs_are_parted_by_room() -> None:
    glyphs = english() + [(char, x, y - 80) for char, x, y in from_left("Nobody had expected it to last so long.")]
    assert letters(pdf(glyphs)) == f"{TEXT}\n\nNobody had expected it to last so long."


@pytest.mark.parametrize("backwards", [True, False], ids=["visual order", "logical order"])
@pytest.mark.parametrize("presented", [True, False], ids=["presentation forms", "letters"])
def test_arabic_is_read_from_right_to_left(backwards: bool, presented: bool) -> None:
    shown = ARABIC.translate(PRESENTED) if presented else ARABIC
    assert printed(pdf(from_right(shown, backwards=backwards))) == ARABIC


@pytest.mark.parametrize("ligature", ["\ufefb", "لا"], ids=["presentation form", "two letters"])
def test_a_ligature_is_its_letters_in_reading_order(ligature: str) -> None:
    clusters = ["و", "ق", "ا", "ل", " ", "إ", "ن", " ", "ا", ligature, "ت", "ف", "ا", "ق", " ", "ج", "د", "ي", "د"]
    clusters += [" ", *"وقد يوقع قريبا"]
    assert printed(pdf(from_right(clusters))) == "وقال إن الاتفاق جديد وقد يوقع قريبا"


def test_numbers_latin_words_and_brackets_in_an_arabic_line() -> None:
    # As printed: numbers and Latin words from left to right, brackets mirrored.
    visual = ["وقال الوزير إن الاتفاق يشمل ", "12.5"[::-1], " مليون دولار )", "Cyber"[::-1], "( عام ", "2021"[::-1]]
    expected = "وقال الوزير إن الاتفاق يشمل 12.5 مليون دولار (Cyber) عام 2021"
    assert printed(pdf(from_right("".join(visual)))) == expected


def test_a_vowel_sign_goes_with_its_letter() -> None:
    glyphs = from_right(ARABIC.replace("محطة", "محطّة").replace("\u0651", ""))
    at = ARABIC.index("محطة") + 2
    sign = ("\u0651", 550 - at * 6, 700.0)
    assert printed(pdf([*glyphs, sign])) == ARABIC.replace("محطة", "محطّة")


def test_an_arabic_name_in_an_english_line() -> None:
    line = "The newspaper " + "المرفأ"[::-1] + " reported on Wednesday that the water had come."
    assert printed(pdf(from_left(line))) == line.replace("المرفأ"[::-1], "المرفأ")


def test_a_larger_line_is_a_heading_and_the_first_the_title() -> None:
    data = pdf(english(), info="/Title(Microsoft Word - draft7.doc)/CreationDate(D:20230517120000)")
    article = read(data, "a.pdf", "a")
    assert (article.date, article.dated) == (date(2023, 5, 17), "file")
    assert "Microsoft" not in article.title


def test_page_numbers_and_running_heads_are_left_out() -> None:
    pages = [
        from_left("The Lennport Gazette", y=780) + english() + from_left(str(number), y=20)
        for number in range(1, 5)
    ]
    text = letters(pdf(*pages))
    assert "Gazette" not in text
    assert not any(char.isdecimal() for char in text)


def test_a_scan_is_told_apart() -> None:
    with pytest.raises(ReadError, match=r"^a\.pdf is a scan, pictures of pages without their text: .*OCR"):
        letters(picture())


def test_a_document_without_anything() -> None:
    with pytest.raises(ReadError, match=r"^a\.pdf has no text in it"):
        letters(pdf([]))


def test_an_encrypted_one_says_so() -> None:
    strange = "<" + "00" * 32 + ">"
    encrypted = f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/O {strange}/U {strange}/P -4>>"
    with pytest.raises(ReadError, match=r"^a\.pdf is encrypted: save it without a password$"):
        letters(pdf(english(), trailer=encrypted))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"no pdf", pdf(english())[:400]])
def test_what_is_no_pdf_or_torn(data: bytes) -> None:
    with pytest.raises(ReadError, match=r"^a\.pdf "):
        letters(data)


def test_a_page_that_is_not_there() -> None:
    torn = assembled(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 3/Kids[9 0 R 9 0 R]>>", stream(b"")])
    with pytest.raises(ReadError, match=r"^a\.pdf "):
        letters(torn)
