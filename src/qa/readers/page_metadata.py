"""What a web page says of itself: JSON-LD, meta elements (Open Graph, Dublin Core, …), microdata, its title."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import etree

from qa.language.dates import find_date
from qa.readers.lines import fold
from qa.readers.metadata import Metadata

_ARTICLE = re.compile(r"(?:.*[/:#])?\w*(?:Article|BlogPosting|Report|LiveBlogPosting|Posting|Review)")
_META = {
    "title": "og:title twitter:title dc.title dcterms.title title sailthru.title parsely-title headline",
    "date": "article:published_time og:published_time article:published datepublished date dc.date"
    " dc.date.issued dcterms.created dcterms.date dcterms.issued publishdate publish-date publish_date pubdate"
    " published_time published-date parsely-pub-date sailthru.date cxenseparse:recs:publishtime"
    " article.published article_date_original originalpublicationdate og:article:published_time",
    "modified": "article:modified_time og:updated_time lastmod last-modified datemodified dcterms.modified",
    "source": "og:site_name application-name dc.publisher dcterms.publisher publisher",
    "author": "author article:author dc.creator dcterms.creator byl parsely-author sailthru.author",
    "url": "og:url",
    "lang": "og:locale content-language",
}
_FIELD = {name: field for field, names in _META.items() for name in names.split()}
_ITEMS = {"headline": "title", "datepublished": "date", "datemodified": "modified", "author": "author"}
_SEPARATOR = re.compile(r"\s+(?:[-–—|•·:»«]|::)\s+|:\s")
_IN_ADDRESS = re.compile(r"/(20\d\d|19\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")
_WITH_ITEMPROP = etree.XPath("descendant::*[@itemprop]")
_MOST = 64
"""Nodes of one JSON-LD script that are looked at: a page has a handful."""


def page_metadata(root: etree._Element, *, url: str = "") -> tuple[Metadata, str]:
    """The fields ``title date source url lang author``, and the body that JSON-LD states, ``""`` where none.

    ``url`` is where the page was fetched from, if it was.
    """
    stated = _json_ld(root)
    meta = _meta(root)
    items = _microdata(root)
    fields: dict[str, str] = {}
    for name in ("title", "date", "source", "author", "lang"):
        fields[name] = next((given[name] for given in (stated, meta, items) if given.get(name)), "")
    fields["url"] = _address([_canonical(root), meta.get("url", ""), stated.get("url", ""), url])
    fields["title"] = _title(root, fields["title"], fields["source"])
    fields["source"] = fields["source"] or (urlsplit(fields["url"]).hostname or "").removeprefix("www.")
    fields["lang"] = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or fields["lang"]
    days = (
        fields["date"],
        _time(root),
        _dated_address(fields["url"]),
        stated.get("modified"),
        meta.get("modified"),
    )
    fields["date"] = next((day for day in days if day and find_date(day[:200])), "")
    if "http" in fields["author"]:  # a profile's address is no name
        fields["author"] = ""
    return Metadata({name: value for name, value in fields.items() if value}), stated.get("body", "")


# JSON-LD --------------------------------------------------------------------------------------------------


def _json_ld(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for script in root.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json" or not script.text:
            continue
        try:
            data = json.loads(_without_wrapping(script.text), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            if any(_ARTICLE.fullmatch(kind) for kind in _strings(node.get("@type"))):
                for name, value in _of_article(node).items():
                    found.setdefault(name, value)
    return found


def _without_wrapping(text: str) -> str:
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)", "", text)
    return re.sub(r"(?:-->|(?://\s*)?\]\]>)\s*;?\s*$", "", text).strip().rstrip(";")


def _nodes(data: object) -> Iterator[dict[str, object]]:
    waiting, seen = [data], 0
    while waiting and seen < _MOST:
        node = waiting.pop(0)
        seen += 1
        if isinstance(node, list):
            waiting += node[:_MOST]
        elif isinstance(node, dict):
            yield node
            waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]


def _of_article(node: dict[str, object]) -> dict[str, str]:
    named = {
        "title": _name(node.get("headline")) or _name(node.get("name")),
        "date": _name(node.get("datePublished")) or _name(node.get("dateCreated")),
        "modified": _name(node.get("dateModified")),
        "author": ", ".join(_names(node.get("author"))[:5]),
        "source": _name(node.get("publisher")),
        "url": _name(node.get("url")) or _id(node.get("mainEntityOfPage")),
        "lang": _name(node.get("inLanguage")),
        "body": _plain(_name(node.get("articleBody"))),
    }
    return {key: value for key, value in named.items() if value}


def _name(value: object) -> str:
    return next(iter(_names(value)), "")


def _names(value: object) -> list[str]:
    """The names in a value: a string, an object with a ``name``, or a list of either."""
    values = value if isinstance(value, list) else [value]
    named = [each.get("name") if isinstance(each, dict) else each for each in values[:_MOST]]
    strings = [name for each in named for name in _strings(each)]
    return [_plain(string) if "<" in string or "&" in string else string.strip() for string in strings]


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str) and each.strip()]


def _id(value: object) -> str:
    return _name(value.get("@id")) if isinstance(value, dict) else _name(value)


def _plain(text: str) -> str:
    """``text`` without the markup that some pages leave in their JSON; its paragraphs stay parted."""
    if "<" not in text and "&" not in text:
        return text.strip()
    parser = etree.HTMLParser(remove_comments=True)
    parted = re.sub(r"(?i)<(?:br|/p|/div|/h\d|/li)\b[^>]*>", r"\n\n", text)
    root = etree.fromstring(f"<p>{parted}</p>", parser)
    return "" if root is None else "".join(map(str, root.itertext())).strip()


# Meta elements, links, microdata ----------------------------------------------------------------------------


def _meta(root: etree._Element) -> dict[str, str]:
    best: dict[str, tuple[int, str]] = {}
    for element in root.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("http-equiv") or ""
        field = _FIELD.get(key.strip().lower())
        value = " ".join((element.get("content") or "").split())
        if field and value:
            rank = _META[field].split().index(key.strip().lower())
            if field not in best or rank < best[field][0]:
                best[field] = (rank, value)
    return {field: value for field, (_, value) in best.items()}


def _microdata(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in _WITH_ITEMPROP(root):
        for name in (element.get("itemprop") or "").lower().split():
            if field := _ITEMS.get(name):
                inner = element.find(".//*[@itemprop='name']") if name == "author" else None
                said = element if inner is None else inner
                value = said.get("content") or said.get("datetime") or "".join(map(str, said.itertext()))
                if value.strip():
                    found.setdefault(field, " ".join(value[:1000].split()))
    return found


def _time(root: etree._Element) -> str:
    """A time that the page marks as that of its publication, or the first within its article."""
    times = list(root.iter("time"))[:_MOST]
    marked = [each for each in times if each.get("pubdate") is not None or "publish" in (each.get("class") or "")]
    within = [each for each in times if next(each.iterancestors("article", "main"), None) is not None]
    return next((value for each in marked + within if (value := each.get("datetime"))), "")


def _canonical(root: etree._Element) -> str:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return str(link.get("href")).strip()
    return ""


def _address(candidates: list[str]) -> str:
    """The first that is an address of the web once what is relative is joined to another of them."""
    base = next((each for each in reversed(candidates) if each.startswith(("http://", "https://"))), "")
    for each in candidates:
        try:
            joined = urljoin(base, each) if each else ""
            parts = urlsplit(joined)
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"\s", joined):
            return joined
    return ""


def _dated_address(url: str) -> str:
    match = _IN_ADDRESS.search(urlsplit(url).path)
    return "-".join(part.zfill(2) for part in match.groups()) if match else ""


# Titles ---------------------------------------------------------------------------------------------------


def _title(root: etree._Element, given: str, source: str) -> str:
    """The stated title without the outlet's name behind it, or the page's one big heading, or its title."""
    headings = ["".join(map(str, each.itertext())) for each in list(root.iter("h1"))[:_MOST]]
    headings = [" ".join(each.split()) for each in headings if each.strip()]
    element = root.find(".//head/title")
    in_head = " ".join("".join(map(str, element.itertext())).split()) if element is not None else ""
    title = " ".join(given.split()) or _heading_in(in_head, headings)
    if not title:
        return headings[0] if len(headings) == 1 else _without_outlet(in_head, source)
    starts = [each for each in headings if len(each) > 8 and fold(title).startswith(fold(each))]
    if starts and _SEPARATOR.match(title, len(starts[0])):
        return starts[0]
    return _without_outlet(title, source) if source else title


def parts(title: str) -> list[str]:
    """What the separators of a title part: often the article's title and the outlet's name; longest first."""
    return sorted(_SEPARATOR.split(title), key=len, reverse=True)


def _heading_in(title: str, headings: list[str]) -> str:
    return next((each for each in headings if len(each) > 8 and fold(each) in fold(title)), "")


def _without_outlet(title: str, source: str) -> str:
    """``title`` up to its last separator, where the outlet or hardly anything stands behind it."""
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    head, tail = title[: cuts[-1].start()], title[cuts[-1].end() :]
    named = source and (fold(source) in fold(tail) or fold(tail) in fold(source))
    return head if named or (not source and len(head.split()) > 2 and len(tail.split()) < 5) else title
