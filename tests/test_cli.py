"""The `qa` command: what it prints, how it ends, and one line for whatever goes wrong."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
from conftest import SEEDS
from corpora import BRIDGE, SNOW, emptied, write_files

from qa import __version__
from qa.cli import GROUPS, main
from qa.store.database import DATABASE
from qa.store.reader import Reader

QA = Path(sys.executable).with_name("qa")
DRY = "would add 2, update 0, remove 0, leave 0 as they are · skipped: 1"
COVERED = "تشمل تنظيم التعاون الاستخباراتي"


def test_a_dry_run_says_what_would_be_done(
    seed_index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    news = write_files(tmp_path / "news", {"a.txt": BRIDGE, "b.html": "<p>", "c.txt": SNOW})
    index = tmp_path / "index"
    status, out, err = qa(capfd, "index", news, "--index", index, "--dry-run")
    assert status == 2
    assert out.split("\n") == ["+ news/a.txt", "+ news/c.txt", DRY, ""]
    assert err.startswith(f"qa: would skip {news / 'b.html'}: b.html has no text to quote")
    assert not index.exists()
    before = {
        path: path.stat().st_mtime_ns for path in seed_index.iterdir() if path.suffix in {".sqlite", ".faiss"}
    }
    status, out, _ = qa(capfd, "index", "--index", seed_index, "--dry-run")
    assert (status, out) == (0, "would add 0, update 0, remove 0, leave 1 as they are\n")
    assert {path: path.stat().st_mtime_ns for path in before} == before


def run(*arguments: str | bytes | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """The real command, in a process of its own."""
    return subprocess.run(
        [QA, *arguments],
        cwd=cwd,
        env=os.environ | env,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def copy(seed_index: Path, tmp_path: Path) -> Path:
    """An index that a test may change."""
    return Path(shutil.copytree(seed_index, tmp_path / "copy"))


@pytest.fixture
def fresh(seed_index: Path, tmp_path: Path) -> Path:
    """An index without articles."""
    return emptied(seed_index, tmp_path / "fresh")


# As a person runs it


def test_an_answer(seed_index: Path, tmp_path: Path) -> None:
    done = run("ask", "what does the agreement cover?", "--index", seed_index, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "[1]"
    assert COVERED in lines[1]
    assert "24 نوفمبر 2021" in lines[2]
    assert lines[3].startswith(f"{SEEDS}{os.sep}")


def test_silence_and_the_index_that_the_environment_names(seed_index: Path, tmp_path: Path) -> None:
    done = run("ask", "What", "is the capital of", "Japan?", cwd=tmp_path, ISNAD_INDEX=str(seed_index))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("The articles don't say.\nThe nearest articles:\n• ")


def test_a_question_without_an_answer_ends_like_any_command(seed_index: Path, tmp_path: Path) -> None:
    """While its model is still being loaded."""
    done = run("ask", "", "--index", seed_index)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "qa: the question is empty: ask something in words\n"
    done = run("search", "Morocco", "--index", tmp_path / "none")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert run().returncode == 2


def test_a_question_leaves_the_index_as_it_was(seed_index: Path) -> None:
    before = sorted(path.name for path in seed_index.iterdir())
    assert run("search", "--json", "Morocco", "--index", seed_index).returncode == 0
    assert sorted(path.name for path in seed_index.iterdir()) == before


def test_a_rebuild_without_a_corpus_that_is_gone_loses_nothing(fresh: Path, tmp_path: Path) -> None:
    articles = write_files(tmp_path / "news", {"bridge.txt": BRIDGE})
    assert run("index", articles, "--index", fresh).returncode == 0
    moved = articles.rename(tmp_path / "moved")
    for arguments in (["--rebuild"], [moved, "--rebuild"], [moved, "--rebuild", "--dry-run"]):
        refused = run("index", *arguments, "--index", fresh)
        assert refused.returncode == 2
        assert refused.stderr == (
            f"qa: {articles} is gone, and its articles would be: bring it back, "
            "or build another index with `qa index FOLDER --index DIR`\n"
        )
    assert "The old stone bridge" in run("search", "bridge", "--index", fresh).stdout
    articles.mkdir()
    assert run("index", moved, articles, "--rebuild", "--index", fresh).returncode == 0


def test_indexing_then_asking(fresh: Path, tmp_path: Path) -> None:
    articles = write_files(tmp_path / "news", {"bridge.txt": BRIDGE, "photo.jpg": ""})
    done = run("index", "news", "--index", fresh.name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 article: 1 added, 0 updated, 0 unchanged, ")
    assert done.stdout.endswith("not of a kind that can be read: 1 .jpg\n")
    (articles / "snow.txt").write_text(SNOW, encoding="utf-8")
    again = run("index", "news", "--index", fresh)
    assert again.returncode == 2
    assert again.stderr == "qa: there is no file or folder news: check the name\n"
    found = run("search", "snow in the mountains", "-n", "1", "--index", fresh)
    assert "The old stone bridge" in found.stdout


def test_a_closed_pipe_is_no_reason_to_speak(seed_index: Path) -> None:
    for arguments in (["search", "Morocco", "--index", str(seed_index)], ["--help"]):
        with subprocess.Popen([QA, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode in {0, 2}


def test_control_c_while_indexing(copy: Path, tmp_path: Path) -> None:
    sentence = "Report {} on item {} says that the harbour of town {} was dredged by {} workers. "
    texts = {f"{n}.txt": "".join(sentence.format(n, m, m * n, m + n) for m in range(40)) for n in range(1, 13)}
    articles = write_files(tmp_path / "many", texts)
    command: list[str | Path] = [QA, "index", articles, "--index", copy]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(600):
            time.sleep(0.05)
            if (copy / "write.holder").exists():
                break
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "qa: interrupted; what had been committed is kept"
    assert "Traceback" not in err
    done = run("ask", "what does the agreement cover?", "--index", copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert COVERED in done.stdout


# Within this process


def qa(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Status, output and complaints of the command."""
    status = main([str(argument) for argument in arguments])
    return (status, *capfd.readouterr())


