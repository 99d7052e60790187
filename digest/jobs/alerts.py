"""Alerts the people who mend incidents, once when they begin and once when they end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from digest.editions.alerts import Trouble, compose_alert
from digest.jobs.message_ids import message_ids
from digest.log import event
from digest.model import ALERTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from digest.channels import Channel
    from digest.jobs.context import JobContext
    from digest.rendering.renderer import Renderer
    from digest.store import Store
    from digest.store.incidents import Incident

_log = logging.getLogger(__name__)


class AlertJob:
    """Publishes alerts, as editions that are delivered as all are."""

    def __init__(self, context: JobContext, templates: Renderer) -> None:
        alerts = context.settings.alerts
        self._settings = context.settings
        self._send_to = alerts.send_to if alerts else ()
        self._store = context.store
        self._channels = context.channels
        self._templates = templates
        self._clock = context.clock

    async def alert(self) -> int | None:
        """Publish one alert of all that nobody was told yet; answers the edition, if there is one.

        What no channel that works can tell stays untold until one does.
        """
        if not self._send_to:
            return None
        untold = await self._store.transact(lambda store: store.incidents.untold())
        if not untold:
            return None
        now = self._clock()
        resting = await self._store.transact(
            lambda store: [*store.ledger.backing_off(), *store.pairings.paused(now)]
        )
        routes = self._routes(resting)
        if not routes:
            return None
        titles = await self._titles()
        troubles = [self._trouble(incident, titles) for incident in untold]
        edition = compose_alert(troubles, self._settings.timezone, now)
        renditions = [channel.render(edition, self._templates) for channel in routes]
        ids = message_ids(self._settings, ALERTS, now)

        def tell(store: Store) -> int:
            return store.incidents.tell(
                untold,
                lambda: store.editions.publish(edition, now, renditions, ids, None),
                now,
            )

        number = await self._store.transact(tell)
        event(_log, logging.INFO, "alerted", edition=number, subject=edition.subject)
        return number

    async def _titles(self) -> dict[str, str]:
        """What each feed is called, by its address."""
        from digest.editions.feed_names import feed_names

        feeds = self._settings.feeds
        urls = [feed.address for feed in feeds]
        states = await self._store.transact(lambda store: store.feeds.states(urls))
        titles = {state.url: state.title for state in states}
        return feed_names({feed.address: feed.name for feed in feeds}, titles)

    @staticmethod
    def _trouble(incident: Incident, titles: Mapping[str, str]) -> Trouble:
        name = titles.get(incident.subject)
        return Trouble(
            kind=incident.kind,
            name=name or incident.subject,
            url=incident.subject if name else "",
            message=incident.message,
            since=incident.opened_at,
            until=incident.closed_at,
        )

    def _routes(self, resting: Collection[str]) -> list[Channel]:
        """The channels of `alerts` that are not what is broken, nor share a server with it."""
        settings = self._settings.channels
        shared = {settings[name].shares for name in resting if name in settings} - {None}
        return [
            self._channels[name]
            for name in self._send_to
            if name not in resting and settings[name].shares not in shared
        ]
