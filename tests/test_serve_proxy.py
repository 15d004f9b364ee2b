"""The samples in deploy/ for reverse proxies, run by nginx and by Caddy in front of two workers.

Only names, ports and certificates are replaced; the lines that ask who comes are left out where the service asks
for its token.
"""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest
from sites import ARABIC, free_port, process

from qa.library import LONGEST, Library
from qa.link import article_path
from qa.telegram.render import render

NAME = "articles.example"
TOKEN = "correct horse battery"
PERSON = ("reader", "a password")
ASKED = {"en": "When did the old stone bridge reopen to traffic?", "ar": "متى أعيد افتتاح الجسر الحجري القديم؟"}
DEPLOY = Path(__file__).parents[1] / "deploy"
PROGRAMS = {
    name: shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("nginx", "caddy", "openssl")
}

pytestmark = pytest.mark.skipif(not PROGRAMS["openssl"], reason="no openssl is installed")


@dataclass(frozen=True, slots=True)
class Proxied:
    """A proxy at ``port`` in front of the service that is at ``service``."""

    port: int
    trusted: ssl.SSLContext
    service: str

    def __call__(
        self,
        path: str,
        *,
        person: tuple[str, str] | None = None,
        come_from: str = "127.0.0.1",
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """The answer to a GET of ``path``, or to a POST of ``form``, from an address of this machine."""
        transport = httpx.HTTPTransport(verify=self.trusted, local_address=come_from)
        with httpx.Client(transport=transport, auth=person, timeout=60) as client:
            return client.request(
                "POST" if form else "GET",
                f"https://127.0.0.1:{self.port}{path}",
                data=form,
                headers={"Host": f"{NAME}:{self.port}", **(headers or {})},
                extensions={"sni_hostname": NAME},
            )


def nginx(folder: Path, certificate: Path, ports: dict[str, int], password: bool) -> list[str]:
    site = (DEPLOY / "nginx.conf").read_text()
    site = re.sub(r".*(\[::\]).*\n", "", site)  # not every machine that runs tests has IPv6
    site = site.replace("listen 443", f"listen {ports['tls']}").replace("listen 80;", f"listen {ports['plain']};")
    site = site.replace("/etc/letsencrypt/live/articles.example", str(certificate))
    site = site.replace("127.0.0.1:8080", f"127.0.0.1:{ports['service']}")
    if password:
        users = folder / "isnad.users"
        hashed = subprocess.check_output(["openssl", "passwd", "-apr1", PERSON[1]], text=True)
        users.write_text(f"{PERSON[0]}:{hashed}")
        site = site.replace("/etc/nginx/isnad.users", str(users))
    else:
        site = re.sub(r" *auth_basic.*\n", "", site)
    (folder / "site.conf").write_text(site)
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ {kept} include {folder}/site.conf; }}\n"
    )
    return [PROGRAMS["nginx"] or "", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, certificate: Path, ports: dict[str, int], password: bool) -> list[str]:
    program = PROGRAMS["caddy"] or ""
    site = (DEPLOY / "Caddyfile").read_text()
    site = site.replace(
        "articles.example {",
        f"{NAME}:{ports['tls']} {{\n\ttls {certificate}/fullchain.pem {certificate}/privkey.pem",
    )
    site = site.replace("127.0.0.1:8080", f"127.0.0.1:{ports['service']}")
    if password:
        hashed = subprocess.check_output([program, "hash-password", "--plaintext", PERSON[1]], text=True).strip()
        site = site.replace("NAME HASH", f"{PERSON[0]} {hashed}")
    else:
        site = re.sub(r"\tbasicauth \{.*?\n\t\}\n", "", site, flags=re.DOTALL)
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}")
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a certificate for NAME that we sign ourselves."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


@contextmanager
def proxied(kind: str, service: str, certificate: Path, folder: Path, *, password: bool) -> Iterator[Proxied]:
    ports = {"tls": free_port(), "plain": free_port(), "service": urlsplit(service).port or 0}
    command = {"nginx": nginx, "caddy": caddy}[kind](folder, certificate, ports, password)
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    trusted = ssl.create_default_context(cafile=str(certificate / "fullchain.pem"))
    proxy = Proxied(ports["tls"], trusted, service)
    try:
        until = time.monotonic() + 30
        while True:
            assert running.poll() is None, running.stderr and running.stderr.read()
            try:
                proxy("/health")
                break
            except httpx.TransportError:
                assert time.monotonic() < until
                time.sleep(0.05)
        yield proxy
    finally:
        running.terminate()
        running.communicate(timeout=30)


KINDS = [
    pytest.param(kind, marks=pytest.mark.skipif(not PROGRAMS[kind], reason=f"no {kind} is installed"))
    for kind in ("nginx", "caddy")
]


