"""`qa serve` under load, on loopback: pages one by one, then `wrk` with several connections at once.

    python benchmarks/serve_load.py INDEX [--squad questions.json …] [--workers 2] [--seconds 15]

The questions are those of SQuAD files, or what the titles of the articles are about. No question comes twice in
the first part; `wrk` (apt-get install wrk) goes through all of them again and again. "Turned away" are those that
came when too many waited.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from qa.store.reader import Reader

WARM = 20
"""Questions asked before any is timed."""

WRK = """\
local n = 0
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
function setup(thread) thread:set("n", math.random(#paths)) end
request = function() n = n + 1; return wrk.format("GET", paths[n %% #paths + 1]) end
done = function(summary, latency)
  io.write(string.format("wrk %%d %%d %%f %%f %%f\\n", summary.requests, summary.errors.status,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3))
end
"""


def questions(index: Path, squad: list[Path]) -> list[str]:
    asked = [
        question["question"]
        for file in squad
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]
    if asked:
        return list(dict.fromkeys(asked[:: max(1, len(asked) // 300)]))
    with Reader(index).view() as view:
        listed = view.newest(300)
    return [f"{'ماذا عن' if entry.lang == 'ar' else 'What about'} {entry.title}?" for entry in listed]


def articles(index: Path) -> list[str]:
    """Addresses of article pages, each with some words marked."""
    from qa.link import article_path

    with Reader(index).view() as view:
        return [f"{article_path(entry.id)}?start=10&end=90" for entry in view.newest(200)]


def one_by_one(port: int, paths: list[str]) -> tuple[list[float], list[float]]:
    """For each page the milliseconds to its first byte, and to its last."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    first, last = [], []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        first.append((time.perf_counter() - began) * 1000)
        answer.read()
        last.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, (path, answer.status)
    return first, last


def show(what: str, milliseconds: list[float]) -> None:
    p50, p95 = np.percentile(milliseconds, (50, 95))
    print(f"{what:34} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   ({len(milliseconds)})")  # noqa: T201


def at_once(port: int, paths: list[str], what: str, seconds: int) -> None:
    if not (wrk := shutil.which("wrk")):
        sys.exit("wrk is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "wrk.lua")
        listed.write_text("\n".join(paths))
        script.write_text(WRK % listed)
        for connections in (2, 8, 32):
            options = f"-t 1 -c {connections} -d {seconds}s --timeout 30s -s".split()
            command = [wrk, *options, str(script), f"http://127.0.0.1:{port}"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found = re.search(r"wrk (\d+) (\d+) (\S+) (\S+) (\S+)", done.stdout)
            assert found, done.stdout
            requests, failed, took, p50, p95 = map(float, found.groups())
            print(  # noqa: T201
                f"{what}, {connections:2} connections".ljust(34),
                f"p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   {requests / took:7.1f}/s   {failed:.0f} turned away",
            )


def family(process: int) -> list[Path]:
    """What /proc tells of ``process`` and of those that it has started."""
    found = []
    for task in Path("/proc").glob("[0-9]*"):
        try:
            if process in (int(_stat(task)[1]), int(task.name)):
                found.append(task)
        except OSError:  # it has ended
            continue
    return found


def _stat(task: Path) -> list[str]:
    return (task / "stat").read_text().rsplit(")", 1)[1].split()


def memory(process: int) -> float:
    """MiB, each process with what it shares by its share."""
    shares = (re.findall(r"^Pss:\s+(\d+)", (task / "smaps_rollup").read_text(), re.M) for task in family(process))
    return sum(int(share) for [share] in shares) / 1024


def processor(process: int) -> float:
    """Milliseconds of processor time that have been used."""
    ticks = (sum(map(int, _stat(task)[11:13])) for task in family(process))
    return sum(ticks) * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--squad", type=Path, nargs="*", default=[])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=15)
    arguments = parser.parse_args()
    asked = [f"/?{urlencode({'q': question})}" for question in questions(arguments.index, arguments.squad)]
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
    options = ["--port", str(port), "--index", str(arguments.index), "--workers", str(arguments.workers)]
    server = subprocess.Popen([sys.executable, "-m", "qa", "serve", *options], env=os.environ)
    try:
        began = time.monotonic()
        while True:
            try:
                one_by_one(port, ["/health"])
                break
            except OSError:
                assert time.monotonic() < began + 60
                time.sleep(0.05)
        print(f"{'started and warm':34} {time.monotonic() - began:.1f} s, {arguments.workers} workers")  # noqa: T201
        one_by_one(port, asked[:WARM])
        used = processor(server.pid)
        first, last = one_by_one(port, asked[WARM:])
        used = (processor(server.pid) - used) / len(last)
        show("answer page, first byte", first)
        show("answer page, whole", last)
        print(f"{'answer page, processor':34} {used:.1f} ms")  # noqa: T201
        pages = articles(arguments.index)
        show("article page, whole", one_by_one(port, pages)[1])
        at_once(port, asked, "answer pages", arguments.seconds)
        at_once(port, pages, "article pages", arguments.seconds)
        print(f"{'memory':34} {memory(server.pid):.0f} MiB in all")  # noqa: T201
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


if __name__ == "__main__":
    main()
