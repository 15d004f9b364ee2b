"""Copying indexes from one store to another: nothing is encoded again, and all of it is compared in the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.config import PIPELINE
from qa.errors import ConfigError, IndexDamaged, IndexMismatch
from qa.index import SHARD, Progress
from qa.store import View, Writer, open_store
from qa.store.place import called
from qa.store.records import EncodedArticle, Known, StoredPassage

TOGETHER = 50
"""Articles that are read, and compared, at once."""

COMMITTED = 10
"""Times so many are committed together: what an interrupted run has committed is not copied again."""

_LISTS = ("corpora", "removed")


@dataclass(frozen=True, slots=True)
class Migration:
    """What was done. ``others`` are articles of the target that none of the sources has; ``missing`` the shards
    that the sources are not all of.
    """

    copied: int
    unchanged: int
    others: int
    articles: int
    passages: int
    words: int
    missing: tuple[str, ...]


def migrate(sources: Sequence[Path], target: Path, *, progress: Progress = lambda *_: None) -> Migration:
    """Copy the indexes in ``sources`` into the one in ``target``, which is made if need be, and compare them.

    What the target has already stays, so an interrupted run goes on where it was. ``progress`` counts articles,
    each once when it is copied and once when it is compared.

    Raises ConfigError where the sources do not go together, IndexMismatch where they are not of one encoder,
    IndexDamaged where what was copied is not alike, and what ``Store.view`` and ``Store.writer`` raise.
    """
    if target.resolve() in {source.resolve() for source in sources}:
        raise ConfigError(f"{called(target)} cannot be copied to itself: name another place with --to")
    with ExitStack() as stack:
        views = [stack.enter_context(open_store(source).view()) for source in sources]
        _check(views, sources)
        known = [view.known() for view in views]
        _refuse_clashes(known, sources)
        total, done = sum(map(len, known)), 0
        copied = 0
        with open_store(target).writer() as writer:
            _prepare(writer, views, target)
            for view, articles in zip(views, known, strict=True):
                for n in _copied(view, articles, writer):
                    copied += n
                    done += TOGETHER
                    progress(min(done, total), 2 * total)
            writer.commit()
        with open_store(target).view() as made:
            words = 0
            for view, articles in zip(views, known, strict=True):
                for compared in _compared(view, articles, made, target):
                    total_done = total + compared
                    progress(min(total_done, 2 * total), 2 * total)
                words += _words_alike(view, made, target)
            ids = {article.id for articles in known for article in articles}
            held = {article.id for article in made.known()}
            return Migration(
                copied=copied,
                unchanged=len(ids) - copied,
                others=len(held - ids),
                articles=len(held),
                passages=made.passage_count(),
                words=words,
                missing=_missing(views),
            )


def _check(views: Sequence[View], sources: Sequence[Path]) -> None:
    first = views[0].settings
    for view, source in zip(views, sources, strict=True):
        for key in ("fingerprint", "pipeline"):
            if view.settings[key] != first[key]:
                raise IndexMismatch(
                    f"{called(source)} and {called(sources[0])} were built by different encoders or releases: "
                    "rebuild one of them, or copy them to different places"
                )
    if first["pipeline"] != PIPELINE:
        raise IndexMismatch(
            f"{called(sources[0])} is of an older release, which read articles otherwise: "
            f"build it anew with `qa index --rebuild --index {sources[0]}`"
        )


def _refuse_clashes(known: Sequence[Sequence[Known]], sources: Sequence[Path]) -> None:
    seen: dict[str, tuple[str, int]] = {}
    for n, articles in enumerate(known):
        for article in articles:
            path, before = seen.setdefault(article.id, (article.file.path, n))
            if path != article.file.path:
                raise ConfigError(
                    f"{article.id} is another article in {called(sources[before])} than in {called(sources[n])}: "
                    "index their folders together"
                )


def _prepare(writer: Writer, views: Sequence[View], target: Path) -> None:
    first, now = views[0].settings, writer.settings
    if "fingerprint" not in now:
        writer.clear()
        settings = {key: value for key, value in first.items() if key not in (*_LISTS, SHARD)}
        writer.configure(views[0].background, **settings)
    elif any(now[key] != first[key] for key in ("fingerprint", "pipeline")):
        raise IndexMismatch(
            f"the index in {called(target)} was built by another encoder or release: name another place with --to"
        )
    for key in _LISTS:
        values = {value for view in views for value in json.loads(view.settings.get(key, "[]"))}
        writer.set(**{key: json.dumps(sorted({*values, *json.loads(now.get(key, "[]"))}), ensure_ascii=False)})


def _copied(view: View, known: Sequence[Known], writer: Writer) -> Iterator[int]:
    """Copies some articles at a time; how many of them were new."""
    held = {article.id: article for article in writer.known()}
    for n, some in enumerate(_batches(known)):
        new = [article for article in some if not _alike(held.get(article.id), article)]
        if new:
            writer.remove(held[article.id].rowid for article in new if article.id in held)
            passages = _by_article(view.passages_of([article.rowid for article in new]))
            stored = view.articles_of([article.rowid for article in new])
            for article, whole in zip(new, stored, strict=True):
                encoded = tuple(passage.encoded for passage in passages.get(article.rowid, ()))
                writer.add(EncodedArticle(whole.article, article.file, encoded))
        if n % COMMITTED == COMMITTED - 1:
            writer.commit()
        yield len(new)
    for lang, terms, vectors in view.words():
        missing = {*writer.without_vectors(lang, terms)}
        chosen = [n for n, term in enumerate(terms) if term in missing]
        if chosen:
            writer.add_words(lang, [terms[n] for n in chosen], vectors[chosen])


def _alike(held: Known | None, article: Known) -> bool:
    return held is not None and (held.content_hash, held.file) == (article.content_hash, article.file)


def _compared(view: View, known: Sequence[Known], made: View, target: Path) -> Iterator[int]:
    """Compares all articles and passages, some at a time; how many have been."""
    held = {article.id: article for article in made.known()}
    for n, some in enumerate(_batches(known)):
        if any(not _alike(held.get(article.id), article) for article in some):
            raise _differs(target)
        there = [held[article.id].rowid for article in some]
        one = _by_article(view.passages_of([article.rowid for article in some]))
        other = _by_article(made.passages_of(there))
        wholes = zip(view.articles_of([article.rowid for article in some]), made.articles_of(there), strict=True)
        for article, (whole, copy) in zip(some, wholes, strict=True):
            if whole.article != copy.article or copy.content_hash != whole.content_hash:
                raise _differs(target)
            if not _same(one.get(article.rowid, []), other.get(copy.rowid, [])):
                raise _differs(target)
        yield (n + 1) * TOGETHER


def _same(one: Sequence[StoredPassage], other: Sequence[StoredPassage]) -> bool:
    return len(one) == len(other) and all(
        (a.lang, a.encoded.start, a.encoded.end, a.encoded.sentences, a.encoded.terms)
        == (b.lang, b.encoded.start, b.encoded.end, b.encoded.sentences, b.encoded.terms)
        and np.array_equal(a.encoded.vector, b.encoded.vector)
        and np.array_equal(a.encoded.sentence_vectors, b.encoded.sentence_vectors)
        and np.array_equal(a.encoded.senses, b.encoded.senses)
        and np.array_equal(a.encoded.tokens, b.encoded.tokens)
        and a.encoded.counts == b.encoded.counts
        for a, b in zip(one, other, strict=True)
    )


def _words_alike(view: View, made: View, target: Path) -> int:
    """Compares the vectors of all words; how many there are."""
    words = 0
    for lang, terms, vectors in view.words():
        held = made.word_vectors(terms, lang)
        # Two shards may have encoded one word in different batches; what came first stands.
        if any(term not in held or held[term] @ v < 0.999 for term, v in zip(terms, vectors, strict=True)):
            raise _differs(target)
        words += len(terms)
    return words


def _differs(target: Path) -> IndexDamaged:
    return IndexDamaged(f"what is in {called(target)} is not what was copied: run `qa migrate` again")


def _missing(views: Sequence[View]) -> tuple[str, ...]:
    shards = {view.settings[SHARD] for view in views if SHARD in view.settings}
    of = {shard.partition("/")[2] for shard in shards}
    wanted = {f"{n}/{many}" for many in of for n in range(1, int(many) + 1)}
    return tuple(sorted(wanted - shards, key=lambda shard: int(shard.partition("/")[0])))


def _by_article(passages: Sequence[StoredPassage]) -> dict[int, list[StoredPassage]]:
    found: dict[int, list[StoredPassage]] = {}
    for passage in passages:
        found.setdefault(passage.article, []).append(passage)
    return found


def _batches(known: Sequence[Known]) -> Iterator[Sequence[Known]]:
    return (known[at : at + TOGETHER] for at in range(0, len(known), TOGETHER))
