"""The client against a real server that does what servers should not."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web_server import Page, client, here, moved, site

from qa.errors import FetchError
from qa.web import client as client_module
from qa.web.client import AGENT, Client
from qa.web.guard import Guard

MIB = 1024 * 1024


def refusal(address: str, fetcher: Client | None = None) -> FetchError:
    with pytest.raises(FetchError) as refused:
        (fetcher or client()).get(address)
    assert "\n" not in str(refused.value)
    return refused.value


# What comes


def test_a_page() -> None:
    headers = {"ETag": '"1"', "Last-Modified": "Wed, 24 Nov 2021 10:00:00 GMT"}
    with site({"/a?b=1": Page(b"text", "Text/HTML; charset=Windows-1256", headers=headers)}) as there:
        got = client().get(f"{there.address}/a?b=1#part")
    assert (got.body, got.kind, got.charset, got.unchanged) == (b"text", "text/html", "windows-1256", False)
    assert (got.etag, got.last_modified) == (headers["ETag"], headers["Last-Modified"])
    (_, asked), *_ = there.asked
    assert asked["Host"] == f"news.test:{there.port}"
    assert asked["User-Agent"] == AGENT
    assert "If-None-Match" not in asked


def test_a_page_that_one_has_already() -> None:
    with site({"/a": Page(b"text", headers={"ETag": '"1"'})}) as there:
        got = client().get(f"{there.address}/a", known={"etag": '"1"', "last_modified": "Thu"})
        assert (got.unchanged, got.body) == (True, b"")
        assert there.asked[0][1]["If-Modified-Since"] == "Thu"
        assert client().get(f"{there.address}/a", known={"etag": '"0"'}).body == b"text"


def test_not_modified_though_nobody_asked() -> None:
    with site({"/a": Page(status=304)}) as there:
        assert "HTTP 304" in str(refusal(f"{there.address}/a"))


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("X-Gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
def test_packed_pages(encoding: str, pack: object) -> None:
    assert callable(pack)
    body = "خبر ".encode() * 1000
    with site({"/": Page(pack(body), headers={"Content-Encoding": encoding})}) as there:
        assert client().get(there.address).body == body


def test_a_page_without_a_kind_or_charset() -> None:
    with site({"/": Page(b"x", kind="")}) as there:
        got = client().get(there.address)
    assert (got.kind, got.charset) == ("", "")


def test_the_kind_is_looked_at_before_the_body_is_read() -> None:
    with site({"/": endless}) as there, pytest.raises(FetchError, match=r"kind that cannot be read \(video/mp4\)"):
        client().get(there.address, accepts=lambda kind: kind == "text/html")


# Limits


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "video/mp4")
    handler.end_headers()
    while True:
        handler.wfile.write(bytes(1 << 16))


def test_an_endless_body() -> None:
    with site({"/": endless}) as there:
        refused = refusal(there.address, client(max_bytes=MIB))
    assert str(refused).endswith("is larger than 1 MiB: it is not taken")
    assert refused.lasting


def test_a_body_that_is_said_to_be_too_large() -> None:
    with site({"/": Page(b"x", headers={"Content-Length": str(MIB + 1)})}) as there:
        assert "larger than 1 MiB" in str(refusal(there.address, client(max_bytes=MIB)))


def test_a_body_of_just_the_limit() -> None:
    with site({"/": Page(bytes(MIB)), "/more": Page(bytes(MIB + 1))}) as there:
        assert len(client(max_bytes=MIB).get(there.address).body) == MIB
        assert "larger" in str(refusal(f"{there.address}/more", client(max_bytes=MIB)))
        with pytest.raises(FetchError, match="larger"):
            client().get(there.address, max_bytes=1000)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(50 * MIB))
    assert len(bomb) < MIB
    packs = {"gzip": bomb, "deflate": zlib.compress(bytes(20 * MIB))}
    for encoding, body in packs.items():
        with site({"/": Page(body, headers={"Content-Encoding": encoding})}) as there:
            assert "larger than 1 MiB" in str(refusal(there.address, client(max_bytes=MIB)))


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "nonsense"])
def test_packing_that_was_not_asked_for(encoding: str) -> None:
    with site({"/": Page(b"x", headers={"Content-Encoding": encoding})}) as there:
        assert f"was not asked for ({encoding})" in str(refusal(there.address))


@pytest.mark.parametrize("body", [b"not packed", gzip.compress(bytes(range(256)) * 99)[:-20], b""])
def test_a_damaged_pack(body: bytes) -> None:
    with site({"/": Page(body, headers={"Content-Encoding": "gzip"})}) as there:
        assert not refusal(there.address).lasting


def test_a_body_shorter_than_said() -> None:
    with site({"/": Page(b"x", headers={"Content-Length": "100"})}) as there:
        refused = refusal(there.address)
    assert str(refused).startswith("news.test broke off")
    assert not refused.lasting


@contextmanager
def raw(*says: bytes, every: float = 0.0) -> Iterator[str]:
    """A server that says what HTTP does not foresee, piece by piece, and then for ever its last piece."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                pieces = list(says)
                while not done.is_set():
                    try:
                        connection.sendall(pieces.pop(0) if len(pieces) > 1 else pieces[0])
                    except OSError:
                        return
                    done.wait(every)

        thread = threading.Thread(target=speak)
        thread.start()
        try:
            yield f"http://news.test:{listening.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    "says",
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
        (b"", b""),
        (b"H", b"H"),
    ],
)
def test_a_server_that_drips(says: tuple[bytes, ...]) -> None:
    with raw(*says, every=0.02) as address:
        refused = refusal(address, client(seconds=0.3))
    assert str(refused) == "news.test took too long (15 s in silence or 0 s in all): try again later"
    assert not refused.lasting


