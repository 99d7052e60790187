"""Builds the fields of a feed and its entries, named and filled as feedparser does it."""

from __future__ import annotations

from digest.feeds.parsing.fast_text import RDF_ABOUT, READ_ATTRIBUTES, Attributes, TextBuilder
from digest.feeds.parsing.links import is_permalink, link_from
from digest.feeds.parsing.media import is_recording
from digest.feeds.parsing.namespaces import NoRuleError
from digest.feeds.parsing.repairs import repaired

_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}


class FeedBuilder(TextBuilder):
    """Collects the fields of a feed and its entries while its elements begin and end.

    `begin_*` and `end_*` are what `fast_rules` calls; each gets the argument of its rule.
    """

    def __init__(self) -> None:
        super().__init__()
        self._link: Attributes | None = None
        self._is_resolved = False
        self._person: Attributes = {}
        self._is_credit = False

    # Documents, feeds and entries

    def begin_rss(self, _argument: str, attributes: Attributes) -> None:
        """RSS of a version with a number, but not RSS 1.0, which is RDF."""
        version = attributes.get("version", "")
        self.version = "rss20" if version.startswith("2.") else _VERSIONS.get(version, "")
        if not self.version:
            raise NoRuleError

    def begin_atom(self, _argument: str, _attributes: Attributes) -> None:
        """An Atom feed."""
        self.version = "atom10"

    def begin_rdf(self, _argument: str, _attributes: Attributes) -> None:
        """RSS 1.0."""
        self.version = "rss10"

    def begin_channel(self, _argument: str, attributes: Attributes) -> None:
        """A channel."""
        if not attributes.keys().isdisjoint(READ_ATTRIBUTES):
            raise NoRuleError

    def begin_entry(self, argument: str, attributes: Attributes) -> None:
        """An entry."""
        self.begin_channel(argument, attributes)
        self.fields = {}
        self.depths = {}
        if about := attributes.get(RDF_ABOUT):
            self.fields["id"] = about
        self.entries.append(self.fields)

    def end_entry(self, _argument: str) -> None:
        """The end of an entry."""
        self.fields = self.feed
        self.has_content = False

    # Links and pictures

    def begin_link(self, _argument: str, attributes: Attributes) -> None:
        """A link, in an attribute or as text."""
        link = self._resolved(link_from(attributes))
        self._link = None if "href" in link else link
        self.fields.setdefault("links", []).append(link)

    def end_link(self, _argument: str) -> None:
        """The end of a link."""
        text = "".join(self.parts).strip()
        if self._link is None or not text:
            return
        self._link["href"] = repaired(self.resolved(text)).replace("&amp;", "&")
        if self._link["rel"] == "alternate":
            self.fields["link"] = self._link["href"]

    def begin_id(self, _argument: str, attributes: Attributes) -> None:
        """A guid or an id."""
        # As feedparser resolves them; another rule would give entries other identities.
        self._is_resolved = attributes.get("ispermalink", "true") == "true"
        self.fields["guidislink"] = is_permalink(attributes)

    def end_id(self, _argument: str) -> None:
        """The end of a guid or id."""
        text = "".join(self.parts).strip()
        self.fields["id"] = repaired(self.resolved(text) if self._is_resolved and text else text)

    def end_address(self, field: str) -> None:
        """The end of a field that is an address."""
        self.fields[field] = repaired(self.resolved("".join(self.parts).strip()))

    def begin_enclosure(self, _argument: str, attributes: Attributes) -> None:
        """A file that belongs to an entry."""
        link = self._resolved(link_from({**attributes, "rel": "enclosure"}))
        self.fields.setdefault("links", []).append(link)

    def begin_image(self, _argument: str, attributes: Attributes) -> None:
        """The picture of an entry, in an attribute."""
        self._keep_image(attributes.get("href") or attributes.get("url"))

    def end_image(self, _argument: str) -> None:
        """The end of a picture whose address may be text."""
        self._keep_image("".join(self.parts).strip())
        self.parts.clear()

    def end_image_url(self, _argument: str) -> None:
        """The end of the address of a picture."""
        self._keep_image(repaired(self.resolved("".join(self.parts).strip())))
        self.parts.clear()

    def _keep_image(self, address: str | None) -> None:
        if address:
            self.fields["image"] = {"href": self.resolved(address)}

    def begin_media(self, field: str, attributes: Attributes) -> None:
        """An element of Media RSS that may be there several times."""
        self.fields.setdefault(field, []).append(self._resolved(attributes))

    def end_thumbnail(self, _argument: str) -> None:
        """The end of a thumbnail."""
        if self.text():
            raise NoRuleError

    def begin_credit(self, field: str, attributes: Attributes) -> None:
        """A credit; that of a picture is none of the entry's."""
        self._is_credit = not self._is_in_picture()
        if self._is_credit:
            self.begin_media(field, attributes)

    def _is_in_picture(self) -> bool:
        """Whether the element is right within a `media:content` that is no recording."""
        _, argument, _, _ = self.open[-2]
        return argument == "media_content" and not is_recording(self.fields["media_content"][-1])

    def end_credit(self, _argument: str) -> None:
        """The end of a credit: who made a picture or recording."""
        if self._is_credit and (text := self.text()):
            self.fields["media_credit"][-1]["content"] = text

    # Authors

    def begin_author(self, _argument: str, _attributes: Attributes) -> None:
        """An author, as text or in parts."""
        self._person = {}

    def begin_part(self, _argument: str, _attributes: Attributes) -> None:
        """A part of an author or a picture."""
        if "".join(self.parts).strip():
            raise NoRuleError

    def end_part(self, part: str) -> None:
        """The end of a part."""
        self._person[part] = "".join(self.parts).strip()
        self.parts.clear()

    def end_ignored_part(self, _argument: str) -> None:
        """The end of what else there is of an author or a picture."""
        self.parts.clear()

    def end_author(self, _argument: str) -> None:
        """The end of an author; of several, feedparser mixes up what is not plain."""
        text, person = self.text(), self._person
        if text and person:
            raise NoRuleError
        name, email = person.get("name", text), person.get("email", "")
        former = self.fields.get("author", "")
        if former and ("@" in f"{former}{name}" or email or (person and "name" not in person)):
            raise NoRuleError
        if text:
            self.fields["author_detail"] = {}
        elif person and "author_detail" in self.fields:
            raise NoRuleError
        self.fields["author"] = f"{name} ({email})" if name and email else name or email
        self.fields.setdefault("authors", []).append({"name": name})

    # Categories

    def begin_category(self, scheme: str, attributes: Attributes) -> None:
        """A category, in an attribute or as text."""
        about = attributes.get("scheme", scheme or attributes.get("domain"))
        self._tag(attributes.get("term"), about, attributes.get("label"))

    def begin_podcast_category(self, scheme: str, attributes: Attributes) -> None:
        """A category of Apple's podcast elements."""
        self._tag(attributes.get("text"), scheme, None)

    def end_category(self, _argument: str) -> None:
        """The end of a category: its text goes to the last one that has none."""
        if not (text := self.text()):
            return
        tags = self.fields["tags"]
        if tags and not tags[-1]["term"]:
            tags[-1]["term"] = text
        else:
            self._tag(text, None, None)

    def end_keywords(self, scheme: str) -> None:
        """The end of a list of categories between commas."""
        for term in filter(None, map(str.strip, self.text().split(","))):
            self._tag(term, scheme or None, None)

    def _tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self.fields.setdefault("tags", [])
        tag = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and tag not in tags:
            tags.append(tag)

    # Fields

    def begin_bare(self, _argument: str, attributes: Attributes) -> None:
        """A field that feedparser does not know: attributes would take the place of its text."""
        if attributes:
            raise NoRuleError

    def end_field(self, field: str) -> None:
        """The end of a field that is text."""
        self.fields[field] = self.text()

    def begin_skipped(self, field: str, _attributes: Attributes) -> None:
        """Hours or days, which are read from the text of the document."""
        self.fields[field] = ""
