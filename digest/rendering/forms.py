"""An edition in each of its forms, to look at before it goes out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.pictures import self_contained
from digest.rendering.side_by_side import side_by_side
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.slack.preview import slack_page

if TYPE_CHECKING:
    from digest.model import Edition, Pictures
    from digest.rendering.renderer import Renderer
    from digest.rendering.slack.blocks import Message


class Forms(Struct, frozen=True):
    """An edition in each form; with `threads`, Slack's is a post and its thread."""

    edition: Edition
    templates: Renderer
    pictures: Pictures
    threads: bool

    def page(self, form: str | None) -> str:
        """As a browser shows it: as email, or as Slack does, or both beside the text."""
        match form:
            case "email":
                return self._email
            case "slack":
                return self._slack
        text = self.templates.text(self.edition)
        return side_by_side(self.edition.subject, self._email, self._slack, text)

    def text(self, form: str | None) -> str:
        """As `--as` offers it."""
        match form:
            case "email":
                return self._email
            case "slack":
                return json.dumps(self._posts, indent=2, ensure_ascii=False)
            case "markdown":
                return self.templates.markdown(self.edition)
        return self.templates.text(self.edition)

    @property
    def _email(self) -> str:
        return self_contained(self.templates.fitted(self.edition), self.pictures)

    @property
    def _posts(self) -> list[Message]:
        return build_thread(self.edition) if self.threads else build_messages(self.edition)

    @property
    def _slack(self) -> str:
        return slack_page(self._posts, threaded=self.threads)
