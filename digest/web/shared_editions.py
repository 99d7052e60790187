"""Editions in the browser, and a feed of them (RFC 4287), for readers who have the link."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from digest.editions.weekly import configured
from digest.feeds.text import xml_characters
from digest.jobs.pictures import without_embedded
from digest.jobs.render import render_beside
from digest.rendering.email.mime import pictures_in
from digest.rendering.full_list import linked_to_list
from digest.rendering.pictures import self_contained
from digest.rendering.templates import Templates
from digest.signing.signatures import is_same
from digest.signing.web_links import (
    digest_feed_url,
    digest_token,
    edition_due,
    edition_url,
    urn_of,
)
from digest.web.responses import SITE, document

if TYPE_CHECKING:
    from digest.model import Edition
    from digest.rendering.renderer import Renderer
    from digest.store import Store
    from digest.store.deliveries import EditionRecord

_EDITIONS = 20
# An empty feed has been as it is since then.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_NO_EDITION = "There is no edition under this link."


def routes() -> list[web.RouteDef]:
    """Their pages."""
    return [
        web.get("/e/{digest:[^/]+}/{due:[^/]+}/{token:[^/]+}", _edition),
        web.get("/digests/{digest:[^/]+}/{token:[^/]+}.atom", _atom),
    ]


async def _edition(request: web.Request) -> web.Response:
    site, digest = request.app[SITE], request.match_info["digest"]
    at = edition_due(site.links, digest, request.match_info["due"], request.match_info["token"])
    if at is None:
        site.refusals.refuse()
    edition = await site.read(lambda store: store.editions.load_due(digest, at))
    if edition is None:
        raise web.HTTPNotFound(text=_NO_EDITION)
    # Of a digest that is gone, the looks are gone too.
    templates = site.daemon.templates.get(configured(edition.digest)) or Templates()
    message = None
    if any(story.picture and story.picture.content_id for story in edition.stories):
        # What was embedded is kept in the email that it went out with, and nowhere else.
        message = await site.read(lambda store: store.editions.payload_due(digest, at, "email"))
    async with site.rendering:
        html, _ = await render_beside(templates, partial(_page, edition, message))
    response = document(html)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _page(edition: Edition, message: bytes | None, templates: Renderer) -> str:
    """The page of an edition, with the pictures that its message has in it."""
    pictures = pictures_in(message) if message else {}
    shown = linked_to_list(without_embedded(edition, pictures.keys()), page="")
    return self_contained(templates.html(shown), pictures)


async def _atom(request: web.Request) -> web.Response:
    site, digest = request.app[SITE], request.match_info["digest"]
    if not is_same(request.match_info["token"], digest_token(site.links, digest)):
        site.refusals.refuse()
    if digest not in site.settings.digests:
        renamed = await site.read(lambda store: store.moves.after("digest", digest))
        digest = renamed[-1] if renamed else digest
    if digest not in site.settings.digests:
        raise web.HTTPNotFound(text="There is no feed under this link.")
    entries = await site.read(lambda store: _newest(store, digest))
    urns = await site.read(lambda store: store.archive.urns([record.id for record, _ in entries]))
    public = site.public_url(request)
    known_as = site.settings.links_url
    values = {
        "title": site.settings.title_of(digest),
        "id": urn_of(known_as, digest),
        "url": digest_feed_url(public, site.links, digest),
        "updated": max((edition.composed_at for _, edition in entries), default=_NEVER),
        "entries": [
            (
                record,
                edition,
                edition_url(public, site.links, digest, record.scheduled_for),
                urns.get(record.id) or urn_of(known_as, digest, record.scheduled_for),
            )
            for record, edition in entries
        ],
    }
    text = xml_characters(site.text("editions.atom", values))
    response = web.Response(text=text, content_type="application/atom+xml")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _newest(store: Store, digest: str) -> list[tuple[EditionRecord, Edition]]:
    records = store.archive.editions((digest,), _EDITIONS)
    return [(record, edition) for record in records if (edition := store.editions.load(record.id))]