def test_json(seed_index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "ask", "--json", "من وقّع الاتفاق عن الجانب المغربي؟", "--index", seed_index)
    assert (status, err) == (0, "")
    assert json.loads(out)["question"] == "من وقّع الاتفاق عن الجانب المغربي؟"
    status, out, err = qa(capfd, "ask", "--json", "What is the capital of Japan?", "--index", seed_index)
    assert (status, err) == (1, "")
    assert json.loads(out)["citations"] == []
    status, out, err = qa(capfd, "search", "--json", "-n", "2", "Oslo", "accords", "--index", seed_index)
    assert (status, err) == (0, "")
    assert json.loads(out)["query"] == "Oslo accords"
    assert len(json.loads(out)["hits"]) == 2


def test_searching(seed_index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "search", "اتفاقات أوسلو", "--index", seed_index, "-n", "1")
    assert (status, err) == (0, "")
    assert "أوسلو" in out
    assert "[2]" not in out


def test_indexing_again(copy: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "index", "--index", copy)
    assert (status, err) == (0, "")
    assert out.startswith("1 article: 0 added, 0 updated, 1 unchanged, 0 removed")
    articles = write_files(tmp_path / "news", {"bridge.txt": BRIDGE})
    qa(capfd, "index", articles, "--index", copy)
    write_files(articles, {"snow.txt": SNOW})
    _, out, _ = qa(capfd, "index", "--index", copy)
    assert out.startswith("3 articles: 1 added, 0 updated, 2 unchanged, 0 removed")
    (articles / "snow.txt").unlink()
    _, out, _ = qa(capfd, "index", "--index", copy)
    assert out.startswith("2 articles: 0 added, 0 updated, 2 unchanged, 1 removed")


