"""HTML of a feed without what its readers would not see: it is neither shown nor summarised."""

from __future__ import annotations

from html import escape

from digest.feeds.hidden import is_hidden, is_unreadable, may_hide


def without_hidden(html: str) -> str:
    """The same HTML without elements that nobody sees; as it is where there are none."""
    if not may_hide(html):
        return html
    # Most texts need no parser.
    from lxml import etree
    from lxml.html import fragment_fromstring

    try:
        body = fragment_fromstring(html, create_parent="div")
    except (etree.ParserError, ValueError):
        return html
    elements = [element for element in body.iterdescendants() if isinstance(element.tag, str)]
    hidden = [each for each in elements if is_hidden(each) or is_unreadable(each)]
    if not hidden:
        return html
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()
    rest = (etree.tostring(each, encoding="unicode", method="html") for each in body)
    return escape(body.text or "", quote=False) + "".join(rest)
