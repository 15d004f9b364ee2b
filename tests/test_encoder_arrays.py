"""Arrays in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from qa.encoder import arrays


def test_what_was_saved_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "some.arrays"
    saved: dict[str, npt.NDArray[Any]] = {
        "floats": np.arange(6, dtype=np.float32).reshape(2, 3),
        "turned": np.arange(6, dtype=np.int64).reshape(2, 3).T,
        "words": np.array([b"a", b"bcd", "أ".encode()]),
        "one": np.array(1e-12, np.float32),
        "none": np.empty((0, 4), np.uint8),
    }
    arrays.save(path, saved)
    found = arrays.mapped(path)
    assert list(found) == list(saved)
    for name, array in saved.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(found[name], array)
        assert not found[name].flags.writeable


@pytest.mark.parametrize("damage", [b"", b"torn", bytes(100)])
def test_what_is_no_such_file(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "file").write_bytes(damage)
    with pytest.raises((ValueError, OSError)):
        arrays.mapped(tmp_path / "file")
