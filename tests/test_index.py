from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from indexing import (
    BAKERY,
    BRIDGE,
    FESTIVAL,
    STORM,
    TRAIN,
    Listening,
    assert_sound,
    home,
    nearest,
    rows,
    stored,
    write,
)

from qa import corpus, index
from qa.encoder import Encoder, Reading
from qa.errors import IndexLocked, IndexMismatch, ReadError, StoreError
from qa.index import Report, corpora, update
from qa.store.reader import Reader
from qa.store.writer import open_writer

QUESTION = "Which bakery won the prize?"


@pytest.fixture
def listening(encoder: Encoder) -> Listening:
    return Listening(encoder)


@pytest.fixture(name="home")
def new_home(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder)


def tally(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def generation(folder: Path) -> object:
    return rows(folder, "SELECT id FROM commits ORDER BY number DESC LIMIT 1")


# What an article becomes ----------------------------------------------------------------------------------


def test_everything_of_an_article_is_stored(home: Path) -> None:
    articles = stored(home / "index")
    assert set(articles) == {"news/a.txt", "news/b.txt", "news/c.txt"}
    bridge = articles["news/a.txt"].article
    assert bridge.title == "The old bridge is open again"
    assert bridge.text.startswith("The old bridge over the river opened")
    assert bridge.lang == "en"
    start, end = bridge.raw_span(0, 14)
    assert BRIDGE[start:end] == "The old bridge"
    assert articles["news/c.txt"].article.lang == "ar"
    assert_sound(home / "index")


def test_a_passage_is_encoded_below_its_title_its_sentences_in_it(listening: Listening, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", b=BAKERY)
    update([folder], tmp_path / "index", listening)
    title, text = BAKERY.strip().split("\n\n")
    assert listening.passages == [f"{title}\n{text}"]
    begin, middle = len(title) + 1, text.index(" The baker's")
    parts = ((begin, begin + middle), (begin + middle + 1, begin + len(text)))
    (read,) = listening.iter_passages([Reading(f"{title}\n{text}", parts)])
    ((whole, spoken, tokens),) = rows(tmp_path / "index", "SELECT vector, sentence_vectors, tokens FROM passages")
    assert np.array_equal(np.frombuffer(cast(bytes, whole), "<f4"), read.vectors[0])
    assert np.array_equal(np.frombuffer(cast(bytes, spoken), "<f2"), read.vectors[1:].astype("<f2").ravel())
    assert tokens == np.array(read.counts, "<u2").tobytes() + read.tokens.tobytes()


def test_the_right_article_is_nearest_in_either_language(home: Path, encoder: Encoder) -> None:
    assert nearest(home / "index", QUESTION, encoder)[0][0] == "news/b.txt"
    assert nearest(home / "index", "When did the music festival open?", encoder)[0][0] == "news/c.txt"
    assert nearest(home / "index", "كم كلّف الجسر؟", encoder, lang="ar")[0][0] == "news/a.txt"


# What has changed -----------------------------------------------------------------------------------------


def test_a_first_run_adds_everything(listening: Listening, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = write(tmp_path / "news", b=BAKERY, d=STORM)
    report = update(
        [folder], tmp_path / "index", listening, model="bundled", progress=lambda *done: told.append(done)
    )
    assert tally(report) == (2, 0, 0, 0)
    assert (report.articles, report.passages, report.skipped) == (2, 2, ())
    assert report.seconds > 0
    assert told == [(1, 2), (2, 2)]
    assert corpora(tmp_path / "index") == ("bundled", [folder])


def test_a_run_without_changes_does_nothing(listening: Listening, home: Path) -> None:
    before = generation(home / "index")
    told: list[tuple[int, int]] = []
    report = update([home / "news"], home / "index", listening, progress=lambda *done: told.append(done))
    assert tally(report) == (0, 0, 3, 0)
    assert not listening.asked
    assert not told
    assert generation(home / "index") == before


def test_an_unchanged_file_is_not_opened(listening: Listening, home: Path) -> None:
    path = home / "news" / "b.txt"
    state = path.stat()
    path.write_text(BAKERY.swapcase(), encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 3, 0)


def test_a_touched_file_is_not_encoded_and_not_opened_again(listening: Listening, home: Path) -> None:
    os.utime(home / "news" / "a.txt", ns=(1, 1))
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 3, 0)
    assert not listening.asked
    (mtime,) = rows(home / "index", "SELECT mtime_ns FROM articles WHERE id = 'news/a.txt'")
    assert mtime == (1,)


def test_a_new_file_is_added_and_only_it_is_encoded(listening: Listening, home: Path) -> None:
    write(home / "news", d=STORM)
    assert tally(update([home / "news"], home / "index", listening)) == (1, 0, 3, 0)
    assert all("storm" in text.casefold() or "orchards" in text for text in listening.passages)
    assert not listening.queries
    assert nearest(home / "index", "Were the apple orchards hit?", listening)[0][0] == "news/d.txt"
    assert_sound(home / "index")


def test_a_changed_file_takes_the_place_of_what_it_was(listening: Listening, home: Path) -> None:
    write(home / "news", b=BAKERY.replace("2019", "2021"))
    assert tally(update([home / "news"], home / "index", listening)) == (0, 1, 2, 0)
    assert "2021" in stored(home / "index")["news/b.txt"].article.text
    assert len(listening.passages) == 1, "the passage that changed"
    assert not listening.queries, "its words were known"
    with Reader(home / "index").view() as view:
        assert view.lexical(["2019"], 10) == []
        assert len(view.lexical(["2021"], 10)) == 1
    assert_sound(home / "index")


def test_of_a_changed_file_only_what_is_new_is_encoded(listening: Listening, home: Path, tmp_path: Path) -> None:
    changed = BRIDGE.replace("It cost 3.5 million", "It cost 4 million")
    write(home / "news", a=changed)
    assert tally(update([home / "news"], home / "index", listening)) == (0, 1, 2, 0)
    assert listening.passages
    assert all("4 million" in text for text in listening.passages)
    update([home / "news"], tmp_path / "other", listening)
    columns = "SELECT terms, vector, sentence_vectors FROM passages ORDER BY terms"
    assert rows(home / "index", columns) == rows(tmp_path / "other", columns)
    listening.passages.clear()
    write(home / "news", a=changed.replace("The old bridge is open", "The bridge is open"))
    assert tally(update([home / "news"], home / "index", listening)) == (0, 1, 2, 0)
    assert listening.passages, "the title stands before each passage"
    assert all(text.startswith("The bridge is open") for text in listening.passages)


def test_a_copy_is_not_encoded_and_neither_is_what_takes_anothers_name(listening: Listening, home: Path) -> None:
    write(home / "news", copy=BAKERY)
    assert tally(update([home / "news"], home / "index", listening)) == (1, 0, 3, 0)
    (home / "news" / "a.txt").rename(home / "news" / "c.txt")
    assert tally(update([home / "news"], home / "index", listening)) == (0, 1, 2, 1)
    assert not listening.passages
    assert_sound(home / "index")


def test_a_deleted_file_is_removed_with_all_its_words(listening: Listening, home: Path) -> None:
    (home / "news" / "b.txt").unlink()
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 2, 1)
    assert set(stored(home / "index")) == {"news/a.txt", "news/c.txt"}
    with Reader(home / "index").view() as view:
        assert view.lexical(["bakeri", "rye", "2019"], 10) == []
        assert view.document_frequencies(["rye", "bridg"]) == {"rye": 0, "bridg": 1}
    assert {found[0] for found in nearest(home / "index", QUESTION, listening)} == {"news/a.txt", "news/c.txt"}
    assert not listening.passages
    assert_sound(home / "index")


def test_other_clutter_renews_the_way_back_and_encodes_nothing(listening: Listening, home: Path) -> None:
    write(home / "news", a=f"URL: https://example.org/bridge\n\n{BRIDGE}")
    before = stored(home / "index")["news/a.txt"]
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 3, 0)
    after = stored(home / "index")["news/a.txt"]
    assert not listening.asked
    assert (after.rowid, after.content_hash) == (before.rowid, before.content_hash)
    assert after.article.url == "https://example.org/bridge"
    start, end = after.article.raw_span(0, 14)
    assert (home / "news" / "a.txt").read_text(encoding="utf-8")[start:end] == "The old bridge"
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 3, 0)


