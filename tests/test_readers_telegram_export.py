"""Telegram exports to articles."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from stories import stories

from qa.article import Article
from qa.errors import ReadError
from qa.readers import telegram_export
from qa.readers.telegram_export import read_many

STORY = stories("ar")[0]
NEWS = "\n\n".join((STORY.title, *STORY.paragraphs[:2]))


def export(*messages: object, **chat: object) -> bytes:
    data = {"name": "قناة المرفأ", "type": "public_channel", "id": 1234567, **chat, "messages": list(messages)}
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def message(text: object = NEWS, **more: object) -> dict[str, object]:
    return {"id": 5, "type": "message", "date": "2023-05-17T09:00:00", "from": "x", "text": text, **more}


def read(data: bytes) -> list[Article | ReadError]:
    return list(read_many(io.BytesIO(data), "result.json", "export/result.json"))


def only(data: bytes) -> Article:
    (article,) = read(data)
    assert isinstance(article, Article)
    return article


def test_a_long_message_is_an_article() -> None:
    article = only(export(message(author="Mara"), message("قصيرة"), message(NEWS, type="service"), 3))
    assert article.id == "export/result.json#5"
    assert article.title == STORY.title
    assert article.text.startswith("بدأت محطة")
    assert (article.date, article.dated) == (date(2023, 5, 17), "metadata")
    assert (article.source, article.author) == ("قناة المرفأ", "Mara")
    assert article.url == "https://t.me/c/1234567/5"
    start, end = article.raw_span(0, 9)
    assert NEWS[start:end] == article.text[:9]


def test_formatted_text_comes_in_pieces() -> None:
    pieces = [NEWS[:40], {"type": "bold", "text": NEWS[40:60]}, NEWS[60:], 3, {"type": "x"}]
    assert only(export(message(pieces))).text == only(export(message())).text


@pytest.mark.parametrize(
    ("chat", "url"),
    [
        ({"username": "almarfa"}, "https://t.me/almarfa/5"),
        ({"type": "private_supergroup"}, "https://t.me/c/1234567/5"),
        ({"type": "personal_chat"}, ""),
        ({"id": "x"}, ""),
    ],
)
def test_the_address_of_a_message(chat: dict[str, object], url: str) -> None:
    assert only(export(message(), **chat)).url == url


def test_a_message_without_a_number_and_one_that_cannot_be_read() -> None:
    found = read(export(message(id="x"), message("#وسم " * 60, id=6), message(id=7)))
    assert [each.url for each in found if isinstance(each, Article)] == ["", "https://t.me/c/1234567/7"]
    assert [str(each) for each in found if isinstance(each, ReadError)] == [
        "message 6 of result.json has no text to quote: only a title or page furniture is in it"
    ]


def test_chunks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = export(*(message(f"{NEWS} {number}", id=number) for number in range(30)))
    whole = read(data)
    assert len(whole) == 30
    monkeypatch.setattr(telegram_export, "_CHUNK", 997)
    assert read(data) == whole


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"messages": [', b'{"a" "messages": []}', b"\xff" * 9, b"x" * 3_000_000]
)
def test_what_is_no_export(data: bytes) -> None:
    with pytest.raises(ReadError, match=r"^result\.json is not the export of a Telegram chat"):
        read(data)


@pytest.mark.parametrize("tail", [b"", b'{"id": 9, "type": "mess', b"nonsense", b"[" * 100_000])
def test_a_torn_export_gives_what_stands_before_the_tear(tail: bytes) -> None:
    data = export(message()).rsplit(b"]", 1)[0] + b"," + tail
    articles = read_many(io.BytesIO(data), "result.json", "r")
    assert isinstance(next(articles), Article)
    with pytest.raises(ReadError, match=r"^result\.json is torn: what follows message 5 is no JSON$"):
        next(articles)
