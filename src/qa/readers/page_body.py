"""Which parts of a page are its article: told by prose, links, and what the markup calls itself.

Each block (a paragraph, a heading, an item) earns points for prose and loses some for links and stray words.
The article is the element whose blocks have the largest sum; what its markup calls a side matter, and
what is mostly links, is left out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from lxml import etree

from qa.readers.lines import ends_sentence

_SILENT = frozenset(
    "script style noscript button iframe svg select template title object embed canvas math textarea input video"
    " audio map label datalist optgroup option progress meter amp-ad amp-analytics amp-social-share".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q ruby s samp small span"
    " strike strong sub sup time tt u var wbr img".split()
)
_ASIDE = frozenset("nav footer aside form dialog menu figure figcaption header".split())
_CELLS = frozenset(("td", "th"))
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_WHOLE = frozenset("html body main article".split())

# Names of classes and ids, as outlets in both languages use them; matched within one name.
_SIDE_MATTER = re.compile(
    r"(?<![a-z])(?:relat|recommend|recirc|shar(?:e|ing)|social(?!.*embed)|side-?bar|subscri|promo|advert|ads?(?![a-z])|banner"
    r"|popup|modal|breadcrumb|nav(?![a-z])|navbar|menu|footer|tags?(?![a-z])|byline|author|caption|credit"
    r"|most|popular|trending|widget|toolbar|more|outbrain|taboola|sponsor|paywall|hidden|sr-only|visually"
    r"|screen-?reader|skip|paginat|rating|print|meta(?![a-z])|dateline|timestamp|time(?![a-z])|teaser"
    r"|carousel|gallery|slideshow|toc(?![a-z])|signup|login|bio(?![a-z])|copyright|disclaimer"
    r"|prev|next|breaking|ticker|hot(?![a-z])|latest|jp-|a2a|addto|addthis|poll(?![a-z])|quiz|survey|eyebrow|kicker)"
)
_NEVER = re.compile(
    r"(?<![a-z])(?:cookie|consent|gdpr|comments?(?![a-z])|disqus|newsletter|respond(?![a-z])|reply)"
)
_BODY = re.compile(
    r"article-?_?(?:body|content|text)|(?:entry|post|story|main|page|news|single|td-post|body|field)-?_{0,2}-?"
    r"(?:content|body|text)|articlebody|(?<![a-z])prose(?![a-z])"
)
_STATES = (
    "tag-",
    "category-",
    "post-",
    "has-",
    "no-",
    "with-",
    "wp-",
    "type-",
    "status-",
    "format-",
    "is-",
    "page-",
)
_SPACE = re.compile(r"[ \t\r\f\v\u200b\ufeff]+")
_ODD_SPACE = ("  ", *"\t\r\f\v\u200b\ufeff")  # without any of it, _SPACE changes nothing: that is quickly seen
_BLANK_LINES = re.compile(r"\n(?: ?\n)+")
_LONGEST_SCORE = 600
_ABOVE = 20


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or the like: its lines, how many of its characters are links, and the tag it stands in."""

    text: str
    linked: int
    tag: str

    @property
    def is_heading(self) -> bool:
        return self.tag in _HEADINGS


@dataclass(slots=True, eq=False)  # thousands a page: frozen ones take three times as long to make
class _Span:
    """An element as the blocks ``begin`` to ``end`` that it holds, and what its names promise."""

    begin: int
    end: int
    tag: str
    side: bool
    never: bool
    body: bool


def body(root: etree._Element) -> tuple[list[Block], list[Block]]:
    """The blocks of the article in a page, in order, and those that stand above it; none where there is no text."""
    walk = _Walk()
    walk.visit(root, "body", False)  # its head too: where body is only implied, libxml2 leaves the text there
    walk.flush("body")
    blocks, spans = walk.blocks, walk.spans
    if not blocks:
        return [], []
    points = [*map(_points, blocks)]
    dropped = _side_matter(points, spans)
    begin, end = _best(blocks, points, spans, dropped)
    _drop_lists(blocks, spans, dropped, begin, end)
    chosen = [i for i in range(begin, end) if i not in dropped and blocks[i].linked * 2 <= len(blocks[i].text)]
    above = blocks[max(0, (chosen or [begin])[0] - _ABOVE) : (chosen or [begin])[0]]
    return [blocks[i] for i in chosen], above


def _side_matter(points: Sequence[float], spans: Sequence[_Span]) -> set[int]:
    """Blocks of elements that call themselves something else, unless most of the page's prose is in them."""
    prose = [0, *accumulate(max(0, n) for n in points)]
    dropped: set[int] = set()
    for span in spans:
        share = prose[span.end] - prose[span.begin]
        if span.never and share < 0.95 * prose[-1]:
            dropped.update(range(span.begin, span.end))
    prose = [0, *accumulate(0 if i in dropped else max(0, n) for i, n in enumerate(points))]
    shares = [prose[span.end] - prose[span.begin] for span in spans]
    bodies = [(each, n) for each, n in zip(spans, shares, strict=True) if each.body and not each.side and n > 300]
    for span, share in zip(spans, shares, strict=True):
        if span.side and (
            share < 0.4 * prose[-1]
            or any((each.end <= span.begin or span.end <= each.begin) and n * 2 > share for each, n in bodies)
        ):
            dropped.update(range(span.begin, span.end))
    return dropped


