"""Write the background of the bundled encoder into the package: `python scripts/ship_background.py`.

To be run after a change of the encoder, of the texts in src/qa/background/ or of how words are analysed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import qa
from qa.centring import SHIPPED, compute_background
from qa.encoder import load_encoder

encoder = load_encoder()
means = {f"{role}.{lang}": mean for (role, lang), mean in compute_background(encoder).means.items()}
np.savez(Path(qa.__file__).with_name("background") / Path(SHIPPED).name, fingerprint=encoder.fingerprint, **means)  # type: ignore[arg-type]
