"""Pictures that a script would load have their addresses where a mail looks."""

from __future__ import annotations

import time

import pytest

from tests import limits
from tests.rendering.test_clean import cleaned

PICTURE = "https://c.example.org/p.jpg"
PLACEHOLDER = "data:image/gif;base64,R0lGOD"
SECONDS_FOR_THE_WORST = limits.seconds(2.0)


@pytest.mark.parametrize(
    "html",
    [
        f'<img src="{PLACEHOLDER}" data-src="{PICTURE}">',
        f'<img data-lazy-src="{PICTURE}">',
        f"<img SRC='/blank.gif' data-original='{PICTURE}'>",
        f'<img src="{PLACEHOLDER}" data-srcset="{PICTURE} 640w, /small.jpg 320w">',
        f'<img srcset="/small.jpg 320w, {PICTURE} 640w, /large.jpg 2000w">',
        f'<img srcset="/small.jpg 320w, {PICTURE} 500w">',
        f'<img src="{PLACEHOLDER}" srcset="{PICTURE}, /large.jpg 2x">',
        f'<img src="{PLACEHOLDER}" class="lazy">\n<noscript><img src="{PICTURE}"></noscript>',
        f'<img src="/blank.gif" data-src="/p.jpg"><noscript><img src="{PICTURE}"></noscript>',
        f'<noscript><img src="{PICTURE}"></noscript>',
        # As it was before.
        f'<img src="{PICTURE}" srcset="/small.jpg 320w, /large.jpg 2000w">',
        f'<img src="{PICTURE}" data-src="false" data-lazy="1">',
    ],
)
def test_the_picture_is_the_real_one_and_there_once(html: str) -> None:
    assert cleaned(f"<p>Right {html} here</p>").html.split() == [
        *("<p>Right", "<img", f'src="{PICTURE}">', "here</p>")
    ]


def test_a_relative_address_is_of_the_base_and_what_else_is_said_of_it_stays() -> None:
    html = '<img src="x.gif" data-src="/p.jpg?a=1&amp;b=2" alt="&quot;A&quot; > B" width="640">'
    assert cleaned(html).html == (
        '<img src="https://site.example/p.jpg?a=1&amp;b=2" alt="&quot;A&quot; &gt; B" width="640">'
    )


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<img alt="A" data-src="javascript:alert(1).gif">', '<img alt="A">'),
        (f'<img alt="A" src="{PLACEHOLDER}">', '<img alt="A">'),
        ("<noscript><b onclick=x>b</b><script>x</script></noscript>", ""),
        ('<noscript>&lt;img src="/x.gif"&gt;</noscript>', ""),
        ('<img data-src="x.gif&quot; onerror=&quot;x">', "<img>"),
    ],
)
def test_nothing_runs_that_did_not(html: str, safe: str) -> None:
    assert cleaned(html).html == safe


@pytest.mark.parametrize(
    "html",
    [
        '<img "' * 40_000 + "data-src=",
        "<noscript>" * 25_000,
        '<noscript><img "' * 15_000,
        '<img data-src="' * 16_000,
        f'<img srcset="{"a, " * 80_000}">',
        f'<img srcset="{" " * 250_000}x">',
        "<img " * 50_000 + "srcset",
    ],
)
def test_a_hostile_text_takes_no_longer_than_any(html: str) -> None:
    began = time.perf_counter()
    cleaned(html)
    assert time.perf_counter() - began < SECONDS_FOR_THE_WORST
