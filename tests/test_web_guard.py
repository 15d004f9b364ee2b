"""What may be fetched, and from where."""

from __future__ import annotations

import ipaddress
import socket
import time

import pytest

from qa.errors import FetchError
from qa.web.guard import Guard, is_global, resolve


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ftp://news.test/a", "ftp://news.test/a is not a web address: only http and https are fetched"),
        ("file:///etc/passwd", "file:///etc/passwd is not a web address: only http and https are fetched"),
        ("news.test/a", "news.test/a is not a web address: did you mean https://news.test/a?"),
        ("https:///a", "https:///a names no host: check it"),
        ("https://", "https:// names no host: check it"),
        (" ", "the address is empty: give one that begins with https://"),
        (
            "http://user:secret@news.test/",
            "the address of news.test has a user name or password in it: take it out",
        ),
        ("http://secret@news.test/", "the address of news.test has a user name or password in it: take it out"),
        ("http://news.test:22/", "http://news.test:22/ names port 22: only 80, 443, 8080, 8443 are fetched from"),
        (
            "http://news.test:99999/",
            "http://news.test:99999/ names port 99999: only 80, 443, 8080, 8443 are fetched from",
        ),
        ("http://news\x00.test/", "http://news\x00.test/ is not a web address: check it"),
        ("http://[::1/", "http://[::1/ is not a web address: check it"),
    ],
)
def test_an_address_that_is_refused(text: str, line: str) -> None:
    with pytest.raises(FetchError) as refused:
        Guard().url(text)
    assert str(refused.value) == line
    assert refused.value.lasting


def test_a_long_address_is_refused_and_shown_shortened() -> None:
    with pytest.raises(FetchError, match=r"^the address https://news\.test/a+… has 3,000 characters"):
        Guard().url("https://news.test/".ljust(3000, "a"))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" https://News.test/a ", "https://news.test/a"),
        ("http://news.test:80/", "http://news.test/"),
        ("https://news.test:8443/x?y=1", "https://news.test:8443/x?y=1"),
        ("https://news.test/أخبار", "https://news.test/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"),
        ("https://موقع.test/", "https://xn--4gbrim.test/"),
    ],
)
def test_an_address_that_is_taken(text: str, url: str) -> None:
    taken = Guard().url(text)
    assert f"{taken.scheme}://{taken.netloc.decode()}{taken.raw_path.decode()}" == url


@pytest.mark.parametrize(
    "address",
    """
    127.0.0.1 127.8.8.8 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1
    224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1
    ::ffff:127.0.0.1 ::ffff:192.168.1.1 ::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 2001:db8::1 2002:7f00:1::1
    2001:0:4136:e378:8000:63bf:3fff:fdd2 100::1
    """.split(),
)
def test_an_address_that_is_not_of_the_web(address: str) -> None:
    assert not is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::6810:85e5", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_an_address_of_the_web(address: str) -> None:
    assert is_global(ipaddress.ip_address(address))


def test_only_the_global_ones_of_a_hosts_addresses_are_connected_to() -> None:
    mixed = Guard(resolve=lambda *_: ["10.0.0.1", "8.8.8.8", "nonsense", "::1", "8.8.4.4"])
    assert mixed.addresses("news.test", 443, 1) == ["8.8.8.8", "8.8.4.4"]
    with pytest.raises(FetchError, match=r"^news.test is a machine of a private network, not of the web: it is"):
        Guard(resolve=lambda *_: ["192.168.0.1", "::1"]).addresses("news.test", 443, 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "017700000001", "::1"])
def test_other_ways_to_write_loopback(host: str) -> None:
    with pytest.raises(FetchError, match=r"private network|not found"):
        Guard().addresses(host, 80, 5)


def test_the_permission_for_tests_is_for_loopback_alone() -> None:
    guard = Guard(resolve=lambda *_: ["10.0.0.1", "127.0.0.1", "169.254.169.254"], loopback=True)
    assert guard.addresses("news.test", 9, 1) == ["127.0.0.1"]
    assert guard.url("http://news.test:9999/").port == 9999


def test_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", fail)
    with pytest.raises(FetchError, match=r"^news.test is not found: check the address and the network$") as found:
        Guard().addresses("news.test", 80, 5)
    assert not found.value.lasting


def test_a_name_that_no_look_up_takes() -> None:
    with pytest.raises(OSError, match="label"):
        resolve("a" * 64 + ".test", 80, 5)


def test_a_name_server_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*_: object, **__: object) -> list[object]:
        time.sleep(0.1)
        return []

    monkeypatch.setattr("socket.getaddrinfo", wait)
    with pytest.raises(OSError, match="does not answer"):
        resolve("news.test", 80, 0.01)
