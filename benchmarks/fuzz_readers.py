"""Give each reader hostile bytes for a while: whatever they are, it gives an article or says `ReadError`.

    python benchmarks/fuzz_readers.py --seconds 600 page pdf docx jsonl telegram_export text

Inputs are mutated from small sound ones of the kind; a parser that crashes the process is found by its children
dying. Every other exception, and every file that takes longer than the limit, is printed with its bytes saved.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
import zipfile
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from qa.errors import ReadError
from qa.readers.apart import SECONDS

SLOW = 5.0
"""Seconds that no small input may take."""

_WORDS = "الوزير agreement قال 2021 نوفمبر «غير» مسبوق the of, . \u200f\u202e\u2066 \0 \ufeff é &amp; <br> ‌ ".split(
    " "
)
_SENTENCE = "وقال الوزير للصحفيين إن القانون الجديد سيدخل حيز التنفيذ في الربيع. The law would take effect."
_HTML = [
    "<p>", "</p>", "<div class='article-body'>", "</div>", "<table><tr><td>", "<script type='application/ld+json'>",
    "</script>", '{"@type":"NewsArticle","headline":', '["x"]', "}", "<meta property='og:title' content='", "'>",
    "<!--",
    "<![CDATA[", "<time datetime='2021-11-24'>", "<br><br>", "<a href='/'>", "</a>", "<h1>", "<svg><p>", "<title>",
    "<html xml:lang='ar'>", "&#0;", "&#x110000;", "<link rel=canonical href='//[::1'>", "<p itemprop=articleBody>",
]  # fmt: skip
_XML = [
    "<w:p>",
    "</w:p>",
    "<w:t>",
    "</w:t>",
    "<w:br/>",
    "<w:pStyle w:val='Heading1'/>",
    "&amp;",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
]
_PDF = "Tj|(abc) Tj|[(a) -9e9 (b)] TJ|1 0 0 -1 0 0 cm|q|Q|9e99 Tf|BT|ET|/F Do|T*".split("|")
_JSON = [
    '{"text": "',
    '"}',
    "\n",
    '{"id": 1,',
    "[[[[",
    '"date": "2021-11-24",',
    "\\ud800",
    "null",
    "1e999",
    '"text": ["a", {"text": "b"}]',
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("readers", nargs="+")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, default=Path("fuzz"))
    arguments = parser.parse_args()
    failures = 0
    for name in arguments.readers:
        failures += fuzz(name, arguments.seconds, arguments.seed, arguments.save)
    return 1 if failures else 0


def fuzz(name: str, seconds: float, seed: int, save: Path) -> int:
    """Tell how many inputs one reader was given in ``seconds``, and how many of them it failed on."""
    chance = random.Random(seed)
    read = reader(name)
    tried = articles = failures = 0
    slowest, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = hostile(name, chance)
        began, wrong = time.process_time(), ""
        try:
            articles += read(data)
        except ReadError:
            pass
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        took = time.process_time() - began
        slowest = max(slowest, took)
        tried += 1
        if wrong or took > SLOW:
            failures += 1
            save.mkdir(parents=True, exist_ok=True)
            file = save / f"{name}-{seed}-{tried}"
            file.write_bytes(data)
            sys.stdout.write(f"{file}: {wrong or f'{took:.1f} s'}\n")
    sys.stdout.write(
        f"{name}: {tried:,} inputs in {seconds:.0f} s, {articles:,} articles, "
        f"slowest {slowest:.2f} s of {SECONDS}, {failures} failures\n"
    )
    sys.stdout.flush()
    return failures


def reader(name: str):  # type: ignore[no-untyped-def]
    """A function of bytes that reads them and says how many articles it got, having looked at each."""
    module = import_module(f"qa.readers.{name}")

    def one(data: bytes) -> int:
        return check(module.read(data, "fuzz", "id"))

    def many(data: bytes) -> int:
        found = list(module.read_many(io.BytesIO(data), "fuzz", "id"))
        return sum(check(each) for each in found if not isinstance(each, ReadError))

    return many if hasattr(module, "read_many") else one


def check(article) -> int:  # type: ignore[no-untyped-def]
    """What holds for every article, whatever it was made from."""
    assert any(map(str.isalpha, article.text))
    assert article.title.strip()
    article.text.encode()
    article.title.encode()
    json.dumps([article.url, article.source, article.author])
    runs = article.kept
    assert all(a.start + a.length <= b.start and a.raw_start + a.length <= b.raw_start for a, b in pairwise(runs))
    assert all(0 <= start < end <= len(article.text) for start, end in article.headings)
    return 1


def hostile(name: str, chance: random.Random) -> bytes:
    """Bytes of the kind that ``name`` reads, more or less."""
    match name:
        case "docx":
            return _docx(chance)
        case "pdf":
            return _mutated(_pdf(chance), chance)
        case "page":
            parts = [f"<p>{_SENTENCE} {_prose(chance, 8)}</p>" for _ in range(chance.randrange(2, 8))]
            for _ in range(chance.choice([2, 8, 100])):
                parts.insert(chance.randrange(len(parts) + 1), _piece(chance))
            text = "<html><head><title>Law</title></head><body><article>" + "".join(parts)
            data = text.encode(chance.choice(["utf-8", "utf-16", "cp1256"]), "replace")
        case "text":
            text = " ".join(
                chance.choice([*_WORDS, "\n", "\n\n", "Title: ", "---\n", "# "])
                for _ in range(chance.randrange(400))
            )
            data = text.encode(chance.choice(["utf-8", "utf-16", "cp1256"]), "replace")
        case _:
            head = '{"name": "قناة", "type": "public_channel", "id": 1, "messages": [' if "telegram" in name else ""
            body = "\n".join(_record(name, chance) for _ in range(chance.randrange(8)))
            joined = body.replace("\n", ",\n") + "]}" if head else body
            data = (head + joined).encode("utf-8", "surrogatepass")
    return _mutated(data, chance) if chance.random() < 0.7 else data


def _piece(chance: random.Random) -> str:
    if chance.random() < 0.05:
        return f"<p>{_SENTENCE} {_prose(chance, 8)}</p>"
    return chance.choice(_HTML + _WORDS) + " " * chance.randrange(2)


def _prose(chance: random.Random, words: int = 60) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words))


def _record(name: str, chance: random.Random) -> str:
    if chance.random() < 0.3:
        return "".join(chance.choice(_JSON) for _ in range(chance.randrange(12)))
    record: dict[str, object] = {"id": chance.choice([1, "a#b", None, -1, [1]]), "text": _prose(chance)}
    record["date"] = chance.choice(["2021-11-24T10:00:00", "", 0, None, "9999-99-99"])
    record["type"] = chance.choice(["message", "service"])
    if "telegram" in name and chance.random() < 0.5:
        record["text"] = [_prose(chance), {"type": "bold", "text": _prose(chance)}, 3]
    return json.dumps(record)


def _mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0:
                changed[at:at] = chance.randbytes(chance.randrange(1, 9))
            case 1:
                del changed[at : at + chance.randrange(1, 40)]
            case 2 if at < len(changed):
                changed[at] = chance.randrange(256)
            case 3:
                piece = bytes(changed[at : at + chance.randrange(1, 200)])
                changed[at:at] = piece * chance.choice([1, 2, 50])
            case _:
                changed[at:at] = chance.choice(
                    [b"\0", b"\xff\xfe", b"\xe2\x80\xae", b"\xed\xa0\x80", b"-1", b"9" * 30]
                )
    return bytes(changed)


def _docx(chance: random.Random) -> bytes:
    words = [*_XML, *_WORDS]
    body = "".join(
        f"<w:p><w:r><w:t>{_SENTENCE}{_prose(chance)}</w:t></w:r></w:p>".replace("\0", "").replace("\ufeff", "")
        for _ in range(chance.randrange(5))
    )
    body += (
        "".join(chance.choice(words).replace("\0", "") for _ in range(chance.randrange(30)))
        if chance.random() < 0.5
        else ""
    )
    main = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    xml = f"{main}{body}</w:body></w:document>".replace("<br>", "").encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", chance.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])) as package:
        package.writestr("word/document.xml", _mutated(xml, chance) if chance.random() < 0.3 else xml)
        if chance.random() < 0.3:
            package.writestr("word/styles.xml", _mutated(xml, chance) if chance.random() < 0.3 else xml)
        package.writestr("docProps/core.xml", _mutated(b"<a/>", chance) if chance.random() < 0.2 else b"<a/>")
    return _mutated(file.getvalue(), chance) if chance.random() < 0.5 else file.getvalue()


def _pdf(chance: random.Random) -> bytes:
    text = " ".join(chance.choice(_PDF) for _ in range(30))
    stream = (
        f"BT /F 12 Tf 50 700 Td (The minister said that the law would take effect in spring.) Tj {text} ET".encode()
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, each) for n, each in enumerate(objects, 1))
    return out + b"trailer<</Size 6/Root 1 0 R>>\n%%EOF"


if __name__ == "__main__":
    sys.exit(main())
