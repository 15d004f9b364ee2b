"""Which lines of a page are not part of its article, and by which rule.

When in doubt a line stays: clutter in a text is a nuisance, a missing sentence is a lie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from qa.readers.lines import Line, hard_wrapped
from qa.readers.rules import RULES, Where, is_credited, jumps, lands, opens_tail

_TOP = 12
"""Lines. What stands above the prose is looked for in no more than these."""

_WRAPPED = 40
"""Characters. A shorter line was not broken for its length."""


def clutter(lines: Sequence[Line]) -> list[str | None]:
    """For each line the name of the rule that takes it out, or ``None`` where it stays."""
    found = [_rule(line, {"anywhere"}) for line in lines]
    running = running_lines(lines, found)
    prose = [i for i, line in enumerate(lines) if i in running or (found[i] is None and _is_prose(line))]
    top = _top(prose, found)
    tail = prose[-1] + 1 if prose else len(lines)
    for i, line in enumerate(lines):
        if i in running:
            found[i] = None
        elif found[i] is None and (i < top or i >= tail):
            found[i] = _rule(line, {"top", "edges"} if i < top else {"edges"})
    _take_skipped(lines, found)
    _take_blocks(lines, found)
    _take_tail(lines, found)
    return found


def _top(prose: Sequence[int], found: Sequence[str | None]) -> int:
    """How many lines stand above the text: those before its first prose, and a standfirst before the date."""
    first, second = [*prose[:2], _TOP, _TOP][:2]
    stated = [i for i, verdict in enumerate(found[:_TOP]) if verdict == "published" and first < i < second]
    return max([min(first, _TOP), *stated])


def running_lines(lines: Sequence[Line], found: Sequence[str | None]) -> frozenset[int]:
    """Of hard-wrapped text, the lines whose sentence runs on from the line before or into the line after."""
    running: set[int] = set()
    if not hard_wrapped(lines):
        return frozenset()
    last = {line.block: line for line in lines}
    for i, (line, after) in enumerate(pairwise(lines)):
        broken = len(line.text) >= _WRAPPED and line.block == after.block and not line.is_sentence
        if not broken or not last[line.block].is_sentence:
            continue
        if i in running or (found[i] is None and found[i + 1] is None):
            running |= {i, i + 1}
    return frozenset(running)


def copies(lines: Sequence[Line], found: Sequence[str | None], *, title: int | None) -> list[str | None]:
    """`clutter`'s verdicts, and with them the lines that only say again what another line says.

    A longer line that is no sentence and stands twice in a row, or any that stands above the text and again
    elsewhere, is a caption (the picture's and its alternative text): all of it goes. Of anything else said
    twice in a row, and of a title repeated above the text, one stays.
    """
    verdicts = list(found)
    running = running_lines(lines, found)
    kept = [i for i, verdict in enumerate(found) if verdict is None]
    times = Counter(lines[i].text for i in kept)
    above = next((n for n, i in enumerate(kept) if i != title and _is_prose(lines[i])), len(kept))
    captions = {lines[i].text for i in kept[: min(above, _TOP)] if times[lines[i].text] > 1}
    for a, b in pairwise(kept):
        if lines[a].text == lines[b].text and len(lines[a].text.split()) > 5:
            captions.add(lines[a].text)
    previous = None
    for n, i in enumerate(kept):
        text = lines[i].text
        if i in running:
            repeated = False
        elif title is not None and text == lines[title].text:
            repeated = i != title and n < above
        else:
            repeated = text == previous or (text in captions and not lines[i].is_sentence)
        if repeated:
            verdicts[i] = "copy"
        previous = text
    return verdicts


def _rule(line: Line, where: set[Where]) -> str | None:
    if not line.folded:
        return None
    sentence = _is_sentence(line)
    for rule in RULES:
        if rule.where in where and (rule.sentences or not sentence) and rule.matches(line):
            return rule.name
    return None


def _is_sentence(line: Line) -> bool:
    """Ends like a sentence and is not a stray word or two with a stop behind it."""
    return line.is_sentence and len(line.text.split()) > 3


def _is_prose(line: Line) -> bool:
    return (line.is_sentence and len(line.text.split()) > 7) or (len(line.text) >= 200 and not is_credited(line))


def _take_skipped(lines: Sequence[Line], found: list[str | None]) -> None:
    """What stands between “skip … and continue reading” and “end of …”, where only headlines stand there."""
    for i, line in enumerate(lines):
        if not jumps(line):
            continue
        for j in range(i + 1, min(i + 1 + _TOP, len(lines))):
            if lands(lines[j]):
                found[i : j + 1] = [verdict or "related" for verdict in found[i : j + 1]]
                break
            if not _is_headline(lines[j]):
                break


def _take_blocks(lines: Sequence[Line], found: list[str | None]) -> None:
    """Amid the text, the rest of a block that opens with a bare “read also”, where headlines are all it has."""
    if not lines or not lines[-1].block:
        return
    for i, line in enumerate(lines):
        if found[i] != "related" or not opens_tail(line) or (i and lines[i - 1].block == line.block):
            continue
        end = next((j for j in range(i, len(lines)) if lines[j].block != line.block), len(lines))
        if all(_is_headline(each) for each in lines[i:end]):
            found[i:end] = [verdict or "related" for verdict in found[i:end]]


def _take_tail(lines: Sequence[Line], found: list[str | None]) -> None:
    """Below a bare “read also”, headlines to the end of the file belong to it."""
    for i in reversed(range(len(lines))):
        if found[i] == "related" and opens_tail(lines[i]):
            found[i:] = [verdict or "related" for verdict in found[i:]]
        elif found[i] is None and not _is_headline(lines[i]):
            return


def _is_headline(line: Line) -> bool:
    return len(line.text) <= 150 and not (line.is_sentence and line.folded.rstrip("\"'”»)")[-1:] in ".…")
