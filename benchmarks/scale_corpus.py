"""A large index out of a little real text: what it holds reads like news, and everything in it agrees.

Each passage follows a real one, some of whose sentences give way to sentences of another, of the same article
in half of the cases. Rare words are varied by a few letters, so that the vocabulary grows as it does in real
corpora (Heaps' law); offsets and terms are those of the text that comes out, which is written to files as well.
A vector lies between those of the two real passages, in proportion, moved by the difference of two others;
``NOISE`` is such that among as many as there are real ones the nearest neighbour is as far as it is there.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

from qa.article import Article, Kept
from qa.centring import LANGUAGES
from qa.encoder.senses import Senses
from qa.encoder.tokens import Small
from qa.encoder.words import DIM
from qa.language.analyse import analyse
from qa.language.script import language
from qa.store import Writer, database
from qa.store.reader import Reader
from qa.store.records import EncodedArticle, EncodedPassage, FileState, StoredPassage, Vectors
from qa.store.writer import open_writer

PASSAGES = 10
"""Passages of an article."""

KEPT, NOISE, WORD_NOISE = 0.6, 0.5, 0.9
"""The share of sentences that a passage keeps; how much of a difference is added to a vector."""

NEAR = 10
"""Half of an article follows passages that stand so close together in the source."""

COMMITTED = 25_000
"""Articles that are committed together."""

RARE = 2
"""A word that stands at most so often in the real texts is varied."""

_LETTERS = {"ar": "بجدرزشصطغفقم", "en": "bcdfgklmprtvz"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A real sentence: its words, and those of them, ``(place, start, end)``, that are rare."""

    text: str
    terms: tuple[str, ...]
    rare: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What an index holds in one language. ``sentences[i]`` are the rows of passage ``i`` in ``texts``."""

    lang: str
    titles: list[str]
    sentences: list[range]
    texts: list[Sentence]
    vectors: Vectors
    sentence_vectors: Vectors
    tokens: list[Small]
    senses: Senses
    sentence_senses: Senses
    words: dict[str, int]
    word_vectors: Vectors


def read_sources(folder: Path) -> list[Source]:
    """What there is to make articles of in the index in ``folder``, by language."""
    with Reader(folder).view() as view, closing(database.connect(folder)) as db:
        articles = {found.rowid: found.article for found in view.articles()}
        passages = view.passages([id_ for (id_,) in db.execute("SELECT id FROM passages ORDER BY id")])
        return [
            _source(lang, [p for p in passages if p.lang == lang], articles, *_words(db, lang))
            for lang in LANGUAGES
            if any(p.lang == lang for p in passages)
        ]


def _words(db: sqlite3.Connection, lang: str) -> tuple[dict[str, int], Vectors]:
    rows = db.execute("SELECT term, vector FROM word_vectors WHERE lang = ? ORDER BY id", (lang,)).fetchall()
    vectors = database.from_blob(b"".join(blob for _, blob in rows), "<f2", DIM)
    return {term: n for n, (term, _) in enumerate(rows)}, vectors


def _source(
    lang: str,
    passages: Sequence[StoredPassage],
    articles: dict[int, Article],
    words: dict[str, int],
    vectors: Vectors,
) -> Source:
    frequency = Counter(term for p in passages for terms in p.encoded.terms for term in terms)
    texts: list[Sentence] = []
    sentences: list[range] = []
    for passage in passages:
        encoded, text = passage.encoded, articles[passage.article].text
        sentences.append(range(len(texts), len(texts) + len(encoded.sentences)))
        texts += (_sentence(text[start:end], frequency, lang) for start, end in encoded.sentences)
    return Source(
        lang=lang,
        titles=[articles[passage.article].title or "Article" for passage in passages],
        sentences=sentences,
        texts=texts,
        vectors=np.stack([passage.encoded.vector for passage in passages]),
        sentence_vectors=np.concatenate([passage.encoded.sentence_vectors for passage in passages]),
        tokens=[own for passage in passages for own in _tokens(passage.encoded)],
        senses=np.stack([passage.encoded.senses[0] for passage in passages]),
        sentence_senses=np.concatenate([passage.encoded.senses[1:] for passage in passages]),
        words=words,
        word_vectors=vectors,
    )


def _tokens(encoded: EncodedPassage) -> list[Small]:
    """Those of each sentence."""
    return np.split(encoded.tokens, np.cumsum(encoded.counts)[:-1])


def _sentence(text: str, frequency: Counter[str], lang: str) -> Sentence:
    text = " ".join(text.split())
    tokens = analyse(text)
    rare = tuple(
        (n, token.start, token.end)
        for n, token in enumerate(tokens)
        if frequency[token.term] <= RARE
        and language(token.term) == lang
        and text[token.start : token.end].isalpha()
    )
    return Sentence(text, tuple(token.term for token in tokens), rare)


def vary(sentence: Sentence, lang: str, chance: random.Random, made: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text and terms of a sentence like ``sentence``; ``made`` learns the real word behind each word.

    Half of the rare words stay; the others become the n-th variant with a probability of about 1/n², so that
    the number of words grows with the square root of the text.
    """
    text, terms = sentence.text, list(sentence.terms)
    for place, start, end in reversed(sentence.rare):
        if (n := int(1 / (1 - chance.random()))) > 1:
            word = sentence.text[start:end] + _suffix(n, _LETTERS[lang])
            if term := _term(word):
                text = text[:start] + word + text[end:]
                terms[place] = term
    made |= zip(terms, sentence.terms, strict=True)
    return text, tuple(terms)


