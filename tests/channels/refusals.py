"""What a channel makes of an answer that refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.channels import open_channels
from digest.errors import DeliveryError
from tests.channels.making import deliveries, send
from tests.rendering.samples import edition, story

if TYPE_CHECKING:
    from tests.channels.place import HttpPlace
    from tests.servers import Reply


async def refused(place: HttpPlace, answer: Reply) -> DeliveryError:
    """The error of a post that a place answers so."""
    place.server.replies[place.path] = answer
    channel = open_channels(place.settings())["it"]
    with pytest.raises(DeliveryError) as caught:
        await send(channel, *deliveries(channel, edition(story())))
    return caught.value
