"""Named arrays in one file, which is mapped: opening it takes no longer for many of them than for one."""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]

_LENGTH, _ALIGNED = 8, 64
"""Bytes of the length, and what each array begins at a multiple of."""


def save(path: Path, arrays: Arrays) -> None:
    """Write ``arrays``: the length of a list of them in JSON, that list, and what is in each of them."""
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, array.shape, at)
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    listed = json.dumps(places).encode()
    listed += b" " * (-(_LENGTH + len(listed)) % _ALIGNED)
    with path.open("wb") as file:
        file.write(len(listed).to_bytes(_LENGTH, "little") + listed)
        for array in arrays.values():
            file.write(array.tobytes() + bytes(-array.nbytes % _ALIGNED))


def mapped(path: Path) -> dict[str, npt.NDArray[Any]]:
    """What was saved in ``path``, to be read only. Raises OSError, or ValueError where it is no such file."""
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    begin = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    return {
        name: np.frombuffer(data, dtype, int(np.prod(shape)), begin + at).reshape(shape)
        for name, (dtype, shape, at) in json.loads(data[_LENGTH:begin]).items()
    }
