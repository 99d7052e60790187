"""The pages for readers: unsubscribe (RFC 8058), preferences, subscribe and confirm.

A page is told apart by a signed token in its address, and by nothing else: there are no cookies,
no redirects and no sessions. Reading one changes nothing, since programs follow the links in mail;
only what is posted does, and posted once more it changes nothing more.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from aiohttp import HttpVersion11, hdrs, web
from msgspec.structs import replace

from digest.config.addresses import read_mailbox
from digest.config.fields import one_address, zone_name
from digest.domains import HOST_NAME, ascii_domain
from digest.web.peers import peer_of
from digest.web.public_page import HEADERS
from digest.web.reader_pages import NeverPages, Pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.jobs.subscriptions import Subscriptions
    from digest.model import Recipient
    from digest.signing.tokens import Confirmation
    from digest.web.public_page import Page
    from digest.web.refusals import Refusals

_LONGEST_ADDRESS = 254
# A form is looked at before it is sent, and not kept for days: what only posts is refused.
_LEAST_AGE, _MOST_AGE = timedelta(seconds=2), timedelta(hours=12)
_BODY_SECONDS = 10.0
_FORM = "application/x-www-form-urlencoded"
# Left to itself, a variable of a path takes no braces.
_ANY = "{token:[^/]+}"


def public_routes(
    subscriptions: Callable[[], Subscriptions], refusals: Refusals
) -> list[web.RouteDef]:
    """The routes below `web.public_url`; `enrolling` answers what carries out by the settings now.

    Handlers that are given no good token answer 404.
    """
    desk = _Desk(subscriptions, refusals)
    return [
        web.get(f"/u/{_ANY}", desk.show_unsubscribe),
        web.post(f"/u/{_ANY}", desk.unsubscribe, expect_handler=_expect_anything),
        web.get(f"/p/{_ANY}", desk.show_preferences),
        web.post(f"/p/{_ANY}", desk.change_preferences),
        web.get("/subscribe/{channel}", desk.show_subscribe),
        web.post("/subscribe/{channel}", desk.subscribe),
        web.get(f"/confirm/{_ANY}", desk.show_confirm),
        web.post(f"/confirm/{_ANY}", desk.confirm),
    ]


def takes_any_body(request: web.Request) -> bool:
    """Whether what a request brings is of no matter: it unsubscribes by its address alone."""
    return request.method == "POST" and request.path.startswith("/u/")


class _Desk:
    def __init__(self, subscriptions: Callable[[], Subscriptions], refusals: Refusals) -> None:
        self._subscriptions = subscriptions
        self._refusals = refusals

    async def show_unsubscribe(self, request: web.Request) -> web.Response:
        if refusing := self._refusing(request):
            return answer(self._never(*refusing).never())
        reader = await self._subscriptions().look(*self._leaver(request))
        return self._left(request, reader)

    async def unsubscribe(self, request: web.Request) -> web.Response:
        if refusing := self._refusing(request):
            await self._subscriptions().never_ask(refusing[1])
            return answer(self._never(*refusing).never_again())
        channel, address = self._leaver(request)
        subscriptions = self._subscriptions()
        # Whatever a mail program sends: the address is enough (RFC 8058, section 3.2).
        wants_back = (await _form_fields_at_best(request)).get("do") == "resubscribe"
        if wants_back and self._may_return(request):
            reader = await subscriptions.resubscribe(channel, address)
        else:
            reader = await subscriptions.unsubscribe(channel, address)
        return self._left(request, reader)

    async def show_preferences(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        return answer(self._pages(reader.channel).preferences(reader))

    async def change_preferences(self, request: web.Request) -> web.Response:
        channel, address = self._named(request)
        subscriptions = self._subscriptions()
        pages = self._pages((await subscriptions.look(channel, address)).channel)
        fields = await form_fields(request)
        match fields.get("do"):
            case "unsubscribe":
                reader = await subscriptions.unsubscribe(channel, address)
            case "resubscribe" | "resume":
                reader = await subscriptions.resubscribe(channel, address)
            case "pause":
                until = _pause_until(fields.get("for", ""), subscriptions.clock())
                reader = await subscriptions.pause(channel, address, until)
            case "each" | "weekly" as frequency:
                reader = await subscriptions.choose_frequency(channel, address, frequency)
            case "time":
                try:
                    at, zone = _own_time(fields)
                except ValueError:
                    reader = await subscriptions.look(channel, address)
                    wrong = pages.t(
                        "Not saved: give a time like 07:30 and a time zone like Europe/Berlin."
                    )
                    return answer(pages.preferences(reader, wrong), 422)
                reader = await subscriptions.choose_time(channel, address, at, zone)
            case _:
                return answer(pages.preferences(await subscriptions.look(channel, address)), 422)
        return answer(pages.preferences(reader, pages.t("Saved.")))

    async def show_subscribe(self, request: web.Request) -> web.Response:
        channel = self._open_channel(request)
        return answer(self._pages(channel).subscribe(self._form_of(channel)))

    async def subscribe(self, request: web.Request) -> web.Response:
        channel = self._open_channel(request)
        subscriptions, pages, fields = (
            self._subscriptions(),
            self._pages(channel),
            await form_fields(request),
        )
        given, form = fields.get("address", "").strip(), fields.get("form", "")
        shown_at = subscriptions.tokens.form(form, channel)
        age = subscriptions.clock() - shown_at if shown_at else _MOST_AGE
        if not _LEAST_AGE <= age < _MOST_AGE:
            # Sent once more, one that was sent too soon is old enough.
            is_young = timedelta() <= age < _LEAST_AGE
            form = form if is_young else self._form_of(channel)
            again = pages.t("Please send it once more.")
            return answer(pages.subscribe(form, again, address=given), 422)
        address = _address(given)
        if not address:
            wrong = pages.t("This is not an email address.")
            return answer(pages.subscribe(form, wrong, address=given), 422)
        if not await subscriptions.admits(self._peer(request)):
            return answer(pages.too_many(), 429)
        subscriptions.ask(channel, address)
        return answer(pages.asked())

    async def show_confirm(self, request: web.Request) -> web.Response:
        asked = self._asked(request)
        pages, subscriptions = self._pages(asked.channel), self._subscriptions()
        if asked.until < subscriptions.clock():
            return answer(pages.too_old(), 410)
        return answer(pages.confirm(await subscriptions.look(asked.channel, asked.address)))

    async def confirm(self, request: web.Request) -> web.Response:
        asked = self._asked(request)
        pages, subscriptions = self._pages(asked.channel), self._subscriptions()
        if asked.until < subscriptions.clock():
            return answer(pages.too_old(), 410)
        return answer(pages.confirmed(await subscriptions.confirm(asked)))

    def _form_of(self, channel: str) -> str:
        subscriptions = self._subscriptions()
        return subscriptions.tokens.of_form(channel, subscriptions.clock())

    def _peer(self, request: web.Request) -> str:
        forwarded = request.headers.getall("X-Forwarded-For", [])
        return peer_of(request.remote, forwarded, self._subscriptions().proxies)

    def _refusing(self, request: web.Request) -> tuple[str, str] | None:
        return self._subscriptions().tokens.refusal(request.match_info["token"])

    def _never(self, channel: str, address: str) -> NeverPages:
        return NeverPages(self._subscriptions().language(channel), address)

    def _pages(self, channel: str) -> Pages:
        return Pages(self._subscriptions(), channel)

    async def _reader(self, request: web.Request) -> Recipient:
        return await self._subscriptions().look(*self._named(request))

    def _left(self, request: web.Request, reader: Recipient) -> web.Response:
        page = self._pages(reader.channel).unsubscribe(reader)
        if not self._may_return(request):
            page = replace(page, forms=tuple(f for f in page.forms if f.do == "unsubscribe"))
        return answer(page)

    def _leaver(self, request: web.Request) -> tuple[str, str]:
        leaver = self._subscriptions().tokens.leaver(request.match_info["token"])
        return leaver or self._refusals.refuse()

    def _may_return(self, request: web.Request) -> bool:
        """Whether a link does more than let somebody leave."""
        return self._subscriptions().tokens.recipient(request.match_info["token"]) is not None

    def _named(self, request: web.Request) -> tuple[str, str]:
        named = self._subscriptions().tokens.recipient(request.match_info["token"])
        return named or self._refusals.refuse()

    def _asked(self, request: web.Request) -> Confirmation:
        asked = self._subscriptions().tokens.confirmation(request.match_info["token"])
        if asked is None or not self._subscriptions().is_open(asked.channel):
            self._refusals.refuse()
        return asked

    def _open_channel(self, request: web.Request) -> str:
        channel = request.match_info["channel"]
        return channel if self._subscriptions().is_open(channel) else self._refusals.refuse()


def answer(page: Page, status: int = 200) -> web.Response:
    """A page of a reader as a response."""
    return web.Response(text=page.html(), status=status, content_type="text/html", headers=HEADERS)


async def _expect_anything(request: web.Request) -> None:
    """Have a body come where a client waits for that; whatever else it expects is of no matter."""
    waits = request.headers.get(hdrs.EXPECT, "").lower() == "100-continue"
    if waits and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # What was written before an answer is none of it.
        request.writer.output_size = 0


async def form_fields(request: web.Request) -> dict[str, str]:
    """The fields of a form, each once; nothing where it is none of ours."""
    fields: dict[str, str] = {}
    with suppress(ValueError, LookupError):
        for name, value in (await request.post()).items():
            if isinstance(value, str):
                fields.setdefault(name, value)
    return fields


async def _form_fields_at_best(request: web.Request) -> dict[str, str]:
    """The fields of a form; nothing where it is none, or does not come, or not whole."""
    # Whatever is none of our own forms can be broken in more ways than are worth to be known.
    if request.content_type != _FORM or hdrs.CONTENT_ENCODING in request.headers:
        return {}
    with suppress(TimeoutError, OSError, web.RequestPayloadError, web.HTTPRequestEntityTooLarge):
        async with asyncio.timeout(_BODY_SECONDS):
            await request.read()
        return await form_fields(request)
    return {}


def _pause_until(weeks: str, now: datetime) -> datetime | None:
    return now + timedelta(weeks=int(weeks)) if weeks in {"1", "2", "4"} else None


def _own_time(fields: dict[str, str]) -> tuple[time | None, str | None]:
    """The time of day and the zone that are wanted; None: the digest's.

    Raises:
        ValueError: they are none.
    """
    if zone := fields.get("zone", "").strip():
        zone_name(zone)
    if not fields.get("at"):
        return None, None
    at = datetime.strptime(fields["at"], "%H:%M").time()  # noqa: DTZ007 - a time of any day
    return at, zone or None


def _address(text: str) -> str:
    """The address that a text is; empty where it is none, or says more, like a name.

    What is mailed to nobody outside, like root@localhost, is none to the public.
    """
    with suppress(ValueError):
        mailbox = read_mailbox(one_address(text))
        is_bare = {"<", "("}.isdisjoint(text) and len(text) <= _LONGEST_ADDRESS
        domain = ascii_domain(mailbox.domain).removesuffix(".")
        return mailbox.address if is_bare and HOST_NAME.fullmatch(domain) else ""
    return ""
