"""Buttons below a message, and the data that Telegram brings back when one is pressed."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

DATA_LIMIT = 64
"""Bytes that a button can carry."""


@dataclass(frozen=True, slots=True)
class Button:
    """What stands on it, and what it brings back: a kind and its arguments, parted by colons."""

    text: str
    data: str


Rows = tuple[tuple[Button, ...], ...]


def button(text: str, kind: str, *arguments: object) -> Button:
    return Button(text, ":".join((kind, *map(str, arguments))))


def rows(*given: list[Button]) -> Rows:
    """The rows that have a button at all."""
    return tuple(tuple(row) for row in given if row)


def keyboard(given: Rows) -> InlineKeyboardMarkup | None:
    if not given:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in given]
    )
