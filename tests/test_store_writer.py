from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from indexing import (
    STORM,
    TRAIN,
    Listening,
    assert_sound,
    home,
    nearest,
    python,
    rows,
    stored,
    write,
)

from qa import corpus, readers
from qa.encoder import Encoder
from qa.encoder.words import encode_words
from qa.encoding import encode_articles
from qa.errors import IndexDamaged, IndexLocked, StoreError
from qa.index import update
from qa.store.database import connect, generation
from qa.store.reader import Reader
from qa.store.records import EncodedArticle
from qa.store.writer import open_writer

QUESTION = "Which bakery won the prize?"


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


@pytest.fixture
def storm(tmp_path: Path, encoder: Encoder) -> EncodedArticle:
    """An article that is not in the index."""
    path = write(tmp_path / "more", d=STORM) / "d.txt"
    article = readers.read(path, id="more/d.txt")
    (passages,) = encode_articles(Listening(encoder), [article])
    return EncodedArticle(article, corpus.file_state(path), passages)


def state(index: Path) -> str:
    db = connect(index)
    try:
        return generation(db)
    finally:
        db.close()


# Commits --------------------------------------------------------------------------------------------------


def test_what_was_added_comes_back(index: Path, storm: EncodedArticle) -> None:
    with open_writer(index) as writer:
        writer.add(storm)
        writer.commit()
        assert writer.article_count() == 4
        assert writer.passage_count() == rows(index, "SELECT count(*) FROM passages")[0][0]
    found = stored(index)["more/d.txt"]
    assert found.article == storm.article
    assert (found.path, found.content_hash) == (Path(storm.file.path), storm.article.content_hash)
    with open_writer(index) as writer:
        assert [known.file for known in writer.known() if known.id == "more/d.txt"] == [storm.file]
    with Reader(index).view() as view:
        (id_,) = view.lexical(["orchard"], 10)
        (passage,) = view.passages([id_])
    (given,) = storm.passages
    assert (passage.article, passage.lang) == (found.rowid, "en")
    assert passage.encoded.sentences == given.sentences
    assert passage.encoded.terms == given.terms
    assert np.array_equal(passage.encoded.vector, given.vector)
    assert np.abs(passage.encoded.sentence_vectors - given.sentence_vectors).max() < 1e-3


def test_each_commit_that_changes_something_is_a_new_generation(index: Path, storm: EncodedArticle) -> None:
    states = [state(index)]
    with open_writer(index) as writer:
        writer.commit()
        assert state(index) == states[0], "there was nothing to commit"
        writer.add(storm)
        assert state(index) == states[0], "it is not committed"
        writer.commit()
        states.append(state(index))
        writer.set(model="bundled")
        writer.commit()
        states.append(state(index))
        writer.set(model="bundled")
        writer.commit()
        assert state(index) == states[-1], "it had been set"
    assert len(set(states)) == 3
    assert state(index) == states[-1]
    assert_sound(index)


def test_what_was_not_committed_is_undone(index: Path, storm: EncodedArticle) -> None:
    before = stored(index), state(index)
    with open_writer(index) as writer:
        writer.clear()
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(index, storm)
    assert (stored(index), state(index)) == before
    assert_sound(index)


def fail_after_writing(index: Path, storm: EncodedArticle) -> None:
    with open_writer(index) as writer:
        writer.add(storm)
        writer.remove(known.rowid for known in writer.known()[:2])
        raise ZeroDivisionError


def test_an_article_is_added_once(index: Path, storm: EncodedArticle) -> None:
    with open_writer(index) as writer:
        writer.add(storm)
        writer.commit()
    with pytest.raises(IndexDamaged, match=r"^[^\n]*UNIQUE[^\n]*$"), open_writer(index) as writer:
        writer.add(storm)
    assert_sound(index)


def test_ids_are_never_used_again(index: Path, storm: EncodedArticle) -> None:
    def ids() -> set[tuple[object, ...]]:
        return {*rows(index, "SELECT 'article', rowid FROM articles UNION SELECT 'passage', id FROM passages")}

    seen: set[tuple[object, ...]] = set()
    for _ in range(3):
        with open_writer(index) as writer:
            writer.clear()
            writer.add(storm)
            writer.commit()
        assert ids()
        assert not ids() & seen
        seen |= ids()


def test_a_removed_article_leaves_nothing(index: Path) -> None:
    with open_writer(index) as writer:
        writer.remove([known.rowid for known in writer.known() if known.id == "news/b.txt"])
        writer.commit()
    assert rows(index, "SELECT count(*) FROM passages WHERE article NOT IN (SELECT rowid FROM articles)") == [(0,)]
    assert rows(index, "SELECT term FROM postings WHERE term IN ('bakeri', 'rye', 'prize')") == []
    assert rows(index, "SELECT term FROM postings WHERE term = 'bridg'") == [("bridg",)]
    assert_sound(index)


