"""Pages of editions that know what they are of, and the page that lists them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import escape, unescape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from digest.config.channels.file import FEED, INDEX
from digest.language import language_of
from digest.rendering.file.feed import edition_urn
from digest.rendering.page_template import page_template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Edition

# How much of a page is read for its head.
HEAD_BYTES = 16_384
MOST_LISTED = 2_000
_MOST_TITLES = 3
_INDEX_PAGE = Path(__file__).with_name("index.html")
_META = re.compile(r'<meta name="digest:edition" content="([^"]*)">')
# The character set is to be within the first 1,024 bytes, so it stays before ours.
_HEAD = re.compile(r"<head[^>]*>\s*(?:<meta charset=[^>]*>)?", re.IGNORECASE)
_STYLE = """
<style>
.all-editions { padding: 0 16px 24px; text-align: center; font: 15px/24px sans-serif; }
.all-editions a { color: #59636e; }
@media (prefers-color-scheme: dark) { .all-editions a { color: #a9b3be; } }
</style>"""
_NAV = '<nav class="all-editions"><a href="{index}" rel="up">{label}</a></nav>\n'


class PageHead(Struct, frozen=True):
    """What a page says of its edition; the date is that of the digest's time zone."""

    id: str
    digest: str
    title: str
    subject: str
    at: Annotated[datetime, Meta(tz=True)]
    date: date
    stories: int
    language: str


def archive_page(html: str, edition: Edition, above: str) -> str:
    """The page of an edition as a part of an archive; `above` leads to the archive's folder."""
    language = language_of(edition.language)
    at = edition.period_to
    head = PageHead(
        id=edition_urn(edition),
        digest=edition.digest,
        title=edition.title,
        subject=edition.subject,
        at=at.astimezone(UTC),
        date=at.astimezone(ZoneInfo(edition.timezone)).date(),
        stories=len(edition.stories),
        language=edition.language,
    )
    meta = (
        f'\n<meta name="digest:edition" content="{escape(msgspec.json.encode(head).decode())}">'
        f'\n<link rel="alternate" type="application/atom+xml" href="{above}{FEED}">{_STYLE}'
    )
    nav = _NAV.format(index=f"{above}{INDEX}", label=escape(language.translate("All editions")))
    with_head = _HEAD.sub(lambda found: found[0] + meta, html, count=1)
    rest, body_end, after = with_head.rpartition("</body>")
    return f"{rest}{nav}{body_end}{after}"


def page_head(beginning: str) -> PageHead | None:
    """What the beginning of a page says of its edition; None where it is another page."""
    if not (found := _META.search(beginning)):
        return None
    try:
        return msgspec.json.decode(unescape(found[1]), type=PageHead)
    except msgspec.MsgspecError:
        return None


def index_page(pages: Iterable[tuple[str, PageHead]]) -> str:
    """The page that lists pages by month, the newest first, each with its link."""
    ordered = sorted(pages, key=lambda page: (page[1].at, page[0]), reverse=True)[:MOST_LISTED]
    # All pages may have been taken away.
    language = language_of(ordered[0][1].language if ordered else "en")
    months = groupby(ordered, key=lambda page: language.month(page[1].date))
    titles = dict.fromkeys(head.title for _, head in ordered)
    return page_template(_INDEX_PAGE).render(
        language=language,
        title=" · ".join([*titles][:_MOST_TITLES]),
        months=[(month, [*of_month]) for month, of_month in months],
        feed=FEED,
        feed_label=language.translate("Atom feed"),
    )
