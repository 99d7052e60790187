"""Pictures: which may be shown, and how a message has them in it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.model import Picture, PictureFile, Pictures
from digest.rendering.email.message import build_email, text_only
from digest.rendering.pictures import is_tracker, read_picture, self_contained
from digest.rendering.templates import Templates
from tests.pictures import SVG, WEBP, gif, jpeg, png
from tests.rendering.markup import document
from tests.rendering.samples import edition, story

if TYPE_CHECKING:
    from email.message import EmailMessage

    from digest.model import Edition

TEMPLATES = Templates()
URL = "https://site.example/a.png"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(640, 480), "png"),
        (gif(640, 480), "gif"),
        (jpeg(640, 480), "jpeg"),
        # Cameras and editors write much before the size.
        (jpeg(640, 480, before=200_000), "jpeg"),
    ],
)
def test_the_size_is_read_from_the_bytes(data: bytes, kind: str) -> None:
    picture, file = read_picture(URL, data)

    assert (picture.url, picture.width, picture.height) == (URL, 640, 480)
    assert file == PictureFile(kind, data)


def test_the_id_of_a_picture_is_that_of_its_bytes() -> None:
    first, again = (read_picture(url, png(640, 480))[0] for url in (URL, f"{URL}?again"))
    other, _ = read_picture(URL, png(640, 481))

    assert first.content_id == again.content_id != other.content_id
    assert re.fullmatch(r"[0-9a-f]{32}@digest\.invalid", first.content_id)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (WEBP, "it is not PNG, JPEG or GIF"),
        (SVG, "it is not PNG, JPEG or GIF"),
        (b"<html>not found</html>", "it is not PNG, JPEG or GIF"),
        (b"", "it is not PNG, JPEG or GIF"),
        (gif(1, 1), "it has 1 x 1 pixels: too small, or none"),
        (png(119, 400), "it has 119 x 400 pixels: too small, or none"),
        (png(400, 79), "it has 400 x 79 pixels: too small, or none"),
        (png(0, 0), "it has 0 x 0 pixels: too small, or none"),
        (png(10_001, 9_000), "it has 10001 x 9000 pixels: too large"),
        (png(801, 200), "it has 801 x 200 pixels: too long for a picture"),
        (png(200, 601), "it has 200 x 601 pixels: too long for a picture"),
        (b"\x89PNG\r\n\x1a\n", "it has -1 x -1 pixels: too small, or none"),
        (b"\xff\xd8\xff" + b"\0" * 100, "it has -1 x -1 pixels: too small, or none"),
    ],
)
def test_what_is_no_picture_of_a_story_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        read_picture(URL, data)


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a"]),
    st.binary(max_size=300) | st.text("\0\1\xc0\xff", max_size=300).map(lambda t: t.encode("l1")),
)
def test_any_bytes_are_a_picture_or_refused(magic: bytes, rest: bytes) -> None:
    try:
        picture, _ = read_picture(URL, magic + rest)
    except ValueError:
        return
    assert picture.width >= 120
    assert picture.height >= 80


@pytest.mark.parametrize(
    ("url", "tracks"),
    [
        ("https://feeds.feedburner.com/~r/Site/~4/x", True),
        ("https://ad.doubleclick.net/x.gif", True),
        ("https://pixel.wp.com/b.gif?x", True),
        ("https://secure.gravatar.com/avatar/0?s=600", True),
        ("https://site.example/doubleclick.net.png", False),
        ("https://notfeedburner.com/a.png", False),
        ("https://i0.wp.com/site.example/a.png", False),
    ],
)
def test_known_trackers(url: str, tracks: bool) -> None:
    assert is_tracker(url) == tracks


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((1_200, 600), (500, 250)),
        ((300, 200), (300, 200)),
        ((400, 1_200), (133, 400)),
        ((10_000, 2_500), (500, 125)),
    ],
)
def test_a_picture_is_shown_in_its_own_proportions(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert Picture(URL, *size).within(500, 400) == shown


def test_no_picture_is_shown_that_was_not_seen() -> None:
    whole = '<p>Words</p><img src="https://site.example/pixel.gif" width="1" height="1">'
    html = TEMPLATES.html(edition(story(image=URL, html=whole)))

    assert "<img" not in html
    assert "Words" in html


def with_pictures(*files: bytes) -> tuple[Edition, Pictures]:
    """A story for each picture, and one without."""
    read = [read_picture(f"{URL}?{number}", data) for number, data in enumerate(files)]
    stories = [story(number, picture=picture) for number, (picture, _) in enumerate(read, 1)]
    return edition(*stories, story(99)), {picture.content_id: file for picture, file in read}


def test_width_and_height_are_always_said() -> None:
    whole, _ = with_pictures(png(1_072, 600), gif(300, 200))

    images = list(document(TEMPLATES.html(whole)).iter("img"))

    assert [(one.get("width"), one.get("height")) for one in images] == [
        ("132", "74"),
        ("132", "88"),
    ]
    assert all(one.get("alt") == "" for one in images)


def test_a_remote_picture_is_linked() -> None:
    html = TEMPLATES.html(edition(story(picture=Picture(f"{URL}?a=1&b", 640, 480))))

    [image] = document(html).iter("img")
    assert image.get("src") == f"{URL}?a=1&b"


def built(whole: Edition, pictures: Pictures) -> bytes:
    html, text = TEMPLATES.html(whole), TEMPLATES.text(whole)
    return build_email(whole, html, text, "digest@example.com", pictures)


def test_embedded_pictures_are_beside_the_html_that_shows_them() -> None:
    files = png(640, 480), jpeg(640, 480), gif(640, 480)
    whole, pictures = with_pictures(*files)

    raw = built(whole, pictures)

    mail = message_from_bytes(raw, policy=default)
    plain, related = (cast("EmailMessage", part) for part in mail.iter_parts())
    html, *images = (cast("EmailMessage", part) for part in related.iter_parts())
    assert mail.get_content_type() == "multipart/alternative"
    assert plain.get_content_type() == "text/plain"
    # RFC 2387: the type is that of the root.
    assert related.get_content_type() == "multipart/related"
    assert related.get_param("type") == html.get_content_type() == "text/html"
    assert [image.get_content_type() for image in images] == [
        "image/png",
        "image/jpeg",
        "image/gif",
    ]
    assert [image.get_content() for image in images] == list(files)
    assert {image.get_content_disposition() for image in images} == {"inline"}
    # RFC 2392: an id in brackets, a URL without.
    ids = [image["Content-ID"] for image in images]
    sources = [image.get("src") for image in document(html.get_content()).iter("img")]
    assert ids == [f"<{source.removeprefix('cid:')}>" for source in sources]
    assert mail.get_body(("html",)) is not None
    assert mail.defects == related.defects == html.defects == []
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_message_with_pictures_is_the_same_bytes_again() -> None:
    assert built(*with_pictures(png(640, 480))) == built(*with_pictures(png(640, 480)))


def test_boundaries_inside_each_other_differ() -> None:
    found = re.findall(rb'boundary="(.*?)"', built(*with_pictures(png(640, 480))))

    assert len(set(found)) == 2


def test_pictures_that_the_html_does_not_show_are_not_sent() -> None:
    whole, pictures = with_pictures(png(640, 480), gif(640, 480))
    [section] = whole.sections
    first, *rest = section.stories
    cut = replace(section, stories=(first, *(replace(one, picture=None) for one in rest)))

    raw = built(replace(whole, sections=(cut,)), pictures)

    assert raw.count(b"Content-ID") == 1
    assert b"image/gif" not in raw


def test_what_is_too_large_goes_without_its_pictures() -> None:
    plainer = text_only(built(*with_pictures(png(640, 480))))

    assert plainer is not None
    mail = message_from_bytes(plainer, policy=default)
    assert mail.get_content_type() == "text/plain"
    assert "Story 1" in mail.get_content()
    assert b"image/" not in plainer


def test_a_page_has_its_pictures_in_itself() -> None:
    data = png(640, 480)
    whole, pictures = with_pictures(data)

    page = self_contained(TEMPLATES.html(whole), pictures)

    [image] = document(page).iter("img")
    head, _, encoded = image.get("src").partition(",")
    assert head == "data:image/png;base64"
    assert hashlib.sha256(b64decode(encoded)).digest() == hashlib.sha256(data).digest()
    assert "cid:" not in page
