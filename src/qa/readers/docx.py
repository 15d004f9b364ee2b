"""Word documents (DOCX): paragraphs, headings and tables, out of the package's XML."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from qa.article import Article
from qa.errors import ReadError
from qa.language.dates import find_date
from qa.readers.metadata import Metadata
from qa.readers.own_text import own_text
from qa.readers.text import article

_MOST = 64 * 1024 * 1024
"""Bytes of one part, unpacked."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CREATED = "{http://purl.org/dc/terms/}created"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HIDDEN = {
    f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "drawing", "pict")
}


def read(data: bytes, name: str, id: str) -> Article:  # noqa: A002
    """The article in the bytes of a DOCX file, as it reads with all changes accepted.

    Raises `ReadError` where they are no DOCX or one that is encrypted, or where there is nothing to quote.
    """
    if data.startswith(_ENCRYPTED):
        raise ReadError(f"{name} is encrypted, or of an older Word: save it as DOCX without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            document = _part(package, "word/document.xml", name)
            styles = _styles(package, name)
            properties = _part(package, "docProps/core.xml", name) if _has(package, "docProps/core.xml") else None
    except KeyError:
        raise ReadError(f"{name} is not a DOCX file: save it as one") from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ReadError(f"{name} is not a DOCX file, or is torn: save it again") from error
    text = "\n\n".join(_lines(document, styles))
    found = article(text, name=name, id=id, metadata=_metadata(properties, text))
    created = properties.findtext(_CREATED) if properties is not None else ""
    return own_text(found, created=find_date(created or ""))


def _has(package: zipfile.ZipFile, part: str) -> bool:
    return part in package.namelist()


def _part(package: zipfile.ZipFile, part: str, name: str) -> etree._Element:
    with package.open(part) as file:
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise ReadError(f"{name} unpacks to more than {_MOST >> 20} MiB: split it into articles")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"{name} is torn: its {part} is no XML") from error
    if root.getroottree().docinfo.doctype:
        raise ReadError(f"{name} declares entities of its own, which no Word document does")
    return root


def _styles(package: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The names of the paragraph styles by their ids, which differ from language to language."""
    if not _has(package, "word/styles.xml"):
        return {}
    root = _part(package, "word/styles.xml", name)
    named = ((style.get(f"{_W}styleId", ""), style.find(f"{_W}name")) for style in root.iter(f"{_W}style"))
    return {id_: element.get(f"{_W}val", "").lower() for id_, element in named if element is not None}


def _lines(document: etree._Element, styles: dict[str, str]) -> Iterator[str]:
    titled = False
    for paragraph in document.iter(f"{_W}p"):
        text = " ".join(part for part in "".join(_text(paragraph)).split(" ") if part).strip()
        if not text:
            continue
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        kind = styles.get(style.get(f"{_W}val", ""), style.get(f"{_W}val", "").lower()) if style is not None else ""
        if kind.startswith("heading") or (kind == "title" and not titled):
            text = f"## {text}" if kind != "title" else f"# {text}"
            titled = titled or kind == "title"
        yield text


def _text(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in {f"{_W}tab", f"{_W}noBreakHyphen"}:
            yield " " if child.tag.endswith("tab") else "-"
        elif child.tag in {f"{_W}br", f"{_W}cr"}:
            yield "\n"
        elif child.tag not in _HIDDEN and child.tag != f"{_W}p":
            yield from _text(child)


def _metadata(properties: etree._Element | None, text: str) -> Metadata:
    """Title and author where the properties name them; a title that the text does not open with is a template's."""
    if properties is None:
        return Metadata({"": ""})
    said = {
        "title": " ".join((properties.findtext(f"{_DC}title") or "").split()),
        "author": properties.findtext(f"{_DC}creator") or "",
        "lang": properties.findtext(f"{_DC}language") or "",
    }
    if said["title"] not in text[:1000]:
        said["title"] = ""
    return Metadata({key: value for key, value in said.items() if value})