def test_clearing_leaves_the_settings(index: Path, encoder: Encoder) -> None:
    with open_writer(index) as writer:
        writer.clear()
        writer.commit()
        assert (writer.article_count(), writer.passage_count()) == (0, 0)
        assert writer.settings["fingerprint"] == encoder.fingerprint
    for table in ("articles", "passages", "word_vectors", "postings"):
        assert rows(index, f"SELECT count(*) FROM {table}") == [(0,)]
    with Reader(index).view() as view:
        assert view.dense(Listening(encoder).encode_queries(["bridge"])[0], 5) == []
        assert view.similar_words(encode_words(["bridge", "bakery"]), "en", 5) == [{}, {}]
        assert view.languages() == frozenset()


def test_moving_keeps_the_passages(index: Path, storm: EncodedArticle) -> None:
    passages = rows(index, "SELECT * FROM passages ORDER BY id")
    with open_writer(index) as writer:
        (known,) = (known for known in writer.known() if known.id == "news/b.txt")
        article = stored(index)["news/b.txt"].article
        writer.move(known.rowid, replace(article, id="b", url="https://example.org/"), storm.file)
        writer.commit()
    moved = stored(index)["b"]
    assert (moved.rowid, moved.article.url, moved.path) == (
        known.rowid,
        "https://example.org/",
        Path(storm.file.path),
    )
    assert rows(index, "SELECT * FROM passages ORDER BY id") == passages
    assert_sound(index)


def test_what_is_committed_is_kept_when_the_faiss_file_cannot_be_written(
    index: Path, storm: EncodedArticle, encoder: Encoder
) -> None:
    (index / "passages.faiss").unlink()
    (index / "passages.faiss").mkdir()
    with pytest.raises(StoreError, match=r"^cannot write the index in .* \(Is a directory\): [^\n]+$"):
        add(index, storm)
    assert "more/d.txt" in stored(index)
    assert nearest(index, "Were the apple orchards hit?", encoder)[0][0] == "more/d.txt"


def add(index: Path, encoded: EncodedArticle) -> None:
    with open_writer(index) as writer:
        writer.add(encoded)
        writer.commit()


def test_words_get_a_vector_once(index: Path) -> None:
    with open_writer(index) as writer:
        assert writer.without_vectors("en", ["bridg", "zebra"]) == ["zebra"]
        assert writer.without_vectors("ar", ["bridg"]) == ["bridg"]
        writer.add_words("en", ["zebra"], encode_words(["zebra"]))
        assert writer.without_vectors("en", ["zebra"]) == []
        writer.commit()
    assert_sound(index)


# Interrupted for good -------------------------------------------------------------------------------------

UPDATE = """\
import sys
from pathlib import Path
from qa import index
from qa.encoder import load_encoder
index.BATCH = 1
def progress(done, total):
    print(done, flush=True)
    if done == 2:
        sys.stdin.readline()
index.update([Path(sys.argv[1])], Path(sys.argv[2]), load_encoder(), progress=progress)
"""

REWRITE = """\
import sys
from pathlib import Path
from qa import corpus, readers
from qa.encoder import load_encoder
from qa.encoding import encode_articles
from qa.store.records import EncodedArticle
from qa.store.writer import open_writer
path = Path(sys.argv[1])
article = readers.read(path, id="news/b.txt")
(passages,) = encode_articles(load_encoder(), [article])
encoded = EncodedArticle(article, corpus.file_state(path), passages)
with open_writer(Path(sys.argv[2])) as writer:
    print("writing", flush=True)
    while True:
        writer.remove([known.rowid for known in writer.known() if known.id == article.id])
        writer.add(encoded)
        writer.commit()
"""

needs_kill = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@needs_kill
def test_a_killed_run_keeps_what_it_had_committed(index: Path, encoder: Encoder) -> None:
    before = set(stored(index))
    news = write(index.parent / "news", d=STORM, e=TRAIN, f=STORM.replace("storm", "hailstorm"))
    with python(UPDATE, news, index) as run:
        assert run.stdout
        assert [run.stdout.readline(), run.stdout.readline()] == ["1\n", "2\n"]
        with pytest.raises(IndexLocked, match=f"process {run.pid} "), open_writer(index):
            pass
        os.kill(run.pid, signal.SIGKILL)
    assert_sound(index)
    assert set(stored(index)) == before | {"news/d.txt"}
    listening = Listening(encoder)
    report = update([news], index, listening)
    assert (report.added, report.unchanged) == (2, 4)
    assert not any("A storm" in text for text in listening.passages)
    assert_sound(index)


@needs_kill
def test_an_index_survives_being_killed_at_any_moment(index: Path, encoder: Encoder) -> None:
    articles = {id_: stored.article for id_, stored in stored(index).items()}
    found = nearest(index, QUESTION, encoder)
    moments = random.Random(7)
    generations = {state(index)}
    for _ in range(6):
        with python(REWRITE, index.parent / "news" / "b.txt", index) as writing:
            assert writing.stdout
            assert writing.stdout.readline() == "writing\n"
            time.sleep(moments.uniform(0, 0.15))
            os.kill(writing.pid, signal.SIGKILL)
        generations.add(state(index))
        assert_sound(index)
        assert {id_: stored.article for id_, stored in stored(index).items()} == articles
        assert nearest(index, QUESTION, encoder) == found
    assert len(generations) > 3, "it was killed between commits"
    with open_writer(index) as writer:
        writer.commit()
    assert not list(index.glob("*.tmp"))
