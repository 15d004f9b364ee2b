"""How fast files become articles, and what hostile ones cost.

python benchmarks/reading.py speed [--pages 2000]     the saved pages of tests/, read as `qa index` reads them
python benchmarks/reading.py speed --folder PAGES     pages of your own
python benchmarks/reading.py hostile                  time and memory of files that are made to hurt
python benchmarks/reading.py lines [--count 1000000]  a long JSON Lines file, and the most memory it took
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from qa import readers
from qa.errors import ReadError
from qa.readers.apart import Workers

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "hostile", "lines"])
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--count", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.what == "speed":
            speed(sorted(arguments.folder.iterdir()) if arguments.folder else list(saved(folder, arguments.pages)))
        elif arguments.what == "hostile":
            hostile(folder)
        else:
            lines(folder, arguments.count)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def saved(folder: Path, count: int) -> Iterator[Path]:
    """The test pages again and again, each padded with scripts and styles to 60 kB, as outlets' pages are."""
    from pages import pages

    padding = b"<script>" + b"var a = {'b': [1, 2, 3]};\n" * 2000 + b"</script>"
    made = [data + padding for _, _, data in pages()]
    for number in range(count):
        path = folder / f"{number}.html"
        path.write_bytes(made[number % len(made)])
        yield path


def speed(paths: list[Path]) -> None:
    """Pages per second over all workers; starting them is not counted."""
    size = sum(path.stat().st_size for path in paths)
    with Workers() as workers:
        list(workers.each(lambda path: _read(workers, path), paths[:64]))
        began = time.perf_counter()
        articles = sum(workers.each(lambda path: _read(workers, path), paths))
        seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    each, rate = (used.ru_utime + used.ru_stime) / (len(paths) + 64), len(paths) / seconds
    say(f"{articles:,} of {len(paths):,} pages, {size / len(paths) / 1000:.0f} kB each: {rate:.0f} a second")
    say(f"processor time in the workers, their start included: {each * 1000:.1f} ms a page")


def _read(workers: Workers, path: Path) -> bool:
    try:
        workers.read(path, id=path.name)
    except ReadError:
        return False
    return True


def hostile(folder: Path) -> None:
    """Each file alone, in a worker of its own: seconds, the most memory of the worker, and what it came to."""
    for name, write in _HOSTILE.items():
        path = folder / name
        write(path)
        began = time.perf_counter()
        with Workers(1) as workers:
            try:
                outcome = f"an article of {len(workers.read(path, id='a').text):,} characters"
            except ReadError as error:
                outcome = str(error)
            seconds = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = path.stat().st_size / 1e6
        say(f"{name:20} {size:6.1f} MB {seconds:6.1f} s, most so far {memory:5.0f} MiB: {outcome[:90]}")
        path.unlink()


_SENTENCE = "The minister told reporters on Monday that the law would take effect. "


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)


def _zipped(text: bytes, times: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package,
            package.open("word/document.xml", "w") as part,
        ):
            for _ in range(times):
                part.write(text)

    return write


def _entities(path: Path) -> None:
    levels = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 12))
    _zipped(f"<!DOCTYPE a [<!ENTITY e0 'lol'>{levels}]><a>&e11;</a>".encode(), 1)(path)


def _inflating(path: Path) -> None:
    from pdfs import assembled

    data = zlib.compress(b"BT /F 12 Tf (abc) Tj ET\n" * 40_000_000)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(data), data)
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    kids = "<</Type/Pages/Count 1/Kids[3 0 R]>>"
    path.write_bytes(assembled(["<</Type/Catalog/Pages 2 0 R>>", kids, page, stream, font]))


_HOSTILE: dict[str, Callable[[Path], object]] = {
    "1-GiB.html": _sparse,
    "1-GiB.txt": _sparse,
    "zeros.html": lambda path: path.write_bytes(bytes(60_000_000)),
    "one-line.html": lambda path: path.write_text("<p>" + _SENTENCE * 800_000),
    "one-line.txt": lambda path: path.write_text(_SENTENCE * 800_000),
    "one-word.txt": lambda path: path.write_text("a" * 50_000_000),
    "short-lines.txt": lambda path: path.write_text("ab\n" * 15_000_000),
    "tags.html": lambda path: path.write_text("<div>" * 10_000_000 + _SENTENCE),
    "paragraphs.html": lambda path: path.write_text(f"<p>{_SENTENCE}</p>" * 600_000),
    "links.html": lambda path: path.write_text("<a href=x>y</a> " * 3_000_000),
    "attributes.html": lambda path: path.write_text(f"<p {'a=b ' * 10_000_000}>{_SENTENCE}"),
    "json-ld.html": lambda path: path.write_text(
        f'<script type="application/ld+json">{"[" * 30_000_000}</script><p>{_SENTENCE * 3}'
    ),
    "bidi.html": lambda path: path.write_text(f"<p>{_SENTENCE}" + "\u202e\u2066\u200b" * 5_000_000),
    "entities.docx": _entities,
    "inflating.docx": _zipped(b" " * 1_000_000, 1500),
    "inflating.pdf": _inflating,
}  # fmt: skip


def lines(folder: Path, count: int) -> None:
    """A file of ``count`` short articles, streamed."""
    path = folder / "many.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps({"id": number, "title": f"Number {number}", "text": _SENTENCE * 4}) + "\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    articles = sum(not isinstance(each, ReadError) for each in readers.read_all(path, id="many.jsonl"))
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 1e6
    say(f"{articles:,} articles, {size:.0f} MB, {seconds:.0f} s ({articles / seconds:,.0f} a second)")
    say(f"most memory: {before:.0f} MiB before, {after:.0f} MiB after")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
