"""PDFs made by hand, so that a test says where each glyph stands and what its font claims that it means."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

Placed = tuple[str, float, float]
"""What a glyph means, and where it stands: left and baseline in points. Every glyph is 6 points wide."""

SIZE, WIDTH = 12, 6


def pdf(*pages: Sequence[Placed], size: int = SIZE, trailer: str = "", info: str = "") -> bytes:
    """A document with a page for each list of glyphs; ``trailer`` and ``info`` are PDF source."""
    meanings = sorted({text for page in pages for text, _, _ in page})
    codes = {text: number for number, text in enumerate(meanings, start=33)}
    mapped = "\n".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>" for text, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(codes)} beginbfchar\n{mapped}\nendbfchar\n"
        "endcmap end end"
    )
    widths = " ".join([str(1000 * WIDTH // size)] * 223)
    objects: list[str | bytes] = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{6 + 2 * n} 0 R' for n in range(len(pages)))}]>>",
        f"<</Type/Font/Subtype/Type1/BaseFont/Times/FirstChar 33/LastChar 255/Widths[{widths}]/ToUnicode 4 0 R>>",
        stream(cmap.encode()),
        f"<<{info}>>",
    ]
    for number, page in enumerate(pages):
        shown = "\n".join(f"1 0 0 1 {x} {y} Tm <{codes[text]:02x}> Tj" for text, x, y in page)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {7 + 2 * number} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(stream(f"BT /F {size} Tf\n{shown}\nET".encode()))
    return assembled(objects, trailer)


def picture() -> bytes:
    """A scan: a page with a picture and no text."""
    pixels = zlib.compress(bytes(range(256)))
    image = (
        b"<</Type/XObject/Subtype/Image/Width 16/Height 16/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(pixels), pixels)
    )
    return assembled(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Count 1/Kids[3 0 R]>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
            stream(b"q 600 0 0 800 0 0 cm /I Do Q"),
            image,
        ]
    )


def stream(data: bytes) -> bytes:
    return b"<</Length %d>>stream\n%b\nendstream" % (len(data), data)


def assembled(objects: Iterable[str | bytes], trailer: str = "") -> bytes:
    out, offsets = b"%PDF-1.7\n", list[int]()
    for number, each in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each.encode() if isinstance(each, str) else each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R/Info 5 0 R%b>>\nstartxref\n%d\n%%%%EOF"
        % (
            len(offsets) + 1,
            table,
            len(offsets) + 1,
            trailer.encode(),
            len(out),
        )
    )


def from_left(text: str, *, y: float = 700, x: float = 50, width: float = WIDTH) -> list[Placed]:
    """Glyphs in the order of ``text``, from left to right, spaces left as gaps."""
    return [(char, x + i * width, y) for i, char in enumerate(text) if char != " "]


def from_right(text: Iterable[str], *, y: float = 700, x: float = 550, backwards: bool = False) -> list[Placed]:
    """Glyphs in reading order from right to left, as an Arabic line stands on paper."""
    placed = [(cluster, x - i * WIDTH, y) for i, cluster in enumerate(text) if cluster != " "]
    return placed[::-1] if backwards else placed
