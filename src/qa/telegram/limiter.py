"""Telegram's limits, kept on our side."""

from __future__ import annotations

from typing import Any

from telegram.ext import AIORateLimiter


class Limiter(AIORateLimiter):
    """Telegram's limits: 30 messages a second, 20 a minute in each group. Chat actions do not count.

    What a caller passes as ``rate_limit_args`` is awaited when the request's turn has come.
    """

    async def process_request(
        self, callback: Any, args: Any, kwargs: Any, endpoint: str, data: Any, rate_limit_args: Any
    ) -> Any:
        if endpoint == "sendChatAction":
            return await callback(*args, **kwargs)

        async def leave(*a: Any, **k: Any) -> Any:
            if rate_limit_args:
                await rate_limit_args()
            return await callback(*a, **k)

        return await super().process_request(leave, args, kwargs, endpoint, data, None)
