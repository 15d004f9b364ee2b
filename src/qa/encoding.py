"""Articles become what a store takes: passages with their vectors, and words with theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain
from types import MappingProxyType

import numpy as np

from qa.article import Article
from qa.centring import surfaces
from qa.earlier import Earlier
from qa.encoder import Encoder, Read, Reading
from qa.encoder.senses import Senses, encode_sentences, expect, packed
from qa.encoder.words import encode_words
from qa.language.analyse import analyse
from qa.language.script import language
from qa.passage import Passage, reading, split_passages
from qa.store import Writer
from qa.store.records import EncodedPassage


def encode_articles(
    encoder: Encoder, articles: Sequence[Article], *, known: Mapping[Reading, Read] = MappingProxyType({})
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
    new = Counter(one for own in readings for one in own if one not in known)
    encoded = encoder.iter_passages(list(new))
    expect(len(new))
    again: dict[Reading, Read] = {}

    def read(reading: Reading) -> Read:
        if reading in known:
            return known[reading]
        found = again[reading] if reading in again else next(encoded)
        if new[reading] > 1:
            again[reading] = found
        return found

    for article, passages, own in zip(articles, split, readings, strict=True):
        yield tuple(
            EncodedPassage(
                start=passage.start,
                end=passage.end,
                sentences=passage.sentences,
                vector=found.vectors[0],
                sentence_vectors=found.vectors[1:],
                tokens=found.tokens,
                counts=found.counts,
                senses=senses,
                terms=tuple(
                    tuple(token.term for token in analyse(article.text[start:end]))
                    for start, end in passage.sentences
                ),
            )
            for passage, found, senses in zip(passages, map(read, own), _senses(article, passages), strict=True)
        )


def _senses(article: Article, passages: Sequence[Passage]) -> list[Senses]:
    """What each passage and its sentences mean; soon encoded again, so that nobody keeps it for a rebuild."""
    spans = [((passage.start, passage.end), *passage.sentences) for passage in passages]
    texts = [article.text[start:end] for start, end in chain.from_iterable(spans)]
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}  # a passage may be one sentence
    found = packed(encode_sentences([*rows]))[[rows[text] for text in texts]]
    return [found[end - len(own) : end] for own, end in zip(spans, accumulate(map(len, spans)), strict=True)]


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
