"""What may be fetched: plain web addresses, on machines that are open to all the world.

A page or a feed names the next address, so it may name our own machine, the router or a cloud's keeper of
passwords. A host is looked up once, and only addresses found global are connected to, by number.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from qa.errors import FetchError

PORTS = {80, 443, 8080, 8443}
"""Ports where web servers are; on others there may be anything."""

LONGEST = 2000
"""Characters of an address."""

Resolve = Callable[[str, int, float], Sequence[str]]
"""The addresses of a host and port, in at most so many seconds; raises OSError where there are none."""


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """The system's own look-up, in a thread, because it can neither be limited nor interrupted itself."""
    answer: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(list(dict.fromkeys(str(address[0]) for *_, address in found)))
        except (OSError, UnicodeError) as error:
            answer.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        found = answer.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise OSError("the name server does not answer") from None
    if isinstance(found, OSError):
        raise found
    return found


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides over addresses. ``loopback`` permits this machine's own, on any port: for tests alone."""

    resolve: Resolve = resolve
    loopback: bool = False

    def url(self, text: str) -> httpx.URL:
        """``text`` as an address that may be asked for. Raises FetchError saying what is wrong with it."""
        text = text.strip()
        shown = _shown(text)
        if not text:
            raise FetchError("the address is empty: give one that begins with https://")
        if len(text) > LONGEST:
            raise FetchError(f"the address {shown} has {len(text):,} characters: at most {LONGEST:,} are taken")
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            raise FetchError(f"{shown} is not a web address: check it") from None
        if url.scheme not in ("http", "https"):
            bare = not url.scheme or "." in url.scheme  # the scheme of news.test:443/a is the host
            hint = f"did you mean https://{shown}?" if bare else "only http and https are fetched"
            raise FetchError(f"{shown} is not a web address: {hint}")
        if not url.host:
            raise FetchError(f"{shown} names no host: check it")
        if url.userinfo:
            raise FetchError(f"the address of {url.host} has a user name or password in it: take it out")
        if not self.loopback and _port(url) not in PORTS:
            ports = ", ".join(map(str, sorted(PORTS)))
            raise FetchError(f"{shown} names port {url.port}: only {ports} are fetched from")
        return url

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Where to connect for ``host``, in at most ``seconds``. Raises FetchError where that may not be."""
        try:
            found = self.resolve(host, port, seconds)
        except OSError:
            raise FetchError(f"{host} is not found: check the address and the network", lasting=False) from None
        allowed = [address for address in found if self._allows(address)]
        if not allowed:
            raise FetchError(f"{host} is a machine of a private network, not of the web: it is not fetched from")
        return allowed

    def _allows(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return is_global(address) or (self.loopback and address.is_loopback)


def is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether all the world can reach ``address``, and every IPv4 address that stands within an IPv6 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    if address.ipv4_mapped:
        return is_global(address.ipv4_mapped)
    if address in _NAT64:
        return is_global(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour or address.teredo:
        return False  # tunnels of another time, whose end could be anywhere
    return address in _UNICAST and address.is_global


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _shown(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
