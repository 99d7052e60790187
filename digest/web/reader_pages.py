"""What each of a reader's pages says, and what can be done on it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.rendering.phrases import inline
from digest.web.public_page import Field, Form, Page, masked

if TYPE_CHECKING:
    from digest.jobs.subscriptions import Subscriptions
    from digest.language import Language
    from digest.model import Recipient


class Pages:
    """The pages about what goes to a channel."""

    def __init__(self, subscriptions: Subscriptions, channel: str) -> None:
        self._subscriptions = subscriptions
        self.language = subscriptions.language(channel)
        self._zone = subscriptions.zone(channel)
        self._title = self._shown(subscriptions.title(channel))

    def t(self, text: str, **values: object) -> str:
        """A text in the reader's language."""
        return self.language.translate(text, **values)

    def unsubscribe(self, reader: Recipient) -> Page:
        """Where an address leaves the list, or comes back to it."""
        if self._subscriptions.is_sent(reader):
            ask = self.t("Stop sending {title} to {address}?", **self._who(reader))
            leave = Form("unsubscribe", self.t("Unsubscribe"))
            return self._page(self.t("Unsubscribe"), ask, forms=(leave,), main="unsubscribe")
        return self._page(
            self.t("Unsubscribe"), self._standing(reader), forms=self._way_back(reader)
        )

    def preferences(self, reader: Recipient, *message: str) -> Page:
        """When an address gets editions, and where it changes that; with what has just been."""
        texts = (*message, self._standing(reader))
        if not self._subscriptions.is_sent(reader):
            return self._page(self.t("Preferences"), *texts, forms=self._way_back(reader))
        pause = Field(
            "for",
            self.t("Send nothing"),
            choices=(
                *((str(weeks), self._weeks(weeks)) for weeks in (1, 2, 4)),
                ("ever", self.t("until I want it again")),
            ),
        )
        is_paused = reader.state_at(self._subscriptions.clock()) == "paused"
        resting = (
            Form("resume", self.t("Send again"))
            if is_paused
            else Form("pause", self.t("Pause"), (pause,))
        )
        leave = Form("unsubscribe", self.t("Unsubscribe"))
        forms = (resting, *self._frequency(reader), self._own_time(reader), leave)
        main = "resume" if is_paused else "time"
        return self._page(
            self.t("Preferences"), *texts, *self._turns(reader), forms=forms, main=main
        )

    def subscribe(self, form: str, *message: str, address: str = "") -> Page:
        """Where an address is given that is to be on the list; `form` tells when it was shown."""
        label = self.t("Email address")
        field = Field("address", label, address, kind="email", required=True)
        heading = self.t("Subscribe to {title}", title=self._title)
        kept = Field("form", "", form, kind="hidden")
        enter = Form("subscribe", self.t("Subscribe"), (kept, field))
        return self._page(heading, *message, forms=(enter,), main="subscribe")

    def too_many(self) -> Page:
        """What a peer is told that has asked too often, whatever for."""
        heading = self.t("Subscribe to {title}", title=self._title)
        return self._page(
            heading, self.t("Too many requests came from your network. Try again in an hour.")
        )

    def asked(self) -> Page:
        """What everybody is told who gave an address, whatever becomes of it."""
        heading = self.t("Subscribe to {title}", title=self._title)
        message = self.t(
            "You get an email with a link now. Open it to confirm that you want {title}.",
            title=self._title,
        )
        return self._page(heading, message)

    def confirm(self, reader: Recipient) -> Page:
        """Where an address confirms."""
        ask = self.t("Send {title} to {address}?", **self._who(reader))
        enter = Form("confirm", self.t("Confirm"))
        return self._page(self.t("Subscribe"), ask, forms=(enter,), main="confirm")

    def confirmed(self, reader: Recipient) -> Page:
        """What it is told then."""
        return self._page(self.t("Subscribe"), self._standing(reader))

    def too_old(self) -> Page:
        """What a confirmation after days is told."""
        message = self.t("This link is older than three days. Ask for another one.")
        return self._page(self.t("Subscribe"), message)

    def _page(self, title: str, *texts: str, forms: tuple[Form, ...] = (), main: str = "") -> Page:
        return Page(self.language, title, texts, forms, main)

    def _way_back(self, reader: Recipient) -> tuple[Form, ...]:
        if reader.state in {"active", "paused"} or not self._subscriptions.is_listed(reader):
            return ()
        return (Form("resubscribe", self.t("Send again")),)

    def _standing(self, reader: Recipient) -> str:
        who = self._who(reader)
        if not self._subscriptions.is_sent(reader):
            return self.t("{address} does not get {title}.", **who)
        if reader.state_at(self._subscriptions.clock()) == "active":
            return self.t("{address} gets {title}.", **who)
        if reader.paused_until is None:
            return self.t("{address} does not get {title} until you say so.", **who)
        until = reader.paused_until.astimezone(ZoneInfo(reader.zone or self._zone)).date()
        return self.t(
            "{address} does not get {title} before {day}.",
            day=self.language.day_to_come(until),
            **who,
        )

    def _frequency(self, reader: Recipient) -> tuple[Form, ...]:
        if self._subscriptions.week_end(reader.channel) is None:
            return ()
        if reader.frequency == "weekly":
            return (Form("each", self.t("Send every edition")),)
        return (Form("weekly", self.t("Send it once a week, all together")),)

    def _turns(self, reader: Recipient) -> tuple[str, ...]:
        """How often it gets editions where that is not each, or not yet."""
        week_end = self._subscriptions.week_end(reader.channel)
        if week_end is None:
            return ()
        day = self.language.day_to_come(week_end.astimezone(ZoneInfo(self._zone)).date())
        match reader.gets, reader.frequency:
            case "weekly", "weekly":
                return (self.t("It comes once a week, next on {day}.", day=day),)
            case "each", "weekly":
                return (self.t("After {day} it comes once a week.", day=day),)
            case "weekly", "each":
                return (self.t("After {day} every edition comes.", day=day),)
            case _:
                return ()

    def _own_time(self, reader: Recipient) -> Form:
        at = f"{reader.send_at:%H:%M}" if reader.send_at else ""
        fields = (
            Field("at", self.t("Time of day; empty: as soon as it is published"), at, "time"),
            Field("zone", self.t("Time zone"), reader.zone or self._zone),
        )
        return Form("time", self.t("Save"), fields)

    def _weeks(self, weeks: int) -> str:
        return self.language.plural(weeks, "for {number} week", "for {number} weeks")

    def _who(self, reader: Recipient) -> dict[str, str]:
        return {"title": self._title, "address": self._shown(masked(reader.address))}

    def _shown(self, text: str) -> str:
        return inline(text, self.language.direction)


class NeverPages:
    """The pages where an address says that it is never to be asked again."""

    def __init__(self, language: Language, address: str) -> None:
        self._language = language
        self._address = inline(masked(address), language.direction)

    def never(self) -> Page:
        """Where it says so."""
        ask = self.t("Never ask {address} again to confirm a subscription?")
        enter = Form("never", self.t("Never ask again"))
        return Page(self._language, self.t("Never ask again"), (ask,), (enter,), "never")

    def never_again(self) -> Page:
        """What it is told then."""
        message = self.t("{address} will not be asked again.")
        return Page(self._language, self.t("Never ask again"), (message,))

    def t(self, text: str) -> str:
        """A text in the language of the list."""
        return self._language.translate(text, address=self._address)


def nothing_here(language: Language) -> Page:
    """What a link gets that leads nowhere: made up, cut off, or of what is gone."""
    message = language.translate(
        "There is nothing here. If a link in an email led you here, it may have been cut off."
    )
    return Page(language, language.translate("Not found"), (message,))
