"""Indexing: what has changed since last time is read, encoded and stored, and nothing else."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from types import MappingProxyType

import numpy as np

from qa import changes, corpus
from qa.article import Article
from qa.centring import background, surfaces
from qa.config import PIPELINE
from qa.earlier import Earlier, earlier
from qa.encoder import Encoder, Reading
from qa.encoder.senses import Senses, encode_sentences, expect, packed
from qa.encoder.words import encode_words
from qa.errors import IndexMismatch, IndexMissing
from qa.language.analyse import analyse
from qa.language.script import language
from qa.passage import Passage, reading, split_passages
from qa.remove import left_out, take_back
from qa.store import Writer, open_store
from qa.store.records import EncodedArticle, EncodedPassage, FileState, Known, Vectors

ROUND, BATCH = 5_000_000, 50_000
"""Characters of articles that are read before they are encoded, and that are committed together."""

SHARD = "shard"
"""The setting that says which share of the files an index is of: ``3/16``."""

Progress = Callable[[int, int], None]
"""Is told how many of the articles in changed files are done, and of about how many."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an indexing run did. ``skipped`` are files that could not be read, each with the reason."""

    added: int
    updated: int
    unchanged: int
    removed: int
    articles: int
    passages: int
    seconds: float
    skipped: tuple[tuple[Path, str], ...]
    ignored: Counter[str]


def corpora(folder: Path) -> tuple[str, list[Path]]:
    """The model and the paths that the index in ``folder`` was built with; ``("", [])`` if there is none.

    Raises IndexDamaged and IndexMismatch as ``database.connect`` does.
    """
    try:
        settings = open_store(folder).settings
    except IndexMissing:
        return "", []
    return settings["model"], [Path(root) for root in json.loads(settings["corpora"])]


