from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from indexing import FESTIVAL, STORM, Listening, assert_sound, home, nearest, write

from qa.encoder import Encoder
from qa.encoder.words import encode_words
from qa.index import update
from qa.store import derived, faiss_file
from qa.store.dense import Batch, Dense
from qa.store.faiss_file import Base, Label, load, read_label, save
from qa.store.reader import Reader

QUESTION = "Which bakery won the prize?"
CODES = "PQ256x4fs,Refine(SQfp16)"
FILES = ("passages.faiss", "words.ar.faiss", "words.en.faiss")


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def vectors(encoder: Encoder) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return Listening(encoder).encode_queries(["a bridge", "a bakery", "جسر"])


Results = tuple[list[tuple[str, int, float]], list[list[dict[str, float]]]]


def results(index: Path, encoder: Encoder) -> Results:
    """Everything that the FAISS files have a say in."""
    with Reader(index).view() as view:
        rounded = [
            [{term: round(cosine, 5) for term, cosine in sorted(near.items())} for near in found]
            for lang in ("ar", "en")
            for found in [view.similar_words(encode_words(["bridge", "bakery", "جسر"]), lang, 1000)]
        ]
    return nearest(index, QUESTION, encoder), rounded


def assert_near(found: Results, expected: Results) -> None:
    """The same but for the precision of half a float."""
    assert [hit[:2] for hit in found[0]] == [hit[:2] for hit in expected[0]]
    assert [hit[2] for hit in found[0]] == pytest.approx([hit[2] for hit in expected[0]], abs=2e-3)
    for mine, other in zip(found[1], expected[1], strict=True):
        for near, same in zip(mine, other, strict=True):
            assert near == pytest.approx(same, abs=2e-3)


