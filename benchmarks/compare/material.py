"""What is searched: articles made from the project's own texts, so that anyone can make the same ones."""

from __future__ import annotations

import json
import random
from importlib import resources
from itertools import islice
from pathlib import Path

from common import ROOT, WORK, say
from scale_corpus import grow

from qa.article import Article
from qa.encoder import load_encoder
from qa.encoder.bundled import BundledEncoder
from qa.index import update
from qa.passage import split_passages
from qa.store.reader import Reader

LINES = 5
"""Of an article made from the background texts."""


def index_of(passages: int) -> Path:
    """An index of so many passages and, in its folder ``articles``, their files; made once (scale_corpus.py)."""
    folder = WORK / f"index-{passages}"
    if not (folder / "made").exists():
        say(f"making an index of {passages:,} passages in {folder}")
        grow(_small(), folder, passages)
        (folder / "made").touch()
    return folder


def _small() -> Path:
    """An index of seeds/ and of the background texts."""
    folder = WORK / "small"
    articles = folder / "articles"
    articles.mkdir(parents=True, exist_ok=True)
    for lang in ("ar", "en"):
        lines = iter(_background(f"passages.{lang}.txt"))
        number = 0
        while some := list(islice(lines, LINES)):
            (articles / f"{lang}-{number}.txt").write_text("\n\n".join(some), "utf-8")
            number += 1
    update([ROOT / "seeds", articles], folder / "index", load_encoder())
    return folder / "index"


def seeds() -> Path:
    folder = WORK / "seeds"
    update([ROOT / "seeds"], folder, load_encoder())
    return folder


def questions() -> list[str]:
    """Everyday questions in both languages, in a fixed order."""
    found = [question for lang in ("ar", "en") for question in _background(f"questions.{lang}.txt")]
    random.Random(1).shuffle(found)
    return found


def _background(name: str) -> list[str]:
    return resources.files("qa").joinpath("background", name).read_text("utf-8").splitlines()


def documents(index: Path) -> Path:
    """The passages of an index as JSON Lines of ``id`` and ``text``, for peers: they need not split or clean."""
    path = WORK / f"{index.name}.jsonl"
    if not path.exists():
        encoder = BundledEncoder()
        with Reader(index).view() as view, path.open("w", encoding="utf-8") as file:
            for number, text in enumerate(_passages([stored.article for stored in view.articles()])):
                file.write(json.dumps({"id": str(number), "text": encoder.normalised(text)}) + "\n")
    return path


def _passages(articles: list[Article]) -> list[str]:
    return [
        article.text[passage.start : passage.end]
        for article in articles
        for passage in split_passages(article.text, article.headings)
    ]