def test_a_renamed_file_is_not_encoded_again(listening: Listening, home: Path) -> None:
    before = stored(home / "index")["news/b.txt"]
    (home / "news" / "b.txt").rename(home / "news" / "z.txt")
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 3, 0)
    assert not listening.asked
    after = stored(home / "index")
    assert set(after) == {"news/a.txt", "news/c.txt", "news/z.txt"}
    assert (after["news/z.txt"].rowid, after["news/z.txt"].path.name) == (before.rowid, "z.txt")
    assert nearest(home / "index", QUESTION, listening)[0][0] == "news/z.txt"


def test_files_that_change_names_among_them_stay_right(listening: Listening, home: Path) -> None:
    news = home / "news"
    for old, new in (("a", "x"), ("b", "a"), ("x", "b")):
        (news / f"{old}.txt").rename(news / f"{new}.txt")
    assert tally(update([news], home / "index", listening)) == (0, 2, 1, 0)
    assert stored(home / "index")["news/a.txt"].article.title == "A bakery wins the prize"
    assert stored(home / "index")["news/b.txt"].article.title == "The old bridge is open again"
    assert_sound(home / "index")


def test_a_folder_that_moves_within_the_corpus_is_not_encoded_again(listening: Listening, home: Path) -> None:
    (home / "news" / "2024").mkdir()
    for name in "ab":
        (home / "news" / f"{name}.txt").rename(home / "news" / "2024" / f"{name}.txt")
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 3, 0)
    assert set(stored(home / "index")) == {"news/2024/a.txt", "news/2024/b.txt", "news/c.txt"}
    assert not listening.asked


