"""Rotates the keys that links and sessions are signed with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from digest.log import event

if TYPE_CHECKING:
    from digest.signing.tokens import Tokens
    from digest.signing.web_links import EditionLinks
    from digest.store import Store, StoreThread
    from digest.store.keys import Keys

_log = logging.getLogger(__name__)


class KeyRotation:
    """Has all that signs use new keys."""

    def __init__(self, store: StoreThread[Store], tokens: Tokens, links: EditionLinks) -> None:
        self._store = store
        self._tokens = tokens
        self._links = links

    async def rotate(self, *, forget: bool) -> Keys:
        """Make new keys; with `forget` nobody leaves by a link of before either."""
        keys = await self._store.transact(lambda store: store.keys.rotate(forget=forget))
        self._tokens.take(keys.links, keys.retired)
        self._links.take(keys.links)
        event(_log, logging.INFO, "keys rotated", retired=len(keys.retired))
        return keys
