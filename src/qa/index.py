"""Indexing: what has changed since last time is read, encoded and stored, and nothing else."""

from __future__ import annotations

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType

import numpy as np

from qa import corpus, readers
from qa.article import Article
from qa.centring import background, surfaces
from qa.config import PIPELINE
from qa.encoder import Encoder
from qa.errors import IndexMismatch, IndexMissing, ReadError
from qa.language.analyse import analyse
from qa.language.script import language
from qa.passage import in_context, split_passages
from qa.remove import take_back
from qa.store import Writer, open_store
from qa.store.records import EncodedArticle, EncodedPassage, FileState, Known, Vectors

ROUND, BATCH = 5_000_000, 50_000
"""Characters of articles that are read before they are encoded, and that are committed together."""

Progress = Callable[[int, int], None]
"""Is told how many of the changed files are done, and of how many."""


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
    progress: Progress = lambda *_: None,
) -> Report:
    """Make the index in ``folder`` agree with the files in ``paths``; articles from elsewhere stay.

    Commits batch by batch, so that what an interrupted run has committed is not encoded again. With
    ``rebuild`` everything is encoded anew, in one transaction: readers see the old index until it ends.

    Raises ReadError where ``paths`` hold nothing to read (and then changes nothing), IndexMismatch where the
    index was built by another encoder, and what ``Store.writer`` raises. A file that cannot be read is
    reported and skipped; if it had been indexed before, that version stays.
    """
    began = time.perf_counter()
    listing = corpus.list_files(paths)
    with open_store(folder).writer() as writer:
        _prepare(writer, encoder, model, listing.roots, rebuild=rebuild)
        run = _Run(writer, encoder, progress, commit_batches=not rebuild)
        run.go(listing.without(take_back(writer, listing.roots)))
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


def _prepare(writer: Writer, encoder: Encoder, model: str, roots: Sequence[Path], *, rebuild: bool) -> None:
    settings = writer.settings
    ours = {"fingerprint": encoder.fingerprint, "pipeline": PIPELINE}
    if not rebuild and any(settings.get(key, value) != value for key, value in ours.items()):
        raise IndexMismatch(
            f"the index was built by {settings['fingerprint']} (pipeline {settings['pipeline']}), "
            f"not by {encoder.fingerprint} (pipeline {PIPELINE}): "
            "build it anew with `qa index --rebuild`, or name another folder with --index"
        )
    if rebuild or "fingerprint" not in settings:
        configure(writer, encoder, model=model)
    _set_corpora(writer, {*json.loads(settings.get("corpora", "[]")), *map(str, roots)})


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
    alive = {str(parent) for known in writer.known() for parent in (known.file.path, *known.file.path.parents)}
    _set_corpora(writer, [root for root in roots if root in alive or os.path.exists(root)])


@dataclass(frozen=True, slots=True)
class _Fresh:
    """An article to be encoded, the stored one that it replaces, and one that had the same content."""

    article: Article
    file: FileState
    replaces: Known | None
    twin: Known | None


