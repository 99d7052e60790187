"""Boilerplate: the known forms around an article, and what only looks like one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.rendering.test_clean import cleaned

SAYS = "The article says this, and it says it well."
# As whole paragraphs.
PARAGRAPHS = [
    # Reddit, forums, aggregators
    "submitted by /u/ada_l [link] [comments]",
    "submitted by u/ada to r/selfhosted [link] [comments]",
    "[link] [comments]",
    "Statistics: Posted by jane — Today, 1:51 pm",
    "Statistik: Verfasst von jana — Heute 13:51",
    "Statistiques : Publié par zoé — Aujourd’hui",
    "3 posts - 2 participants",
    "Read full topic",
    "Read more of this story at Slashdot.",
    "Discuss this post on Hacker News",
    "View all 12 comments",
    "Leave a comment",
    # Substack and newsletters
    "Thanks for reading The Reader! Subscribe for free to receive new posts and support my work.",
    (
        "The Reader is a reader-supported publication. To receive new posts and support my work,"
        " consider becoming a free or paid subscriber."
    ),
    "Subscribe now",
    "This post is public so feel free to share it.",
    "If you’ve been forwarded this email, you can subscribe here.",
    "Was this email forwarded to you? Sign up for the newsletter",
    "Hi, this is Ada with another issue of The Engine.",
    "View this email in your browser",
    "Read in app",
    "Upgrade to paid",
    "Discover more from The Engine",
    "You are receiving this email because you opted in on our site.",
    "Unsubscribe from this list",
    "Update your preferences",
    "Copyright © 2026 Example Inc. All rights reserved.",
    # YouTube and podcasts
    "Subscribe to our channel: https://video.example/c",
    "Follow us on Mastodon: https://social.example/@ada",
    "Get 40% off with my link: https://go.example/x",
    "Use code ADA for a discount",
    "This episode is sponsored by Acme.",
    "This podcast is brought to you by Acme, makers of things.",
    "Today’s sponsors: Acme and Bcme",
    "Learn more about your ad choices. Visit megaphone.fm/adchoices",
    "See omnystudio.com/listener for privacy information.",
    "Hosted on Acast. See acast.com/privacy for more information.",
    "Privacy & Opt-Out: https://redcircle.com/privacy",
    "Support this podcast: https://podcasters.example/support",
    "Don’t forget to like and subscribe!",
    "Support the show on Patreon",
    "Buy me a coffee",
    "00:00 Intro",
    "As an Amazon Associate I earn from qualifying purchases.",
    # Blogs
    "∞ Permalink",
    "Permalink",
    "Reply by email",
    "Tags: bridges, roads",
    "Filed under: News",
    "Schlagwörter: Brücken, Straßen",
    "Catégories : Ponts",
    "Related posts",
    "You may also like",
    "Table of contents",
    "By Jane Doe, Staff Writer | Nov. 29, 2026 | 4 min read",
    "(Reporting by Ada Lovelace; Editing by Jane Doe)",
    "Article continues below",
    (
        "A title was originally published in The Engine on Medium, where people are continuing the"
        " conversation by highlighting and responding to this story."
    ),
    # WordPress in other languages
    "O conteúdo Um título aparece primeiro em Um blog.",
    "O post Um título apareceu primeiro em Um blog.",
    "Het bericht Een titel verscheen eerst op Een blog.",
    "La entrada Un título aparece primero en Un sitio.",
    "L’articolo Un titolo proviene da Un sito.",
    "投稿 題名 は ブログ に最初に表示されました。",
    "ظهرت المقالة عنوان أولاً على مدونة.",
    "הפוסט כותרת הופיע לראשונה ב-בלוג.",
    *("Leia mais", "Lees meer", "続きを読む", "اقرأ المزيد", "קרא עוד", "阅读全文", "Читать далее"),
    *(
        "Newsletter abonnieren",
        "Abonnez-vous à la newsletter",
        "Suscríbete",
        "チャンネル登録はこちら",
    ),
]
# Of feeds of all kinds, a form a line.
MORE = (Path(__file__).parent / "boilerplate.txt").read_text("utf-8").splitlines()
# The same in more languages, what stands before a first sentence, and what only looks like either.
AROUND = yaml.safe_load((Path(__file__).parent / "around_articles.yaml").read_text("utf-8"))
# At the end of the last paragraph, and at the beginning of the first.
ENDS = [
    "(read more)",
    "#bridges #roads",
    "Support us on Patreon. Join our Discord. Music by Ada.",
    "[Read more]",
    "Learn more about your ad choices.",
    "Thanks for reading!",
    "Subscribe for free to receive new posts.",
    "Read the full story",
]
BEGINNINGS = [
    "BERLIN, Nov. 30 (Reuters) - ",
    "WASHINGTON (AP) — ",
    "LONDON, Nov 30 (Meridian) - ",
    "LONDON (Meridian) - ",
    "NEW YORK, Nov. 30, 2026 /PRNewswire/ -- ",
    "SAN FRANCISCO--(BUSINESS WIRE)--",
    "Berlin (dpa) - ",
    "PARIS, 30 nov. 2026 (AFP) - ",
    "Madrid, 30 nov (EFE).- ",
    "London, 30 November 2026 – ",
    "November 29, 2026 - ",
    "MOSCOW — ",
    "arXiv:2611.00001v1 Announce Type: new Abstract: ",
    "arXiv:2611.00001v2 Announce Type: replace-cross Abstract: ",
    "Listen now (34 mins) | ",
    "Watch now (1 hr 4 mins) | ",
]


@pytest.mark.parametrize("form", PARAGRAPHS + MORE)
def test_a_known_form_is_no_excerpt(form: str) -> None:
    assert cleaned(f"<p>{form}</p><p>{SAYS}</p>").excerpt == SAYS
    assert cleaned(f"<p>{SAYS}</p><p>{form}</p>").excerpt == SAYS
    assert cleaned(f"<p>{form}</p>").excerpt == ""


@pytest.mark.parametrize("form", ENDS)
def test_nor_at_the_end_of_a_paragraph(form: str) -> None:
    assert cleaned(f"<p>{SAYS} {form}</p>").excerpt == SAYS


@pytest.mark.parametrize("form", BEGINNINGS)
def test_nor_before_the_first_sentence(form: str) -> None:
    assert cleaned(f"<p>{form}{SAYS}</p>").excerpt == SAYS
    assert cleaned(f"<p>{SAYS}</p><p>{form}{SAYS}</p>").excerpt == f"{SAYS} {form}{SAYS}"


def test_what_stands_around_articles_in_any_language_is_no_excerpt() -> None:
    forms = AROUND["paragraphs"]
    before = {form: cleaned(f"<p>{form}</p><p>{SAYS}</p>").excerpt for form in forms}
    behind = {form: cleaned(f"<p>{SAYS}</p><p>{form}</p>").excerpt for form in forms}

    assert {form: said for form, said in {**before, **behind}.items() if said != SAYS} == {}


def test_neither_is_what_stands_before_a_report_in_any_language() -> None:
    said = {form: cleaned(f"<p>{form}{SAYS}</p>").excerpt for form in AROUND["beginnings"]}

    assert {form: excerpt for form, excerpt in said.items() if excerpt != SAYS} == {}


def test_what_an_article_says_in_such_words_stays() -> None:
    kept = AROUND["kept"]
    first = {said: cleaned(f"<p>{said}</p><p>{SAYS}</p>").excerpt for said in kept}
    last = {said: cleaned(f"<p>{SAYS}</p><p>{said}</p>").excerpt for said in kept}

    assert [said for said, excerpt in first.items() if excerpt != f"{said} {SAYS}"] == []
    assert [said for said, excerpt in last.items() if excerpt != f"{SAYS} {said}"] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "You can now subscribe to the calendar of the town.",
        "The code is open, and the issue of licences is settled.",
        "Sponsors left the team after the race.",
        "Firefox (Beta) - The release is here.",
        "Part 2: Where it breaks.",
        "NASA — The agency says so.",
        "Privacy is a right, and Europe means it.",
        "Tags on clothes tell where they were made.",
        "Use the code in the appendix with care.",
        "Patreon raised its prices.",
        "Half off the coast, the ship sank.",
        "In May 3 people wrote a compiler in a week.",
        "Copyright law is changed for good.",
        "He said that all rights reserved for kings were gone, and he meant it.",
        "Statistics show what was long known.",
        "Related work is done in Zurich.",
        "More from the harbour comes by night.",
        "Support for older phones ends in June.",
        "Enjoyed by thousands, the park closes at ten.",
    ],
)
def test_what_only_has_its_words_stays(sentence: str) -> None:
    assert cleaned(f"<p>{sentence}</p><p>{SAYS}</p>").excerpt == f"{sentence} {SAYS}"


@pytest.mark.parametrize(
    "form",
    [
        "Subscribe to our newsletter.",
        "Sign up for updates!",
        "Photo by Ada Lovelace.",
        "Follow us on Mastodon.",
        "Click here to watch the video.",
    ],
)
def test_a_form_takes_no_other_sentence_with_it(form: str) -> None:
    assert SAYS in cleaned(f"<p>{form} {SAYS}</p>").excerpt


def test_lines_of_a_plain_text_are_told_apart() -> None:
    text = (
        "Get 40% off with my link: https://go.example/x\nBridges move, and nobody\nsees it.\n"
        "00:00 Intro\n02:10 Heat"
    )

    assert cleaned(text).excerpt == "Bridges move, and nobody sees it."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It ends here.\\n", "It ends here."),
        ("One line.\\n\\nAnother line.", "One line. Another line."),
        ("One line\\r\\nAnother line", "One line Another line"),
        (r"It lies in C:\new\names and stays.", r"It lies in C:\new\names and stays."),
        (r"Write \n for a new line.", r"Write \n for a new line."),
    ],
)
def test_escapes_that_are_written_out_are_line_ends(text: str, left: str) -> None:
    assert cleaned(f"<p>{text}</p>").excerpt == left


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>Run this:</p><pre>make</pre><p>It builds.</p>", "Run this: [code] It builds."),
        ("<p>Run this:</p><pre>make</pre><pre>make it</pre>", "Run this: [code]"),
        ("<p>It builds.</p><pre>make</pre>", "It builds."),
        ("<pre>make</pre><p>It builds.</p>", "It builds."),
        ("<p>So many:</p><table><tr><td>3</td></tr></table><p>Enough.</p>", "So many: · Enough."),
        ("<ul><li>One</li><li>Two</li></ul><p>Three.</p>", "One; Two · Three."),
        ("<ul><li>One</li><li>Two.</li></ul><p>Three.</p>", "One; Two. Three."),
    ],
)
def test_what_is_left_out_leaves_a_mark(html: str, left: str) -> None:
    assert cleaned(html).excerpt == left
