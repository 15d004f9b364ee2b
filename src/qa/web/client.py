"""The one client through which everything from the web comes: guarded, and limited in size, time and kind."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import httpcore
import httpx
from httpcore import SOCKET_OPTION, NetworkStream

from qa import __version__
from qa.errors import FetchError
from qa.web.guard import Guard

AGENT = f"isnad-qa/{__version__}"
"""What we call ourselves to servers, and look for in robots.txt by its first part."""

MAX_BYTES = 32 * 1024 * 1024
"""No page is larger, packed or unpacked."""

SECONDS, PATIENCE = 60.0, 15.0
"""What one fetch may take with all its redirects, and how long a server may be silent."""

REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Response:
    """What came from ``url``, the address after redirects; ``body`` is empty where ``unchanged`` (304).

    ``kind`` is the media type in lower case, ``charset`` what the server says, either may be ``""``.
    """

    url: httpx.URL
    body: bytes
    kind: str
    charset: str
    etag: str
    last_modified: str
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """Fetches by GET. No proxy of the environment is used: it would connect where the guard does not see."""

    guard: Guard = field(default_factory=lambda: Guard())
    max_bytes: int = MAX_BYTES
    seconds: float = SECONDS

    def get(
        self,
        address: str,
        *,
        accepts: Callable[[str], bool] = lambda _: True,
        known: Mapping[str, str] | None = None,
        max_bytes: int = 0,
        going: Callable[[httpx.URL], None] = lambda _: None,
    ) -> Response:
        """What is at ``address``. ``accepts`` is asked about the media type before the body is read.

        ``going`` is called with each address that this one leads to, before it is asked for, and may raise.
        ``known`` has the ``etag`` and ``last_modified`` of what one has already. Raises FetchError: ``lasting``
        where trying again would not help.
        """
        deadline = time.monotonic() + self.seconds
        url = self.guard.url(address)
        most = max_bytes or self.max_bytes
        seen: set[httpx.URL] = set()
        while True:
            seen.add(url)
            with _named(url, self.seconds), self._open(url, known or {}, deadline) as response:
                headers = httpx.Headers(response.headers)
                if response.status == 304 and known:
                    return _response(url, b"", headers, unchanged=True)
                if response.status not in (301, 302, 303, 307, 308):
                    _check_status(url, response.status)
                    kind = _kind(headers)
                    if not accepts(kind):
                        raise FetchError(f"{url} is of a kind that cannot be read ({kind or 'none is named'})")
                    return _response(url, _body(url, response, headers, most), headers)
            url = self._redirected(url, headers.get("location", ""))
            if url in seen or len(seen) > REDIRECTS:
                raise FetchError(f"{address} leads from one address to the next without end: open it in a browser")
            going(url)

    def _redirected(self, url: httpx.URL, location: str) -> httpx.URL:
        if not location:
            raise FetchError(f"{url} leads elsewhere without saying where")
        try:
            return self.guard.url(str(url.join(location).copy_with(fragment=None)))
        except (httpx.InvalidURL, ValueError, UnicodeError):
            raise FetchError(f"{url} leads to what is not a web address") from None
        except FetchError as error:
            raise FetchError(f"{url} leads elsewhere: {error}") from None

    @contextmanager
    def _open(self, url: httpx.URL, known: Mapping[str, str], deadline: float) -> Iterator[httpcore.Response]:
        headers: dict[bytes | str, bytes | str] = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        if etag := known.get("etag"):
            headers["If-None-Match"] = etag
        if last_modified := known.get("last_modified"):
            headers["If-Modified-Since"] = last_modified
        backend = _Backend(self.guard, deadline)
        with (
            httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
            pool.stream(
                "GET",
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=headers,
            ) as response,
        ):
            yield response


class _Backend(httpcore.NetworkBackend):
    """Connects to the addresses that the guard gives for a host, by number, and not after the deadline."""

    def __init__(self, guard: Guard, deadline: float) -> None:
        self._guard = guard
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        failed: Exception = httpcore.ConnectError("no address")
        for address in self._guard.addresses(host, port, _left(self._deadline)):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, _left(self._deadline), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream, self._deadline)
        raise failed


class _Stream(NetworkStream):
    """A connection whose every step ends before the deadline, however slowly the other side speaks."""

    def __init__(self, stream: NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return min(left, PATIENCE)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@contextmanager
def _named(url: httpx.URL, seconds: float) -> Iterator[None]:
    """The errors of the connection to ``url``, each in a line for a person."""
    try:
        yield
    except httpcore.TimeoutException:
        raise FetchError(
            f"{url.host} took too long ({PATIENCE:.0f} s in silence or {seconds:.0f} s in all): try again later",
            lasting=False,
        ) from None
    except httpcore.ConnectError as error:
        if "certificate" in str(error).lower():
            raise FetchError(f"{url.host} cannot prove who it is: its certificate does not hold") from None
        raise FetchError(f"{url.host} cannot be reached ({error}): try again later", lasting=False) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        reason = str(error) or type(error).__name__
        raise FetchError(f"{url.host} broke off or sent what is not HTTP ({reason})", lasting=False) from None


def _check_status(url: httpx.URL, status: int) -> None:
    if status == 200:
        return
    reason = {401: "wants a password", 403: "is closed to us", 404: "is not there", 410: "is gone"}.get(
        status, "failed"
    )
    lasting = status < 500 and status not in (408, 425, 429)
    later = "" if lasting else ": try again later"
    raise FetchError(f"{url} {reason} (HTTP {status}){later}", lasting=lasting)


def _kind(headers: httpx.Headers) -> str:
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def _response(url: httpx.URL, body: bytes, headers: httpx.Headers, *, unchanged: bool = False) -> Response:
    content_type = headers.get("content-type", "")
    return Response(
        url=url,
        body=body,
        kind=_kind(headers),
        charset=httpx.Response(200, headers={"content-type": content_type}).charset_encoding or "",
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
        unchanged=unchanged,
    )


def _body(url: httpx.URL, response: httpcore.Response, headers: httpx.Headers, most: int) -> bytes:
    """The unpacked body: never more than ``most`` bytes are read, or made of what is read."""
    too_large = FetchError(f"{url} is larger than {most / 2**20:.3g} MiB: it is not taken")
    if headers.get("content-length", "0").isdecimal() and int(headers.get("content-length", "0")) > most:
        raise too_large
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise FetchError(f"{url} is packed in a way that was not asked for ({encoding})")
    unpack = None if encoding in ("identity", "") else zlib.decompressobj(zlib.MAX_WBITS | 32)
    body, came = bytearray(), 0
    try:
        for chunk in response.iter_stream():
            came += len(chunk)
            body += unpack.decompress(chunk, most + 1 - len(body)) if unpack else chunk
            if max(came, len(body)) > most:
                raise too_large
    except zlib.error:
        raise FetchError(f"{url} cannot be unpacked: it is damaged", lasting=False) from None
    if unpack and not unpack.eof:
        raise FetchError(f"{url} ended early", lasting=False)
    return bytes(body)