def test_a_corpus_that_moves_keeps_its_ids_and_vectors(listening: Listening, home: Path) -> None:
    before = stored(home / "index")
    moved = home / "archive" / "news"
    moved.parent.mkdir()
    (home / "news").rename(moved)
    write(moved, b=BAKERY.replace("2019", "2021"))
    assert tally(update([moved], home / "index", listening)) == (1, 0, 3, 0)
    after = stored(home / "index")
    assert {id_: a.rowid for id_, a in after.items() if id_ in "news/a.txt news/c.txt"} == {
        id_: before[id_].rowid for id_ in ("news/a.txt", "news/c.txt")
    }
    assert len(listening.passages) == 1
    # Nobody has said that what is nowhere to be seen is gone for good.
    assert "2019" in after["news/b.txt"].article.text
    assert "2021" in after["news/b.txt~2"].article.text
    assert corpora(home / "index") == ("", [moved, home / "news"])


def test_a_corpus_of_which_all_has_moved_is_forgotten(listening: Listening, home: Path) -> None:
    shutil.copytree(home / "news", home / "archive" / "news")
    shutil.rmtree(home / "news")
    before = stored(home / "index")
    assert tally(update([home / "archive" / "news"], home / "index", listening)) == (0, 0, 3, 0)
    after = stored(home / "index")
    assert {id_: a.rowid for id_, a in after.items()} == {id_: a.rowid for id_, a in before.items()}
    assert after["news/a.txt"].path == home / "archive" / "news" / "a.txt"
    assert corpora(home / "index") == ("", [home / "archive" / "news"])
    assert not listening.asked


def test_copies_in_a_corpus_that_moves_keep_their_ids(listening: Listening, home: Path) -> None:
    update([write(home / "news", a0=BAKERY)], home / "index", listening)
    before = {id_: found.rowid for id_, found in stored(home / "index").items()}
    (home / "archive").mkdir()
    (home / "news").rename(home / "archive" / "news")
    assert tally(update([home / "archive" / "news"], home / "index", listening)) == (0, 0, 4, 0)
    assert {id_: found.rowid for id_, found in stored(home / "index").items()} == before


