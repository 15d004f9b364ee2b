"""What an indexing run must do, and files that have many articles."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path

import pytest
from indexing import BAKERY, BRIDGE, FESTIVAL, STORM, TRAIN, Listening, assert_sound, rows, stored, write

from qa import changes
from qa import index as indexing
from qa.changes import Fresh, Gone, Skipped
from qa.corpus import Listing, State, list_files
from qa.encoder import Encoder
from qa.index import Report, update
from qa.readers.apart import Workers
from qa.store.records import By, FileState, Known
from qa.store.register import Register
from qa.store.writer import LocalWriter

PAGE = "<title>Storm</title><body><article><h1>Storm</h1>{}</article>"


def export(folder: Path, texts: dict[str, str], *, bad: Sequence[str] = (), name: str = "export.jsonl") -> Path:
    """``folder`` with a JSON Lines file of articles by id."""
    folder.mkdir(exist_ok=True)
    lines = [json.dumps({"id": id_, "text": text}) for id_, text in texts.items()]
    (folder / name).write_text("\n".join([*lines, *bad]), encoding="utf-8")
    return folder


def run(folder: Path, index: Path, encoder: Encoder) -> tuple[Report, Listening]:
    listening = Listening(encoder)
    return update([folder], index, listening), listening


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_a_file_of_many_articles(tmp_path: Path, encoder: Encoder) -> None:
    news = export(tmp_path / "news", {"a": BRIDGE, "b": BAKERY})
    report, _ = run(news, tmp_path / "index", encoder)
    assert counts(report) == (2, 0, 0, 0)
    assert set(stored(tmp_path / "index")) == {"news/export.jsonl#a", "news/export.jsonl#b"}
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (0, 0, 2, 0)
    assert listening.asked == []
    assert_sound(tmp_path / "index")


def test_only_what_changed_in_it_is_encoded(tmp_path: Path, encoder: Encoder) -> None:
    news = export(tmp_path / "news", {"a": BRIDGE, "b": BAKERY})
    run(news, tmp_path / "index", encoder)
    export(news, {"b": BAKERY, "a": BRIDGE + "\nIt rained.", "c": STORM})
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (1, 1, 1, 0)
    assert not any("bakery" in text for text in listening.passages)
    export(news, {"c": STORM})
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (0, 0, 1, 2)
    assert listening.asked == []
    assert set(stored(tmp_path / "index")) == {"news/export.jsonl#c"}
    assert_sound(tmp_path / "index")


def test_what_cannot_be_read_in_it_is_told_and_nothing_is_removed_for_it(tmp_path: Path, encoder: Encoder) -> None:
    news = export(tmp_path / "news", {"a": BRIDGE, "b": BAKERY})
    run(news, tmp_path / "index", encoder)
    export(news, {"a": BRIDGE}, bad=['{"id": "b", "te', json.dumps({"id": "a", "text": STORM})])
    report, _ = run(news, tmp_path / "index", encoder)
    assert counts(report) == (0, 0, 2, 0)
    assert [reason for _, reason in report.skipped] == [
        "line 2 of export.jsonl is not JSON in UTF-8",
        "more than one article in it is called news/export.jsonl#a",
    ]


def test_a_torn_export_keeps_what_it_had(tmp_path: Path, encoder: Encoder) -> None:
    news = tmp_path / "news"
    news.mkdir()
    message = {"id": 1, "type": "message", "text": f"{BRIDGE}\n\n{STORM}"}
    messages = [message, message | {"id": 2}]
    whole = json.dumps({"name": "News", "type": "public_channel", "id": 7, "messages": messages})
    (news / "result.json").write_text(whole, encoding="utf-8")
    report, _ = run(news, tmp_path / "index", encoder)
    assert counts(report) == (2, 0, 0, 0)
    (news / "result.json").write_text(whole[:-100], encoding="utf-8")
    report, _ = run(news, tmp_path / "index", encoder)
    assert counts(report) == (0, 0, 2, 0)
    assert "result.json is torn" in report.skipped[0][1]


def test_a_file_that_moves_takes_its_articles_along(tmp_path: Path, encoder: Encoder) -> None:
    news = export(tmp_path / "news", {"a": BRIDGE, "b": BAKERY})
    run(news, tmp_path / "index", encoder)
    (news / "export.jsonl").rename(news / "old.jsonl")
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (0, 0, 2, 0)
    assert listening.asked == []
    assert set(stored(tmp_path / "index")) == {"news/old.jsonl#a", "news/old.jsonl#b"}


def test_two_folders_of_one_name_do_not_share_ids(tmp_path: Path, encoder: Encoder) -> None:
    one = export(tmp_path / "news", {"a": BRIDGE})
    (tmp_path / "more").mkdir()
    two = export(tmp_path / "more" / "news", {"a": BAKERY})
    for _ in range(2):
        update([one, two], tmp_path / "index", Listening(encoder))
        assert set(stored(tmp_path / "index")) == {"news/export.jsonl#a", "news/export.jsonl~2#a"}
        (two / "export.jsonl").touch()


def test_a_file_is_not_taken_for_an_article_of_another(tmp_path: Path, encoder: Encoder) -> None:
    news = export(tmp_path / "news", {"b.txt": BRIDGE})
    (news / "export.jsonl#b.txt").write_text(BAKERY, encoding="utf-8")
    for expected in ((2, 0, 0, 0), (0, 0, 2, 0)):
        report, _ = run(news, tmp_path / "index", encoder)
        assert counts(report) == expected
    assert set(stored(tmp_path / "index")) == {"news/export.jsonl#b.txt", "news/export.jsonl#b.txt~1"}


def found(listing: Listing, files: Mapping[str, State], left_out: Set[str] = frozenset()) -> list[type]:
    """Of what kinds the changes are from a store that has an article of each of ``files``."""
    known = [Known(n, path, FileState(path, *state, ""), "") for n, (path, state) in enumerate(files.items())]
    return [type(one) for one in changes.changes(listing, Register(known), changes.Progress(), left_out)]


def test_states_of_files_tell_what_has_changed(tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BRIDGE, b=BAKERY)
    listing = list_files([news])
    states = {path: state for path, state in listing.states.items() if state}
    gone, elsewhere = f"{news}/c.txt", f"{tmp_path}/newspaper/c.txt"
    assert found(listing, states) == []
    assert found(listing, states | {elsewhere: (1, 2)}) == []
    assert found(listing, states | {gone: (1, 2)}) == [Gone]
    assert found(listing, states, {f"{news}/a.txt"}) == [Gone]
    del states[f"{news}/a.txt"]
    assert found(listing, states) == [Fresh]
    assert found(listing, states, {f"{news}/a.txt"}) == []
    (news / "b.txt").unlink()
    (news / "b.txt").symlink_to(news / "nothing.txt")
    assert found(list_files([news]), states, {f"{news}/a.txt"}) == [Skipped]


def test_one_change_is_made_without_a_look_at_other_articles(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = export(write(tmp_path / "news", a=BRIDGE, d=FESTIVAL), {"b": BAKERY, "c": STORM})
    run(news, tmp_path / "index", encoder)
    looked_at: list[str] = []
    known = LocalWriter.known

    def noted(self: LocalWriter, by: By, value: str) -> list[Known]:
        looked_at.extend(one.id for one in known(self, by, value))
        return known(self, by, value)

    monkeypatch.setattr(LocalWriter, "known", noted)
    steps: list[tuple[Callable[[], object], tuple[int, int, int, int], set[str]]] = [
        (lambda: None, (0, 0, 4, 0), set()),
        ((news / "a.txt").touch, (0, 0, 4, 0), {"news/a.txt"}),
        (lambda: write(news, a=TRAIN), (0, 1, 3, 0), {"news/a.txt"}),
        (lambda: write(news, e=TRAIN), (1, 0, 4, 0), {"news/a.txt"}),
        ((news / "e.txt").unlink, (0, 0, 4, 1), {"news/e.txt"}),
        (lambda: (news / "a.txt").rename(news / "f.txt"), (0, 0, 4, 0), {"news/a.txt"}),
        (lambda: export(news, {"b": BAKERY}), (0, 0, 3, 1), {"news/export.jsonl#b", "news/export.jsonl#c"}),
    ]
    for step, expected, concerned in steps:
        looked_at.clear()
        step()
        assert counts(run(news, tmp_path / "index", encoder)[0]) == expected
        assert {*looked_at} == concerned
    assert_sound(tmp_path / "index")


def test_copies_move_without_each_looking_at_all(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = write(tmp_path / "news", **dict.fromkeys("abcdefgh", BRIDGE))
    run(news, tmp_path / "index", encoder)
    asked: list[By] = []
    known = LocalWriter.known

    def counted(self: LocalWriter, by: By, value: str) -> list[Known]:
        asked.append(by)
        return known(self, by, value)

    monkeypatch.setattr(LocalWriter, "known", counted)
    for name in "abcd":
        (news / f"{name}.txt").rename(news / f"new-{name}.txt")
    write(news, i=BRIDGE)
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (1, 0, 8, 0)
    assert listening.asked == []
    assert asked.count("content") == 1
    assert set(stored(tmp_path / "index")) == {
        f"news/{name}.txt" for name in [*"efghi", *(f"new-{name}" for name in "abcd")]
    }


def test_a_copy_of_what_came_in_the_same_run_is_not_encoded(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "ROUND", 1)
    news = write(tmp_path / "news", a=BRIDGE, b=BAKERY, c=BRIDGE)
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (3, 0, 0, 0)
    assert len(listening.passages) == len(set(listening.passages)) > 1


def test_an_interrupted_import_is_taken_up_again(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = export(tmp_path / "news", {"a": BRIDGE, "b": BAKERY, "c": STORM})
    monkeypatch.setattr(indexing, "ROUND", 1)
    monkeypatch.setattr(indexing, "BATCH", 1)

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update([news], tmp_path / "index", Listening(encoder), progress=stop)
    assert len(stored(tmp_path / "index")) == 1
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (2, 0, 1, 0)
    assert not any("bridge" in text for text in listening.passages)
    assert rows(tmp_path / "index", "SELECT count(DISTINCT mtime_ns) FROM articles WHERE mtime_ns > 0") == [(1,)]


def test_the_file_time_dates_what_has_no_other_date_and_is_no_change(tmp_path: Path, encoder: Encoder) -> None:
    import os

    news = write(tmp_path / "news", a=BAKERY)
    os.utime(news / "a.txt", (1_000_000_000, 1_000_000_000))
    run(news, tmp_path / "index", encoder)
    article = stored(tmp_path / "index")["news/a.txt"].article
    assert (str(article.date), article.dated) == ("2001-09-09", "file")
    (news / "a.txt").write_text(f"{BAKERY}\n\n", encoding="utf-8")
    report, listening = run(news, tmp_path / "index", encoder)
    assert counts(report) == (0, 0, 1, 0)
    assert listening.asked == []


def test_pages_and_texts_together_in_the_order_of_their_names(tmp_path: Path, encoder: Encoder) -> None:
    news = write(tmp_path / "news", b=BRIDGE)
    body = "".join(f"<p>{part}</p>" for part in STORM.split("\n\n")[1:])
    (news / "a.html").write_text(PAGE.format(body), encoding="utf-8")
    (news / "c.pdf").write_bytes(b"%PDF-1.4 torn")
    report, _ = run(news, tmp_path / "index", encoder)
    assert counts(report) == (2, 0, 0, 0)
    assert [path.name for path, _ in report.skipped] == ["c.pdf"]
    assert stored(tmp_path / "index")["news/a.html"].article.title == "Storm"


def test_a_worker_that_is_killed_costs_one_page(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = write(tmp_path / "news", b=BRIDGE)
    (news / "a.html").write_text(PAGE.format(f"<p>{BAKERY}</p>"), encoding="utf-8")
    real = Workers.read_bytes

    def kill_first(self: Workers, data: bytes, **more: str) -> object:
        try:
            return real(self, data, **more)
        finally:
            for child in self._idle:
                child.end()
                child._process.wait()

    monkeypatch.setattr(Workers, "read_bytes", kill_first)
    for name in "cd":
        (news / f"{name}.html").write_text(PAGE.format(f"<p>{STORM}</p><p>{name}.</p>"), encoding="utf-8")
    monkeypatch.setattr("qa.readers.apart._processors", lambda: 1)
    report, _ = run(news, tmp_path / "index", encoder)
    assert report.added == 3
    assert len(report.skipped) == 1
