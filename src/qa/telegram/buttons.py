"""Buttons below a message, and the data that Telegram brings back when one is pressed."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

DATA_LIMIT = 64
"""Bytes that a button can carry."""


@dataclass(frozen=True, slots=True)
class Button:
    """What stands on it, and what it brings back: a kind and its arguments, parted by colons.

    One with an ``app`` brings back nothing: it opens that address as a Mini App, in private chats only.
    """

    text: str
    data: str
    app: str = ""


Rows = tuple[tuple[Button, ...], ...]


def button(text: str, kind: str, *arguments: object) -> Button:
    return Button(text, ":".join((kind, *map(str, arguments))))


def rows(*given: list[Button]) -> Rows:
    """The rows that have a button at all."""
    return tuple(tuple(row) for row in given if row)


def keyboard(given: Rows) -> InlineKeyboardMarkup | None:
    if not given:
        return None
    return InlineKeyboardMarkup([[_shown(b) for b in row] for row in given])


def without_apps(given: Rows) -> Rows:
    return rows(*([b for b in row if not b.app] for row in given))


def _shown(one: Button) -> InlineKeyboardButton:
    if one.app:
        return InlineKeyboardButton(one.text, web_app=WebAppInfo(one.app))
    return InlineKeyboardButton(one.text, callback_data=one.data)
