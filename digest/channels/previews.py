"""An edition in each of its forms, to look at before it goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.channels import channel_class
from digest.config.channels import CHANNEL_KINDS
from digest.editions.weekly import configured
from digest.errors import UsageError
from digest.rendering.side_by_side import side_by_side

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.config.channels import ChannelSettings
    from digest.model import Edition, Pictures
    from digest.rendering.preview import Preview
    from digest.rendering.renderer import Renderer

TEXT_FORMS = ("text", "markdown")
FORMS = (*CHANNEL_KINDS, *TEXT_FORMS)


class Previews(Struct, frozen=True):
    """An edition as each kind of channel gets it; methods raise `TemplateError`."""

    settings: Settings
    edition: Edition
    templates: Renderer
    pictures: Pictures

    def text(self, form: str | None) -> str:
        """As a terminal shows it."""
        if form == "markdown":
            return self.templates.markdown(self.edition)
        if form in {None, "text"}:
            return self.templates.text(self.edition)
        return self.of_kind(str(form)).text

    def page(self, form: str | None) -> str:
        """As a browser shows it: as one kind, or as all that are beside the text."""
        if form is not None:
            return self.of_kind(form).page
        kinds = kinds_beside_text(self.settings, self.edition.digest)
        pages = {kind.capitalize(): self.of_kind(kind).page for kind in kinds}
        return side_by_side(self.edition.subject, pages, self.text(None))

    def of_kind(self, kind: str) -> Preview:
        """As one kind of channel gets it."""
        own = _own(self.settings, self.edition.digest, kind)
        return channel_class(kind).preview(self.edition, self.templates, self.pictures, own)


def check_form(settings: Settings, digest: str, form: str | None) -> None:
    """Raise a UsageError where a digest has no such form, since it goes to no such channel."""
    if form is None or form in TEXT_FORMS or channel_class(form).beside_text == "always":
        return
    if not _own(settings, digest, form):
        raise UsageError(f"{digest} goes to no channel of the kind {form}")


def kinds_beside_text(settings: Settings, digest: str) -> list[str]:
    """The kinds of channels that a digest is shown for, those of every digest first."""
    always = [kind for kind in CHANNEL_KINDS if channel_class(kind).beside_text == "always"]
    own = [
        kind
        for kind in CHANNEL_KINDS
        if channel_class(kind).beside_text == "own" and _own(settings, digest, kind)
    ]
    return [*always, *own]


def shows_pictures(form: str) -> bool:
    """Whether a form shows the pictures themselves."""
    return form in CHANNEL_KINDS and channel_class(form).previews_pictures


def _own(settings: Settings, digest: str, kind: str) -> list[ChannelSettings]:
    """The settings of the channels of a kind that a digest goes to."""
    names = settings.digests[configured(digest)].send_to
    return [settings.channels[name] for name in names if settings.channels[name].kind == kind]