@pytest.mark.parametrize("says", [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000])
def test_what_is_not_http(says: bytes) -> None:
    with raw(says) as address:
        assert str(refusal(address)).startswith("news.test broke off or sent what is not HTTP (")


def test_silence_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "PATIENCE", 0.1)
    with raw(b"", b"") as address:
        assert "too long" in str(refusal(address))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    refused = refusal(f"http://news.test:{port}/")
    assert str(refused).startswith("news.test cannot be reached (")
    assert not refused.lasting


def test_no_network() -> None:
    assert str(refusal("http://unknown.test/")) == "unknown.test is not found: check the address and the network"


@pytest.mark.parametrize(
    ("status", "said", "lasting"),
    [
        (401, "wants a password", True),
        (403, "is closed to us", True),
        (404, "is not there", True),
        (410, "is gone", True),
        (418, "failed", True),
        (204, "failed", True),
        (429, "failed", False),
        (503, "failed", False),
    ],
)
def test_a_status_that_is_not_a_page(status: int, said: str, lasting: bool) -> None:
    with site({"/": Page(status=status)}) as there:
        refused = refusal(f"{there.address}/")
    assert f"{said} (HTTP {status})" in str(refused)
    assert refused.lasting is lasting
    assert str(refused).endswith(": try again later") is not lasting


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect(status: int) -> None:
    with site({"/a": moved("b?x=1#y", status), "/b?x=1": Page(b"text")}) as there:
        got = client().get(f"{there.address}/a")
    assert got.body == b"text"
    assert str(got.url) == f"{there.address}/b?x=1"


def test_redirects_in_a_circle() -> None:
    with site({"/a": moved("/b"), "/b": moved("/a")}) as there:
        assert "without end" in str(refusal(f"{there.address}/a"))
        assert there.paths == ["/a", "/b"]


def test_too_many_redirects() -> None:
    with site({f"/{n}": moved(f"/{n + 1}") for n in range(20)}) as there:
        assert "without end" in str(refusal(f"{there.address}/0"))
        assert len(there.paths) == 6


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("file:///etc/passwd", "leads elsewhere: file:/etc/passwd is not a web address: only http and https are"),
        ("http://user:word@news.test/", "leads elsewhere: the address of news.test has a user name"),
        ("http://news.test:x/", "leads to what is not a web address"),
        ("", "leads elsewhere without saying where"),
    ],
)
def test_a_redirect_that_is_not_followed(to: str, line: str) -> None:
    with site({"/": moved(to)}) as there:
        assert line in str(refusal(there.address))


def test_a_redirect_into_a_private_network() -> None:
    def lookup(host: str, *_: object) -> list[str]:
        return ["127.0.0.1"] if host == "news.test" else ["169.254.169.254"]

    fetcher = Client(guard=Guard(resolve=lookup, loopback=True))
    with site({"/": moved("http://metadata.test/secrets")}) as there:
        assert str(refusal(there.address, fetcher)).startswith("metadata.test is a machine of a private network")


# Where it connects


def test_without_the_permission_nothing_is_connected_to() -> None:
    with site({"/": Page(b"secret")}) as there:
        fetcher = Client(guard=Guard(resolve=here))
        assert "port" in str(refusal(there.address, fetcher))
        assert "private network" in str(refusal("http://localhost/", Client()))
        assert "private network" in str(refusal("http://[::1]/", Client()))
        assert there.asked == []


def test_a_host_is_looked_up_once_for_each_connection() -> None:
    """A name server that says another address the second time cannot lead us there."""
    answers = iter([["10.0.0.1", "127.0.0.1"], ["10.0.0.1"]])
    fetcher = Client(guard=Guard(resolve=lambda *_: next(answers), loopback=True))
    with site({"/": Page(b"text")}) as there:
        assert fetcher.get(there.address).body == b"text"
        assert "private network" in str(refusal(there.address, fetcher))
        assert there.paths == ["/"]


def test_the_next_address_where_one_does_not_answer() -> None:
    with site({"/": Page(b"text")}) as there:
        fetcher = Client(guard=Guard(resolve=lambda *_: ["127.0.0.2", "127.0.0.1"], loopback=True))
        assert fetcher.get(there.address).body == b"text"


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with site({"/": Page(b"text")}) as there, site({}) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert client().get(there.address).body == b"text"
        assert proxy.asked == []


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of news.test, signed by itself."""
    file = tmp_path_factory.mktemp("tls") / "news.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=news.test"
    )
    try:
        subprocess.run(
            [
                *command.split(),
                "-addext",
                "subjectAltName=DNS:news.test",
                "-keyout",
                file,
                "-out",
                file.with_suffix(".crt"),
            ],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("makes a certificate with openssl, which is not installed")
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@pytest.fixture
def secure(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that speaks TLS, whose certificate we trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(client_module, "_tls", lambda: ours)
    with site(
        {"/": Page(b"text")},
        wrap=lambda s: context.wrap_socket(s, server_side=True, do_handshake_on_connect=False),
    ) as there:
        yield there.address


def test_tls_goes_to_the_checked_address_in_the_name_of_the_host(secure: str) -> None:
    assert client().get(secure).body == b"text"


def test_a_certificate_of_another_host(secure: str) -> None:
    refused = refusal(secure.replace("news.test", "other.test"))
    assert str(refused) == "other.test cannot prove who it is: its certificate does not hold"


def test_a_certificate_that_nobody_vouches_for(secure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert "cannot prove who it is" in str(refusal(secure))
