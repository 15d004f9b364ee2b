"""Who comes through, and with what."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from sites import Site, serving
from starlette.requests import Request

from qa.errors import ConfigError
from qa.reading import Reading
from qa.serve import session
from qa.serve.access import way_back
from qa.serve.desk import Desk, Refused, Turns, address
from qa.serve.settings import Settings, hand_on, handed_on, loopback, token

TOKEN = "correct horse battery"


@pytest.fixture(scope="module")
def locked(news_index: Path) -> Iterator[Site]:
    """The service with a token."""
    with serving(Settings(str(news_index), port=0, token=TOKEN)) as running:
        yield running


def sign_in(site: Site, given: str = TOKEN, *, back: str = "/", **headers: str) -> httpx.Response:
    return httpx.post(f"{site.url}/login", data={"token": given, "next": back}, headers=headers, timeout=30)


def test_only_names_of_this_machine_are_answered(site: Site) -> None:
    port = urlsplit(site.url).port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", "[::1]", "LOCALHOST"):
        assert site.get("/status", Host=host).status_code == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "[", "localhost.evil"):
        page = site.get("/status", Host=host)
        assert page.status_code == 421
        assert "Articles</dt>" not in page.text
        assert site.get("/api/status", Host=host).json() == {
            "error": "Open http://127.0.0.1:0: nothing is answered here under another name."
        }


def test_without_the_token_nothing_of_the_articles_is_shown(locked: Site) -> None:
    for path in (
        "/",
        "/?q=bridge",
        "/browse",
        "/articles/news/bridge.txt",
        "/raw/news/bridge.txt",
        "/search?q=snow",
    ):
        answer = locked.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/login?{urlencode({'next': path})}"
        assert answer.content == b""
    for path in ("/api/ask?question=bridge", "/api/articles", "/api/status", "/api/openapi.json", "/api/nothing"):
        answer = locked.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == {"error": "Send the token in the header Authorization: Bearer."}
    assert locked.get("/health").status_code == locked.get("/login").status_code == 200


def test_the_token_opens_the_api(locked: Site) -> None:
    assert locked.get("/api/status", Authorization=f"Bearer {TOKEN}").json()["articles"] == 7
    for wrong in ("Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer العربية"):
        assert locked.get("/api/status", Authorization=wrong).status_code == 401


def test_files_and_folders_of_the_server_are_not_told_to_others(locked: Site, news_index: Path) -> None:
    key = {"Authorization": f"Bearer {TOKEN}"}
    for path in ("status", "articles", "articles/news/bridge.txt", "ask?question=When+did+the+bridge+reopen%3F"):
        text = locked.get(f"/api/{path}", **key).text
        assert str(news_index.parent) not in text
        assert '"error"' not in text
    assert locked.get("/api/articles/news/bridge.txt", **key).json()["file"] == "bridge.txt"
    assert str(news_index) not in locked.get("/status", **key).text
    assert "/news/bridge.txt" not in locked.get("/articles/news/bridge.txt", **key).text.split("<footer")[1]


def test_signing_in_leads_back_to_the_quote(locked: Site) -> None:
    wanted = "/articles/news/bridge.txt?start=4&end=9"
    form = locked.get(f"/login?{urlencode({'next': wanted})}", Accept_Language="ar")
    assert f'value="{wanted}"'.replace("&", "&amp;") in form.text
    assert "no-store" not in form.headers["cache-control"]
    assert 'action="/logout"' not in form.text
    entered = sign_in(locked, back=wanted)
    assert (entered.status_code, entered.headers["location"]) == (303, f"{wanted}#quote")
    cookie = entered.headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    inside = locked.get("/browse", Cookie=cookie.partition(";")[0])
    assert inside.status_code == 200
    assert 'action="/logout"' in inside.text
    left = httpx.post(f"{locked.url}/logout")
    assert left.headers["location"] == "/login"
    assert 'isnad_session=""' in left.headers["set-cookie"]
    secure = sign_in(locked, **{"X-Forwarded-Proto": "https"}).headers["set-cookie"]
    assert "Secure" in secure


def test_a_wrong_token_is_refused_and_after_many_nobody_looks(locked: Site) -> None:
    first = sign_in(locked, "wrong", **{"X-Forwarded-For": "192.0.2.7"})
    assert first.status_code == 403
    assert "This token is wrong." in first.text
    assert "set-cookie" not in first.headers
    tries = [sign_in(locked, f"wrong {n}", **{"X-Forwarded-For": "192.0.2.7"}) for n in range(12)]
    assert tries[-1].status_code == 429
    assert tries[-1].headers["retry-after"] == "60"
    assert sign_in(locked, "wrong", **{"X-Forwarded-For": "192.0.2.8"}).status_code == 403


def test_a_cookie_is_good_for_its_token_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = session.issue(TOKEN)
    assert session.good(TOKEN, cookie)
    expires, _, signature = cookie.partition(".")
    for forged in ("", ".", "x", f"{int(expires) + 1}.{signature}", f"{expires}.{signature[:-1]}", f"{expires}.é"):
        assert not session.good(TOKEN, forged)
    assert not session.good(TOKEN + "x", cookie)
    monkeypatch.setattr("qa.serve.session.time.time", lambda: int(expires) + 1)
    assert not session.good(TOKEN, cookie)


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(wanted: str) -> None:
    assert way_back(wanted) == "/"


def test_the_way_back() -> None:
    assert way_back("/browse?page=2") == "/browse?page=2"
    assert way_back("/articles/a.txt") == "/articles/a.txt"


def test_large_requests_are_refused_unread(locked: Site, site: Site) -> None:
    assert sign_in(locked, "x" * 5000).status_code == 413

    def drops() -> Iterator[bytes]:
        yield from [b"token=" + b"x" * 1000] * 6

    chunked = httpx.post(f"{locked.url}/login", content=drops(), timeout=30)
    assert chunked.status_code == 413
    assert httpx.get(f"{site.url}/?q={'x' * 60000}", timeout=30).status_code in (400, 414, 431)


def test_without_a_token_there_is_nothing_to_sign_in_to(site: Site) -> None:
    assert httpx.post(f"{site.url}/login", data={"token": "x"}).headers["location"] == "/"
    assert httpx.post(f"{site.url}/logout").headers["location"] == "/"


def test_each_address_has_so_many_questions_a_minute(news_index: Path) -> None:
    with serving(Settings(str(news_index), port=0, behind_proxy=True, per_minute=2)) as site:
        asked = [site.get("/api/search?query=bridge", X_Forwarded_For="192.0.2.1") for _ in range(3)]
        assert [answer.status_code for answer in asked] == [200, 200, 429]
        assert asked[-1].headers["retry-after"] == "60"
        assert site.get("/?q=bridge", X_Forwarded_For="192.0.2.1").status_code == 429
        assert site.get("/?q=bridge", X_Forwarded_For="192.0.2.2").status_code == 200
        page = site.get("/articles/news/bridge.txt", X_Forwarded_For="192.0.2.1", Host="news.example")
        assert page.status_code == 200
        assert "frame-ancestors https://web.telegram.org" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("comes_from", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1:2:3", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_whoever_has_many_addresses_is_counted_once(comes_from: str, counted: str) -> None:
    assert address(Request({"type": "http", "headers": [], "client": (comes_from, 0)})) == counted


def test_who_comes_when_too_many_wait_is_sent_away() -> None:
    async def rush() -> list[str]:
        turns, done = Turns(1, 2), []

        async def come(n: int) -> None:
            try:
                async with turns.turn():
                    await asyncio.sleep(0.01)
                    done.append(f"{n} answered")
            except Refused as refused:
                done.append(f"{n} {refused.status} {refused.headers['Retry-After']}")

        await asyncio.gather(*map(come, range(5)))
        await come(5)
        return done

    assert asyncio.run(rush()) == ["3 503 2", "4 503 2", "0 answered", "1 answered", "2 answered", "5 answered"]


def test_who_has_left_is_not_answered(news_index: Path) -> None:
    async def leave() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def ask() -> None:
        desk = Desk(Settings(str(news_index)), Reading(news_index))
        with pytest.raises(Refused):
            await desk.ask(Request({"type": "http", "headers": []}, leave), "Which bridge?", limit=1)
        desk.reading.close()

    asyncio.run(ask())


def test_a_full_house_is_told_by_a_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.app.state.desk, "turns", Turns(0, 0))
    answer = site.get("/?q=bridge", Accept_Language="ar")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "أسئلة كثيرة تنتظر" in answer.text
    assert site.get("/articles/news/bridge.txt").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "news.example"])
def test_others_are_not_served_without_a_token_or_a_proxy(host: str) -> None:
    with pytest.raises(
        ConfigError, match=r"others could read the articles: set ISNAD_SERVE_TOKEN, or say --behind"
    ):
        Settings("index", host=host)
    assert not Settings("index", host=host, token=TOKEN).local
    assert not Settings("index", host=host, behind_proxy=True).local


def test_settings() -> None:
    local = Settings("index")
    assert local.local
    assert replace(local, host="::1").url == "http://[::1]:8080"
    assert loopback("localhost")
    assert loopback("127.8.8.8")
    assert not loopback("localhost.example")
    assert not replace(local, token=TOKEN).local
    for wrong in ("short", "ع" * 20, "x" * 15, "x" * 20 + "\n"):
        with pytest.raises(ConfigError, match="the token must have at least 16 characters"):
            Settings("index", token=wrong)


def test_settings_reach_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_SERVE_SETTINGS", "")
    settings = Settings("index", workers=2, token=TOKEN)
    hand_on(settings)
    assert handed_on() == settings


def test_where_the_token_is(tmp_path: Path) -> None:
    file = tmp_path / "token"
    assert token(None, {"ISNAD_SERVE_TOKEN": f" {TOKEN}\n"}) == TOKEN
    assert token(None, {}) == ""
    file.write_text(f"{TOKEN}\n")
    assert token(file, {}) == TOKEN
    for content, reason in ((b"\n", "is empty"), (b"\xff\xfe\xff", "is no text")):
        file.write_bytes(content)
        with pytest.raises(ConfigError, match=reason):
            token(file, {})
    with pytest.raises(ConfigError, match=r"none cannot be read \(No such file"):
        token(tmp_path / "none", {})
