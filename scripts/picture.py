"""Draw docs/answer.png, a real answer in a terminal: `python scripts/picture.py` (needs Chromium)."""

from __future__ import annotations

import html
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "what does the agreement cover?"
COLUMNS = 96
STYLES = {"1": "font-weight:700;color:#fff", "2": "color:#8b949e", "1;36": "font-weight:700;color:#56d4dd"}
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #0d1117; color: #c9d1d9; font: 17px/1.65 "DejaVu Sans Mono", monospace; }}
main {{ padding: 22px 28px; }}
p {{ margin: 0; white-space: pre-wrap; unicode-bidi: plaintext; }}
.prompt {{ color: #7ee787; }}
</style><main>{}</main>"""


def answer() -> str:
    """What `qa ask` writes to a terminal of COLUMNS."""
    command = [str(Path(sys.executable).with_name("qa")), "ask", QUESTION]
    master, slave = pty.openpty()
    env = os.environ | {
        "TERM": "xterm-256color",
        "COLUMNS": str(COLUMNS),
        "LINES": "40",
        "ISNAD_BIDI": "logical",
    }
    process = subprocess.Popen(command, stdout=slave, stderr=slave, cwd=ROOT, env=env)
    os.close(slave)
    written = b""
    while True:
        try:
            written += os.read(master, 65536)
        except OSError:
            break
    process.wait()
    return written.decode().replace("\r\n", "\n")


def as_html(text: str) -> str:
    lines = []
    for line in text.strip("\n").split("\n"):
        marked = re.sub(r"\x1b\[0m", "</span>", html.escape(line))
        marked = re.sub(r"\x1b\[([\d;]+)m", lambda m: f'<span style="{STYLES[m[1]]}">', marked)
        lines.append(f'<p dir="auto">{marked or "&nbsp;"}</p>')
    prompt = f'<p class="prompt">$ qa ask "{QUESTION}"</p><p>&nbsp;</p>'
    return PAGE.format(prompt + "".join(lines))


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "answer.html")
        text = answer()
        page.write_text(as_html(text), encoding="utf-8")
        height = 60 + 28 * (text.count("\n") + 3)
        subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={folder}/profile", f"--window-size=1060,{height}",
             f"--screenshot={ROOT / 'docs' / 'answer.png'}", page.as_uri()],
            check=True,
            capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
