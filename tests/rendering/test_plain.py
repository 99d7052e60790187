from __future__ import annotations

import pytest

from tests.rendering.test_clean import cleaned


@pytest.mark.parametrize(
    ("html", "prose"),
    [
        ("<p>One <b>bo</b>ld word.</p>", "One bold word."),
        ("<p>One</p><p>Two</p>Three<hr>Four", "One Two Three Four"),
        ("One<br>Two<div>Three</div>Four", "One Two Three Four"),
        ("<dl><dt>Word</dt><dd>Meaning</dd></dl>", "Word: Meaning"),
        ("x<sup>2</sup>, H<sub>2</sub>O, a<img src=a.png alt=b>c", "x2, H2O, ac"),
        ("<p>A &lt;b&gt; &amp;amp;&nbsp;c</p>", "A <b> &amp; c"),
        ("<p title='a>b\"c'>Words</p>", "Words"),
        ('<a href="https://a.example/" title="a>b&quot;>c">Words</a>', "Words"),
        ("One<table><tr><td>a<table><tr><td>b</table>c</table>Two", "One · Two"),
        ("<h2>Head</h2>One<pre>a <b>b</b></pre>Two", "One [code] Two"),
        ("One<figure><img src=a.png><figcaption>c</figcaption></figure>Two", "One Two"),
    ],
)
def test_prose_is_what_reads_on(html: str, prose: str) -> None:
    assert cleaned(html).excerpt == prose


@pytest.mark.parametrize(
    ("html", "prose"),
    [
        (
            "<p>We sell:</p><ul><li>tea</li>\n<li>milk</li></ul>Come in",
            "We sell: tea; milk · Come in",
        ),
        ("<ol><li>Boil.</li><li>Wait…</li><li>Drink!</li></ol>", "Boil. Wait… Drink!"),
        ("<ul><li><p>One</p></li><li> <b>Two</b> </li><li>Three</ul>", "One; Two; Three"),
        ("<ul><li>One:<ul><li>a</li><li>b</li></ul></li><li>Two</ul>", "One: a; b; Two"),
        ("<ul><li>One</li><li></li><li> </li><li>Two</li></ul>", "One; Two"),
        ("<ul><li></li><li>One</li></ul>", "One"),
        ("<ul><li>R&amp;</li><li>D</li></ul>", "R&; D"),
        (
            "<dl><dt><i>Xanthoria</i></dt><dd>Yellow</dd><dt>Others:</dt> <dd>Grey.</dd></dl>",
            "Xanthoria: Yellow; Others: Grey.",
        ),
        ("<ul><li>一つ目。</li><li>二つ目</li></ul>", "一つ目。 二つ目"),
    ],
)
def test_items_of_a_list_stay_apart(html: str, prose: str) -> None:
    assert cleaned(html).excerpt == prose


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<ol><li>one</li><li>two</li></ol>", 2),
        ("<pre>f<span>(</span>x<span>)</span>\ny</pre>", 2),
        ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", 3),
        ("<h1>One</h1>two<hr>three", 3),
    ],
)
def test_words_are_those_that_are_written(html: str, words: int) -> None:
    assert cleaned(html).words == words
