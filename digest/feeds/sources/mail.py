"""Newsletters by mail, from an IMAP folder or a Maildir; nothing that they link to is asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from digest.feeds.parsing.bounds import bounded
from digest.feeds.requests import AnswerLimits, OtherRequest
from digest.feeds.sources import Document, Options, Source
from digest.model import FeedState, ParsedFeed, repr_without

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from digest.config.sources.mail import MailSettings
    from digest.feeds.http.messages import Response
    from digest.feeds.mailboxes.letters import Wanted

# What arrived longer ago is no news, whatever folder it is put into now.
_REACH = timedelta(days=30)


class _MailboxRequest(OtherRequest, frozen=True, kw_only=True):
    """What came into a mailbox since a day, or since the validator of the last answer."""

    settings: MailSettings
    since: date

    __repr__ = repr_without("settings")

    def answer(self, limits: AnswerLimits) -> Response:
        """Read it; the libraries for it are only loaded here."""
        from digest.feeds.mailboxes.letters import Wanted

        settings = self.settings
        wanted = Wanted(settings.senders, self.since, self.etag, settings.mark_read)
        if settings.maildir:
            from digest.feeds.mailboxes.maildir import read_maildir

            return read_maildir(settings.maildir, wanted, self.url, limits)
        return self._read_folder(wanted, limits)

    def _read_folder(self, wanted: Wanted, limits: AnswerLimits) -> Response:
        from digest.feeds.mailboxes.connection import Place
        from digest.feeds.mailboxes.imap import read_folder

        settings = self.settings
        place = Place(
            host=settings.host or "",
            port=settings.asked_port,
            tls=settings.tls,
            username=settings.username or "",
            folder=settings.folder,
            password=_secret(settings.password),
            access_token=_secret(settings.access_token),
            ca_file=settings.ca_file,
        )
        return read_folder(place, wanted, self.url, limits, private=self.allow_private_networks)


def _secret(value: Any) -> str | None:
    return value.get_secret_value() if value else None


class Mail(Source["MailSettings"]):
    """Messages of allowed senders, each of them an entry; an answer has those since the last."""

    brings_only_new: ClassVar[bool] = True

    def request(
        self, settings: MailSettings, state: FeedState | None, now: datetime
    ) -> OtherRequest:
        """What has come since."""
        host = settings.host or "this machine"
        return _MailboxRequest(
            url=_url(settings),
            host=f"{host}:{settings.asked_port}" if settings.host else host,
            etag=state.etag if state else None,
            settings=settings,
            since=(now - _REACH).date(),
        )

    def options(self, settings: MailSettings) -> Options:
        """What it is called, and whose mail is read: with others, all is asked for again."""
        return {"title": settings.default_name, "senders": settings.senders}

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The messages, each as an entry."""
        # Only worker processes need them; the daemon stays small.
        from digest.feeds.mailboxes.letters import messages_in
        from digest.feeds.newsletters.message import entry_of

        (document,) = documents
        entries = {entry.guid: entry for entry in map(entry_of, messages_in(document.body))}
        return bounded(ParsedFeed(options["title"], (*entries.values(),), "mail"), document.url)


def _url(settings: MailSettings) -> str:
    """Where messages come from, without whose they are."""
    if settings.maildir:
        return settings.maildir.absolute().as_uri()
    scheme = "imaps" if settings.tls == "implicit" else "imap"
    host = f"[{settings.host}]" if ":" in (settings.host or "") else settings.host
    return f"{scheme}://{host}:{settings.asked_port}/{quote(settings.folder)}"


SOURCE = Mail()
