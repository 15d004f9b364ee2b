"""The cookie of someone who has shown the token: good for a while, and no secret but the token is kept."""

from __future__ import annotations

import hashlib
import hmac
import time

COOKIE = "isnad_session"
SECONDS = 30 * 86400


def issue(token: str) -> str:
    """A cookie that is good from now on for ``SECONDS``."""
    return _signed(token, str(int(time.time()) + SECONDS))


def good(token: str, cookie: str) -> bool:
    """Whether ``cookie`` was issued for ``token`` and has not expired."""
    expires = cookie.partition(".")[0]
    return same(cookie, _signed(token, expires)) and int(expires) > time.time()


def same(given: str, true: str) -> bool:
    """Whether two texts are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), true.encode("utf-8", "replace"))


def _signed(token: str, expires: str) -> str:
    return f"{expires}.{hmac.new(token.encode(), f'isnad session {expires}'.encode(), hashlib.sha256).hexdigest()}"
