"""An Atom feed with an entry for each edition, which grows from one to the next (RFC 4287).

Nothing but this writes such a file, so what is in one is found by how it is written here.
"""

from __future__ import annotations

import re
from datetime import UTC
from html import escape, unescape
from typing import TYPE_CHECKING

from digest.feeds.text import xml_characters
from digest.signing.web_links import urn_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Edition
    from digest.rendering.renderer import Renderer

# Readers ask for the whole feed each time.
MOST_ENTRIES, _MOST_BYTES = 50, 4_000_000
_ENTRY = re.compile(r"<entry\b.*?</entry>\n", re.DOTALL)
_ID = re.compile(r"<id>([^<]*)</id>")
_UPDATED = re.compile(r"<updated>([^<]*)</updated>")
_LABEL = re.compile(r'<category term="[^"]*" label="([^"]*)"/>')
_MOST_TITLES = 3


def edition_urn(edition: Edition) -> str:
    """What an edition is called in files, the same however often it is rendered (RFC 4122)."""
    return urn_of(None, edition.digest, edition.period_to)


def feed_of(edition: Edition, templates: Renderer, self_link: str, link: str = "") -> str:
    """A feed with the one edition; `link` is where the edition is as a page, if it is one."""
    return _feed(urn_of(None, edition.digest), self_link, [_entry(edition, templates, link)])


def feed_ids(feed: str) -> list[str]:
    """The ids of the editions that a feed has entries of."""
    return [_ID.findall(entry)[0] for entry in _ENTRY.findall(feed)]


def linked(feed: str, link: str) -> str:
    """A feed of one edition with a link to its page."""
    return feed.replace("<content ", f"{_alternate(link)}<content ", 1)


def merged(feed: str, newer: str) -> str:
    """A feed with the entries of another, of which those with the same id take the place.

    The newest are first; no more are kept than readers can be asked to fetch.
    """
    entries = {
        _ID.findall(entry)[0]: entry for text in (feed, newer) for entry in _ENTRY.findall(text)
    }
    newest = sorted(entries.values(), key=lambda entry: _UPDATED.findall(entry)[0], reverse=True)
    kept, size = list[str](), 0
    for entry in newest[:MOST_ENTRIES]:
        size += len(entry.encode())
        if kept and size > _MOST_BYTES:
            break
        kept.append(entry)
    return _feed(_ID.findall(feed)[0], _self_link(newer), kept)


def _self_link(feed: str) -> str:
    found = re.search(r'<link rel="self"[^>]* href="([^"]*)"/>', feed)
    return unescape(found[1]) if found else ""


def _feed(urn: str, self_link: str, entries: Sequence[str]) -> str:
    """The whole document; its title names the digests that it has editions of."""
    labels = dict.fromkeys(label for entry in entries for label in _LABEL.findall(entry))
    title = " · ".join([*labels][:_MOST_TITLES])
    updated = max(_UPDATED.findall(entry)[0] for entry in entries)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{title}</title>\n"
        f"<id>{urn}</id>\n"
        f"<updated>{updated}</updated>\n"
        "<generator>digest</generator>\n"
        f'<link rel="self" type="application/atom+xml" href="{escape(self_link)}"/>\n'
        f"{''.join(entries)}"
        "</feed>\n"
    )


def _entry(edition: Edition, templates: Renderer, link: str) -> str:
    at = edition.composed_at.astimezone(UTC).isoformat()
    page = _alternate(link) if link else ""
    content = _text(_content(edition, templates))
    due = edition.period_to.astimezone(UTC).isoformat()
    return (
        f'<entry xml:lang="{edition.language}">\n'
        f"<title>{_text(edition.subject)}</title>\n"
        f"<id>{edition_urn(edition)}</id>\n"
        f"<published>{due}</published>\n"
        f"<updated>{at}</updated>\n"
        f"<author><name>{_text(edition.title)}</name></author>\n"
        f'<category term="{edition.digest}" label="{_text(edition.title)}"/>\n'
        f'{page}<content type="html">{content}</content>\n'
        "</entry>\n"
    )


def _alternate(link: str) -> str:
    return f'<link rel="alternate" type="text/html" href="{_text(link)}"/>\n'


def _content(edition: Edition, templates: Renderer) -> str:
    """The edition as HTML of headings, paragraphs and lists, which every reader shows."""
    # Few channels have feeds.
    from markdown_it import MarkdownIt

    _, _, below_title = templates.markdown(edition).partition("\n\n")
    html: str = MarkdownIt("commonmark", {"html": False}).render(below_title)
    return html


def _text(text: str) -> str:
    return escape(xml_characters(text))
