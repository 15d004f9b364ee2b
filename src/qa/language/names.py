"""Names of people and places that prose gives.

By capitals in English. Arabic has none: there a person is known by an office before the name or by a given
name, a place by a list or by a word like *city* or *river* before it. So not every name is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from qa.language import arabic, english
from qa.language.asking import names_person
from qa.language.dates import ALEF, MONTHS
from qa.language.glossary import listed
from qa.language.spans import Span, Word, joined, key, keys, word_spans
from qa.language.words import lines, words

_CAPITAL = r"(?:(?:[A-Z]\.)+(?:[A-Z]\b)?|[A-Z][^\W_]*(?:['’-][^\W_]+)*)"
_LINK = r"(?:(?:of|the|de|da|di|du|la|le|van|von|der|den|bin|ibn|ben|al|el)\s){0,2}"
_NAMED = re.compile(rf"(?<![\w.]){_CAPITAL}(?:\s{_LINK}{_CAPITAL})*")
_OPENING = re.compile(r"(?:^|[.!?…:\n][\"'”’»)\]]*\s*|[\"'“‘«(\[]\s*)$")
_NATION = re.compile(r"(?:\w(?:ian|ese|ish|can|eli|aqi|emeni)|French|Dutch|German|Greek|Arab|Arabic|Swiss)s?")
_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")
_WHERE = re.compile(r"\b(?:in|at|near|from|to|into|across|outside|around|of)\s(?:the\s)?$", re.I)

_LINKS = frozenset(map(arabic.fold, "عبد بن ابن بنت أبو أبي آل دي دا فون فان ديل دو".split()))
_GEOGRAPHY = frozenset(
    map(
        arabic.fold,
        "مدينة محافظة ولاية إقليم منطقة مقاطعة نهر جبل جزيرة بلدة قرية حي شارع ميناء مطار وادي بحيرة بحر قصر"
        " جامعة".split(),
    )
)
_ATTACHED = frozenset("وبلفك")
_MODIFIERS = 5
"""Words at most between an office and who holds it."""


def people(text: str) -> list[Span]:
    """Where ``text`` names people (or, in English, whatever has capitals and is no place or time)."""
    return joined([*_capitals(text), *_after_offices(text)])


def places(text: str) -> list[Span]:
    """Where ``text`` names places: listed ones, names after a preposition of place, and *the river …*."""
    found = [match.span() for match in _NAMED.finditer(text) if _WHERE.search(text[: match.start()])]
    found = [(start, end) for start, end in found if not _is_time(text[start:end])]
    tokens = word_spans(text)
    for n, word in enumerate(tokens):
        end = next((end for end in range(min(n + 3, len(tokens)), n, -1) if _is_place(tokens[n:end], text)), None)
        if end is not None:
            found.append((word.start, tokens[end - 1].end))
        elif word.key in _GEOGRAPHY and _adjoins(tokens, n + 1, text) and arabic.term(tokens[n + 1].text):
            found.append((word.start, tokens[n + 1].end))
    return joined(found)


@cache
def _places() -> frozenset[str]:
    return keys(lines("places"))


def _is_place(tokens: Sequence[Word], text: str) -> bool:
    if not all(_adjoins(tokens, n, text) for n in range(1, len(tokens))):
        return False
    name = " ".join(token.key for token in tokens)
    if not tokens[0].is_arabic:
        return tokens[0].text[0].isupper() and name in _places()
    return name in _places() or (name[:1] in _ATTACHED and name[1:] in _places())


def _is_time(name: str) -> bool:
    return name.lower() in MONTHS or bool(_WEEKDAY.match(name))


def _capitals(text: str) -> Iterator[Span]:
    for match in _NAMED.finditer(text):
        start, end = match.span()
        first, _, rest = match[0].partition(" ")
        if not english.term(first):  # The, In; but not WHO, US
            start = end - len(rest)
        elif not rest and not first.isupper() and _OPENING.search(text[:start]):
            continue  # any word has a capital there
        name = text[start:end]
        if not name or _is_time(name) or " ".join(map(key, name.split())) in _places():
            continue
        if " " in name or not (len(name) == 1 or _NATION.search(name)):
            yield start, end


def _after_offices(text: str) -> Iterator[Span]:
    words_ = [word for word in word_spans(text) if word.is_arabic]
    n = 0
    while n < len(words_):
        office = names_person(words_[n].text)
        first = _past_modifiers(words_, n + 1, text) if office else n
        named = first < len(words_) and (
            _is_given(words_[first].text)
            or (office and _adjoins(words_, first, text) and _may_be_name(words_[first]))
        )
        last = _name_end(words_, first, text) if named else n
        if named and (office or last > first):
            yield words_[first].start, words_[last].end
        n = max(n, last) + 1


def _past_modifiers(found: Sequence[Word], n: int, text: str) -> int:
    """Past what belongs to an office: the minister *of defence*, the delegate *in charge of …*."""
    end = min(len(found), n + _MODIFIERS)
    while n < end and _adjoins(found, n, text) and (_is_definite(found[n].text) or found[n].text.startswith("بإ")):
        n += 1
    return n


def _name_end(found: Sequence[Word], first: int, text: str) -> int:
    """The last word of the name that begins at ``first``: a given name, one more, and what links them."""
    last, more = first, True
    while _adjoins(found, last + 1, text):
        before, following = found[last], found[last + 1]
        linked = before.key in _LINKS or following.key in _LINKS
        given = _is_given(before.text) or (last > first and found[last - 1].key in _LINKS)
        if not (linked or (more and (_may_be_name(following) or (given and _is_definite(following.text))))):
            break
        more &= linked
        last += 1
    while last > first and found[last].key in _LINKS:
        last -= 1
    return last


@cache
def _given() -> frozenset[str]:
    return frozenset(map(_spelling, words("names-ar")))


@cache
def _common() -> frozenset[str]:
    """Words of news, and countries: what stands in the glossary is no person's name."""
    return keys(word for line in listed() for word in line.split(" = ")[1].split())


def _is_given(word: str) -> bool:
    spelling = _spelling(word)
    return spelling in _given() or (spelling[:1] in _ATTACHED and spelling[1:] in _given())


@lru_cache(maxsize=1 << 14)
def _spelling(word: str) -> str:
    """Unlike ``key`` this tells علي from على."""
    return re.sub(f"[{ALEF}]", "ا", arabic.bare(word))


def _may_be_name(word: Word) -> bool:
    if _is_given(word.text):
        return True
    return not (
        len(word.key) < 3
        or _is_definite(word.text)
        or not arabic.term(word.text)
        or word.key in _common()
        or names_person(word.text)
        or word.text.endswith(("اً", "ًا", "ات", "ون", "ية"))
        or word.text.startswith(("و", "ي"))
    )


def _is_definite(word: str) -> bool:
    return word.startswith(("ال", "وال", "بال", "لل"))


def _adjoins(found: Sequence[Word], n: int, text: str) -> bool:
    """Whether there is a word at ``n`` and little but space between it and the one before."""
    return n < len(found) and not text[found[n - 1].end : found[n].start].strip(' \u00a0"“«')
