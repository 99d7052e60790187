"""Asking for a feed as polling does: fetched, and then decoded elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.parsing.read import read_text
from digest.jobs.body_task import body_of

if TYPE_CHECKING:
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Response


async def get(fetcher: Fetcher, url: str, **more: Any) -> Response:
    """The answer, its body decoded."""
    response = await fetcher.fetch(Request(url, allow_private_networks=True, **more))
    if response.body is None:
        return response
    body = body_of(response, fetcher._limits.max_body, "feed", {})
    return replace(response, body=await asyncio.to_thread(read_text, body))


async def refused(fetcher: Fetcher, url: str, **more: Any) -> FeedError:
    """Why there is no answer, or none that can be read."""
    with pytest.raises(FeedError) as caught:
        await get(fetcher, url, **more)
    return caught.value
