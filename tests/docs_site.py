"""What is wrong with the built documentation site, beyond what Zensical's --strict looks at.

`python -m tests.docs_site FOLDER` prints a line for each problem and exits with 1 if there is one:
a link or picture that leads nowhere, something that a page loads from another host, and a list or
block of code that Markdown took for text.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

# Its links begin with a slash, since it is shown at any address.
_NOT_FOUND = "404.html"
_SWALLOWED = re.compile(r"(?:^|\n)\s*(?:[-*] |\d+\. |```|\|.*\|$)", re.MULTILINE)


class Page(HTMLParser):
    """The links, anchors and paragraphs of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []  # the element, and where it leads
        self.anchors: set[str] = set()
        self.paragraphs: list[str] = []
        self._in_paragraph = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors.add(values.get("id") or "")
        self.links += [(tag, link) for link in (values.get("href"), values.get("src")) if link]
        if tag == "p":
            self._in_paragraph = True
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._in_paragraph = False

    def handle_data(self, data: str) -> None:
        if self._in_paragraph:
            self.paragraphs[-1] += data


def problems(site: Path) -> list[str]:
    """Every problem of the site, as `page: what`."""
    folder = site.resolve()
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))}
    return [
        f"{path.relative_to(folder)}: {problem}"
        for path, page in pages.items()
        if path.name != _NOT_FOUND
        for problem in _problems(path, page, pages)
    ]


def _problems(path: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    for tag, link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if tag != "a":
                yield f"loads {link}"
        elif not _leads_somewhere(path, unquote(parts.path), unquote(parts.fragment), pages):
            yield f"nothing is at {link}"
    for paragraph in page.paragraphs:
        if _SWALLOWED.search(paragraph):
            yield f"no paragraph: {paragraph[:60]!r}"


def _leads_somewhere(path: Path, link: str, anchor: str, pages: dict[Path, Page]) -> bool:
    target = (path.parent / link).resolve() if link else path
    page = pages.get(target)
    return target.is_file() and (not anchor or page is None or anchor in page.anchors)


def main() -> int:
    """Print the problems of the site in the folder that is named."""
    found = problems(Path(sys.argv[1]))
    sys.stderr.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
