"""The store beyond one machine: an index in Milvus, embedded (Milvus Lite), on a server or on a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import ConfigError

if TYPE_CHECKING:
    from qa.store.milvus.store import MilvusStore


def open_milvus(folder: Path, where: str) -> MilvusStore:
    """The store at ``where``, as ``place.remote`` gives it, of ``folder``; connects when it is first used.

    Raises ConfigError where the packages that it needs are not installed.
    """
    try:
        from qa.store.milvus.store import MilvusStore
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "qa":
            raise
        raise ConfigError(
            f"an index in Milvus needs packages that are not installed ({error.name}): "
            "`pip install 'isnad-qa[milvus]'`"
        ) from None
    return MilvusStore(folder, where)