def test_copies_that_move_are_not_encoded_again(listening: Listening, home: Path) -> None:
    news = write(home / "news", b2=BAKERY)
    assert tally(update([news], home / "index", listening)) == (1, 0, 3, 0)
    news.rename(home / "old")
    write(news, d=STORM)
    update([news, home / "old"], home / "index", listening)
    assert all("bakery" not in text for text in listening.passages)
    assert set(stored(home / "index")) == {"news/d.txt", "old/a.txt", "old/b.txt", "old/b2.txt", "old/c.txt"}
    assert_sound(home / "index")


# More than one corpus -------------------------------------------------------------------------------------


def test_articles_of_other_corpora_stay(listening: Listening, home: Path) -> None:
    other = write(home / "other", d=STORM)
    assert tally(update([other], home / "index", listening)) == (1, 0, 3, 0)
    (home / "news" / "a.txt").unlink()
    assert tally(update([other], home / "index", listening)) == (0, 0, 4, 0)
    assert "news/a.txt" in stored(home / "index")
    assert corpora(home / "index")[1] == [home / "news", other]
    assert tally(update([home / "news", other], home / "index", listening)) == (0, 0, 3, 1)


def test_the_same_names_in_two_folders_get_different_ids(listening: Listening, home: Path) -> None:
    twin = write(home / "elsewhere" / "news", a=STORM, b=TRAIN)
    assert tally(update([twin], home / "index", listening)) == (2, 0, 3, 0)
    titles = {id_: stored.article.title for id_, stored in stored(home / "index").items()}
    assert titles["news/a.txt"] == "The old bridge is open again"
    assert titles["news/a.txt~2"] == "The storm spared the orchards"
    write(twin, a=STORM.replace("Friday", "Sunday"))
    third = write(home / "third" / "news", a=BAKERY)
    assert tally(update([third, twin], home / "index", listening)) == (1, 1, 4, 0)
    articles = stored(home / "index")
    assert "Sunday" in articles["news/a.txt~2"].article.text
    assert articles["news/a.txt~3"].article.title == "A bakery wins the prize"
    assert_sound(home / "index")


def test_two_folders_of_one_name_may_come_together(listening: Listening, tmp_path: Path) -> None:
    both = [write(tmp_path / "x" / "news", a=STORM), write(tmp_path / "y" / "news", a=BAKERY)]
    assert tally(update(both, tmp_path / "index", listening)) == (2, 0, 0, 0)
    assert set(stored(tmp_path / "index")) == {"news/a.txt", "news/a.txt~2"}


def test_a_number_that_has_become_free_is_given_again(listening: Listening, home: Path) -> None:
    twin = write(home / "twin" / "news", a=STORM, b=TRAIN)
    update([twin], home / "index", listening)
    (twin / "a.txt").unlink()
    third = write(home / "third" / "news", a=BAKERY)
    assert tally(update([twin, third], home / "index", listening)) == (0, 1, 4, 0)
    assert stored(home / "index")["news/a.txt~2"].path == third / "a.txt"
    assert_sound(home / "index")


def test_a_file_alone_removes_nothing_of_its_folder(listening: Listening, home: Path) -> None:
    (home / "news" / "b.txt").unlink()
    assert tally(update([home / "news" / "a.txt"], home / "index", listening)) == (0, 0, 3, 0)
    assert "news/b.txt" in stored(home / "index")


def test_a_folders_name_may_hold_anything(listening: Listening, tmp_path: Path) -> None:
    odd = write(tmp_path / "two\nlines \u2028 and 'quotes'", b=BAKERY)
    update([odd], tmp_path / "index", listening)
    assert corpora(tmp_path / "index") == ("", [odd])
    assert tally(update(corpora(tmp_path / "index")[1], tmp_path / "index", listening)) == (0, 0, 1, 0)


# What goes wrong ------------------------------------------------------------------------------------------


def test_nothing_is_known_of_an_index_that_is_not_there(tmp_path: Path) -> None:
    assert corpora(tmp_path) == ("", [])