def replace_file(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def flipped(at: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[at] ^= 0x10
        return bytes(changed)

    return change


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "shorter than its footer": lambda data: data[-50:],
    "cut off": lambda data: data[: len(data) // 2],
    "without its last byte": lambda data: data[:-1],
    "with a byte more": lambda data: data + b"\0",
    "zeros": lambda data: bytes(len(data)),
    "flipped at the beginning": flipped(0),
    "flipped in the middle": flipped(2000),
    "flipped in the label": flipped(-90),
    "flipped in its length": flipped(-44),
    "flipped in the checksum": flipped(-30),
    "flipped in the magic": flipped(-1),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_again_and_never_served(
    index: Path, encoder: Encoder, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = results(index, encoder)
    assert not caplog.messages
    for name in FILES:
        replace_file(index / name, DAMAGE[damage])
    assert results(index, encoder) == before
    assert {name for name in FILES if any(name in message for message in caplog.messages)} == {*FILES}
    assert all("made again from the database" in message for message in caplog.messages)
    update([index.parent / "news"], index, Listening(encoder))
    caplog.clear()
    assert results(index, encoder) == before
    assert not caplog.messages, "a run without changes has mended the files"


def test_a_file_is_read_again_only_once_it_has_been_written_to(
    index: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    whole = faiss_file.whole

    def reading(path: Path) -> bool:
        read.append(path.name)
        return whole(path)

    def run() -> list[str]:
        read.clear()
        update([index.parent / "news"], index, Listening(encoder))
        return [*read]

    monkeypatch.setattr(faiss_file, "whole", reading)

    assert run() == []
    os.utime(index / FILES[0])
    assert run() == [FILES[0]]
    assert run() == [], "it was whole, which was noted"
    os.utime(index / FILES[1])
    monkeypatch.setattr(os, "utime", refused)
    assert run() == run() == [FILES[1]], "another user's file cannot be noted"


def refused(*_: object, **__: object) -> None:
    raise PermissionError


def test_a_missing_file_is_made_again(index: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture) -> None:
    before = results(index, encoder)
    for name in FILES:
        (index / name).unlink()
    assert results(index, encoder) == before
    assert caplog.messages
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    assert not (index / FILES[0]).exists(), "a reader writes nothing"


def test_a_file_of_a_generation_before_is_brought_up_to_date(
    index: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    news = index.parent / "news"
    kept = {name: (index / name).read_bytes() for name in FILES}
    write(news, d=STORM)
    (news / "b.txt").unlink()
    update([news], index, Listening(encoder))
    before = results(index, encoder)
    assert "news/d.txt" in {name for name, *_ in nearest(index, QUESTION, encoder)}
    for name, data in kept.items():
        (index / name).write_bytes(data)
    assert_near(results(index, encoder), before)
    for name in FILES:
        (index / name).unlink()
    assert not caplog.messages
    assert_near(results(index, encoder), before)
    assert caplog.messages


def test_a_file_of_a_generation_to_come_is_not_used(index: Path, encoder: Encoder, tmp_path: Path) -> None:
    """As after a database was put back from a copy without its files."""
    before, news = results(index, encoder), index.parent / "news"
    copy = Path(shutil.copytree(index, tmp_path / "copy"))
    write(news, d=STORM)
    (news / "b.txt").unlink()
    for name in FILES:
        (index / name).unlink()
    update([news], index, Listening(encoder))
    assert results(index, encoder) != before
    for name in FILES:
        (copy / name).write_bytes((index / name).read_bytes())
    assert results(copy, encoder) == before


def test_a_file_of_another_store_is_not_used(index: Path, encoder: Encoder, tmp_path: Path) -> None:
    """Not even that of a copy which has seen as many commits."""
    copy = tmp_path / "copy"
    shutil.copytree(index, copy)
    listening = Listening(encoder)
    update([write(tmp_path / "more", d=STORM)], index, listening)
    (tmp_path / "news" / "b.txt").unlink()
    update([tmp_path / "news"], copy, listening)
    before = results(index, encoder), results(copy, encoder)
    assert before[0] != before[1]
    for name in FILES:
        mine, other = (index / name).read_bytes(), (copy / name).read_bytes()
        (index / name).write_bytes(other)
        (copy / name).write_bytes(mine)
    assert (results(index, encoder), results(copy, encoder)) == before


def test_a_file_is_written_again_when_it_is_too_far_behind(
    index: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    news, listening = index.parent / "news", Listening(encoder)

    def written() -> list[str]:
        before = {name: (index / name).stat().st_ino for name in FILES}
        update([news], index, listening)
        assert_sound(index)
        return [name for name in FILES if before[name] != (index / name).stat().st_ino]

    write(news, d=STORM)
    assert written() == []
    monkeypatch.setattr(derived, "BEHIND", (0, 0))
    assert written() == [*FILES]
    assert written() == []
    (news / "b.txt").unlink()
    assert written() == ["passages.faiss"]
    write(news, e=FESTIVAL.replace("افتتح", "أغلق"))
    assert written() == [*FILES]
    before = results(index, encoder)
    for name in FILES:
        (index / name).unlink()
    caplog.clear()
    assert results(index, encoder) == before, "what was added piece by piece is what is built at once"


def test_words_of_before_do_not_come_back(index: Path, encoder: Encoder, tmp_path: Path) -> None:
    """Nor do their files fit another encoder, when the index was built anew without an English word."""
    shorter = Listening(encoder, dim=128)
    for name in "ab":
        (tmp_path / "news" / f"{name}.txt").unlink()
    update([tmp_path / "news"], index, shorter, rebuild=True)
    with Reader(index).view() as view:
        words = encode_words(["bridge", "bakery"])
        assert view.similar_words(words, "en", 5) == [{}, {}]
        assert all(len(near) == 5 for near in view.similar_words(words, "ar", 5))
    assert_sound(index)


def test_many_rows_are_searched_in_lists(
    index: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """So few are all found; that an index of another kind follows the store like an exact one is what counts."""
    news, listening = index.parent / "news", Listening(encoder)
    before = results(index, encoder)
    rows = (50_000, 100_000, 10**6)
    assert [derived.kind(n) for n in rows] == ["Flat", "IVF1024,SQfp16", "IVF4096,SQfp16"]
    monkeypatch.setattr(derived, "SAMPLED", 1)
    lists = replace(derived.PASSAGES, kind=lambda *_: "IVF2,SQfp16")
    monkeypatch.setattr(derived, "FAMILIES", (lists, *derived.WORDS.values()))
    monkeypatch.setattr(derived, "BEHIND", (0, 0))
    write(news, d=STORM)
    update([news], index, listening)
    (news / "d.txt").unlink()
    update([news], index, listening)
    labels = {name: read_label(index / name) for name in FILES}
    assert [label and label.kind for label in labels.values()] == ["IVF2,SQfp16", "SQfp16", "SQfp16"]
    assert [label and label.recall for label in labels.values()] == [1.0, 1.0, 1.0]
    now = results(index, encoder)
    assert_near((now[0], []), (before[0], []))
    monkeypatch.setattr(derived, "BEHIND", (100, 100))
    write(news, e=FESTIVAL.replace("افتتح", "أغلق"))
    (news / "b.txt").unlink()
    update([news], index, listening)
    followed = results(index, encoder)
    for name in FILES:
        (index / name).unlink()
    assert_near(results(index, encoder), followed)
    assert caplog.messages


def test_many_words_are_searched_by_codes(
    index: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    news, listening = index.parent / "news", Listening(encoder)
    before = results(index, encoder)
    assert [derived.kind_of_words(n) for n in (5_000, 5_001)] == ["SQfp16", CODES]
    monkeypatch.setattr(derived, "WORDS_FLAT", 20)
    update([news], index, listening)
    labels = {name: read_label(index / name) for name in FILES}
    kinds = ["Flat", "SQfp16", CODES]
    assert [label and label.kind for label in labels.values()] == kinds, "a kind that is no longer made is replaced"
    assert_near(results(index, encoder), before)
    write(news, d=STORM)
    update([news], index, listening)
    followed = results(index, encoder)
    assert len(followed[1][1][0]) > len(before[1][1][0])
    monkeypatch.setattr(derived, "BEHIND", (0, 0))
    write(news, e=FESTIVAL)
    update([news], index, listening)
    assert not caplog.messages
    renewed = results(index, encoder)
    for name in FILES:
        (index / name).unlink()
    assert_near(results(index, encoder), renewed)
    assert caplog.messages


# The file itself ------------------------------------------------------------------------------------------


def base(encoder: Encoder, *batches: Batch) -> Base:
    index = faiss.index_factory(encoder.dim, "IDMap2,Flat", faiss.METRIC_INNER_PRODUCT)
    for ids, those in batches:
        index.add_with_ids(those, ids)
    return Base(Label("state", "Flat", index.ntotal), index)


def test_what_was_saved_is_loaded(encoder: Encoder, tmp_path: Path) -> None:
    three = vectors(encoder)
    path = tmp_path / "some.faiss"
    saved = base(encoder, (np.array([7, 3], np.int64), three[:2]), (np.array([10**12], np.int64), three[2:]))
    save(path, saved)
    assert read_label(path) == saved.label == Label("state", "Flat", 3, 1.0)
    found = load(path)
    assert found
    assert found.label == saved.label
    dense = Dense.of(found)
    nearest_two = dense.search(three, 2)
    assert [near[0][0] for near in nearest_two] == [7, 3, 10**12]
    assert all(abs(near[0][1] - 1) < 1e-5 and len(near) == 2 for near in nearest_two)
    assert [len(near) for near in dense.search(three, 100)] == [3, 3, 3]
    assert [file.name for file in tmp_path.iterdir()] == ["some.faiss"]


def test_a_large_file_is_mapped(encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some.faiss"
    save(path, base(encoder, (np.array([7, 3, 5], np.int64), vectors(encoder))))
    read = load(path)
    monkeypatch.setattr(faiss_file, "MAPPED", 0)
    mapped, to_change = load(path), load(path, to_change=True)
    assert read
    assert mapped
    assert to_change
    save(path, base(encoder))
    path.unlink()  # who has mapped it keeps it
    for found in (read, mapped, to_change):
        assert Dense.of(found).search(vectors(encoder), 3) == Dense.of(read).search(vectors(encoder), 3)
    assert to_change.index.remove_ids(np.array([7], np.int64)) == 1


def test_a_file_that_is_renewed_while_it_is_read_is_read_anew(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, ids = tmp_path / "some.faiss", np.array([7, 3, 5], np.int64)
    save(path, base(encoder, (ids[:1], vectors(encoder)[:1])))
    read_index = faiss.read_index

    def read(*arguments: Any) -> Any:
        monkeypatch.undo()
        save(path, base(encoder, (ids, vectors(encoder))))
        return read_index(*arguments)

    monkeypatch.setattr(faiss, "read_index", read)
    found = load(path)
    assert found
    assert (found.label.rows, found.index.ntotal) == (3, 3)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_large_file_that_is_damaged_is_not_mapped(
    encoder: Encoder, tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faiss_file, "MAPPED", 0)
    path = tmp_path / "some.faiss"
    save(path, base(encoder, (np.array([7, 3, 5], np.int64), vectors(encoder))))
    assert faiss_file.whole(path)
    assert load(path)
    replace_file(path, DAMAGE[damage])
    assert not faiss_file.whole(path)
    assert load(path) is None


def test_an_empty_index_finds_nothing(encoder: Encoder, tmp_path: Path) -> None:
    save(tmp_path / "none.faiss", base(encoder))
    found = load(tmp_path / "none.faiss")
    assert found
    assert Dense.of(found).search(vectors(encoder), 10) == [[], [], []]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "taken.faiss").mkdir()
    with pytest.raises(OSError, match=r"taken\.faiss"):
        save(tmp_path / "taken.faiss", base(encoder))
    assert [file.name for file in tmp_path.iterdir()] == ["taken.faiss"]


def test_what_a_killed_writer_left_does_not_pile_up(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "some.faiss.tmp").write_bytes(b"half of it")
    save(tmp_path / "some.faiss", base(encoder))
    assert [file.name for file in tmp_path.iterdir()] == ["some.faiss"]


@pytest.mark.parametrize("folder", ["absent", "/proc"])
def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path: Path, folder: str) -> None:
    faiss_file.sync_folder(tmp_path / folder)
