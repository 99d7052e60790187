"""What renders editions, whosever the templates are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from digest.model import Edition
    from digest.rendering.email.personal import Links

HTML, TEXT, MARKDOWN = "edition.html", "edition.txt", "edition.md"
NAMES = (HTML, TEXT, MARKDOWN)
# The forms that templates have: `fitted` is the HTML within what mail programs show.
Form = Literal["html", "fitted", "text", "markdown"]
FILES: dict[Form, str] = {"html": HTML, "fitted": HTML, "text": TEXT, "markdown": MARKDOWN}


class Renderer(Protocol):
    """Renders editions; its methods raise `TemplateError`."""

    @property
    def theme(self) -> Renderer | None:
        """What stands in for a template that fails; None for a theme's own."""

    @property
    def accent(self) -> str:
        """The colour of the digest's look, like `#1b5e8c`."""

    def html(self, edition: Edition, links: Links | None = None) -> str:
        """A whole HTML document, its styles inlined but for those marked to be kept."""

    def fitted(self, edition: Edition, links: Links | None = None) -> str:
        """The same in as much detail as mail programs show."""

    def text(self, edition: Edition, links: Links | None = None) -> str:
        """Plain text, in lines of at most 78 columns."""

    def markdown(self, edition: Edition) -> str:
        """CommonMark."""

    def close(self) -> None:
        """End what is being rendered; nothing more will be."""


class ByForm:
    """What renders all forms in one way."""

    def html(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("html", edition, links)

    def fitted(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("fitted", edition, links)

    def text(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("text", edition, links)

    def markdown(self, edition: Edition) -> str:
        """As `Renderer` has it."""
        return self._render("markdown", edition)

    def close(self) -> None:
        """As `Renderer` has it."""

    def _render(self, form: Form, edition: Edition, links: Links | None = None) -> str:
        raise NotImplementedError


def rendered(renderer: Renderer, form: Form, edition: Edition, links: Links | None) -> str:
    """An edition in a form."""
    match form:
        case "html":
            return renderer.html(edition, links)
        case "fitted":
            return renderer.fitted(edition, links)
        case "text":
            return renderer.text(edition, links)
        case "markdown":
            return renderer.markdown(edition)
