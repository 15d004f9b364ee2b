"""JSON Lines to articles."""

from __future__ import annotations

import io
import json
from datetime import date

from qa.article import Article
from qa.errors import ReadError
from qa.readers import jsonl
from qa.readers.jsonl import read_many

TEXT = "The plant on the northern shore began to supply water to three islands on Wednesday."


def read(data: bytes | str) -> list[Article | ReadError]:
    return list(read_many(io.BytesIO(data if isinstance(data, bytes) else data.encode()), "a.jsonl", "a.jsonl"))


def only(**record: object) -> Article:
    (article,) = read(json.dumps(record))
    assert isinstance(article, Article)
    return article


def test_every_field() -> None:
    article = only(
        id=7, title="Water", text=f"By Mara Ellison\n\n{TEXT}", date="2023-05-17", source="The Gazette",
        url="https://a.example/water", author="Mara Ellison", lang="en", other=[1],
    )  # fmt: skip
    assert article.id == "a.jsonl#7"
    assert (article.title, article.text) == ("Water", TEXT)
    assert (article.date, article.dated) == (date(2023, 5, 17), "metadata")
    assert (article.source, article.url, article.author) == (
        "The Gazette",
        "https://a.example/water",
        "Mara Ellison",
    )
    assert article.raw_span(0, len(TEXT)) == (17, 17 + len(TEXT))


def test_the_id_is_its_own_or_its_address_or_made_of_the_line() -> None:
    assert only(id="a #b", text=TEXT).id == "a.jsonl#a %23b"
    assert only(url="https://a.example/1", text=TEXT).id == "a.jsonl#https://a.example/1"
    assert len({only(text=TEXT).id, only(text=TEXT).id, only(text=TEXT, title="T").id}) == 2


def test_each_bad_line_is_told_of_and_the_rest_is_read() -> None:
    good = json.dumps({"text": TEXT})
    lines = [
        good,
        "",
        "not json",
        "[]",
        '{"text": 3}',
        '{"text": "  "}',
        "[" * 100_000,
        '{"text": "\\ud800"}',
        good,
    ]
    found = read("\n".join(lines).encode() + b"\n\xff{}\n")
    assert [str(each) for each in found if isinstance(each, ReadError)] == [
        "line 3 of a.jsonl is not JSON in UTF-8",
        'line 4 of a.jsonl has no "text": each line is an object with a text, as docs/formats.md shows',
        'line 5 of a.jsonl has no "text": each line is an object with a text, as docs/formats.md shows',
        "line 6 of a.jsonl has no text to quote: only a title or page furniture is in it",
        "line 7 of a.jsonl is not JSON in UTF-8",
        "line 8 of a.jsonl has no text to quote: only a title or page furniture is in it",
        "line 10 of a.jsonl is not JSON in UTF-8",
    ]
    assert [each.text for each in found if isinstance(each, Article)] == [TEXT, TEXT]


def test_a_byte_order_mark_and_halves_of_characters() -> None:
    (article,) = read(b"\xef\xbb\xbf" + json.dumps({"text": f"{TEXT} \ud800", "title": "\udfff T"}).encode())
    assert isinstance(article, Article)
    assert article.text == f"{TEXT} \ufffd"
    assert article.title == "\ufffd T"


def test_a_line_without_an_end_is_not_kept_in_memory() -> None:
    class Endless(io.RawIOBase):
        """Four times the longest line, then a good one."""

        def __init__(self) -> None:
            self.left = 4 * jsonl.LONGEST
            self.tail = io.BytesIO(b"\n" + json.dumps({"text": TEXT}).encode())
            self.most = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            self.most = max(self.most, size)
            if self.left:
                self.left -= size
                return b"x" * size
            return self.tail.readline()

    file = Endless()
    found = list(read_many(file, "a.jsonl", "a"))  # type: ignore[arg-type]
    assert str(found[0]) == "line 1 of a.jsonl is longer than 16 MiB"
    assert isinstance(found[1], Article)
    assert file.most == jsonl.LONGEST
