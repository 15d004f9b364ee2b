"""Small corpora for tests, indexed without encoding the encoder's background again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from qa.encoder import Encoder
from qa.index import update
from qa.store.writer import open_writer


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def emptied(seed_index: Path, folder: Path) -> Path:
    """A copy of the index in ``seed_index`` as ``folder``, without its articles."""
    shutil.copytree(seed_index, folder)
    with open_writer(folder) as writer:
        writer.clear()
        writer.commit()
    return folder


def index_of(files: Mapping[str, str], seed_index: Path, encoder: Encoder, at: Path) -> Path:
    """The folder of an index of ``files`` alone; all is made within ``at``."""
    folder = emptied(seed_index, at / "index")
    update([write_files(at / "articles", files)], folder, encoder)
    return folder


BRIDGE = """\
Old bridge reopens after two years of repairs

The old stone bridge over the Lenn reopened to traffic on 12 March 2019 after two years of repairs. \
The work cost 4.8 million euros, a third more than planned, the mayor said.

Divers had found cracks in two of the five pillars in the winter of 2016. \
Engineers replaced the mortar and anchored the pillars with steel rods.

Cyclists now have a lane of their own on the bridge, and lorries above twelve tonnes must take the motorway.
"""

BRIDGE_AR = """\
إعادة افتتاح الجسر القديم بعد عامين من الترميم

أعيد افتتاح الجسر الحجري القديم فوق نهر اللين أمام حركة المرور في 12 مارس 2019 بعد عامين من أعمال الترميم. \
وبلغت كلفة الأعمال 4.8 مليون يورو، أي بزيادة الثلث عن المقرر، بحسب رئيسة البلدية.

وكان غواصون قد اكتشفوا شقوقاً في دعامتين من الدعامات الخمس في شتاء 2016. \
واستبدل المهندسون الملاط وثبتوا الدعامات بقضبان من الفولاذ.

وصار لراكبي الدراجات مسار خاص بهم على الجسر، بينما يتعين على الشاحنات الثقيلة أن تسلك الطريق السريع.
"""

BAKERY = """\
Bakery keeps its wood oven for another century

The bakery on Mill Street celebrated its hundredth birthday with free rolls for the whole quarter on Sunday. \
Its account book of 1921, numbered 48213 in the town archive, lists flour, salt and firewood.

The baker's granddaughter wants to keep the wood oven, which is heated every morning at three o'clock. \
She has turned down two offers from a supermarket chain.
"""

SNOW = """\
First snow closes mountain roads

Heavy snow closed three mountain roads on Tuesday night, and the weather service expects another thirty \
centimetres by the weekend. Ploughs were out until dawn.

Hikers should stay below the tree line, the rescue service warned, because the risk of avalanches is high. \
Schools in the upper valley will open two hours later.
"""
