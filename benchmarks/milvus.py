"""How fast an index in Milvus is beside the local one, with the same passages: `python benchmarks/milvus.py`.

Passages are those of a real index (`--from`), again and again with a little noise, until there are `--passages`.
What is timed is what a question asks of a store. With `--to milvus:http://…` it is a server that is measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

import numpy as np

from qa.migrate import migrate
from qa.store import View, open_store
from qa.store.place import folder_of
from qa.store.records import EncodedArticle, FileState, StoredPassage

ROUNDS = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, required=True, help="a local index with real articles")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--to", default="", help="a place in Milvus (default: Milvus Lite in a scratch folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="isnad-milvus-") as name:
        local, there = Path(name) / "local", folder_of(given.to or f"milvus:{name}/lite.db")
        grown = grow(given.source, local, given.passages)
        began = time.perf_counter()
        done = migrate([local], there)
        seconds = time.perf_counter() - began
        sys.stdout.write(
            f"{grown:,} passages, {done.words:,} words; copied and compared in {seconds:.0f} s: "
            f"{grown / seconds:,.0f} passages/s\n"
        )
        for place in (local, there):
            files = [path for path in place.rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files) / 1e6
            sys.stdout.write(f"{place.name}: {size:,.1f} MB in the folder\n")
        sys.stdout.write(f"{'ms, p50 / p95':16} {'local':>16} {'Milvus':>16}\n")
        with open_store(local).view() as one, open_store(there).view() as other:
            for (what, here), (_, away) in zip(asked(one).items(), asked(other).items(), strict=True):
                sys.stdout.write(f"{what:16} {timed(here):>16} {timed(away):>16}\n")
    return 0


def grow(source: Path, target: Path, wanted: int) -> int:
    """A local index in ``target`` of about ``wanted`` passages like those of ``source``; how many there are."""
    random = np.random.default_rng(7)
    with open_store(source).view() as view, open_store(target).writer() as writer:
        writer.clear()
        writer.configure(view.background, **view.settings)
        for lang, terms, vectors in view.words():
            writer.add_words(lang, terms, vectors)
        known, copy = view.known(), 0
        while writer.passage_count() < wanted:
            for stored in view.articles_of([article.rowid for article in known]):
                passages = view.passages_of([stored.rowid])
                id_ = f"{copy}/{stored.article.id}"
                noisy = tuple(_noisy(passage, random) for passage in passages)
                article = replace(stored.article, id=id_)
                writer.add(EncodedArticle(article, FileState(id_, 0, 0, ""), tuple(p.encoded for p in noisy)))
            copy += 1
            writer.commit()
        return writer.passage_count()


def _noisy(passage: StoredPassage, random: np.random.Generator) -> StoredPassage:
    vector = passage.encoded.vector + random.normal(0, 0.02, passage.encoded.vector.shape).astype(np.float32)
    vector /= np.linalg.norm(vector)
    return replace(passage, encoded=replace(passage.encoded, vector=vector))


def asked(view: View) -> dict[str, Callable[[], object]]:
    """What a question asks of a store, with a passage for a question."""
    (passage,) = view.passages_of([view.known()[0].rowid])[:1]
    vector = view.background.centre_passages(passage.encoded.vector[None, :], passage.lang)[0]
    terms = list(dict.fromkeys(term for line in passage.encoded.terms for term in line))[:8]
    words = view.background.centre_words(np.stack([*view.word_vectors(terms, passage.lang).values()]), passage.lang)
    found = [id_ for id_, _ in view.dense(vector, 100)] + view.lexical(terms, 100)
    return {
        "dense": lambda: view.dense(vector, 100),
        "lexical": lambda: view.lexical(terms, 100),
        "near words": lambda: view.similar_words(words, "en", 20),
        "frequencies": lambda: view.document_frequencies(terms),
        "200 passages": lambda: view.passages(list(dict.fromkeys(found))),
        "an article": lambda: view.article(passage.article),
    }


def timed(work: Callable[[], object]) -> str:
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return f"{quantiles(times, n=20)[9]:.1f} / {quantiles(times, n=20)[18]:.1f}"


if __name__ == "__main__":
    sys.exit(main())