class _Run:
    """One pass over the changed files: what is known of the store, and the tally of what was done."""

    def __init__(self, writer: Writer, encoder: Encoder, progress: Progress, *, commit_batches: bool) -> None:
        self._writer = writer
        self._encoder = encoder
        self._progress = progress
        self._commit_batches = commit_batches
        self.added = self.updated = self.removed = self._done = self._total = 0
        self.skipped: list[tuple[Path, str]] = []

    def go(self, listing: corpus.Listing) -> None:
        known = {article.file.path: article for article in self._writer.known()}
        missing = {
            a.id: a
            for path, a in known.items()
            if path not in listing.files and (listing.covers(path) or not os.path.exists(path))
        }
        changed = [p for p in listing.files if p not in known or not corpus.unchanged(p, known[p].file)]
        self._total = len(changed)
        waiting: list[_Fresh] = []
        size = 0
        for fresh in self._read(changed, listing, known, missing):
            waiting.append(fresh)
            size += len(fresh.article.text)
            if size >= ROUND:
                self._store(waiting)
                waiting, size = [], 0
        self._store(waiting)
        gone = [article.rowid for article in missing.values() if listing.covers(article.file.path)]
        self._writer.remove(gone)
        self.removed = len(gone)

    def _read(
        self, paths: Sequence[Path], listing: corpus.Listing, known: dict[Path, Known], missing: dict[str, Known]
    ) -> Iterator[_Fresh]:
        """The articles in ``paths`` that must be encoded; those found again in another place leave ``missing``."""
        ids = {a.id for a in known.values() if a.id not in missing or not listing.covers(a.file.path)}
        twins = {article.content_hash: article for article in known.values()}
        by_content = defaultdict(list)
        for absent in missing.values():
            by_content[absent.content_hash].append(absent)
        for path in paths:
            before, wanted = known.get(path), listing.files[path]
            try:
                file = corpus.file_state(path)
                if before and before.file.file_hash == file.file_hash:
                    self._writer.touch(before.rowid, file)
                    self._advance()
                    continue
                article = readers.read(path, id=before.id if before else _free_id(wanted, ids))
            except ReadError as error:
                self.skipped.append((path, str(error)))
                self._advance()
                continue
            if before is None:
                same = (a for a in by_content[article.content_hash] if a.id in missing)
                before = missing.get(article.id) or min(same, key=lambda a: a.id != wanted, default=None)
            if before:
                missing.pop(before.id, None)
                if before.id == wanted:  # its whole folder has moved
                    article = replace(article, id=wanted)
            ids.add(article.id)
            if before and before.content_hash == article.content_hash:
                self._writer.move(before.rowid, article, file)
                self._advance()
            else:
                yield _Fresh(article, file, before, twins.get(article.content_hash))

    def _store(self, round_: Sequence[_Fresh]) -> None:
        uncommitted = 0
        known: dict[str, Vectors] = {}
        for fresh in round_:
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
            learn_words(self._writer, self._encoder, fresh.article)
            self._advance()
            uncommitted += len(fresh.article.text)
            if self._commit_batches and uncommitted >= BATCH:
                self._writer.commit()
                uncommitted = 0

    def _advance(self) -> None:
        self._done += 1
        self._progress(self._done, self._total)


def _free_id(wanted: str, taken: set[str]) -> str:
    """``wanted``, or with a number behind it where an article of another folder has that id."""
    numbered = (f"{wanted}~{n}" for n in count(2))
    return next(id_ for id_ in chain([wanted], numbered) if id_ not in taken)


def learn_words(writer: Writer, encoder: Encoder, article: Article) -> None:
    """Give the words of ``article`` vectors, so that questions in the other language can find them."""
    written = surfaces([article.text])
    lang = article.lang
    terms = [term for term in written if language(term) == lang]
    new = writer.without_vectors(lang, terms)
    if new:
        writer.add_words(lang, new, encoder.encode_queries([written[term] for term in new]))


def encode_articles(
    encoder: Encoder, articles: Sequence[Article], *, known: Mapping[str, Vectors] = MappingProxyType({})
) -> Iterator[tuple[EncodedPassage, ...]]:
    """The passages of each article with their vectors and words; one call of the encoder for all of them.

    The articles come as their vectors are ready. The title stands before a passage where that is encoded,
    as context; sentences are encoded alone. Texts whose vectors ``(dim,)`` are ``known`` are not encoded.
    """
    split = [split_passages(article.text, article.headings) for article in articles]
    texts = []
    for article, passages in zip(articles, split, strict=True):
        for passage in passages:
            texts.append(in_context(article.title, article.text[passage.start : passage.end]))
            texts += (article.text[start:end] for start, end in passage.sentences)
    new = chain.from_iterable(encoder.iter_passages([text for text in texts if text not in known]))
    vectors = (known[text] if text in known else next(new) for text in texts)
    for article, passages in zip(articles, split, strict=True):
        yield tuple(
            EncodedPassage(
                start=passage.start,
                end=passage.end,
                sentences=passage.sentences,
                vector=next(vectors),
                sentence_vectors=np.stack([next(vectors) for _ in passage.sentences]),
                terms=tuple(
                    tuple(token.term for token in analyse(article.text[start:end]))
                    for start, end in passage.sentences
                ),
            )
            for passage in passages
        )