def test_nothing_to_read_changes_nothing(listening: Listening, home: Path) -> None:
    before = generation(home / "index")
    shutil.rmtree(home / "news")
    with pytest.raises(ReadError, match="there is no file or folder"):
        update([home / "news"], home / "index", listening)
    (home / "news").mkdir()
    with pytest.raises(ReadError, match="no article in"):
        update([home / "news"], home / "index", listening)
    with pytest.raises(ReadError):
        update([home / "news"], home / "other", listening)
    assert generation(home / "index") == before
    assert not (home / "other").exists()


def test_a_bad_file_is_skipped_and_its_old_version_stays(listening: Listening, home: Path) -> None:
    news = write(home / "news", d=STORM)
    (news / "b.txt").write_bytes(bytes(range(256)) * 40)
    (news / "e.txt").write_bytes(b"")
    (news / "f.txt").symlink_to(news / "nowhere")
    (news / os.fsdecode(b"\xe9.txt")).write_text(STORM)
    os.mkfifo(news / "g.txt")
    told: list[tuple[int, int]] = []
    report = update([news], home / "index", listening, progress=lambda *done: told.append(done))
    assert tally(report) == (1, 0, 3, 0)
    reasons = {path.name: reason for path, reason in report.skipped}
    assert sorted(reasons) == ["b.txt", "e.txt", "f.txt", "g.txt", "\udce9.txt"]
    assert all("\n" not in reason for reason in reasons.values())
    assert "is not a text file" in reasons["b.txt"]
    assert "No such file" in reasons["f.txt"]
    assert "2019" in stored(home / "index")["news/b.txt"].article.text
    assert told[-1] == (6, 6)
    assert len(update([news], home / "index", listening).skipped) == 5, "it is said again until it is mended"


