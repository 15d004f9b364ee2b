"""Looking after an index in Milvus: what it holds, whether it is sound, and its articles as a list."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from qa.errors import IndexMissing, StoreError
from qa.store import layout, place
from qa.store.doctor import place as around
from qa.store.doctor import truth
from qa.store.doctor.check import Check, counted, looked
from qa.store.milvus import commits, facts, lease, schema
from qa.store.milvus.commits import Commit
from qa.store.milvus.connection import Connection
from qa.store.milvus.reader import MilvusView
from qa.store.milvus.schema import ARTICLES, FACTS, KINDS, NEVER, PASSAGES, WORDS
from qa.store.milvus.store import MilvusStore
from qa.store.milvus.writer import open_writer
from qa.store.records import StoredArticle
from qa.store.status import Status

FORMAT = 1
"""Of the collections."""

SAMPLE = 50
"""Articles and passages that are looked at."""

_ANEW = "build it anew with `qa index --rebuild`, or bring a copy with `qa migrate`"


def status(folder: Path, where: str) -> Status:
    """Raises IndexMissing where there is no index, StoreError where Milvus cannot be reached."""
    store = MilvusStore(folder, where)
    known = store.settings
    commit = commits.newest(store.connection) or Commit()
    with store.view() as view:
        languages, copies = view.counts()
    kind = "exact" if store.connection.lite else "HNSW"
    return Status(
        folder=folder.absolute(),
        articles=sum(languages.values()),
        copies=copies,
        passages=commit.passages,
        languages=languages,
        model=known["model"] or "bundled",
        fingerprint=known["fingerprint"],
        pipeline=known["pipeline"],
        format=FORMAT,
        generation=commit.id,
        updated=commit.time,
        search=f"{kind}, by {store.connection.version()} at {place.called(folder)}",
        recall=None,
        sizes=layout.sizes(folder) if folder.is_dir() else {},
        corpora=tuple(json.loads(known["corpora"])),
        removed=tuple(json.loads(known.get("removed", "[]"))),
        writer=lease.holder(store.connection, folder),
    )


def find(folder: Path, where: str, id_: str) -> tuple[StoredArticle | None, list[str]]:
    """The article that is called ``id_``; if there is none, how all are called, newest first."""
    with MilvusStore(folder, where).view() as view:
        found = view.find(id=id_)
        return found, [] if found else [known.id for known in reversed(view.known())]


def examine(folder: Path, where: str, fingerprint: Callable[[str], str | None]) -> list[Check]:
    """Every check that can be made; changes nothing. Raises IndexMissing where there is no index."""
    store = MilvusStore(folder, where)
    connection = store.connection
    try:
        settings = store.settings
    except IndexMissing:
        raise
    except StoreError as error:
        detail, _, remedy = str(error).rpartition(": ")
        return [Check("server", "FAIL", detail, remedy)]
    return [
        Check("server", "OK", f"{connection.version()} at {place.called(folder)}"),
        *_within(store, settings, fingerprint),
        looked("people", truth.people, folder),
        around.writer(lease.holder(connection, folder)),
        *([around.disk(folder)] if connection.lite else []),
    ]


def _within(
    store: MilvusStore, settings: dict[str, str], fingerprint: Callable[[str], str | None]
) -> Iterator[Check]:
    connection = store.connection
    commit = commits.newest(connection) or Commit()
    there = set(connection.collections())
    if missing := [name for name in schema.names(connection.prefix, commit.epoch).values() if name not in there]:
        yield Check("collections", "FAIL", f"missing: {', '.join(missing)}", _ANEW)
        return
    yield Check("collections", "OK", f"{len(KINDS)}, of commit {commit.number}")
    if lease.holder(connection, store.folder) is None:  # who writes has some rows there twice
        yield looked("uncommitted", _uncommitted, connection, commit)
        yield looked("counts", _counts, connection, commit)
    with store.view() as view:
        yield looked("texts", _texts, view, commit)
        yield looked("passages", _passages, view, connection, commit)
    yield looked("encoder", around.encoder, settings, fingerprint(settings["model"]))
    yield looked("articles' folders", around.articles, settings)


def _uncommitted(connection: Connection, commit: Commit) -> Check:
    """Whether a writer that was killed has left rows that nobody sees."""
    beyond = 0
    for name in schema.names(connection.prefix, commit.epoch).values():
        where = f"born > {commit.number} or (died > {commit.number} and died < {NEVER})"
        beyond += len(connection.query(name, where, ["pk"], consistency_level="Strong"))
    if beyond:
        detail = f"{counted(beyond, 'row')} of a commit that was never made; nobody sees them"
        return Check("uncommitted", "WARN", detail, "the next `qa index` takes them away, or --fix", _sweep)
    return Check("uncommitted", "OK", "nothing was left by a writer that was killed")


def _sweep(folder: Path) -> str:
    connection = Connection(folder, place.remote(folder) or "")
    with open_writer(connection, folder):
        return "took away what was never committed"


def _counts(connection: Connection, commit: Commit) -> Check:
    names = schema.names(connection.prefix, commit.epoch)
    expected = {ARTICLES: sum(commit.articles.values()), PASSAGES: commit.passages, WORDS: commit.words}
    for kind, number in expected.items():
        found = connection.query(
            names[kind], schema.alive(commit.number), ["count(*)"], consistency_level="Strong"
        )[0]["count(*)"]
        if found != number:
            return Check("counts", "FAIL", f"{counted(number, kind[:-1])} committed, {found:,} there", _ANEW)
    return Check("counts", "OK", ", ".join(counted(number, kind[:-1]) for kind, number in expected.items()))


def _texts(view: MilvusView, commit: Commit) -> Check:
    """Whether texts are those that were indexed."""
    known = view.known()
    chosen = random.sample(known, min(SAMPLE, len(known)))
    wrong = []
    for one in chosen:
        found = view.find(rowid=one.rowid)
        if found is None or found.article.content_hash != found.content_hash:
            wrong.append(one.id)
    seen = f"{len(chosen):,} of {counted(sum(commit.articles.values()), 'article')} looked at"
    if wrong:
        return Check("texts", "FAIL", f"{seen}: {len(wrong):,} not as indexed, {wrong[0]!r} for one", _ANEW)
    return Check("texts", "OK", f"{seen}: as they were indexed")


def _passages(view: MilvusView, connection: Connection, commit: Commit) -> Check:
    """Whether passages are found by their own vectors, and their words are counted."""
    known = view.known()
    some = view.passages_of([one.rowid for one in random.sample(known, min(SAMPLE, len(known)))])
    chosen = random.sample(some, min(SAMPLE, len(some)))
    lost, words = 0, set[str]()
    for passage in chosen:
        vector = view.background.centre_passages(passage.encoded.vector[None, :], passage.lang)[0]
        found = view.dense(np.asarray(vector), 1)
        lost += not found or (found[0][0] != passage.id and found[0][1] < 0.9999)
        words |= {term for terms in passage.encoded.terms for term in terms}
    counts = facts.values(
        connection,
        schema.names(connection.prefix, commit.epoch)[FACTS],
        map(facts.word, words),
        commit.number,
        "Strong",
    )
    if lost or len(counts) < len(words):
        detail = f"{lost} of {counted(len(chosen), 'passage')} not found"
        return Check("passages", "FAIL", f"{detail}, {len(words) - len(counts)} words not counted", _ANEW)
    return Check("passages", "OK", f"{counted(len(chosen), 'passage')} found by their own vectors and words")
