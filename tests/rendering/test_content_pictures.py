"""Which picture of its content is that of an entry, and which words are only its caption."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from digest.feeds.limits import MAX_HTML
from tests import limits
from tests.rendering.test_clean import cleaned

if TYPE_CHECKING:
    from digest.model import CleanEntry

HERON = "https://site.example/heron.jpg"
SECONDS_FOR_THE_WORST = limits.seconds(2.0)


def image(html: str) -> str:
    return cleaned(html).image


@pytest.mark.parametrize(
    "before",
    [
        '<img src="https://site.example/p.gif" width="1" height="1">',
        '<img src="https://site.example/small.png" width="48" height="48">',
        '<img src="https://site.example/small.png" width="48px">',
        '<img src="https://site.example/banner.png" width="728" height="90">',
        '<img src="https://pixel.wp.com/b.gif?x=1">',
        '<img src="https://www.gravatar.com/avatar/1">',
        '<img src="https://s.w.org/images/core/emoji/15.0.3/72x72/1f600.png" alt="😀">',
        '<img src="https://forum.example/images/smilies/cool.gif">',
        '<img src="https://site.example/x.png" alt=":-)">',
        '<img src="https://site.example/x.png" alt="🙂">',
        '<img src="https://site.example/x.png" alt=":party_parrot:">',
        '<img src="https://img.shields.io/badge/build-passing-green">',
        '<img src="https://github.com/a/b/actions/workflows/ci.yml/badge.svg">',
        '<img src="https://site.example/img/spacer.gif">',
        '<img src="https://site.example/avatars/ada.jpg">',
        '<img src="https://site.example/img/facebook-icon.png">',
        '<img src="https://site.example/img/share.png">',
        '<img src="https://site.example/photo-64x64.jpg">',
        '<img src="https://counter.site.example/hit">',
        '<img src="https://site.example/drawing.svg">',
        '<img src="https://site.example/photo.webp">',
        '<img src="data:image/png;base64,AAAA">',
        '<img class="emoji" src="https://site.example/party.png">',
        '<img src="/face.png?s=1&amp;t=2" alt="x" class="u-photo avatar round">',
        "<img>",
    ],
)
def test_what_belongs_to_no_story_is_passed_by(before: str) -> None:
    assert image(f'<p>{before}Words</p><img src="{HERON}">') == HERON


@pytest.mark.parametrize(
    "said",
    [
        f'<img src="{HERON}">',
        '<img src="/heron.jpg" width="900" height="472">',
        f'<img src="{HERON}" width="100%" height="auto">',
        f'<img src="{HERON}" width="900"><img src="https://site.example/second.jpg">',
        f'<figure><a href="/x"><img src="{HERON}" alt="A heron"></a></figure>',
        '<img src="data:image/gif;base64,AAAA" data-src="/heron.jpg">',
    ],
)
def test_the_first_that_is_large_enough_is_the_picture_of_the_entry(said: str) -> None:
    assert image(f"<p>Words</p>{said}") == HERON


def test_names_of_things_are_no_furniture() -> None:
    for address in ("pixel-9-review.jpg", "avatar-2/scene.jpg", "iconic.jpg", "shared/photo.jpg"):
        assert image(f'<img src="https://site.example/{address}">').endswith(address)


@pytest.mark.parametrize(
    "captioned",
    [
        "<figure>{img}<figcaption>By the weir</figcaption></figure>",
        '<div class="wp-caption">{img}<p id="c" class="wp-caption-text">By the weir</p></div>',
        "<dl class='wp-caption'><dt>{img}</dt><dd class='wp-caption-text'>By the weir</dd></dl>",
        "<p>{img}</p><p><small>By the weir</small></p>",
        "<p>{img}<br><em>By <b>the</b> weir</em></p>",
        '<p><a href="/large">{img}</a></p>\n<p><i>By the weir</i></p>',
        "<table><tr><td>{img}</td></tr><tr><td>By the weir</td></tr></table>",
    ],
)
def test_a_caption_is_not_in_the_excerpt(captioned: str) -> None:
    html = captioned.format(img=f'<img src="{HERON}" alt="A heron">')
    entry = cleaned(f"{html}<p>Seen <em>on Sunday</em>, in the rain.</p>")
    assert entry.excerpt == "Seen on Sunday, in the rain."
    assert "By" in entry.html


@pytest.mark.parametrize(
    "html",
    [
        f'<p><img src="{HERON}"></p><p><em>Not</em> a caption.</p>',
        f'<p><img src="{HERON}"></p><p>Not <em>a caption.</em></p>',
        f'<p><img src="{HERON}"></p><p>Words.</p><p><em>Not a caption.</em></p>',
    ],
)
def test_other_words_after_a_picture_are(html: str) -> None:
    assert cleaned(html).excerpt.endswith("a caption.")


def test_slanted_words_that_are_all_there_is_are_no_caption() -> None:
    entry = cleaned(f'<p><img src="{HERON}"></p><p><em>The weir on Sunday.</em></p>')
    assert entry.excerpt == "The weir on Sunday."


class TestLittleButAPicture:
    def comic(self, attributes: str, title: str = "Compass") -> CleanEntry:
        return cleaned(f'<img src="{HERON}" {attributes}>', title=title)

    def test_the_title_of_the_picture_is_its_text(self) -> None:
        entry = self.comic('title="North is a state of mind." alt="Compass"')
        assert (entry.title, entry.excerpt, entry.words) == (
            "Compass",
            "North is a state of mind.",
            0,
        )

    def test_else_what_stands_in_its_place(self) -> None:
        assert self.comic('alt="A heron in the rain"').excerpt == "A heron in the rain"

    @pytest.mark.parametrize("alt", ["", "Compass", "IMG_2031.JPG", "DSC 0042", "image1"])
    def test_what_says_nothing_is_no_text(self, alt: str) -> None:
        assert self.comic(f'alt="{alt}"').excerpt == ""

    def test_a_photo_without_a_title_goes_by_it(self) -> None:
        entry = self.comic('alt="A heron in the rain"', title="")
        assert entry.title == entry.excerpt == "A heron in the rain"


@pytest.mark.parametrize(
    "piece",
    [
        '<p class="wp-caption-text">',
        '<p class="wp-caption-text" ',
        "wp-caption-text ",
        f'<img src="{HERON}"><p><em>',
        f'<img src="{HERON}"><em>x ',
        f'<img src="{HERON}"> ',
        "<img class='",
        "<img class='emoji' ",
        " class='emoji",
        f'<p><img src="{HERON}"></p><p><small>x</small>',
    ],
)
def test_the_worst_takes_no_longer(piece: str) -> None:
    html = (
        "<p " * piece.startswith("wp")
        + "<img " * piece.startswith(" ")
        + piece * (MAX_HTML // len(piece))
    )
    started = time.process_time()
    cleaned(html)
    assert time.process_time() - started < SECONDS_FOR_THE_WORST
