"""Bytes of a web page to a tree, in the encoding that the page is really in."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from lxml import etree

from qa.errors import ReadError
from qa.readers.decode import decode

_DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset\s*=\s*|\?xml[^>]{0,80}?encoding\s*=\s*)["']?\s*([\w.:-]+)""", re.I
)
_HEAD = 4096
_FOREIGN = bytes(range(0x80, 0x100))
# What browsers make of these labels: pages that say Latin-1 or ASCII are in Windows-1252.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "latin-1": "cp1252"}


def parse(text: str, name: str) -> etree._Element:
    """The root of the page ``text``, whatever is wrong with it; comments and instructions are gone.

    Raises `ReadError` where there is no element in it.
    """
    # What a parser of bytes would stop at, or take as the page's end, is no text of a page.
    data = text.replace("\0", "").encode("utf-8", "replace")
    # Not lxml.html's: choosing a class for each element takes longer than parsing it.
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        raise ReadError(f"{name} is not a web page: nothing can be read in it")
    return root


def decode_page(data: bytes, name: str, *, charset: str = "") -> str:
    """The text of a page: UTF-8 if its bytes are that throughout; else by ``charset`` (of an HTTP header), by what
    the page declares, or as any text file. A declaration that the bytes contradict counts for nothing.

    Raises `ReadError` as `decode` does.
    """
    if b"\0" not in data and data.strip():
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8-sig")
    declared = _DECLARED.search(data[:_HEAD])
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for label in () if marked else (charset, declared[1].decode("ascii") if declared else ""):
        text = _as(data, label)
        if text is not None and text.strip():
            return text
    return decode(data, name)


def _as(data: bytes, label: str) -> str | None:
    try:
        codec = codecs.lookup(label).name
        codec = _MEANT.get(codec, codec)
        text = data.decode(codec, "replace")
    except (LookupError, ValueError, UnicodeError):
        return None
    foreign = len(data) - len(data.translate(None, _FOREIGN))
    return text if text.count("\ufffd") * 10 <= foreign else None