def _best(
    blocks: Sequence[Block], points: Sequence[float], spans: Iterable[_Span], dropped: set[int]
) -> tuple[int, int]:
    """Where the element begins and ends whose blocks have the most points."""
    worth = (-0.3 * min(len(blocks[i].text), 200) - 5 if i in dropped else n for i, n in enumerate(points))
    sums = [0.0, *accumulate(worth)]
    best, begin, end = float("-inf"), 0, len(blocks)
    for span in spans:
        value = sums[span.end] - sums[span.begin]
        value *= 1.3 if span.body and value > 0 else 1
        if value > best:
            best, begin, end = value, span.begin, span.end
    return begin, end


def _drop_lists(blocks: Sequence[Block], spans: Iterable[_Span], dropped: set[int], begin: int, end: int) -> None:
    """Leave out what within the article is mostly links: lists of other articles, menus, tags."""
    for span in spans:
        inside = begin <= span.begin and span.end <= end and span.end - span.begin < end - begin
        if inside and span.end - span.begin > 1:
            part = blocks[span.begin : span.end]
            if sum(block.linked for block in part) * 2 > sum(len(block.text) for block in part):
                dropped.update(range(span.begin, span.end))
    teasers = [
        span
        for span in spans
        if span.tag == "article" and begin <= span.begin and span.end <= end and span.end - span.begin < end - begin
    ]
    if len(teasers) > 2:  # of several articles side by side, only one that stands out is what the page is about
        size = {span: sum(len(block.text) for block in blocks[span.begin : span.end]) for span in teasers}
        first, second = sorted(teasers, key=size.__getitem__, reverse=True)[:2]
        for span in teasers if size[second] * 2 < size[first] else []:
            if span.end <= first.begin or first.end <= span.begin:
                dropped.update(range(span.begin, span.end))


def _points(block: Block) -> float:
    length = len(block.text)
    if block.tag in _HEADINGS:
        return -5 if block.linked * 2 < length else -30
    if block.linked * 2 > length:
        return -20 - min(block.linked, 100)
    if length >= 140 or (block.text.count(" ") > 6 and ends_sentence(block.text)):
        return min(length - block.linked, _LONGEST_SCORE)
    return -15 if block.linked else -5


class _Walk:
    """One pass over the tree: its text as blocks, its elements as spans of them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.spans: list[_Span] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._broken = False

    def visit(self, element: etree._Element, context: str, linked: bool) -> None:
        """Take in ``element``: most of a page's reading is here, so that nothing is called that need not be."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT or _is_hidden(element):
            return
        if tag == "br":
            if self._broken:  # the second in a row parts paragraphs
                self.flush(context)
            self._pieces.append("\n")
            self._broken = True
            return
        cell = tag in _CELLS
        inline = tag in _INLINE or (cell and all(child.tag in _INLINE for child in element))
        linked = linked or tag == "a"
        verbatim = tag == "pre"
        begin = 0
        if not inline:
            if self._pieces:
                self.flush(context)
            begin, context = len(self.blocks), tag
        elif cell:
            self._pieces.append(" ")
        # White space begins no block.
        if (text := element.text) and (self._pieces or not text.isspace()):
            self._say(text, linked, verbatim)
        for child in element:
            if child.tag not in _SILENT:
                self.visit(child, context, linked)
            if (text := child.tail) and (self._pieces or not text.isspace()):
                self._say(text, linked, verbatim)
        if not inline:
            if self._pieces:
                self.flush(context)
            if len(self.blocks) > begin:
                self.spans.append(_span(element, tag, begin, len(self.blocks)))

    def _say(self, text: str, linked: bool, verbatim: bool) -> None:
        self._pieces.append(text if verbatim else text.replace("\n", " "))
        if not text.isspace():
            self._broken = False
            if linked:
                self._linked += len(text.strip())

    def flush(self, tag: str) -> None:
        """What has been said since the last flush is a block, or several where blank lines part it."""
        if not self._pieces:
            return
        said, linked = "".join(self._pieces), self._linked
        self._pieces, self._linked = [], 0
        if not said or said.isspace():
            return
        if any(map(said.__contains__, _ODD_SPACE)):
            said = _SPACE.sub(" ", said)
        if "\n" not in said:
            self.blocks.append(Block(said.strip(), min(linked, len(said)), tag))
            return
        for part in _BLANK_LINES.split(said):
            text = "\n".join(line for line in map(str.strip, part.split("\n")) if line)
            if text:
                self.blocks.append(Block(text, min(linked, len(text)), tag))
                linked = max(0, linked - len(text))


def _span(element: etree._Element, tag: str, begin: int, end: int) -> _Span:
    side, never, is_body = _promises(f"{element.get('class') or ''} {element.get('id') or ''}".lower())
    return _Span(
        begin,
        end,
        tag,
        side=tag in _ASIDE or (side and tag not in _WHOLE),
        never=never and tag not in _WHOLE,
        body=is_body or tag == "article" or element.get("itemprop") == "articleBody",
    )


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()


@lru_cache(maxsize=4096)
def _promises(names: str) -> tuple[bool, bool, bool]:
    """Whether an element's names are those of a side matter, of what is never an article, of an article's body."""
    side = never = is_body = False
    for name in names.split():
        of_side, of_never, of_body = _promise(name)
        side, never, is_body = side or of_side, never or of_never, is_body or of_body
    return side, never, is_body


@lru_cache(maxsize=16384)
def _promise(name: str) -> tuple[bool, bool, bool]:
    is_body = bool(_BODY.search(name))
    if name.startswith(_STATES):
        return False, False, is_body
    return not is_body and bool(_SIDE_MATTER.search(name)), bool(_NEVER.search(name)), is_body
