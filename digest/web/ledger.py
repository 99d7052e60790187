"""The page of deliveries, where they are retried and dropped."""

from __future__ import annotations

import re
from typing import get_args

from aiohttp import web

from digest.model import DeliveryState
from digest.web.actions import carry_out, number, told
from digest.web.login import operator_page
from digest.web.responses import SITE

_STATES = (*get_args(DeliveryState), "dropped")
_SHOWN = 100
# Where a button was: the list as it was filtered, or an edition.
_BACK = re.compile(r"/editions/\d{1,15}|/deliveries(\?[\w=&.-]{0,200})?", re.ASCII)


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [
        web.get("/deliveries", _deliveries),
        web.post("/deliveries/{delivery}/{decision:retry|drop}", _decide),
    ]


async def _deliveries(request: web.Request) -> web.Response:
    site = request.app[SITE]
    state, digest = request.query.get("state", ""), request.query.get("digest", "")
    if state and state not in _STATES:
        raise web.HTTPBadRequest(text="There is no such state.")
    found = await site.read(
        lambda store: store.deliveries.find(state or None, digest or None, _SHOWN)
    )
    return operator_page(
        request,
        "deliveries.html",
        deliveries=found,
        states=_STATES,
        state=state,
        digests=list(site.settings.digests),
        digest=digest,
        back=f"/deliveries?state={state}&digest={digest}",
        full=len(found) == _SHOWN,
        told=told(request),
    )


async def _decide(request: web.Request) -> web.Response:
    wanted, decision = number(request, "delivery"), request.match_info["decision"]
    back = str((await request.post()).get("back", ""))
    await carry_out(
        request,
        lambda runtime: runtime.decide(decision, {"ids": [wanted]}),
        lambda _: decision,
        back if _BACK.fullmatch(back) else "/deliveries",
    )
