"""What nobody sees of a page is neither shown nor summarised."""

from __future__ import annotations

import pytest

from digest.rendering.hidden import without_hidden

SEEN = "<p>Seen.</p>"
HIDDEN = [
    '<p style="display:none">Not.</p>',
    "<p style='DISPLAY : none !important'>Not.</p>",
    '<div style="visibility: hidden">Not.</div>',
    '<span style="font-size:0px">Not.</span>',
    '<p style="opacity:0">Not.</p>',
    '<p style="max-height:0; overflow:hidden">Not.</p>',
    '<p style="position:absolute; left:-9999px">Not.</p>',
    '<p style="text-indent:-5000px">Not.</p>',
    '<p style="color:#fff">Not.</p>',
    '<p style="color: white; background-color: #FFFFFF">Not.</p>',
    '<p style="background:#000; color:#000000">Not.</p>',
    '<p style="color:transparent">Not.</p>',
    "<p hidden>Not.</p>",
    "<template><p>Not.</p></template>",
    "<noscript>Not.</noscript>",
    '<div style="display:none"><div><b>Not.</b></div></div>',
]
KEPT = [
    '<div style="background:#222"><p style="color:#fff">Read.</p></div>',
    '<div style="background:url(x.png)"><p style="color:#fff">Read.</p></div>',
    '<p style="color:#ffffff; background-color:#003366">Read.</p>',
    '<p style="display:block; opacity:0.5">Read.</p>',
    '<p style="height:0.5em">Read.</p>',
    '<p aria-hidden="true">Read.</p>',
    '<td style="font-size:0"><p>Read.</p></td>',
    "<p>Write <code>display:none</code> to hide it.</p>",
    '<noscript><img src="https://a.example/x.jpg"></noscript>',
]


@pytest.mark.parametrize("html", HIDDEN)
def test_what_nobody_sees_goes(html: str) -> None:
    assert without_hidden(f"{SEEN}{html}{SEEN}") == SEEN * 2


@pytest.mark.parametrize("html", KEPT)
def test_what_is_seen_stays_as_it_is(html: str) -> None:
    assert without_hidden(f"{SEEN}{html}") == f"{SEEN}{html}"


def test_the_text_around_stays_with_its_characters() -> None:
    html = 'A &lt;b&gt; <i>c</i><b style="display:none">Not.</b> &amp; d<br>e'

    assert without_hidden(html) == "A &lt;b&gt; <i>c</i> &amp; d<br>e"
