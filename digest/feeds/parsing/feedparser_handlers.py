"""What feedparser does with each element that counts, by our own rules.

Only worker processes import this module: it loads feedparser.
"""

from __future__ import annotations

from feedparser.mixin import _FeedParserMixin

from digest.feeds.parsing.links import Attributes, is_permalink, link_from
from digest.feeds.parsing.repairs import repaired

# Attributes of XHTML that are addresses.
_ADDRESSES = {"href", "poster", "src"}


# feedparser has no types.
class Handlers(_FeedParserMixin):  # type: ignore[misc]
    """What is called where an element begins and ends, by the name that feedparser gives it."""

    def unknown_endtag(self, tag: str) -> None:
        """The end of any element, and of its base, which feedparser lets outlive it."""
        super().unknown_endtag(tag)
        self.baseuri = self.basestack[-1] if self.basestack else ""

    def strattrs(self, attributes: list[tuple[str, str]]) -> str:
        """The attributes of an element of XHTML; its addresses absolute, where its base differs."""
        if self.baseuri != self.contentparams.get("base", ""):
            attributes = [
                (name, self.resolve_uri(value) if name in _ADDRESSES else value)
                for name, value in attributes
            ]
        return str(super().strattrs(attributes))

    # Links

    def _start_link(self, attributes: Attributes) -> None:
        link = self._resolved(link_from(attributes))
        if "href" not in link:
            self.push("link", 0)
        if not self._is_in_image_of_entry():
            self._get_context().setdefault("links", []).append(link)

    def _end_link(self) -> None:
        text = self.pop("link")
        if not text or self._is_in_image_of_entry():
            return
        context = self._get_context()
        link = context["links"][-1]
        link["href"] = repaired(self.resolve_uri(text)).replace("&amp;", "&")
        if link["rel"] == "alternate":
            context["link"] = link["href"]

    def _is_in_image_of_entry(self) -> bool:
        return bool(self.inentry and self.inimage)

    def _start_guid(self, attributes: Attributes) -> None:
        super()._start_guid(attributes)
        self._is_permalink = is_permalink(attributes)

    def _end_guid(self) -> None:
        self.pop("id")
        self._save("guidislink", self._is_permalink, overwrite=True)

    _start_id, _end_id = _start_guid, _end_guid

    def _start_comments(self, _attributes: Attributes) -> None:
        self.push("comments", 1)

    def _end_comments(self) -> None:
        self.pop("comments")

    # Pictures and recordings

    def _start_enclosure(self, attributes: Attributes) -> None:
        super()._start_enclosure(self._resolved(attributes))

    def _start_media_content(self, attributes: Attributes) -> None:
        super()._start_media_content(self._resolved(attributes))

    def _start_media_thumbnail(self, attributes: Attributes) -> None:
        super()._start_media_thumbnail(self._resolved(attributes))

    def _start_itunes_image(self, attributes: Attributes) -> None:
        super()._start_itunes_image(self._resolved(attributes))

    def _end_itunes_image(self) -> None:
        self._keep_image(self.pop("itunes_image"))

    def _start_image(self, attributes: Attributes) -> None:
        super()._start_image(attributes)
        self._keep_image(attributes.get("href") or attributes.get("url"))

    def _end_image(self) -> None:
        self._keep_image(self.pop("image"))
        self.inimage = 0

    def _end_url(self) -> None:
        if self._is_in_image_of_entry():
            self._keep_image(self.pop("href"))
        else:
            super()._end_url()

    def _keep_image(self, address: str | None) -> None:
        if address and self.inentry:
            self.entries[-1]["image"] = {"href": self.resolve_uri(address)}

    def _resolved(self, attributes: Attributes) -> Attributes:
        """Attributes with their addresses absolute by the base that is in force."""
        for name in ("href", "uri", "url"):
            if name in attributes:
                attributes[name] = self.resolve_uri(attributes[name])
        return attributes

    # Dates, of which feedparser's own reading takes long

    def _end_published(self) -> None:
        self.pop("published")

    _end_issued = _end_pubdate = _end_dcterms_issued = _end_published

    def _end_updated(self) -> None:
        self.pop("updated")

    _end_modified = _end_lastbuilddate = _end_dc_date = _end_dcterms_modified = _end_updated

    def _end_created(self) -> None:
        self.pop("created")

    _end_dcterms_created = _end_created

    def _start_prism_publicationdate(self, _attributes: Attributes) -> None:
        self.push("prism_publicationdate", 1)

    def _end_prism_publicationdate(self) -> None:
        self.pop("prism_publicationdate")

    # Titles: the first with a text counts, other texts are a last resort, in fields of their own

    def _start_title(self, attributes: Attributes) -> None:
        self.title_depth = -1
        super()._start_title(attributes)

    def _start_dc_title(self, attributes: Attributes) -> None:
        self._push("dc_title", attributes)

    def _end_dc_title(self) -> None:
        self._pop("dc_title")

    def _start_itunes_title(self, attributes: Attributes) -> None:
        self._push("itunes_title", attributes)

    def _end_itunes_title(self) -> None:
        self._pop("itunes_title")

    def _start_media_title(self, attributes: Attributes) -> None:
        self._push("media_title", attributes)

    def _end_media_title(self) -> None:
        self._pop("media_title")

    def _start_media_description(self, attributes: Attributes) -> None:
        self._push("media_description", attributes)

    def _end_media_description(self) -> None:
        self._pop("media_description")

    def _push(self, field: str, attributes: Attributes) -> None:
        self.push_content(field, attributes, "", 1)

    def _pop(self, field: str) -> None:
        self.pop_content(field)
