"""Word documents made by hand."""

from __future__ import annotations

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = (
    f'<w:styles {_W}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style><w:style w:styleId="x"/></w:styles>'
)


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of runs, one for each word, as an editor leaves them."""
    words = text.split(" ")
    runs = "".join(f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{word} </w:t></w:r>' for word in words)
    kind = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{kind}</w:pPr>{runs}</w:p>"


def docx(body: str, *, styles: str = STYLES, core: str = "", **more: str) -> bytes:
    """A package with the paragraphs ``body``; ``core`` holds the elements of its properties."""
    parts = {"word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>"}
    if styles:
        parts["word/styles.xml"] = styles
    if core:
        names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        parts["docProps/core.xml"] = f"<coreProperties {names}>{core}</coreProperties>"
    return package(parts | more)


def package(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()
