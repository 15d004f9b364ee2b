"""The pages, as a client without a browser sees them."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import lxml.html
import pytest
from corpora import BAKERY, BRIDGE, SNOW, emptied, write_files
from sites import ARABIC, HOSTILE, Site, serving

from qa.answer import Source
from qa.encoder import Encoder
from qa.index import update
from qa.library import Library
from qa.link import article_path, checksum, citation_path
from qa.serve.pages import line
from qa.serve.phrases import _SAID, say
from qa.serve.settings import Settings
from qa.store.database import DATABASE
from qa.store.status import read_status

WHEN = "When did the old stone bridge reopen to traffic?"
WHEN_AR = "متى أعيد افتتاح الجسر الحجري القديم؟"


def read(site: Site, path: str, *, status: int = 200, **headers: str) -> lxml.html.HtmlElement:
    """The page at ``path``; fails where it is not sealed as every page must be."""
    answer = site.get(path, **headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = lxml.html.fromstring(answer.text)
    for name in ("src", "href", "action"):
        loaded = page.xpath(f"//*[not(self::a)]/@{name}")
        assert all(one.startswith("/") and not one.startswith("//") for one in loaded), loaded
    assert not page.xpath("//script|//style|//*[@style]")
    return page


def ask(question: str) -> str:
    return f"/?{urlencode({'q': question})}"


def text(page: lxml.html.HtmlElement, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.xpath(path)]


def test_the_first_page_speaks_the_language_of_the_browser(site: Site) -> None:
    english, arabic = read(site, "/"), read(site, "/", Accept_Language="fr, ar-EG;q=0.9, en;q=0.5")
    assert (english.get("lang"), english.get("dir")) == ("en", "ltr")
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    assert text(arabic, "//button") == ["اسأل"]
    assert len(english.xpath("//ul[@class='articles']/li")) == 5
    assert text(english, "//ul[@class='articles']/li/p[1]")[:2] == ["Tram line 8 is delayed", "Tram line 7 opens"]


@pytest.mark.parametrize(
    ("header", "lang"),
    [("", "en"), ("de", "en"), ("ar", "ar"), ("AR-sa", "ar"), ("en, ar", "en"), ("en;q=0.3,ar;q=0.8", "ar"),
     ("ar;q=0", "en"), ("ar;q=x, en", "en"), (";;,,=", "en")],
)  # fmt: skip
def test_what_the_browser_prefers(site: Site, header: str, lang: str) -> None:
    assert site.get("/status", Accept_Language=header).headers["content-language"] == lang


def test_the_language_can_be_switched_and_stays_so(site: Site) -> None:
    [switch] = read(site, "/browse?lang=ar").xpath("//a[@class='switch']/@href")
    assert switch == "/browse?lang=ar&hl=ar"
    switched = site.get(switch, Accept_Language="en")
    assert switched.headers["content-language"] == "ar"
    cookie = switched.headers["set-cookie"]
    assert cookie == "isnad_lang=ar; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    assert site.get("/", Cookie=cookie.partition(";")[0]).headers["content-language"] == "ar"
    assert "set-cookie" not in site.get("/?hl=xx").headers


def test_an_answer_is_what_the_library_says_and_each_quote_opens_its_article(site: Site, news_index: Path) -> None:
    for question in (WHEN, WHEN_AR):
        answer = Library(news_index).ask(question, limit=8)
        page = read(site, ask(question))
        quotes = page.xpath("//blockquote")
        assert [one.text_content() for one in quotes] == [c.quote for c in answer.citations]
        assert page.xpath("//input[@name='q']/@value") == [question]
        hrefs = page.xpath("//li[@class='card']/p[@class='title']/a/@href")
        for citation, href in zip(answer.citations, hrefs, strict=True):
            assert href == citation_path(citation.article.id, citation.start, citation.end, citation.quote)
            article = read(site, href.partition("#")[0])
            [mark] = article.xpath("//mark[@id='quote']")
            assert mark.text_content() == citation.quote
        assert text(page, "//blockquote//b")


def test_blocks_have_their_own_direction_and_language(site: Site) -> None:
    page = read(site, f"/search?{urlencode({'q': WHEN})}")
    ways = {(one.get("dir"), one.get("lang")) for one in page.xpath("//blockquote")}
    assert ways == {("ltr", "en"), ("rtl", "ar")}
    article = read(site, article_path(f"news/{ARABIC}"))
    paragraphs = article.xpath("//div[@class='text']/p")
    assert {(p.get("dir"), p.get("lang")) for p in paragraphs} == {("rtl", "ar")}
    assert article.get("dir") == "ltr"


def test_more_than_three_quotes_are_folded(seed_index: Path) -> None:
    with serving(Settings(str(seed_index), port=0)) as site:
        page = read(site, ask("what does the agreement cover?"))
    assert len(page.xpath("//main/ol/li")) == 3
    [more] = page.xpath("//details[@class='more']")
    assert text(more, "summary") == [f"More quotes ({len(more.xpath('./ol/li'))})"]


def test_who_else_says_it_is_a_touch_away(site: Site) -> None:
    [also] = read(site, ask(WHEN)).xpath("(//details[@class='also'])[1]")
    assert text(also, "summary") == ["Also in 1 other"]
    assert {*also.xpath(".//a/@href")} <= {"/articles/news/bridge.txt", "/articles/news/wire.txt"}


def test_silence_names_the_nearest_articles_and_leads_to_the_nearest_passages(site: Site) -> None:
    page = read(site, ask("Who is the president of Peru?"), Accept_Language="ar")
    assert text(page, "//h2") == ["المقالات لا تجيب عن هذا السؤال."]
    assert 1 <= len(page.xpath("//ul[@class='articles']/li/p[@class='title']/a")) <= 3
    [near] = page.xpath("//main/p/a/@href")
    assert near == "/search?q=Who+is+the+president+of+Peru%3F"
    passages = read(site, near)
    assert len(passages.xpath("//blockquote")) >= 3
    [href] = passages.xpath("//li[@class='card'][1]/p[@class='title']/a/@href")
    marked = "".join(m.text_content() for m in read(site, href.partition("#")[0]).xpath("//mark"))
    assert " ".join(marked.split())[:40] == text(passages, "//blockquote")[0][:40]


@pytest.mark.parametrize("question", ["؟", "?!", "x" * 2001])
def test_a_question_that_is_none_is_refused_beside_the_box(site: Site, question: str) -> None:
    page = read(site, ask(question), status=400)
    assert page.xpath("//input[@name='q']/@value") == [question]
    [error] = page.xpath("//*[@role='alert']")
    assert "question" in error.text_content()
    assert page.xpath("//input/@aria-describedby") == [error.get("id")]
    assert read(site, f"/search?{urlencode({'q': question})}", status=400, Accept_Language="ar").get("dir") == "rtl"


def test_an_article_shows_all_that_is_known_of_it(site: Site, news_index: Path) -> None:
    page = read(site, article_path("news/trams.jsonl#42"))
    assert text(page, "//h1") == ["Tram line 7 opens"]
    assert text(page, "//h1/following-sibling::p[1]/*") == ["1 February 2022", "Tram News", "English"]
    assert page.xpath("//p[@class='actions']/a/@href") == ["https://tram.example/7"]
    assert page.xpath("//p[@class='actions']/a/@rel") == ["noreferrer noopener"]
    assert text(page, "//footer//code") == [str(news_index.parent / "news" / "trams.jsonl")]
    assert read(site, article_path("news/trams.jsonl#../43")).xpath("//h1")
    assert read(site, "/articles/news%2Fbridge.txt").xpath("//h1")


@pytest.mark.parametrize(
    "path",
    ["/articles/", "/articles/1", "/articles/news", "/articles/bridge.txt", "/articles/news/../../etc/passwd",
     "/articles/%2e%2e%2fetc%2fpasswd", "/articles/news%2Fbridge.txt%00", "/articles/%ff%fe", "/nothing",
     "/browse/", "/static/x/..%2fapp.py", "/static/x/app.py", "/raw/", "/raw/etc/passwd", "/raw//etc/passwd",
     "/raw/..%2f..%2fetc/passwd"],
)  # fmt: skip
def test_nothing_is_found_outside_the_index(site: Site, path: str) -> None:
    page = read(site, path, status=404)
    assert text(page, "//h1") == ["Sorry"]
    assert site.get(path, Accept_Language="ar").headers["content-language"] == "ar"


def test_a_link_whose_words_have_moved_or_gone_says_so(site: Site) -> None:
    quote, path = (
        "The work cost 4.8 million euros, a third more than planned, the mayor said.",
        "/articles/news/bridge.txt",
    )
    start = BRIDGE.split("\n\n", 1)[1].index(quote)
    moved = read(site, f"{path}?start={start + 9}&end={start + 9 + len(quote)}&check={checksum(quote)}")
    assert text(moved, "//mark[@id='quote']") == [quote]
    assert text(moved, "//*[@role='note']") == [say("moved", "en")]
    for wrong in (
        f"start=1&end=20&check={checksum('Another story.')}",
        "start=5&end=3",
        "start=x",
        "start=1&end=99999",
    ):
        page = read(site, f"{path}?{wrong}")
        assert not page.xpath("//mark")
        assert text(page, "//*[@role='note']") == [say("lost", "en")]
        assert page.xpath("//h1")


def test_what_an_article_says_is_text_and_nothing_else(site: Site) -> None:
    id_ = "news/hostile.txt"
    page = read(site, article_path(id_))
    shown = page.xpath("//div[@class='text']")[0].text_content()
    body = HOSTILE.split("\n\n", 1)[1]
    assert body.replace("\u202e", "").replace("\u202c", "").strip() == shown.strip()
    assert "\u202e" not in shown
    assert text(page, "//h1") == ['Reporter finds <script>alert("x")</script> & "quotes" in a page']
    assert not page.xpath("//img|//*[@onerror]")
    answered = read(site, ask('What did the page of the library <b>"say"</b>?'))
    assert answered.xpath("//input[@name='q']/@value") == ['What did the page of the library <b>"say"</b>?']


def test_the_raw_file_is_what_was_indexed(site: Site, news_index: Path) -> None:
    news = news_index.parent / "news"
    for name, kind, way in (
        ("bridge.txt", "text/plain; charset=utf-8", "inline"),
        (ARABIC, "text/plain; charset=utf-8", "inline"),
        ("bakery.md", "text/plain; charset=utf-8", "inline"),
        ("snow.txt", "application/octet-stream", "attachment"),
    ):
        [link] = read(site, article_path(f"news/{name}")).xpath(
            "//p[@class='actions']/a[starts-with(@href, '/raw/')]/@href"
        )
        answer = site.get(link)
        assert answer.content == (news / name).read_bytes()
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-disposition"] == f"{way}; filename*=UTF-8''{quote(name)}"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("url", "shown"),
    [("https://a.example/x?y=1", True), ("HTTP://a.example", True), ("javascript:alert(1)", False),
     ("https://a.example/ x", False), ("//a.example", False), ("", False), (" https://a.example", False)],
)  # fmt: skip
def test_only_web_addresses_become_links(url: str, shown: bool) -> None:
    source = Source("a.txt", " \n", None, "", url, "en")
    assert line(source, "en").original == (url if shown else "")
    assert line(source, "en").title.parts[0].text == "a.txt"


def test_a_file_of_many_articles_is_not_given_away(site: Site) -> None:
    read(site, article_path("news/trams.jsonl#42", under="/raw"), status=404)
    read(site, "/raw/news/trams.jsonl", status=404)


def test_browsing_by_source_day_and_language(site: Site) -> None:
    everything = read(site, "/browse")
    assert text(everything, "//p[@class='count']") == ["Articles: 7"]
    assert everything.xpath("//select/option/@value") == ["", "ar", "en"]
    assert everything.xpath("//datalist/option/@value") == ["Tram News"]
    trams = read(site, "/browse?source=tram+news&since=2022-02-15&until=&lang=")
    assert text(trams, "//ul/li/p[1]") == ["Tram line 8 is delayed"]
    assert trams.xpath("//input[@name='source']/@value") == ["tram news"]
    arabic = read(site, "/browse?lang=ar", Accept_Language="ar")
    assert len(arabic.xpath("//ul[@class='articles']/li")) == 1
    assert arabic.xpath("//option[@selected]/@value") == ["ar"]
    none = read(site, "/browse?until=1999-01-01")
    assert text(none, "//main/p") == ["Articles: 0", "No article is like that."]


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=2021-13-01", "page=0", "page=x", f"source={'x' * 2001}"]
)
def test_what_cannot_be_browsed_for_is_said(site: Site, query: str) -> None:
    name = query.partition("=")[0]
    assert name in text(read(site, f"/browse?{query}", status=400), "//main/p")[0]


def test_pages_of_articles(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.serve.pages.PER_PAGE", 3)
    first, last = read(site, "/browse?lang=en"), read(site, "/browse?lang=en&page=2")
    assert first.xpath("//nav[@class='turn']/a/@href") == ["/browse?lang=en&page=2"]
    assert last.xpath("//nav[@class='turn']/a/@href") == ["/browse?lang=en&page=1"]
    assert text(last, "//nav[@class='turn']/span") == ["Page 2 of 2"]
    links = "//ul[@class='articles']/li/p[@class='title']/a/@href"
    seen = [href for n in (1, 2, 3) for href in read(site, f"/browse?page={n}").xpath(links)]
    assert len(seen) == len(set(seen)) == 7


def test_an_article_of_two_sources_is_one(site: Site) -> None:
    """In the list it names the other, and its page leads to what both came from."""
    entry = "//ul[@class='articles']/li[.//summary]"
    (summary,) = text(everything := read(site, "/browse"), f"{entry}//summary")
    assert summary in {f"Also in 1 other: \u2068news/{name}.txt\u2069" for name in ("bridge", "wire")}
    (href,) = everything.xpath(f"{entry}/p[@class='title']/a/@href")
    (other,) = everything.xpath(f"{entry}//ul//p[@class='title']/a/@href")
    assert {href, other} == {"/articles/news/bridge.txt", "/articles/news/wire.txt"}
    for one, others in ((href, other), (other, href)):
        page = read(site, one)
        assert page.xpath("//section[@class='also']//p[@class='title']/a/@href") == [others]
        raw = others.replace("/articles/", "/raw/")
        assert page.xpath("//section[@class='also']//p[@class='meta']/a/@href") == [raw]
        assert len(page.xpath("//p[@class='actions']/a")) == 1
        assert not read(site, "/articles/news/bakery.md").xpath("//section[@class='also']")


def test_the_time_that_is_preferred_stands_above(site: Site) -> None:
    for path in ("/?q=Which+tram+line+opened+in+February+2022%3F", "/search?q=tram+line+in+February+2022"):
        assert text(read(site, path), "//p[@class='preferred']") == ["Preferring articles of February 2022"]
    assert not read(site, "/search?q=tram+line").xpath("//p[@class='preferred']")


def test_the_state_of_the_index(site: Site, news_index: Path) -> None:
    page = read(site, "/status")
    facts = dict(zip(text(page, "//dt"), text(page, "//dd"), strict=True))
    assert (facts["Articles"], facts["Languages"], facts["Search"]) == ("7", "English 6, Arabic 1", "exact")
    assert facts["Copies of them from other sources"] == "1"
    assert facts["Folder"] == str(news_index)
    assert "عدد" not in "".join(facts)


def test_an_approximate_index_says_what_it_finds(
    site: Site, news_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rough = replace(read_status(news_index), search="IVF1024,SQfp16", recall=0.987, writer="process 7")
    monkeypatch.setattr("qa.serve.pages.read_status", lambda _: rough)
    page = read(site, "/status", Accept_Language="ar")
    facts = dict(zip(text(page, "//dt"), text(page, "//dd"), strict=True))
    assert facts["البحث"] == "IVF1024,SQfp16، يجد 98.7% مما يجده الدقيق"
    assert facts["الكتابة الآن"] == "process 7"


def test_a_new_generation_is_seen_without_a_restart(news_index: Path, encoder: Encoder, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(news_index, tmp_path / "index"))
    with serving(Settings(str(copy), port=0)) as site:
        question = "How many bakers won the rye bread prize in Oslo?"
        assert not read(site, ask(question)).xpath("//blockquote")
        prize = "Prize for rye bread\n\nThree bakers won the rye bread prize in Oslo on Monday, out of forty.\n"
        update([write_files(tmp_path / "more", {"prize.txt": prize})], copy, encoder)
        assert "Three bakers won" in text(read(site, ask(question)), "//blockquote")[0]
        assert text(read(site, "/articles/more/prize.txt"), "//h1") == ["Prize for rye bread"]


def test_without_articles_the_pages_say_so(seed_index: Path, tmp_path: Path) -> None:
    index = emptied(seed_index, tmp_path / "empty")
    with serving(Settings(str(index), port=0)) as site:
        adding = f"There are no articles yet. Add some: qa index FOLDER --index {index}"
        assert text(read(site, "/"), "//main/p")[-1] == adding
        assert text(read(site, "/browse"), "//main/p") == ["Articles: 0", "There are no articles yet."]
        page = read(site, ask("anything?"), status=503, Accept_Language="ar")
        assert text(page, "//main/p") == ["لا مقالات عندي بعد: أبلغ المشرف."]
        assert site.get("/health").json() == {"ok": True}
    with serving(Settings(str(index), port=0, behind_proxy=True)) as site:
        assert text(read(site, "/"), "//main/p")[-1] == "There are no articles yet."


def test_a_text_that_is_not_what_was_indexed_is_never_shown(news_index: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(news_index, tmp_path / "index"))
    with sqlite3.connect(copy / DATABASE) as db:
        db.execute("UPDATE articles SET text = replace(text, '4.8', '9.9')")
    with serving(Settings(str(copy), port=0)) as site:
        page = read(site, "/articles/news/bridge.txt", status=503)
        assert text(page, "//main/p") == ["The index is damaged: tell the operator."]
        assert "error" in site.get("/api/articles/news/bridge.txt").json()


def test_a_file_that_has_changed_or_gone_is_not_given(news_index: Path, encoder: Encoder, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(news_index, tmp_path / "index"))
    more = write_files(tmp_path / "more", {"bakery.txt": BAKERY, "snow.txt": SNOW, "bridge.txt": BRIDGE})
    update([more], copy, encoder)
    with serving(Settings(str(copy), port=0)) as site:
        paths = [article_path(f"more/{name}.txt", under="/raw") for name in ("bakery", "snow", "bridge")]
        assert [site.get(path).status_code for path in paths] == [200] * 3
        (more / "bakery.txt").write_text(BAKERY.replace("Mill", "Hill"), encoding="utf-8")
        (more / "snow.txt").unlink()
        (more / "bridge.txt").unlink()
        (more / "bridge.txt").mkdir()
        assert [site.get(path).status_code for path in paths] == [404] * 3


def test_a_fault_of_ours_is_a_number_and_no_more(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(site.app.state.desk.reading, "run", broken)
    page = read(site, "/status", status=500)
    assert "secret" not in lxml.html.tostring(page, encoding="unicode")
    [line] = text(page, "//main/p")
    assert f"failed reference={line.split()[-1][:-1]} path=/status" in caplog.text
    assert site.get("/api/status").status_code == 500


@pytest.mark.parametrize("key", _SAID)
def test_whatever_is_said_is_said_in_both_languages(key: str) -> None:
    arabic, english = _SAID[key]
    assert arabic
    assert english
    if key not in {"other", "name"}:
        assert any("\u0600" <= char <= "\u06ff" for char in arabic)
        assert not any("\u0600" <= char <= "\u06ff" for char in english)
    assert sorted(w.split("}")[0] for w in arabic.split("{")[1:]) == sorted(
        w.split("}")[0] for w in english.split("{")[1:]
    )