def test_one_of_two_folders_is_gone(fresh: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    kept = write_files(tmp_path / "kept", {"a.txt": BRIDGE})
    gone = write_files(tmp_path / "gone", {"b.txt": SNOW})
    qa(capfd, "index", kept, gone, "--index", fresh)
    shutil.rmtree(gone)
    status, out, err = qa(capfd, "index", "--index", fresh)
    assert (status, err) == (
        2,
        f"qa: {gone} is gone: its articles stay in the index until their new place is named\n",
    )
    assert " 2 unchanged, 0 removed" in out
    assert qa(capfd, "index", "--rebuild", "--index", fresh)[0] == 2
    assert qa(capfd, "search", "avalanches", "--index", fresh)[0] == 0


def test_all_that_was_indexed_is_gone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    news, index = write_files(tmp_path / "news", {"a.txt": BRIDGE}), tmp_path / "index"
    qa(capfd, "index", news, "--index", index)
    shutil.rmtree(news)
    assert qa(capfd, "index", "--index", index) == (
        2,
        "",
        f"qa: {news} is gone, its articles stay in the index: bring it back, or `qa index FOLDER` its new place\n",
    )
    assert qa(capfd, "search", "bridge", "--index", index)[0] == 0


def test_a_bad_file_among_good_ones(copy: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    articles = write_files(tmp_path / "news", {"bridge.txt": BRIDGE, "snow.txt": SNOW, "empty.txt": " \n"})
    (articles / "a\x1b[1m\n.txt").write_bytes(bytes(range(256)) * 4)
    status, out, err = qa(capfd, "index", articles, "--index", copy)
    assert status == 2
    assert out.startswith("3 articles: 2 added")
    lines = err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"qa: skipped {articles}/a?[1m?.txt: ")
    assert lines[1].startswith(f"qa: skipped {articles}/empty.txt: empty.txt is empty")
    status, out, _ = qa(capfd, "ask", "When did the old stone bridge reopen?", "--index", copy)
    assert status == 0
    assert "12 March 2019" in out


def test_each_command_is_found_in_its_group() -> None:
    for group, commands in GROUPS.items():
        added = argparse.ArgumentParser().add_subparsers()
        import_module(f"qa.cli.{group}").add(added)
        assert list(added.choices) == commands


def test_versions_and_help(capfd: pytest.CaptureFixture[str]) -> None:
    for arguments, expected in (
        (["--version"], f"isnad-qa {__version__}\n"),
        (["--help"], 'qa ask "what does the agreement cover?"'),
        (["index", "--help"], "example: qa index seeds"),
        (["ask", "--help"], "example: qa ask "),
        (["search", "--help"], "example: qa search "),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capfd.readouterr()
        assert (ended.value.code, err) == (0, "")
        assert expected in out


def test_nothing_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd)
    assert (status, out) == (2, "")
    assert err.startswith("usage: qa ")
    assert "examples:" in err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["ask", ""], "the question is empty: ask something in words"),
        (["search", " ؟ "], "the question is empty: ask something in words"),
        (["ask", "a" * 10_000], "the question has 10,000 characters: ask it in at most 2,000"),
        (["ask"], "the following arguments are required: QUESTION: see `qa ask --help`"),
        (["answer", "me"], "argument COMMAND: invalid choice: 'answer' (choose from"),
        (["aks", "me"], "argument COMMAND: invalid choice: 'aks' (did you mean ask?): see `qa --help`"),
        (["ask", "--depth", "3", "x"], "unrecognized arguments: --depth: see `qa ask --help`"),
        (["ask", "--indx=i", "x"], "unrecognized arguments: --indx=i (did you mean --index?): see `qa ask --help`"),
        (
            ["feed", "lst"],
            "argument add|list|remove: invalid choice: 'lst' (did you mean list?): see `qa feed",
        ),
        (["search", "-n", "0", "x"], "argument -n: give a number from 1 to 1000: see `qa search --help`"),
        (["search", "-n", "1001", "x"], "argument -n: give a number"),
        (["search", "-n", "٣", "x"], "argument -n: give a number"),
        (["search", "-n", "-1", "x"], "argument -n: give a number"),
        (["search", "-n", "two\nthree", "x"], "argument -n: give a number"),
        (["index", "no-such-folder"], "there is no file or folder no-such-folder: check the name"),
        (
            ["index", "nothing"],
            "no article in nothing: put files there (.docx, .htm, .html, .jsonl, .md, .pdf,",
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value)[:20].strip(),
)
def test_one_line_for_what_is_wrong(
    arguments: list[str],
    line: str,
    seed_index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("ISNAD_INDEX", str(seed_index))
    status, out, err = qa(capfd, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"qa: {line}")
    assert err.count("\n") == 1


def test_no_articles_named_and_none_known(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, _, err = qa(capfd, "index", "--index", tmp_path / "none")
    assert (status, err) == (2, "qa: which articles? name a folder or file: `qa index FOLDER`\n")
    assert not (tmp_path / "none").exists()


def test_only_files_that_cannot_be_read(fresh: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    binary = tmp_path / "a.txt"
    binary.write_bytes(bytes(range(256)) * 4)
    status, out, err = qa(capfd, "index", binary, "--index", fresh)
    assert status == 2
    assert out.startswith("0 articles")
    assert err == f"qa: skipped {binary}: a.txt is not a text file: save it as plain text in UTF-8\n"
    status, out, err = qa(capfd, "ask", "anything", "--index", fresh)
    assert (status, out) == (2, "")
    assert err == f"qa: the index in {fresh} holds no article: add some with `qa index FOLDER`\n"


def test_no_index(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, _, err = qa(capfd, "ask", "anything", "--index", tmp_path)
    assert status == 2
    assert err == f"qa: there is no index in {tmp_path}: build one with `qa index FOLDER --index {tmp_path}`\n"


def test_an_index_of_another_model(copy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(copy / DATABASE) as db:
        db.execute("UPDATE settings SET value = 'other' WHERE key = 'fingerprint'")
    for arguments in (["ask", "anything"], ["search", "anything"], ["index", SEEDS]):
        status, out, err = qa(capfd, *arguments, "--index", copy)
        assert (status, out) == (2, "")
        assert err.startswith("qa: the index ")
        assert "`qa index --rebuild" in err
        assert err.count("\n") == 1


def test_a_rebuild_mends_it(copy: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the background that the index has: to encode it anew would take the test too long."""
    known = Reader(copy).background
    monkeypatch.setattr("qa.index.background", lambda _: known)
    with sqlite3.connect(copy / DATABASE) as db:
        db.execute("UPDATE settings SET value = 'other' WHERE key = 'fingerprint'")
    status, out, err = qa(capfd, "index", "--rebuild", "--index", copy)
    assert (status, err) == (0, "")
    assert out.startswith("1 article: 1 added, 0 updated, 0 unchanged")
    assert qa(capfd, "ask", "what does the agreement cover?", "--index", copy)[0] == 0


def test_a_file_in_the_place_of_the_index(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "index"
    file.write_text("")
    status, out, err = qa(capfd, "index", SEEDS, "--index", file)
    assert (status, out) == (2, "")
    assert err.startswith(f"qa: cannot write the index in {file} (")
    assert err.count("\n") == 1
    assert qa(capfd, "ask", "anything", "--index", file)[0] == 2


# Where the output goes


def test_a_full_disk(seed_index: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        monkeypatch.setattr("sys.stdout", full)
        status = main(["search", "أوسلو", "--index", str(seed_index)])
    assert status == 2
    assert capfd.readouterr().err == "qa: cannot go on ([Errno 28] No space left on device)\n"


def test_a_closed_pipe(
    seed_index: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        monkeypatch.setattr("sys.stdout", closed)
        assert main(["search", "Oslo", "--index", str(seed_index)]) == 2
    assert capfd.readouterr().err == ""


def test_interrupted_while_asking(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.library.index_folder", interrupt)
    assert main(["ask", "anything"]) == 130
    assert capfd.readouterr().err == "qa: interrupted; what had been committed is kept\n"
