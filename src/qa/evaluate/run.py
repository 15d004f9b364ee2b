"""Running an evaluation: contexts are indexed and questions asked by the functions that users' are."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qa.answer import answer
from qa.article import Article, Kept
from qa.confidence import calibration
from qa.encoder import Encoder, load_encoder
from qa.encoding import encode_articles, learn_words
from qa.errors import ConfigError, IndexMissing
from qa.evaluate.measures import of_quotes, of_ranking
from qa.evaluate.questions import Question, Task
from qa.evaluate.result import Result
from qa.index import Progress, configure
from qa.language.script import language
from qa.library import Library
from qa.query import make_query
from qa.search import search
from qa.store import View, open_store
from qa.store.place import called, remote
from qa.store.records import EncodedArticle, FileState


def evaluate(
    task: Task, *, place: Path | None = None, rerank: str = "", progress: Progress = lambda *_: None
) -> Result:
    """Index the contexts of ``task`` in a folder of its own, for as long as this takes, and ask its questions.

    With ``place`` they are indexed there, in Milvus, and taken away after. ``progress`` counts contexts and
    questions together. Raises ConfigError where there is an index in ``place`` already.
    """
    contexts, questions = len(task.contexts), len(task.questions)
    with _scratch(place) as folder:
        build(task.contexts, folder, load_encoder(), progress=lambda n, _: progress(n, contexts + questions))
        library = Library(folder, rerank=rerank)
        return ask(task.questions, library, progress=lambda n, _: progress(contexts + n, contexts + questions))


@contextmanager
def _scratch(place: Path | None) -> Iterator[Path]:
    if place is None:
        with tempfile.TemporaryDirectory(prefix="qa-eval-") as name:
            yield Path(name)
        return
    from qa.store.milvus import open_milvus

    store = open_milvus(place, remote(place) or "")
    try:
        _ = store.settings
    except IndexMissing:
        pass
    else:
        raise ConfigError(f"there is an index in {called(place)}: name a place for the time of this measurement")
    try:
        yield place
    finally:
        store.destroy()


def build(
    contexts: Sequence[str],
    folder: Path,
    encoder: Encoder,
    *,
    model: str = "",
    progress: Progress = lambda *_: None,
) -> None:
    """An index of ``contexts`` in ``folder``, each an article without a title under its place as id.

    ``encoder`` is what ``load_encoder`` knows as ``model``.
    """
    articles = [_article(str(place), context) for place, context in enumerate(contexts)]
    with open_store(folder).writer() as writer:
        configure(writer, encoder, model=model)
        encoded = zip(articles, encode_articles(encoder, articles), strict=True)
        for done, (article, passages) in enumerate(encoded, 1):
            writer.add(EncodedArticle(article, FileState(article.id, 0, 0, ""), passages))
            learn_words(writer, article)
            progress(done, len(articles))
        writer.commit()


def _article(id_: str, text: str) -> Article:
    return Article(
        id=id_,
        title="",
        text=text,
        date=None,
        lang=language(text),
        source="",
        url="",
        headings=(),
        kept=(Kept(0, 0, len(text)),),
    )


def ask(questions: Sequence[Question], library: Library, *, progress: Progress = lambda *_: None) -> Result:
    """What comes of asking ``library`` all ``questions``, one after another. Raises as ``library.view`` does."""
    values = {}
    with library.view() as view:
        calibrated, origin = calibration(view.settings)
        ids = {stored.rowid: stored.article.id for stored in view.articles()}
        for done, question in enumerate(questions, 1):
            values[question.id] = _ask(question, view, library, ids, calibrated.threshold)
            progress(done, len(questions))
    return Result(values, len(ids), library.encoder.fingerprint, origin)


def _ask(
    question: Question, view: View, library: Library, ids: dict[int, str], threshold: float
) -> dict[str, float]:
    began = time.perf_counter()
    query = make_query(question.text, library.encoder, view)
    found = answer(query, view, threshold=0, rerank=library.rerank)
    values = {"latency_ms": (time.perf_counter() - began) * 1000, "confidence": found.confidence}
    answered = found.confidence >= threshold
    if not question.answers:
        return values | {"false_answer": float(answered)}
    if question.gold:
        hits = search(query, view, limit=view.passage_count())
        if library.rerank:
            hits = library.rerank(query.text, hits, view)
        shown = (passage for hit in hits for passage in (hit.passage, *hit.copies))
        ranked = list(dict.fromkeys(ids[passage.article] for passage in shown))
        values |= of_ranking(ranked, question.gold)
    quotes = [citation.quote for citation in found.citations]
    return values | of_quotes(quotes, question.answers) | {"false_refusal": float(not answered)}