def test_a_file_that_vanishes_meanwhile_is_skipped(
    listening: Listening, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = write(home / "news", b=BAKERY.replace("2019", "2021"))
    list_files = corpus.list_files

    def listed(paths: Sequence[Path]) -> corpus.Listing:
        """The file goes after it was listed and before it is read."""
        found = list_files(paths)
        (news / "b.txt").unlink()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(corpus, "list_files", listed)
        report = update([news], home / "index", listening)
    assert [path.name for path, _ in report.skipped] == ["b.txt"]
    assert "news/b.txt" in stored(home / "index")
    assert tally(update([news], home / "index", listening)) == (0, 0, 2, 1)


def test_an_index_where_a_file_is_cannot_be_written(listening: Listening, tmp_path: Path) -> None:
    news = write(tmp_path / "news", b=BAKERY)
    for place in (news / "b.txt", news / "b.txt" / "index"):
        with pytest.raises(StoreError, match=rf"^cannot write the index in {place} \(.*\): [^\n]*--index DIR$"):
            update([news], place, listening)


def test_another_encoder_is_refused_by_name(listening: Listening, encoder: Encoder, home: Path) -> None:
    other = Listening(encoder, dim=128)
    with pytest.raises(IndexMismatch, match=rf"built by {listening.fingerprint} .*--rebuild") as raised:
        update([home / "news"], home / "index", other)
    assert other.fingerprint in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not other.asked


def test_another_pipeline_is_refused(listening: Listening, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "PIPELINE", "next")
    with pytest.raises(IndexMismatch, match=r"pipeline 5\).*pipeline next\).*--rebuild"):
        update([home / "news"], home / "index", listening)
    update([home / "news"], home / "index", listening, rebuild=True)
    assert tally(update([home / "news"], home / "index", listening)) == (0, 0, 3, 0)


# Rebuilding -----------------------------------------------------------------------------------------------


def test_a_rebuild_reads_everything_anew_and_encodes_nothing_again(listening: Listening, home: Path) -> None:
    before = nearest(home / "index", QUESTION, listening)
    first = passage_ids(home / "index")
    listening.passages, listening.queries = [], []
    report = update([home / "news"], home / "index", listening, model="bundled", rebuild=True)
    assert tally(report) == (3, 0, 0, 0)
    assert not listening.asked
    assert not first & passage_ids(home / "index"), "no id is ever used again"
    assert nearest(home / "index", QUESTION, listening) == before
    assert corpora(home / "index") == ("bundled", [home / "news"])
    assert_sound(home / "index")


def passage_ids(folder: Path) -> set[object]:
    return {rowid for (rowid,) in rows(folder, "SELECT id FROM passages")}


def test_readers_see_the_old_index_until_a_rebuild_ends(
    listening: Listening, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BATCH", 1)
    reader = Reader(home / "index")
    before = generation(home / "index")
    seen: list[int] = []

    def progress(*_: int) -> None:
        with reader.view() as view:
            seen.append(len(view.articles()))
        assert generation(home / "index") == before

    update([home / "news"], home / "index", listening, rebuild=True, progress=progress)
    assert seen == [3, 3, 3]
    assert generation(home / "index") != before


def test_a_rebuild_that_is_interrupted_leaves_the_old_index(listening: Listening, home: Path) -> None:
    before = nearest(home / "index", QUESTION, listening)
    with pytest.raises(KeyboardInterrupt):
        update([home / "news"], home / "index", listening, rebuild=True, progress=interrupt_at(2))
    assert nearest(home / "index", QUESTION, listening) == before
    assert_sound(home / "index")


def test_a_rebuild_takes_another_encoder_and_readers_are_told(encoder: Encoder, home: Path) -> None:
    reader = Reader(home / "index")
    shorter = Listening(encoder, dim=128)
    update([home / "news"], home / "index", shorter, rebuild=True)
    assert Reader(home / "index").settings["dim"] == "128"
    assert nearest(home / "index", QUESTION, shorter)[0][0] == "news/b.txt"
    assert_sound(home / "index")
    with (
        pytest.raises(IndexMismatch, match=r"^the index in .* built anew by another encoder: [^\n]+$"),
        reader.view(),
    ):
        pass


# Interruptions --------------------------------------------------------------------------------------------


def interrupt_at(n: int) -> index.Progress:
    def progress(done: int, _: int) -> None:
        if done == n:
            raise KeyboardInterrupt

    return progress


def test_what_was_committed_before_an_interruption_is_not_encoded_again(
    listening: Listening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BATCH", 1)
    news = write(tmp_path / "news", a=BRIDGE, b=BAKERY, c=FESTIVAL, d=STORM)
    with pytest.raises(KeyboardInterrupt):
        update([news], tmp_path / "index", listening, progress=interrupt_at(3))
    assert set(stored(tmp_path / "index")) == {"news/a.txt", "news/b.txt"}
    assert_sound(tmp_path / "index")
    resumed = Listening(listening)
    assert tally(update([news], tmp_path / "index", resumed)) == (2, 0, 2, 0)
    assert not any("bridge" in text or "bakery" in text for text in resumed.asked)
    assert len(stored(tmp_path / "index")) == 4
    assert_sound(tmp_path / "index")


def test_an_interruption_before_the_first_commit_leaves_no_index(listening: Listening, tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BRIDGE, b=BAKERY)
    with pytest.raises(KeyboardInterrupt):
        update([news], tmp_path / "index", listening, progress=interrupt_at(2))
    assert corpora(tmp_path / "index") == ("", [])
    assert tally(update([news], tmp_path / "index", listening)) == (2, 0, 0, 0)


def test_articles_are_read_and_committed_round_by_round(
    listening: Listening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "ROUND", len(BAKERY))
    monkeypatch.setattr(index, "BATCH", 1)
    news = write(tmp_path / "news", a=BRIDGE, b=BAKERY, c=FESTIVAL, d=STORM)
    generations: list[object] = []

    def progress(*_: int) -> None:
        generations.append(generation(tmp_path / "index"))

    assert tally(update([news], tmp_path / "index", listening, progress=progress)) == (4, 0, 0, 0)
    assert len({*map(str, generations)}) == 4
    assert_sound(tmp_path / "index")


def test_one_run_at_a_time(listening: Listening, home: Path) -> None:
    with open_writer(home / "index"), pytest.raises(IndexLocked):
        update([home / "news"], home / "index", listening)
