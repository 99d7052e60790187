"""The pages of a reader, in words: what each says, and what can be done on it."""

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

    def __init__(self, enrolling: Subscriptions, channel: str) -> None:
        self._enrolling = enrolling
        self.language = enrolling.language(channel)
        self._zone = enrolling.zone(channel)
        self._title = self._shown(enrolling.title(channel))

    def t(self, text: str, **values: object) -> str:
        """A text in the reader's language."""
        return self.language.translate(text, **values)

    def unsubscribe(self, one: Recipient) -> Page:
        """Where an address leaves the list, or comes back to it."""
        if self._is_sent(one):
            ask = self.t("Send {title} to {address} no more?", **self._who(one))
            leave = Form("unsubscribe", self.t("Unsubscribe"))
            return self._page(self.t("Unsubscribe"), ask, forms=(leave,), main="unsubscribe")
        return self._page(self.t("Unsubscribe"), self._standing(one), forms=self._way_back(one))

    def preferences(self, one: Recipient, *said: str) -> Page:
        """When an address gets editions, and where it changes that; with what has just been."""
        texts = (*said, self._standing(one))
        if not self._is_sent(one):
            return self._page(self.t("Preferences"), *texts, forms=self._way_back(one))
        pause = Field(
            "for",
            self.t("Send nothing"),
            choices=(
                *((str(weeks), self._weeks(weeks)) for weeks in (1, 2, 4)),
                ("ever", self.t("until I want it again")),
            ),
        )
        is_paused = one.state_at(self._enrolling.clock()) == "paused"
        resting = (
            Form("resume", self.t("Send again"))
            if is_paused
            else Form("pause", self.t("Pause"), (pause,))
        )
        leave = Form("unsubscribe", self.t("Unsubscribe"))
        forms = (resting, *self._frequency(one), self._own_time(one), leave)
        main = "resume" if is_paused else "time"
        return self._page(self.t("Preferences"), *texts, *self._turns(one), forms=forms, main=main)

    def subscribe(self, form: str, *said: str, address: str = "") -> Page:
        """Where an address is given that is to be on the list; `form` tells when it was shown."""
        label = self.t("Email address")
        field = Field("address", label, address, kind="email", required=True)
        heading = self.t("Subscribe to {title}", title=self._title)
        kept = Field("form", "", form, kind="hidden")
        enter = Form("subscribe", self.t("Subscribe"), (kept, field))
        return self._page(heading, *said, forms=(enter,), main="subscribe")

    def too_many(self) -> Page:
        """What a peer is told that has asked too often, whatever for."""
        heading = self.t("Subscribe to {title}", title=self._title)
        return self._page(
            heading, self.t("Too many requests came from your network. Try again in an hour.")
        )

    def asked(self) -> Page:
        """What everybody is told who gave an address, whatever becomes of it."""
        heading = self.t("Subscribe to {title}", title=self._title)
        told = self.t(
            "You get an email with a link now. Open it to confirm that you want {title}.",
            title=self._title,
        )
        return self._page(heading, told)

    def confirm(self, one: Recipient) -> Page:
        """Where an address confirms."""
        ask = self.t("Send {title} to {address}?", **self._who(one))
        enter = Form("confirm", self.t("Confirm"))
        return self._page(self.t("Subscribe"), ask, forms=(enter,), main="confirm")

    def confirmed(self, one: Recipient) -> Page:
        """What it is told then."""
        return self._page(self.t("Subscribe"), self._standing(one))

    def too_old(self) -> Page:
        """What a confirmation after days is told."""
        said = self.t("This link is older than three days. Ask for another one.")
        return self._page(self.t("Subscribe"), said)

    def _page(self, title: str, *texts: str, forms: tuple[Form, ...] = (), main: str = "") -> Page:
        return Page(self.language, title, texts, forms, main)

    def _is_sent(self, one: Recipient) -> bool:
        return self._enrolling.is_listed(one) and one.state in {"active", "paused"}

    def _way_back(self, one: Recipient) -> tuple[Form, ...]:
        if one.state in {"active", "paused"} or not self._enrolling.is_listed(one):
            return ()
        return (Form("resubscribe", self.t("Send again")),)

    def _standing(self, one: Recipient) -> str:
        who = self._who(one)
        if not self._is_sent(one):
            return self.t("{address} does not get {title}.", **who)
        if one.state_at(self._enrolling.clock()) == "active":
            return self.t("{address} gets {title}.", **who)
        if one.paused_until is None:
            return self.t("{address} does not get {title} until you say so.", **who)
        until = one.paused_until.astimezone(ZoneInfo(one.zone or self._zone)).date()
        return self.t(
            "{address} does not get {title} before {day}.",
            day=self.language.day_to_come(until),
            **who,
        )

    def _frequency(self, one: Recipient) -> tuple[Form, ...]:
        if self._enrolling.week_end(one.channel) is None:
            return ()
        if one.frequency == "weekly":
            return (Form("each", self.t("Send every edition")),)
        return (Form("weekly", self.t("Send it once a week, all in one")),)

    def _turns(self, one: Recipient) -> tuple[str, ...]:
        """How often it gets editions where that is not each, or not yet."""
        week_end = self._enrolling.week_end(one.channel)
        if week_end is None:
            return ()
        day = self.language.day_to_come(week_end.astimezone(ZoneInfo(self._zone)).date())
        match one.gets, one.frequency:
            case "weekly", "weekly":
                return (self.t("It comes once a week, next on {day}.", day=day),)
            case "each", "weekly":
                return (self.t("After {day} it comes once a week.", day=day),)
            case "weekly", "each":
                return (self.t("After {day} every edition comes.", day=day),)
            case _:
                return ()

    def _own_time(self, one: Recipient) -> Form:
        at = f"{one.send_at:%H:%M}" if one.send_at else ""
        fields = (
            Field("at", self.t("Time of day; empty: as soon as it is published"), at, "time"),
            Field("zone", self.t("Time zone"), one.zone or self._zone),
        )
        return Form("time", self.t("Save"), fields)

    def _weeks(self, weeks: int) -> str:
        return self.language.plural(weeks, "for {number} week", "for {number} weeks")

    def _who(self, one: Recipient) -> dict[str, str]:
        return {"title": self._title, "address": self._shown(masked(one.address))}

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
        told = self.t("{address} will not be asked again.")
        return Page(self._language, self.t("Never ask again"), (told,))

    def t(self, text: str) -> str:
        """A text in the language of the list."""
        return self._language.translate(text, address=self._address)


def nothing_here(language: Language) -> Page:
    """What a link gets that leads nowhere: made up, cut off, or of what is gone."""
    told = language.translate(
        "There is nothing here. If a link in an email led you here, it may have been cut off."
    )
    return Page(language, language.translate("Not found"), (told,))
