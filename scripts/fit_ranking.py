"""Fit PASSAGE and SENTENCE of src/qa/search.py, and what quotes.py adds for a time or a number, and print them.

    ISNAD_EVAL_DIR=… python scripts/fit_ranking.py

A conditional logistic regression: the weights under which the right passage (the sentence with the answer) is
most likely among the candidates of its question. Fitted on the questions of every second article, within
each language and across; docs/quality.md reports the others apart.
"""

from __future__ import annotations

import os
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from qa.encoder import load_encoder
from qa.evaluate.questions import Question, read_squad
from qa.evaluate.run import build
from qa.language.asking import asks_how_many, asks_when, has_number, has_time
from qa.library import Library
from qa.query import make_query
from qa.search import by_language, candidates, rarity
from qa.signals import signals

Numbers = npt.NDArray[np.float64]
Group = tuple[Numbers, npt.NDArray[np.bool_]]
"""The signals of one question's candidates, a row each, and which of them are right."""

TASKS = (("ar", ("ar", "arcd")), ("arcd", ("ar", "arcd")), ("en", ("en",)), ("en", ("ar", "arcd")), ("ar", ("en",)))
"""Questions, and the corpora that they are asked of."""

FILES = {"ar": "xquad-dev.ar.json", "arcd": "arcd-dev.ar.json", "en": "xquad-dev.en.json"}

RIDGE = 1.0
"""How much weights are held back, since several signals say nearly the same."""

CAUTION = 1.3
"""Odds fitted on what was seen are too sure elsewhere: those of sentences are divided by this."""


def fit(groups: list[Group], ridge: float) -> Numbers:
    def loss(weights: Numbers) -> tuple[float, Numbers]:
        total, gradient = ridge * weights @ weights / 2, ridge * weights
        for rows, right in groups:
            scores = rows @ weights
            likely = np.exp(scores - scores.max())
            chosen = likely * right
            total += np.log(likely.sum()) - np.log(chosen.sum())
            gradient = gradient + (likely / likely.sum() - chosen / chosen.sum()) @ rows
        return float(total), gradient

    weights: Numbers = minimize(loss, np.zeros(groups[0][0].shape[1]), jac=True, method="L-BFGS-B").x
    return weights


def groups(library: Library, questions: list[Question]) -> Iterator[tuple[Group, Group]]:
    """For each question its passages and its sentences."""
    with library.view() as view:
        articles = {stored.rowid: stored.article for stored in view.articles()}
        for question in questions:
            query = make_query(question.text, library.encoder, view)
            found = by_language(candidates(query, view))
            (lang, passages), *others = found.items()
            assert not others, "these corpora are of one language each"
            rows = signals(query, lang, passages, rarity(query.terms, view), view.background)
            right = np.array([articles[passage.article].id in question.gold for passage in passages])
            wanted = [unicodedata.normalize("NFC", answer) for answer in question.answers]
            texts = [
                articles[passage.article].text[start:end]
                for passage in passages
                for start, end in passage.encoded.sentences
            ]
            gold = np.repeat(right, [len(passage.encoded.sentences) for passage in passages])
            answers = (
                np.array([any(a in unicodedata.normalize("NFC", text) for a in wanted) for text in texts]) & gold
            )
            when, many = asks_when(question.text), asks_how_many(question.text)
            asked = [[when and has_time(text), many and has_number(text)] for text in texts]
            if answers.any():
                yield (rows.passages, right), (np.column_stack([rows.sentences, np.array(asked, float)]), answers)


def main() -> None:
    folder, encoder = Path(os.environ["ISNAD_EVAL_DIR"]), load_encoder()
    fitted: list[tuple[Group, Group]] = []
    with tempfile.TemporaryDirectory() as name:
        for asked, corpora in TASKS:
            files = [folder / FILES[corpus] for corpus in corpora]
            task = read_squad(files, folder / FILES[asked])
            index = Path(name) / "-".join(corpora)
            if not index.exists():
                build(task.contexts, index, encoder)
            even = {
                q.id
                for q in read_squad([folder / FILES[asked]], folder / FILES[asked], halved=True).questions
                if q.gold
            }
            fitted += groups(Library(index), [question for question in task.questions if question.id in even])
    passage = (fit([passages for passages, _ in fitted], RIDGE) / 10).round(2).tolist()
    *sentence, time, number = (fit([sentences for _, sentences in fitted], RIDGE) / CAUTION).round(1).tolist()
    sys.stdout.write(f"PASSAGE = {passage}\nSENTENCE = {sentence}\nTIME, NUMBER = {time}, {number}\n")


if __name__ == "__main__":
    main()