def update(
    paths: Sequence[Path],
    folder: Path,
    encoder: Encoder,
    *,
    model: str = "",
    rebuild: bool = False,
    shard: tuple[int, int] | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Make the index in ``folder`` agree with the files in ``paths``; articles from elsewhere stay.

    Commits batch by batch, so that what an interrupted run has committed is not encoded again. With
    ``rebuild`` everything is read and stored anew, in one transaction: readers see the old index until it ends.
    Texts that the same encoder has encoded for the old index are not encoded again. With
    ``shard``, a number and of how many, only that share of the files is read.

    Raises ReadError where ``paths`` hold nothing to read (and then changes nothing), IndexMismatch where the
    index was built by another encoder, and what ``Store.writer`` raises. A file that cannot be read is
    reported and skipped; if it had been indexed before, that version stays.
    """
    began = time.perf_counter()
    listing = corpus.list_files(paths)
    if shard:
        listing = listing.shard(*shard)
    store = open_store(folder)
    with store.writer() as writer, earlier(store, encoder) if rebuild else nullcontext(Earlier()) as before:
        _prepare(writer, encoder, model, listing.roots, rebuild=rebuild)
        if shard:
            writer.set(**{SHARD: "{}/{}".format(*shard)})
        run = _Run(writer, encoder, before, progress, commit_batches=not rebuild)
        left_out = take_back(writer, listing.roots)
        if not changes.nothing(listing, writer.files(), left_out):
            run.go(listing, left_out)
        _forget_moved(writer)
        writer.commit()
        articles, passages = writer.counts()
    return Report(
        added=run.added,
        updated=run.updated,
        unchanged=articles - run.added - run.updated,
        removed=run.removed,
        articles=articles,
        passages=passages,
        seconds=time.perf_counter() - began,
        skipped=tuple(run.skipped),
        ignored=listing.ignored,
    )


def preview(
    paths: Sequence[Path],
    folder: Path,
    encoder: Encoder,
    *,
    rebuild: bool = False,
    progress: Progress = lambda *_: None,
) -> changes.Plan:
    """What `update` would do; nothing is written, nor made.

    Raises ReadError and IndexMismatch as `update` does, and what `Store.view` raises of an index that is there.
    """
    listing = corpus.list_files(paths)
    known: list[Known] = []
    removed: set[str] = set()
    try:
        store = open_store(folder)
        removed = left_out(store.settings, named=listing.roots)
        if not rebuild:
            _check(store.settings, encoder)
            with store.view() as view:
                known = view.known()
    except IndexMissing:
        pass
    return changes.plan(listing, known, removed, progress)


def _prepare(writer: Writer, encoder: Encoder, model: str, roots: Sequence[Path], *, rebuild: bool) -> None:
    settings = writer.settings
    if not rebuild:
        _check(settings, encoder)
    if rebuild or "fingerprint" not in settings:
        configure(writer, encoder, model=model)
    _set_corpora(writer, {*json.loads(settings.get("corpora", "[]")), *map(str, roots)})


def _check(settings: Mapping[str, str], encoder: Encoder) -> None:
    ours = {"fingerprint": encoder.fingerprint, "pipeline": PIPELINE}
    if any(settings.get(key, value) != value for key, value in ours.items()):
        raise IndexMismatch(
            f"the index was built by {settings['fingerprint']} (pipeline {settings['pipeline']}), "
            f"not by {encoder.fingerprint} (pipeline {PIPELINE}): "
            "build it anew with `qa index --rebuild`, or name another folder with --index"
        )


def configure(writer: Writer, encoder: Encoder, *, model: str = "") -> None:
    """Empty the store and make it one for the vectors of ``encoder``, which ``load_encoder`` knows as ``model``."""
    writer.clear()
    writer.configure(
        background(encoder),
        model=model,
        fingerprint=encoder.fingerprint,
        dim=str(encoder.dim),
        pipeline=PIPELINE,
    )


def _set_corpora(writer: Writer, roots: Iterable[str]) -> None:
    writer.set(corpora=json.dumps(sorted(roots)))


def _forget_moved(writer: Writer) -> None:
    """Drop the corpora that are no longer there and of which no article is left."""
    roots = json.loads(writer.settings["corpora"])
    if all(map(os.path.exists, roots)):
        return
    files = writer.files()
    alive = {*files, *(str(parent) for file in files for parent in Path(file).parents)}
    _set_corpora(writer, [root for root in roots if root in alive or os.path.exists(root)])


class _Run:
    """Carries changes out: what is fresh is encoded in rounds; the tally of what was done."""

    def __init__(
        self, writer: Writer, encoder: Encoder, before: Earlier, progress: Progress, *, commit_batches: bool
    ) -> None:
        self._writer = writer
        self._encoder = encoder
        self._before = before
        self._progress = changes.Progress(tell=progress)
        self._commit_batches = commit_batches
        self.added = self.updated = self.removed = 0
        self.skipped: list[tuple[Path, str]] = []

    def go(self, listing: corpus.Listing, left_out: Set[str]) -> None:
        waiting: list[changes.Fresh] = []
        settled: list[FileState] = []
        gone: list[int] = []
        size = 0
        for change in changes.changes(listing, self._writer.known(), self._progress, left_out):
            match change:
                case changes.Fresh():
                    waiting.append(change)
                    size += len(change.article.text)
                case changes.Moved():
                    self._writer.move(change.known.rowid, change.article, change.file)
                case changes.Settled():
                    settled.append(change.file)
                case changes.Skipped():
                    self.skipped.append((change.path, change.reason))
                case changes.Gone():
                    gone.append(change.known.rowid)
            if size >= ROUND:
                self._store(waiting)
                waiting, size = [], 0
        self._store(waiting)
        for file in settled:
            self._writer.settle(file)
        self._writer.remove(gone)
        self.removed = len(gone)

    def _store(self, round_: Sequence[changes.Fresh]) -> None:
        uncommitted: list[Article] = []
        size = 0
        known: dict[Reading, Vectors] = {}
        for fresh in round_:
            known |= self._before.vectors(fresh.article)
            for like in filter(None, (fresh.replaces, fresh.twin)):
                known |= self._writer.vectors(like.rowid)
        encoded = encode_articles(self._encoder, [fresh.article for fresh in round_], known=known)
        for fresh, passages in zip(round_, encoded, strict=True):
            if fresh.replaces:
                self._writer.remove([fresh.replaces.rowid])
                self.updated += 1
            else:
                self.added += 1
            self._writer.add(EncodedArticle(fresh.article, fresh.file, passages))
            self._progress.advance()
            uncommitted.append(fresh.article)
            size += len(fresh.article.text)
            if size >= BATCH:
                self._learn(uncommitted)
                if self._commit_batches:
                    self._writer.commit()
                uncommitted, size = [], 0
        self._learn(uncommitted)

    def _learn(self, articles: Sequence[Article]) -> None:
        """The words of many articles, all at once: that takes a quarter of the time."""
        learn_words(self._writer, *articles, before=self._before)


def learn_words(writer: Writer, *articles: Article, before: Earlier | None = None) -> None:
    """Give the words of ``articles`` vectors, so that questions in the other language can find them."""
    for lang in {article.lang for article in articles}:
        written = surfaces(article.text for article in articles if article.lang == lang)
        new = writer.without_vectors(lang, [term for term in written if language(term) == lang])
        known = dict(before.words(new, lang)) if before else {}
        if missing := [term for term in new if term not in known]:
            known |= dict(zip(missing, encode_words([written[term] for term in missing]), strict=True))
        if new:
            writer.add_words(lang, new, np.stack([known[term] for term in new]))


def encode_articles(
    encoder: Encoder, articles: Sequence[Article], *, known: Mapping[Reading, Vectors] = MappingProxyType({})
) -> Iterator[tuple[EncodedPassage, ...]]:
    """The passages of each article with their vectors and words; one call of the encoder for all of them.

    The articles come as their vectors are ready. The title stands before a passage where that is encoded, as
    context. What is ``known`` is not encoded, anything else once, however often it stands there.
    """
    split = [split_passages(article.text, article.headings) for article in articles]
    readings = [
        [reading(article.title, article.text, passage.sentences) for passage in passages]
        for article, passages in zip(articles, split, strict=True)
    ]
    new = Counter(read for own in readings for read in own if read not in known)
    encoded = encoder.iter_passages(list(new))
    expect(len(new))
    again: dict[Reading, Vectors] = {}

    def vectors(read: Reading) -> Vectors:
        if read in known:
            return known[read]
        found = again[read] if read in again else next(encoded)
        if new[read] > 1:
            again[read] = found
        return found

    for article, passages, read in zip(articles, split, readings, strict=True):
        yield tuple(
            EncodedPassage(
                start=passage.start,
                end=passage.end,
                sentences=passage.sentences,
                vector=own[0],
                sentence_vectors=own[1:],
                senses=senses,
                terms=tuple(
                    tuple(token.term for token in analyse(article.text[start:end]))
                    for start, end in passage.sentences
                ),
            )
            for passage, own, senses in zip(passages, map(vectors, read), _senses(article, passages), strict=True)
        )


def _senses(article: Article, passages: Sequence[Passage]) -> list[Senses]:
    """What each passage and its sentences mean; soon encoded again, so that nobody keeps it for a rebuild."""
    spans = [((passage.start, passage.end), *passage.sentences) for passage in passages]
    found = packed(encode_sentences([article.text[start:end] for start, end in chain.from_iterable(spans)]))
    return [found[end - len(own) : end] for own, end in zip(spans, accumulate(map(len, spans)), strict=True)]
