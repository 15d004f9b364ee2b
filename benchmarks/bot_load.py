"""The bot under load: the real process, talking HTTP to the strict fake of Telegram that the tests use.

    python benchmarks/bot_load.py --index index pace     10 questions a second for a minute
    python benchmarks/bot_load.py --index index burst    200 people ask 1,000 questions at once
    python benchmarks/bot_load.py --index index hour     an hour's traffic (a question a second) in three minutes

Time is taken from an update's coming to be to its answer's arriving at the API. Everything on one machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from telegram_api import TOKEN, TelegramApi  # noqa: E402
from telegram_people import People  # noqa: E402
from telegram_server import Server  # noqa: E402

from qa.store.reader import Reader  # noqa: E402

PATIENCE = 300.0
"""Seconds until answers that have not come are counted as missing."""


def questions(index: Path) -> list[str]:
    """The gold questions, if the index is of ``seeds/``; else what the titles of its articles are about."""
    with Reader(index).view() as view:
        listed = view.newest(1000)
    if [entry.id for entry in listed] == ["seeds/000_9f926e2afb30af44.txt"]:
        lines = (ROOT / "tests" / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["question"] for line in lines]
    return [f"{'ماذا عن' if entry.lang == 'ar' else 'What about'} {entry.title}?" for entry in listed]


class Run:
    def __init__(self, index: Path, people: int) -> None:
        # A bot drops updates that it knows: each run has numbers of its own.
        self.people = People(TelegramApi(people=tuple(range(1, people + 1)), number=int(time.time() * 1000)))
        self.server = Server(self.people.api)
        self.texts = questions(index)
        self.asked: dict[int, float] = {}
        self.used = 0.0
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "ISNAD_BOT_PUBLIC": "1",
            "ISNAD_BOT_QUESTIONS_PER_MINUTE": "100000",
            "ISNAD_BOT_API_URL": f"http://127.0.0.1:{self.server.port}",
        }
        self.bot = subprocess.Popen(
            [sys.executable, "-m", "qa", "bot", "--index", str(index)],
            env=os.environ | settings,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, chat: int) -> None:
        """By the server's thread."""
        text = self.texts[len(self.asked) % len(self.texts)]
        self.asked[self.people.say(text, chat=chat)] = time.monotonic()

    def ask_all(self, count: int) -> None:
        for n in range(count):
            self.ask(n % len(self.people.api.people) + 1)

    def ask_soon(self, chat: int) -> None:
        self.server.do(lambda: self.ask(chat))

    def wait(self, count: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while len(self.people.api.sent) < count and time.monotonic() < deadline and self.bot.poll() is None:
            time.sleep(0.05)

    def warm(self) -> None:
        """Until the first answers are there; they do not count."""
        for _ in range(5):
            self.ask_soon(1)
        self.wait(5)
        self.asked.clear()
        self.people.api.sent.clear()
        self.used = self.processor()

    def processor(self) -> float:
        """Seconds of processor time that the bot has used."""
        fields = Path(f"/proc/{self.bot.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[float, float]:
        """Resident MiB of the bot, now and at most."""
        status = Path(f"/proc/{self.bot.pid}/status").read_text()
        now, most = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[index]
        return now, most

    def stop(self) -> None:
        self.bot.send_signal(signal.SIGTERM)
        self.bot.wait(30)

    def report(self) -> None:
        api = self.people.api
        sents = [sent for sent in api.sent if sent.reply_to in self.asked]  # not what an earlier run left undone
        answers = Counter(sent.reply_to for sent in sents)
        refused = len(api.named("sendMessage")) - len(api.sent) - 5
        times = sorted((api.times[s.number] - self.asked[s.reply_to or 0]) * 1000 for s in sents)
        now, most = self.memory()
        used = (self.processor() - self.used) / len(self.asked)
        sys.stdout.write(
            f"{len(self.asked)} questions, {len(answers)} answered, "
            f"{sum(n > 1 for n in answers.values())} more than once, {max(0, refused)} sends refused\n"
            f"milliseconds from update to sendMessage: p50 {at(times, 0.5):.0f}, p95 {at(times, 0.95):.0f}, "
            f"p99 {at(times, 0.99):.0f}, most {times[-1]:.0f}\n"
            f"processor time of the bot: {used * 1000:.0f} ms a question\n"
            f"memory of the bot: {now:.0f} MiB, at most {most:.0f} MiB\n"
        )


def at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


def pace(run: Run, rate: float, seconds: float) -> None:
    start = time.monotonic()
    for n in range(int(rate * seconds)):
        time.sleep(max(0.0, start + n / rate - time.monotonic()))
        run.ask_soon(n % len(run.people.api.people) + 1)
    run.wait(int(rate * seconds))
    run.report()


def burst(run: Run) -> None:
    start = time.monotonic()
    run.server.do(lambda: run.ask_all(1000))
    run.wait(1000)
    sys.stdout.write(f"all in {time.monotonic() - start:.1f} s\n")
    run.report()


def hour(run: Run) -> None:
    for minute in range(0, 60, 6):
        before = len(run.asked)
        for n in range(360):
            run.ask_soon(n % len(run.people.api.people) + 1)
            time.sleep(1 / 25)
        run.wait(before + 360)
        sys.stdout.write(f"after {minute + 6:2} minutes' traffic: {run.memory()[0]:.0f} MiB\n")
        sys.stdout.flush()
    run.report()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("load", choices=["pace", "burst", "hour"])
    parser.add_argument("--index", type=Path, required=True, metavar="DIR")
    parser.add_argument("--rate", type=float, default=10, help="questions a second, for pace")
    parser.add_argument("--seconds", type=float, default=60, help="for pace")
    arguments = parser.parse_args()
    run = Run(arguments.index, people=200)
    try:
        run.warm()
        if arguments.load == "pace":
            pace(run, arguments.rate, arguments.seconds)
        elif arguments.load == "burst":
            burst(run)
        else:
            hour(run)
    finally:
        run.stop()


if __name__ == "__main__":
    main()
