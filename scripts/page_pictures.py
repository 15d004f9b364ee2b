"""Draw docs/serve-en.png and docs/serve-ar.png, real pages in Chromium: `python scripts/page_pictures.py`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import sync_playwright  # noqa: E402
from sites import serving  # noqa: E402

from qa.encoder import load_encoder  # noqa: E402
from qa.index import update  # noqa: E402
from qa.serve.settings import Settings  # noqa: E402


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed")
    with tempfile.TemporaryDirectory() as index, sync_playwright() as playwright:
        update([ROOT / "seeds"], Path(index), load_encoder())
        with serving(Settings(index, port=0)) as site:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for lang, question in (("en", "what does the agreement cover?"), ("ar", "ماذا يشمل الاتفاق؟")):
                page = browser.new_page(locale=lang, viewport={"width": 860, "height": 600})
                page.goto(f"{site.url}/?{urlencode({'q': question})}")
                if lang == "ar":
                    page.locator(".card .title a").first.click()
                    page.wait_for_selector("#quote")
                page.screenshot(path=ROOT / "docs" / f"serve-{lang}.png")
            browser.close()


if __name__ == "__main__":
    main()
