"""A user's own templates: overriding by file name, and errors that say where and what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.errors import TemplateError
from digest.jobs.custom_templates import OwnTemplates
from digest.rendering.templates import Templates
from tests.rendering.samples import edition, story
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import HttpServer


def test_a_file_of_a_folder_overrides_the_built_in_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text("Mine: {{ edition.stories[0].title }}\n")
    own, built_in = OwnTemplates(tmp_path), Templates()
    of = edition(story())

    assert own.text(of) == "Mine: Story 1\n"
    assert own.html(of) == built_in.html(of)
    assert own.markdown(of) == built_in.markdown(of)


def test_templates_of_a_folder_include_each_other_and_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text("{% include 'head.txt' %}{% include 'edition.md' %}")
    (tmp_path / "head.txt").write_text("Head of {{ edition.title }}\n")

    text = OwnTemplates(tmp_path).text(edition(story()))

    assert text.startswith("Head of Weekly reading\n# Weekly reading\n")


def test_words_and_filters_of_the_built_in_templates_are_there(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text(
        "{{ summary(edition) }}|{{ notes(edition) }}|{{ count(2, 'story', 'stories') }}|"
        "{{ edition.period_to | day(edition.timezone) }}|{{ 75 | reading_time }}|{{ 'a' | dir }}"
    )

    assert OwnTemplates(tmp_path).text(edition(story(), held_back=1)) == (
        "9 to 16 November 2026 · 1 story · about 4\u00a0min to read|"
        "1 more story will come with the next edition.|2 stories|"
        "16 November 2026|1\u00a0h\u00a015\u00a0min|ltr"
    )


@pytest.mark.parametrize(
    ("name", "source", "line", "said"),
    [
        ("edition.html", "<p>\n{{ nowhere }}", 2, "'nowhere' is undefined"),
        ("edition.txt", "{{ edition.nothing }}", 1, "has no attribute 'nothing'"),
        ("edition.md", "\n\n{{ edition.sections[9].title }}", 3, "has no element 9"),
        ("edition.html", "<p>\n\n{% if %}", 3, "Expected an expression"),
        ("edition.html", "{% for story in edition.stories %}", 1, "Unexpected end of template"),
        ("edition.txt", "a\n{{ 1 / 0 }}", 2, "division by zero"),
        ("edition.md", "\n{{ edition.title | shout }}", 2, "No filter named 'shout'"),
        ("edition.html", "\n{% include 'gone.html' %}", 2, "there is no template gone.html"),
        ("edition.html", "{% extends 'base.html' %}", 1, "there is no template base.html"),
        ("edition.html", "\n{{ edition.title | day('UTC') }}", 2, "no attribute 'astimezone'"),
        ("edition.html", "\n{{ edition.period_to | day('Mars') }}", 2, "Mars"),
        ("edition.txt", "{{ summary() }}", 1, "missing 1 required positional argument"),
        ("edition.txt", "{{ edition.title + 1 }}", 1, "can only concatenate str"),
        ("edition.html", "\n{% include 'edition.html' %}", 2, "recursion"),
        (
            "edition.html",
            "\n{{ ''.__class__.__mro__ }}",
            2,
            "'__class__' of 'str' object is unsafe",
        ),
        ("edition.md", "{{ edition.__init__.__globals__ }}", 1, "is unsafe"),
        ("edition.md", "{{ ''.format.__self__.__class__ }}", 1, "unsafe"),
        ("edition.md", "{{ '{0.__class__.__mro__}'.format('') }}", 1, "is unsafe"),
        ("edition.txt", "{% for n in range(10 ** 9) %}{% endfor %}", 1, "Range too big"),
    ],
)
def test_an_error_names_the_template_the_line_and_the_cause(
    tmp_path: Path, name: str, source: str, line: int, said: str
) -> None:
    (tmp_path / name).write_text(source)

    with pytest.raises(TemplateError) as caught:
        OwnTemplates(tmp_path)

    place, _, words = str(caught.value).partition(": ")
    assert place == f"{tmp_path / name}:{line}"
    assert said in words
    assert "\n" not in str(caught.value)


def test_an_error_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text("\n\n{% include 'part.txt' %}")
    (tmp_path / "part.txt").write_text("\n{{ nowhere }}")

    with pytest.raises(TemplateError, match=r"part\.txt:2: 'nowhere' is undefined"):
        OwnTemplates(tmp_path)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(TemplateError, match=r"edition\.txt: .*utf-8"):
        OwnTemplates(tmp_path)


def test_what_only_some_editions_meet_is_an_error_when_they_do(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text(
        "{% if not edition.stories %}\n{{ nowhere }}\n{% endif %}"
    )
    templates = OwnTemplates(tmp_path)

    with pytest.raises(TemplateError, match=r"edition\.txt:2: 'nowhere' is undefined"):
        templates.text(edition())


def test_html_is_escaped_and_text_is_not(tmp_path: Path) -> None:
    for name in ("edition.html", "edition.txt", "edition.md", "part.htm"):
        source = "{{ edition.title }}"
        if name == "edition.html":
            source += "{% include 'part.htm' %}"
        (tmp_path / name).write_text(source)
    templates, of = OwnTemplates(tmp_path), edition(title="<b>a</b> & b")

    assert "&lt;b&gt;a&lt;/b&gt; &amp; b&lt;b&gt;a" in templates.html(of)
    assert templates.text(of) == "<b>a</b> & b"
    assert templates.markdown(of) == "<b>a</b> & b"


def test_styles_of_an_own_template_are_inlined_and_those_to_keep_kept(tmp_path: Path) -> None:
    (tmp_path / "edition.html").write_text(
        "<html><head><style>p { color: #123456; }</style>"
        '<style media="screen" data-css-inline="keep">p:hover { color: #654321; }</style></head>'
        "<body><p>{{ edition.title }}</p></body></html>"
    )

    html = OwnTemplates(tmp_path).html(edition())

    assert '<p style="color: #123456;">Weekly reading</p>' in html
    assert '<style media="screen">p:hover { color: #654321; }</style>' in html


def test_no_stylesheet_is_fetched(tmp_path: Path, feed_server: HttpServer) -> None:
    style = "p { color: #123456; }"
    feed_server.replies["/a.css"] = Reply(style, headers={"Content-Type": "text/css"})
    (tmp_path / "a.css").write_text(style)
    addresses = [f"{feed_server.url}/a.css", (tmp_path / "a.css").as_uri(), "/a.css", "a.css"]
    sheets = "".join(f'<link rel="stylesheet" href="{address}">' for address in addresses)
    (tmp_path / "edition.html").write_text(
        f"<html><head>{sheets}</head><body><p>{{{{ edition.title }}}}</p></body></html>"
    )

    html = OwnTemplates(tmp_path).html(edition())

    assert "<p>Weekly reading</p>" in html
    assert feed_server.seen == []