@lru_cache(maxsize=1 << 20)
def _term(word: str) -> str:
    return next((token.term for token in analyse(word)), "")


def _suffix(n: int, letters: str) -> str:
    found = ""
    while n:
        n, rest = divmod(n, len(letters))
        found += letters[rest]
    return found


class Generator:
    """Articles without end, the same ones for the same ``seed``."""

    def __init__(self, sources: Sequence[Source], folder: Path, seed: int = 1) -> None:
        self._sources = sources
        self._folder = folder
        self._chance = random.Random(seed)
        self._rng = np.random.default_rng(seed)
        self._known: dict[str, set[str]] = {source.lang: set() for source in sources}

    def add(self, number: int, writer: Writer) -> None:
        """Store an article and its new words, and write it to a file."""
        source = self._chance.choice(self._sources)
        first = self._chance.randrange(len(source.sentences))
        title = f"{source.titles[first]} {number}".strip()
        day = date(2015, 1, 1) + timedelta(days=self._chance.randrange(4000))
        head = f"Title: {title}\nDate: {day}\n\n"
        parts: list[str] = []
        passages: list[EncodedPassage] = []
        made: dict[str, str] = {}
        at = 0
        for _ in range(PASSAGES):
            near = (
                first + self._chance.randrange(NEAR)
                if self._chance.random() < 0.5
                else self._chance.randrange(1 << 30)
            )
            base = near % len(source.sentences)
            texts, passage = self._passage(source, base, at, made)
            parts.append(" ".join(texts))
            passages.append(passage)
            at = passage.end + 2
        path = self._folder / f"{number // 1000:04}" / f"{number:07}.txt"
        article = Article(
            id=path.relative_to(self._folder.parent).as_posix(),
            title=title,
            text="\n\n".join(parts),
            date=day,
            lang=source.lang,
            source="",
            url="",
            headings=(),
            kept=tuple(Kept(p.start, len(head) + p.start, p.end - p.start) for p in passages),
        )
        writer.add(EncodedArticle(article, write(path, head + article.text), tuple(passages)))
        self._add_words(source, made, writer)

    def _passage(
        self, source: Source, base: int, at: int, made: dict[str, str]
    ) -> tuple[list[str], EncodedPassage]:
        """A passage like ``base`` that begins at character ``at``, with the texts of its sentences."""
        chance, own = self._chance, source.sentences[base]
        other = chance.randrange(len(source.sentences))
        rows = [row if chance.random() < KEPT else chance.choice(source.sentences[other]) for row in own]
        share = sum(row in own for row in rows) / len(rows)
        texts, terms, spans = [], [], []
        for row in rows:
            text, words = vary(source.texts[row], source.lang, chance, made)
            texts.append(text)
            terms.append(words)
            spans.append((at, at + len(text)))
            at += len(text) + 1
        between = share * source.vectors[base] + (1 - share) * source.vectors[other]
        return texts, EncodedPassage(
            start=spans[0][0],
            end=spans[-1][1],
            sentences=tuple(spans),
            vector=self._moved(between[None], source.vectors, NOISE)[0],
            sentence_vectors=self._moved(source.sentence_vectors[rows], source.sentence_vectors, NOISE / 2),
            tokens=np.concatenate([source.tokens[row] for row in rows]),
            counts=tuple(len(source.tokens[row]) for row in rows),
            senses=np.concatenate([source.senses[base : base + 1], source.sentence_senses[rows]]),
            terms=tuple(terms),
        )

    def _add_words(self, source: Source, made: dict[str, str], writer: Writer) -> None:
        known = self._known[source.lang]
        new = [word for word, real in made.items() if word not in known and real in source.words]
        if new:
            known.update(new)
            own = source.word_vectors[[source.words[made[word]] for word in new]]
            moved = self._moved(own, source.word_vectors, WORD_NOISE)
            varied = np.array([word != made[word] for word in new])
            writer.add_words(source.lang, new, np.where(varied[:, None], moved, own))

    def _moved(self, vectors: Vectors, among: Vectors, noise: float) -> Vectors:
        """``vectors``, each moved by a difference between two of ``among``, of unit length."""
        one, two = self._rng.integers(len(among), size=(2, len(vectors)))
        moved: Vectors = vectors + np.float32(noise) * (among[one] - among[two])
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        return moved


def write(path: Path, text: str) -> FileState:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    path.write_bytes(data)
    stat = path.stat()
    return FileState(str(path), stat.st_size, stat.st_mtime_ns, hashlib.sha256(data).hexdigest())


def grow(source: Path, folder: Path, passages: int) -> None:
    """An index of ``passages`` passages in ``folder`` like the one in ``source``, and its files beside it."""
    reader = Reader(source)
    settings = {key: reader.settings[key] for key in ("model", "fingerprint", "dim", "pipeline")}
    articles = folder / "articles"
    generator = Generator(read_sources(source), articles)
    with open_writer(folder) as writer:
        writer.clear()
        writer.configure(reader.background, corpora=json.dumps([str(articles)]), **settings)
        for number in tqdm(range(passages // PASSAGES), unit="article", mininterval=5):
            generator.add(number, writer)
            if number % COMMITTED == COMMITTED - 1:  # what is not committed stays in memory
                writer.commit()
        writer.commit()
