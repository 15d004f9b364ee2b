"""Talking to Milvus: one client, patient with a server that goes away, clear about one that stays away."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it writes to the terminal what it raises

import grpc
from pymilvus import MilvusClient, MilvusException

from qa.errors import ConfigError, StoreError
from qa.store.place import LITE

if TYPE_CHECKING:
    from qa.store.milvus.lite import Lite

TOKEN, CERTIFICATE = "ISNAD_MILVUS_TOKEN", "ISNAD_MILVUS_CERTIFICATE"
"""From the environment: the token (or user:password), and the file of a certificate to trust."""

PATIENCE = 30.0
"""Seconds for which a request is tried again, less and less often, while the server is away."""

_NO_COLLECTION, _NOT_LOADED = 100, 101
_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)

Row = dict[str, Any]

log = logging.getLogger("qa")


class _Away(StoreError):
    """It cannot be reached."""


class NoCollection(StoreError):
    """There is no such collection."""


class Connection:
    """The one client of a store, connected when it is first used; may be shared by threads."""

    def __init__(self, folder: Path, where: str) -> None:
        self.where = f"Milvus Lite in {folder}" if where == LITE else where
        self.lite = _lite(folder) if where == LITE else None
        self._uri, _, self.prefix = where.rpartition("/") if where.count("/") > 2 else (where, "", "isnad")
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs, with traces, what it raises

    def query(self, collection: str, where: str, fields: Sequence[str], **options: Any) -> list[Row]:
        """Every row that ``where`` is true of."""
        found = self._call("query", collection, filter=where, output_fields=list(fields), **options)
        return [dict(row) for row in found]

    def search(self, collection: str, field: str, data: Sequence[Any], k: int, **options: Any) -> list[list[Row]]:
        """For each of ``data`` the ``k`` nearest rows: ``distance`` and ``entity``."""
        found = self._call("search", collection, data=list(data), anns_field=field, limit=k, **options)
        return [[{"distance": hit["distance"], **hit["entity"]} for hit in hits] for hits in found]

    def insert(self, collection: str, rows: Sequence[Row], **options: Any) -> None:
        self._call("insert", collection, data=list(rows), **options)

    def delete(self, collection: str, where: str) -> None:
        self._call("delete", collection, filter=where)

    def collections(self) -> list[str]:
        return list(self._call("list_collections"))

    def partitions(self, collection: str) -> list[str]:
        return list(self._call("list_partitions", collection))

    def add_partition(self, collection: str, name: str) -> None:
        self._call("create_partition", collection, partition_name=name)

    def drop(self, collection: str) -> None:
        self._call("drop_collection", collection)

    def version(self) -> str:
        """What answers: ``Milvus 2.6.4``, ``Milvus Lite 3.2.2``."""
        found = str(self._call("get_server_version"))
        return f"Milvus {found.replace('milvus_lite-', 'Lite ').lstrip('v')}"

    def create(self, collection: str, schema: Any, indexes: Any) -> None:
        """A collection that is loaded and may be searched."""
        self._call("create_collection", collection, schema=schema, consistency_level="Strong")
        self._call("create_index", collection, index_params=indexes, sync=False)
        self._call("load_collection", collection)

    def settle(self, collections: Iterable[str]) -> None:
        """Have Milvus Lite write to disk what it keeps in memory and its log. A server needs no such thing."""
        if self.lite:
            for collection in collections:
                self._call("flush", collection)

    def close(self) -> None:
        with self._lock:
            if self._client:
                self._client.close()
                self._client = None
            if self.lite:
                self.lite.close()

    def _call(self, method: str, collection: str = "", **options: Any) -> Any:
        arguments = [collection] if collection else []
        began, pause, loaded = time.monotonic(), 0.2, False
        while True:
            try:
                client = self._connected()
                return getattr(client, method)(*arguments, timeout=PATIENCE, **options)
            except (MilvusException, grpc.RpcError, OSError) as error:
                code = getattr(error, "code", None)
                if code == _NO_COLLECTION:
                    raise NoCollection(f"{self.where} has no {collection} any more: see `qa doctor`") from None
                if code == _NOT_LOADED and not loaded:  # Milvus Lite loads nothing by itself when it starts
                    client.load_collection(collection, timeout=PATIENCE)
                    loaded = True
                    continue
                failure = self._failure(error)
                if not isinstance(failure, _Away) or time.monotonic() - began + pause > PATIENCE:
                    raise failure from None
            # What is repeated may have been done: a row that is inserted twice has the same key, and is one.
            if pause == 0.2:
                log.warning("%s does not answer; trying again for %.0f seconds", self.where, PATIENCE)
            time.sleep(pause)
            pause = min(2 * pause, 5.0)

    def _connected(self) -> MilvusClient:
        with self._lock:
            if self._client is None or (self.lite and not self.lite.alive()):
                self._client = self._connect()
            return self._client

    def _connect(self) -> MilvusClient:
        options: dict[str, Any] = {}
        if certificate := os.environ.get(CERTIFICATE):
            if not os.path.isfile(certificate):
                raise ConfigError(f"there is no file {certificate}: {CERTIFICATE} names the certificate to trust")
            options["server_pem_path"] = certificate
        return MilvusClient(
            uri=self.lite.address() if self.lite else self._uri,
            token=os.environ.get(TOKEN, ""),
            timeout=PATIENCE,
            grpc_options={"grpc.keepalive_time_ms": 60_000},  # more often, and Milvus Lite hangs up
            **options,
        )

    def _failure(self, error: Exception) -> StoreError:
        """What to tell a user."""
        code, text = getattr(error, "code", None), str(getattr(error, "message", error))
        if isinstance(error.__cause__, grpc.RpcError):  # says more than that there is no connection
            code, text = error.__cause__.code(), str(error.__cause__.details())
        text = " ".join(text.split())[:200]
        if code == grpc.StatusCode.UNAUTHENTICATED or "auth" in text.lower():
            return StoreError(f"{self.where} does not let us in: set {TOKEN} to a token, or to user:password")
        if code in _AWAY or code == 2 or isinstance(error, OSError):
            return _Away(
                f"{self.where} could not be reached for {PATIENCE:.0f} seconds: see that it runs and that its "
                "address is right, then try again; what had been committed is kept"
            )
        return StoreError(f"{self.where} cannot do that ({text}): see its log")


def _lite(folder: Path) -> Lite:
    from qa.store.milvus.lite import Lite  # which there is none of on Windows

    return Lite(folder)


def quoted(text: str) -> str:
    """``text`` as a string in a filter."""
    return json.dumps(text, ensure_ascii=False)


def listed(values: Iterable[int | str]) -> str:
    """``values`` as a list in a filter."""
    return f"[{', '.join(quoted(value) if isinstance(value, str) else str(value) for value in values)}]"
