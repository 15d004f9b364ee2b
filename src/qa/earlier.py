"""What an index has encoded already, for when it is built anew: a text is encoded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress

from qa.article import Article
from qa.config import PIPELINE
from qa.encoder import Encoder, Read, Reading, Vectors
from qa.errors import IndexDamaged, IndexMissing
from qa.store import Store, View


class Earlier:
    """What was read for the index that ``view`` shows; without one there are none.

    Its database is the cache: nothing is kept twice, nothing grows, and it goes with the index.
    """

    def __init__(self, view: View | None = None) -> None:
        self._view = view
        known = view.known() if view else []
        self._rows = {article.id: article.rowid for article in known}
        self._rows |= {article.content_hash: article.rowid for article in known}

    def readings(self, article: Article) -> dict[Reading, Read]:
        """Of the passages of the article that had this content, or this id."""
        found: dict[Reading, Read] = {}
        if self._view:
            for key in (article.id, article.content_hash):
                if key in self._rows:
                    found |= self._view.readings(self._rows[key])
        return found

    def words(self, terms: Sequence[str], lang: str) -> Mapping[str, Vectors]:
        """Of words, if they were found in texts as they are now."""
        if self._view and self._view.settings["pipeline"] == PIPELINE:
            return self._view.word_vectors(terms, lang)
        return {}


@contextmanager
def earlier(store: Store, encoder: Encoder) -> Iterator[Earlier]:
    """What ``encoder`` has encoded for the ``store``, as it is now; nothing where it cannot be read."""
    with ExitStack() as stack:
        found = Earlier()
        with suppress(IndexMissing, IndexDamaged):
            if store.settings["fingerprint"] == encoder.fingerprint:
                found = Earlier(stack.enter_context(store.view()))
        yield found
