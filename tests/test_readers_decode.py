"""Bytes to text."""

from __future__ import annotations

import codecs
import contextlib
import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import ReadError
from qa.readers.decode import decode

ARABIC = "وقّع المغرب، الأربعاء، اتفاقاً «غير مسبوق».\r\nهل تنجح الخطة؟\n\nقال إنه يوم 24 نوفمبر.\n"
ENGLISH = "The minister said “yes” in a café.\nAnd then he left.\n"
PNG = (
    b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 8, 8, 8, 2, 0, 0, 0) + zlib.compress(b"\1" * 400)
)


@pytest.mark.parametrize("text", [ARABIC, ENGLISH, ARABIC + ENGLISH])
@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1256", b""),
    ],
)
def test_every_encoding_gives_the_same_characters(text: str, encoding: str, bom: bytes) -> None:
    assert decode(bom + text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    "text", ["عربي", "رد", "Yes.", "🫨 news", "Ёлка и мир", "a\u2028b\x0bc\x0cd\x85e", "\ufffd is a letter"]
)
def test_short_and_foreign_texts_in_utf8(text: str) -> None:
    assert decode(text.encode(), "a.txt") == text


def test_utf16_arabic_that_is_valid_ascii_too() -> None:
    assert decode("مرحبا بكم".encode("utf-16-le"), "a.txt") == "مرحبا بكم"


def test_a_file_cut_within_a_character_is_still_read() -> None:
    assert decode(ARABIC.encode() + b"\xd8", "a.txt") == ARABIC + "\ufffd"
    assert decode(codecs.BOM_UTF16_LE + ARABIC.encode("utf-16-le")[:-1], "a.txt") == ARABIC[:-1] + "\ufffd"


@pytest.mark.parametrize(
    "data",
    [
        PNG,
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + zlib.compress(ARABIC.encode()),
        b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n",
        b"{\\rtf1\\ansi Hello.}",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"text with\x00a NUL",
        b"\x1b[31mred\x1b[0m \x1b[32mgreen\x1b[0m",
        zlib.compress(ARABIC.encode()),
        ENGLISH.encode("utf-32"),
        bytes(range(0x20, 0x100)) * 3,
        codecs.BOM_UTF16_LE + random.Random(1).randbytes(400),
        random.Random(2).randbytes(1000),
    ],
)
def test_what_is_not_text_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(ReadError, match=r"^a\.txt is not a text file: [^\n]+$"):
        decode(data, "a.txt")


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t\n", codecs.BOM_UTF8, codecs.BOM_UTF16_BE, "\u200b\n\ufeff".encode()]
)
def test_what_is_empty_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError, match=r"^a\.txt is empty"):
        decode(data, "a.txt")


@given(st.binary(max_size=300))
def test_arbitrary_bytes_give_text_or_a_read_error(data: bytes) -> None:
    with contextlib.suppress(ReadError):
        text = decode(data, "a.txt")
        assert text.strip()
        assert "\0" not in text


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), min_size=1))
def test_any_utf8_text_is_kept_as_it_is(text: str) -> None:
    whole = "نص. " + text
    assert decode(whole.encode(), "a.txt") == whole