@pytest.fixture(scope="module")
def services(news_index: Path) -> Iterator[Callable[[bool], str]]:
    """The addresses of two services on one index: one behind a proxy that asks who comes, one with a token."""
    workers = ("--workers", "2")
    with (
        process(news_index, *workers, "--behind-proxy", "--per-minute", "12") as (_, behind),
        process(news_index, *workers, ISNAD_SERVE_TOKEN=TOKEN) as (_, locked),
    ):
        yield lambda password: behind if password else locked


@pytest.fixture(scope="module", params=KINDS)
def asking(
    request: pytest.FixtureRequest,
    services: Callable[[bool], str],
    certificate: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxied]:
    """A proxy that asks who comes."""
    folder = tmp_path_factory.mktemp(request.param)
    with proxied(request.param, services(True), certificate, folder, password=True) as proxy:
        yield proxy


@pytest.fixture(scope="module", params=KINDS)
def passing(
    request: pytest.FixtureRequest,
    services: Callable[[bool], str],
    certificate: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxied]:
    """A proxy that lets the service ask for its token."""
    folder = tmp_path_factory.mktemp(request.param)
    with proxied(request.param, services(False), certificate, folder, password=False) as proxy:
        yield proxy


def test_a_proxy_that_asks_lets_nobody_else_in(asking: Proxied) -> None:
    for path in ("/", "/api/status", "/articles/news/bridge.txt"):
        assert asking(path).status_code == 401
        assert asking(path, person=(PERSON[0], "wrong")).status_code == 401
        assert asking(path, person=PERSON).status_code == 200
    page = asking("/", person=PERSON)
    direct = httpx.get(f"{asking.service}/")
    for header in ("content-security-policy", "referrer-policy", "x-content-type-options", "permissions-policy"):
        assert page.headers.get_list(header) == direct.headers.get_list(header)
        assert len(page.headers.get_list(header)) == 1


@pytest.mark.parametrize("lang", ASKED)
def test_links_of_pages_and_of_the_bot_open_the_quote(asking: Proxied, news_index: Path, lang: str) -> None:
    page = asking(f"/?{urlencode({'q': ASKED[lang]})}", person=PERSON, come_from="127.0.0.5")
    [first, *_] = re.findall(r'href="(/articles/[^"]*)#quote"', page.text)
    site = f"https://{NAME}"
    [told, *_] = render(Library(news_index).ask(ASKED[lang], limit=3), site=site)
    [bot, *_] = re.findall(rf'href="{site}(/articles/[^"]*)#quote"', told.html)
    for path in (first, bot):
        opened = asking(unescape(path), person=PERSON)
        assert opened.status_code == 200
        assert '<mark id="quote"' in opened.text
    assert first == bot


@pytest.mark.parametrize("id_", ["news/trams.jsonl#../43", f"news/{ARABIC}", "news/trams.jsonl#42"])
def test_ids_arrive_as_they_were_sent(asking: Proxied, id_: str) -> None:
    assert asking(article_path(id_), person=PERSON).status_code == 200


def test_addresses_are_those_of_the_people_not_what_they_say(asking: Proxied) -> None:
    def ask(n: int, come_from: str) -> int:
        lie = {"X-Forwarded-For": f"198.51.100.{n}"}
        query = "/api/search?query=bridge&limit=1"
        return asking(query, person=PERSON, come_from=come_from, headers=lie).status_code

    one, other = (f"127.{n}.{asking.port >> 8}.{asking.port & 255}" for n in (1, 2))
    assert [ask(n, one) for n in range(15)] == [200] * 12 + [429] * 3
    assert ask(0, other) == 200


def test_the_token_is_typed_once_over_tls(passing: Proxied) -> None:
    wanted = f"/?{urlencode({'q': ASKED['ar']})}"
    sent_away = passing(wanted)
    assert (sent_away.status_code, sent_away.headers["location"]) == (303, f"/login?{urlencode({'next': wanted})}")
    entered = passing("/login", form={"token": TOKEN, "next": wanted})
    assert (entered.status_code, entered.headers["location"]) == (303, wanted)
    assert "secure" in entered.headers["set-cookie"].lower()
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert "<blockquote" in passing(wanted, headers={"Cookie": cookie}).text
    assert passing("/api/status", headers={"Authorization": f"Bearer {TOKEN}"}).json()["articles"] == 7
    assert passing("/api/status").status_code == 401


def test_the_longest_question_passes_and_larger_bodies_do_not(passing: Proxied) -> None:
    longest = f"/?q={quote('ج' * LONGEST)}"
    sent_away = passing(longest)
    assert sent_away.status_code == 303
    assert passing(sent_away.headers["location"]).status_code == 200
    assert passing(longest, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for size in (5_000, 3_000_000):
        assert passing("/login", form={"token": "x" * size}).status_code == 413
