from __future__ import annotations

import os
from pathlib import Path

import pytest
from indexing import BAKERY, BRIDGE, unprivileged, write

from qa.corpus import file_state, list_files
from qa.errors import ReadError


def test_an_id_is_the_path_from_the_folders_parent(tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BRIDGE)
    write(news / "local", b=BAKERY)
    assert list_files([news]).files == {
        f"{news}/a.txt": "news/a.txt",
        f"{news}/local/b.txt": "news/local/b.txt",
    }


def test_a_file_named_alone_has_the_id_that_its_folder_would_give_it(tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BRIDGE, b=BAKERY)
    assert list_files([news / "a.txt"]).files == {f"{news}/a.txt": "news/a.txt"}
    assert list(list_files([news / "b.txt", news]).files.values()) == ["news/b.txt", "news/a.txt"]


def test_relative_paths_mean_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news = write(tmp_path / "news", a=BRIDGE)
    monkeypatch.chdir(news)
    assert list_files([Path(".")]) == list_files([Path("../news/")]) == list_files([news])


def test_order_is_by_name(tmp_path: Path) -> None:
    news = write(tmp_path / "news", c=BRIDGE, a=BRIDGE, b=BRIDGE)
    assert [Path(path).stem for path in list_files([news]).files] == ["a", "b", "c"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BRIDGE)
    (news / ".b.txt").write_text(BAKERY)
    write(news / ".git", c=BAKERY)
    listing = list_files([news])
    assert list(listing.files) == [f"{news}/a.txt"]
    assert not listing.ignored


def test_a_hidden_folder_that_is_named_is_meant(tmp_path: Path) -> None:
    assert list(list_files([write(tmp_path / ".news", a=BRIDGE)]).files.values()) == [".news/a.txt"]


def test_files_of_other_kinds_are_counted(tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BRIDGE)
    for name in ("b.JPG", "c.jpg", "Makefile"):
        (news / name).write_bytes(b"\0")
    assert list_files([news]).ignored == {".jpg": 2, "Makefile": 1}


def test_what_a_listing_covers(tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BRIDGE)
    single = write(tmp_path / "other", b=BAKERY) / "b.txt"
    listing = list_files([news, single])
    assert listing.covers(f"{news}/local/was here.txt")
    assert listing.covers(str(single))
    assert not listing.covers(f"{tmp_path}/other/c.txt")
    assert not listing.covers(f"{tmp_path}/newspaper/d.txt")
    assert not listing.covers(str(tmp_path / "newspaper" / "a.txt"))


@pytest.mark.parametrize("name", ["absent", "absent.txt", "news/absent", "news/a.txt/absent"])
def test_a_missing_path_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path / "news", a=BRIDGE)
    with pytest.raises(ReadError, match=rf"^there is no file or folder {tmp_path}/{name}: check the name$"):
        list_files([tmp_path / "news", tmp_path / name])


@pytest.mark.parametrize("name", ["x" * 300, "nul\0", os.fsdecode(b"\xff")])
def test_a_name_that_no_index_can_keep_is_refused(tmp_path: Path, name: str) -> None:
    if len(name) == 1:
        write(tmp_path / name, a=BRIDGE)
    with pytest.raises(ReadError, match=r"^cannot open [^\n]+: check its name and permissions$"):
        list_files([tmp_path / name])


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ReadError, match=r"^cannot open [^\n]+: check its name and permissions$"):
        list_files([tmp_path / "loop"])


def test_a_folder_without_articles_is_told_what_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=rf"^no article in {tmp_path}: put files there \(\.docx, [^\n]*$"):
        list_files([tmp_path])
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(ReadError, match=r"\.md, \.pdf, \.text, \.txt"):
        list_files([tmp_path])


def test_a_folder_that_may_not_be_listed_is_named() -> None:
    with unprivileged() as folder:
        news = write(folder / "news", a=BRIDGE)
        write(news / "secret", b=BAKERY).chmod(0)
        with pytest.raises(ReadError, match=r"^cannot list .*secret \(Permission denied\): check its permissions$"):
            list_files([news])
        with pytest.raises(ReadError, match=r"^cannot open .*secret/b.txt \(Permission denied\)"):
            list_files([news / "secret" / "b.txt"])
        (news / "secret").chmod(0o700)


def test_a_file_is_as_it_was_while_its_size_and_time_are(tmp_path: Path) -> None:
    path = write(tmp_path, a=BRIDGE) / "a.txt"
    known = file_state(path)
    assert known == file_state(path)

    def state() -> tuple[int, int] | None:
        alone, among = list_files([path]).states, list_files([tmp_path]).states
        assert alone == among
        return alone[str(path)]

    assert state() == (known.size, known.mtime_ns)
    path.write_text(BRIDGE + "x")
    os.utime(path, ns=(known.mtime_ns, known.mtime_ns))
    assert state() == (known.size + 1, known.mtime_ns)
    path.write_text(BRIDGE)
    os.utime(path, ns=(known.mtime_ns + 1, known.mtime_ns + 1))
    assert state() == (known.size, known.mtime_ns + 1)
    assert file_state(path).file_hash == known.file_hash


def test_links(tmp_path: Path) -> None:
    """To files: they are read, and have the state of what they lead to. To folders and in circles: they are not."""
    news = write(tmp_path / "news", a=BRIDGE)
    (news / "b.txt").symlink_to(write(tmp_path / "elsewhere", b=BAKERY) / "b.txt")
    (news / "c.txt").symlink_to(news / "nothing.txt")
    (news / "d.txt").symlink_to(news / "d.txt")
    (news / "folder").symlink_to(tmp_path / "elsewhere")
    listing = list_files([news])
    assert [Path(path).name for path in listing.files] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    assert listing.states[f"{news}/b.txt"] == list_files([tmp_path / "elsewhere" / "b.txt"]).states.popitem()[1]
    assert listing.states[f"{news}/c.txt"] is listing.states[f"{news}/d.txt"] is None


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    folder = write(tmp_path, a=BRIDGE, b=BRIDGE, c=BRIDGE + "\n")
    a, b, c = (file_state(folder / f"{name}.txt").file_hash for name in "abc")
    assert a == b != c


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ReadError, match=r"gone.txt \(No such file or directory\)"):
        file_state(tmp_path / "gone.txt")
    with unprivileged() as folder:
        path = write(folder, a=BRIDGE) / "a.txt"
        path.chmod(0)
        with pytest.raises(ReadError, match=r"^cannot read .*a.txt \(Permission denied\): check its name and perm"):
            file_state(path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadError, match=r"pipe.txt is not a file"):
        file_state(tmp_path / "pipe.txt")


def test_a_file_name_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    path.write_text(BRIDGE)
    with pytest.raises(ReadError, match=r"^cannot read .*: check its name and permissions$"):
        file_state(path)


def test_what_a_browser_saves_beside_a_page_is_no_article(tmp_path: Path) -> None:
    for name in ("Storm.html", "Storm_files/frame.html", "old.htm", "old.files/ad.htm", "notes_files/own.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<p>", encoding="utf-8")
    found = sorted(os.path.relpath(path, tmp_path.resolve()) for path in list_files([tmp_path]).files)
    assert found == ["Storm.html", "notes_files/own.html", "old.htm"]
