"""Indexing: what has changed since last time is read, encoded and stored, and nothing else."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from qa import changes, corpus
from qa.article import Article
from qa.centring import background
from qa.config import PIPELINE
from qa.earlier import Earlier, earlier
from qa.encoder import Encoder, Read, Reading
from qa.encoding import encode_articles, learn_words
from qa.errors import IndexMismatch, IndexMissing
from qa.plan import Plan, plan
from qa.remove import left_out, take_back
from qa.store import Articles, Writer, open_store
from qa.store.records import EncodedArticle, FileState
from qa.store.register import Register

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
        run.go(listing, take_back(writer, listing.roots))
        _forget_moved(writer)
        writer.commit()
        articles, passages = writer.article_count(), writer.passage_count()
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
) -> Plan:
    """What `update` would do; nothing is written, nor made.

    Raises ReadError and IndexMismatch as `update` does, and what `Store.view` raises of an index that is there.
    """
    listing = corpus.list_files(paths)
    stored: Articles = Register()
    removed: set[str] = set()
    with ExitStack() as stack:
        with suppress(IndexMissing):
            store = open_store(folder)
            removed = left_out(store.settings, named=listing.roots)
            if not rebuild:
                _check(store.settings, encoder)
                stored = stack.enter_context(store.view())
        return plan(listing, stored, removed, progress)


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
    _set_corpora(writer, [root for root in roots if os.path.exists(root) or any(map(corpus.within([root]), files))])


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
        for change in changes.changes(listing, self._writer, self._progress, left_out):
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
        known: dict[Reading, Read] = {}
        for fresh in round_:
            known |= self._before.readings(fresh.article)
            for like in filter(None, (fresh.replaces, fresh.twin)):
                known |= self._writer.readings(like.rowid)
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
