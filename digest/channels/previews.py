"""An edition in each of its forms, to look at before it goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.channels import channel_class
from digest.config.channels import CHANNEL_KINDS, service_name
from digest.editions.channel_view import edition_for
from digest.editions.weekly import configured
from digest.errors import UsageError
from digest.rendering.side_by_side import side_by_side

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.model import Edition, Pictures
    from digest.rendering.preview import Preview
    from digest.rendering.renderer import Renderer

TEXT_FORMS = ("text", "markdown")
FORMS = (*CHANNEL_KINDS, *TEXT_FORMS)


class Shown(Struct, frozen=True):
    """A kind of channel, and the channels of a digest that are of it and are given the same.

    There are none where the digest goes to no channel of the kind. With `differs`, other channels
    of the kind are given something else.
    """

    kind: str
    channels: tuple[str, ...]
    differs: bool = False

    @property
    def label(self) -> str:
        """Its heading."""
        name = service_name(self.kind)
        return f"{name} ({', '.join(self.channels)})" if self.differs else name


class Previews(Struct, frozen=True):
    """An edition as its channels get it, or as the channel `to` does.

    Methods raise `TemplateError`.
    """

    settings: Settings
    edition: Edition
    templates: Renderer
    pictures: Pictures
    to: str = ""

    def text(self, form: str | None) -> str:
        """As a terminal shows it."""
        if form == "markdown":
            return self.templates.markdown(self._given(self.to))
        if form in {None, "text"}:
            return self.templates.text(self._given(self.to))
        return self.of_kind(str(form)).text

    def page(self, form: str | None) -> str:
        """As a browser shows it: as one kind, or as all that are beside the text."""
        if form is not None:
            return self.of_kind(form).page
        shown = shown_beside_text(self.settings, self.edition.digest, self.to)
        pages = {each.label: self._preview(each).page for each in shown}
        return side_by_side(self._given(self.to).subject, pages, self.text(None))

    def of_kind(self, kind: str) -> Preview:
        """As `to` gets it, or else the first channel of a kind."""
        return self._preview(_shown(self.settings, self.edition.digest, kind, self.to)[0])

    def _preview(self, shown: Shown) -> Preview:
        edition = self._given(next(iter(shown.channels), ""))
        settings = [self.settings.channels[name] for name in shown.channels]
        return channel_class(shown.kind).preview(edition, self.templates, self.pictures, settings)

    def _given(self, channel: str) -> Edition:
        form = self.settings.digests[configured(self.edition.digest)].forms.get(channel)
        return edition_for(self.edition, form).edition


def check_form(settings: Settings, digest: str, form: str | None, to: str = "") -> None:
    """Raise a UsageError where a digest has no such form, since it goes to no such channel."""
    if to and to not in settings.digests[digest].send_to:
        raise UsageError(f"{digest} does not go to {to}")
    if form is None or form in TEXT_FORMS:
        return
    if to and settings.channels[to].kind != form:
        raise UsageError(f"{to} is of the kind {settings.channels[to].kind}, and not {form}")
    if channel_class(form).beside_text != "always" and not _alike(settings, digest, form):
        raise UsageError(f"{digest} goes to no channel of the kind {form}")


def shown_beside_text(settings: Settings, digest: str, to: str = "") -> list[Shown]:
    """What a digest is shown as, those of every digest first; with `to`, as that channel alone."""
    if to:
        return _shown(settings, digest, settings.channels[to].kind, to)
    always = [kind for kind in CHANNEL_KINDS if channel_class(kind).beside_text == "always"]
    own = [
        kind
        for kind in CHANNEL_KINDS
        if channel_class(kind).beside_text == "own" and _alike(settings, digest, kind)
    ]
    return [shown for kind in (*always, *own) for shown in _shown(settings, digest, kind)]


def shows_pictures(form: str) -> bool:
    """Whether a form shows the pictures themselves."""
    return form in CHANNEL_KINDS and channel_class(form).previews_pictures


def _shown(settings: Settings, digest: str, kind: str, to: str = "") -> list[Shown]:
    """A kind as each of its channels that are given something else shows an edition."""
    if to:
        return [Shown(kind, (to,), differs=True)]
    alike = _alike(settings, digest, kind) or [[]]
    return [Shown(kind, tuple(names), differs=len(alike) > 1) for names in alike]


def _alike(settings: Settings, digest: str, kind: str) -> list[list[str]]:
    """The channels of a kind that a digest goes to, those together that are given the same."""
    together: dict[object, list[str]] = {}
    for name, form in settings.digests[configured(digest)].forms.items():
        if settings.channels[name].kind == kind:
            together.setdefault((form.only, form.max_entries), []).append(name)
    return [*together.values()]
