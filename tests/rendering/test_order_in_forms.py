"""The order of an edition in every form: what leads, where a group ends, what is never a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.compose import Frame, compose
from digest.editions.select import Room, Standing, select
from digest.model import AlsoIn, More, Section
from digest.rendering.dialects import COMMON
from digest.rendering.email.fit import fit
from digest.rendering.messages import edition_messages
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.slack.plain import plain_message
from digest.rendering.templates import THEMES, Templates
from tests.editions.entries import NOW, entry
from tests.rendering.markup import document
from tests.rendering.samples import edition, story
from tests.rendering.slack_limits import lines

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from digest.config.looks import Theme
    from digest.model import Edition, Entry

THEMED = {theme: Templates(theme=theme) for theme in THEMES}
TEMPLATES = THEMED["classic"]
GROUP = "Claude Code vs Codex"
TITLE = re.compile(r"\bStory (\d+)\b")


def grouped(*, brief: bool = False, more: int = 0, top: bool = False) -> Edition:
    """Two of a group, and one after it."""
    stories = (
        *(story(n, title=f"{GROUP}: {n}", group=GROUP, brief=brief) for n in (1, 2)),
        story(3, title="A garden", brief=brief),
    )
    counted = (More("A feed", "", more),) if more else ()
    return edition(sections=(Section("A feed", stories, more=counted, top=top),))


def composed(entries: Collection[Entry], **frame: Any) -> Edition:
    watched: dict[int, tuple[str, ...]] = frame.pop("watched", {})
    made = Frame(
        digest="weekly",
        title="Weekly reading",
        timezone="UTC",
        period_from=None,
        period_to=NOW,
        composed_at=NOW,
        names={f"https://{name}.example/": f"Feed {name}" for name in "abcd"},
        watched=watched,
        **frame,
    )
    return compose(made, select(entries, Room(50), Standing(watched)))


def forms(made: Edition) -> dict[str, str]:
    """What a reader sees in each form, from the first story on."""
    seen: dict[str, str] = {}
    for theme, templates in THEMED.items():
        seen[theme] = html_text(templates.html(made))
    seen["text"] = TEMPLATES.text(made)
    seen["markdown"] = TEMPLATES.markdown(made)
    seen["messages"] = "\n".join(edition_messages(COMMON, made, []))
    seen["slack"] = "\n".join(map(slack_text, build_messages(made)))
    seen["thread"] = "\n".join(map(slack_text, build_thread(made)))
    return seen


def html_text(html: str) -> str:
    body = document(html).find("body")
    for hidden in [*body.find_class("preheader"), *body.find_class("contents")]:
        hidden.drop_tree()
    return str(body.text_content())


def slack_text(message: Any) -> str:
    plain = plain_message(message)
    assert plain
    return str(plain["text"])


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from([*map(str, range(30))])), max_size=25
    ),
    st.sets(st.integers(0, 25), max_size=4),
    st.integers(0, 3),
    st.integers(0, 12),
)
@settings(max_examples=15)
def test_every_form_has_every_story_once_and_begins_with_the_lead(
    rows: list[tuple[str, str]], watched: set[int], top: int, fold: int
) -> None:
    entries = [
        replace(entry(number, feed, link=link), excerpt="About it.")
        for number, (feed, link) in enumerate(dict.fromkeys(rows))
    ]
    rules = {number: ("x",) for number in watched if number < len(entries)}

    made = composed(entries, top=top, fold=fold, watched=rules)

    shown = [int(TITLE.fullmatch(story.title)[1]) for story in made.stories]  # type: ignore[index]
    if shown:
        assert f": Story {shown[0]}" in made.subject
    for form, text in forms(made).items():
        assert [int(number) for number in TITLE.findall(text)] == shown, form


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("brief", [False, True])
def test_a_group_has_a_heading_and_a_visible_end(theme: Theme, *, brief: bool) -> None:
    body = document(THEMED[theme].html(grouped(brief=brief))).find("body")

    seen = [element.text_content() for element in body.iter("h2", "h3", "hr", "p")]
    seen = [text.partition(" ·")[0].strip() for text in seen]
    heading, end = seen.index(GROUP), seen.index("")
    garden = next(at for at, text in enumerate(seen) if text.startswith("A garden"))
    titles = [at for at, text in enumerate(seen) if text.startswith(f"{GROUP}:")]
    assert heading < titles[0] <= titles[1] < end < garden


@pytest.mark.parametrize(
    ("form", "end"),
    [("text", "-" * 24), ("markdown", "---"), ("messages", "———")],
)
def test_it_has_in_text_too(form: str, end: str) -> None:
    for brief in (False, True):
        seen = [line.strip() for line in forms(grouped(brief=brief))[form].splitlines()]
        garden = next(at for at, line in enumerate(seen) if "A garden" in line)
        second = next(at for at, line in enumerate(seen) if f"{GROUP}: 2" in line)
        assert second < seen.index(end) < garden
        # Under a line of text, a rule would make a heading of it.
        assert seen[seen.index(end) - 1] == ""
        assert sum(GROUP in line and ":" not in line for line in seen) == 1


def test_a_group_that_ends_its_section_has_the_end_of_that() -> None:
    alone = grouped()
    (section,) = alone.sections
    alone = replace(alone, sections=(replace(section, stories=section.stories[:2]),))

    assert "<hr" not in TEMPLATES.html(alone)
    assert "-----" not in TEMPLATES.text(alone)
    assert "<hr" in TEMPLATES.html(
        replace(alone, sections=(replace(alone.sections[0], more=(More("A feed", "", 2),)),))
    )


def test_in_slack_a_group_is_a_list_in_the_list_or_ends_with_a_divider() -> None:
    (message,) = build_messages(grouped())
    assert [block["type"] for block in message["blocks"]].count("divider") == 0
    assert "    ◦" in slack_text(message)

    top = grouped(top=True)
    (message,) = build_messages(top)
    types = [block["type"] for block in message["blocks"]]
    assert types.count("divider") == 1
    garden = next(n for n, block in enumerate(message["blocks"]) if "A garden" in str(block))
    assert types.index("divider") < garden


def test_a_group_with_lines_has_one_heading() -> None:
    made = grouped(top=True)
    (section,) = made.sections
    mixed = (section.stories[0], replace(section.stories[1], brief=True), section.stories[2])
    made = replace(made, sections=(replace(section, stories=mixed),))

    for form, text in forms(made).items():
        assert len(re.findall(rf"{GROUP}(?!:)", text)) == 1, form


class TestTwoFeeds:
    def many(self, count: int = 400) -> Edition:
        stories = [
            story(
                n,
                feed=f"Feed {n % 3}",
                excerpt="Some words of it. " * 12,
                also_in=(AlsoIn("Another", ""),) if n % 40 == 39 else (),
            )
            for n in range(count)
        ]
        return edition(*stories)

    def test_what_they_have_is_no_line_in_a_large_email(self) -> None:
        reduced, _ = fit(self.many(), TEMPLATES.html)

        shared = [one for one in reduced.stories if one.is_shared]
        assert len(shared) == 10
        assert not any(one.brief or one.cut for one in shared)
        assert any(one.cut for one in reduced.stories)

    def test_if_there_is_no_other_way_it_keeps_its_headline_and_who_else_has_it(self) -> None:
        every = self.many(250)
        sections = tuple(
            replace(
                section,
                stories=tuple(
                    replace(one, also_in=(AlsoIn("Another", ""),)) for one in section.stories
                ),
            )
            for section in every.sections
        )

        reduced, _ = fit(replace(every, sections=sections), TEMPLATES.html)

        assert not any(one.brief for one in reduced.stories)
        assert all(one.also_in for one in reduced.stories)

    def test_what_they_have_keeps_its_excerpt_in_messages(self) -> None:
        made = edition(
            *(story(n, feed=f"Feed {n % 3}", excerpt="Some words of it. " * 9) for n in range(30)),
            story(99, excerpt="Who told it first.", also_in=(AlsoIn("Another", ""),)),
        )

        for message in (
            "".join(map(slack_text, build_messages(made))),
            "".join(edition_messages(COMMON, made, [])),
        ):
            assert "Who told it first." in message


class TestOneFeed:
    def made(self, **frame: Any) -> Edition:
        names = {"https://a.example/": "The Quiet Blog"}
        made = composed([entry(n, "a") for n in range(9)], **frame)
        assert made.sections[0].headed
        frame = {"top": 3, **frame}
        selection = select([entry(n, "a") for n in range(9)], Room(50), Standing({4}))
        return compose(
            Frame(
                digest="weekly",
                title="Weekly reading",
                timezone="UTC",
                period_from=None,
                period_to=NOW,
                composed_at=NOW,
                names=names,
                watched={4: ("x",)},
                **frame,
            ),
            selection,
        )

    @pytest.mark.parametrize("tags", [None, {}, {"https://a.example/": "Blogs"}])
    def test_it_has_no_section_heading_in_any_form(self, tags: dict[str, str] | None) -> None:
        made = self.made(tags=tags)

        (section,) = made.sections
        assert (section.headed, section.top, section.stories[0].title) == (False, False, "Story 4")
        for theme in THEMES:
            assert list(document(THEMED[theme].html(made)).iter("h2")) == []
        assert "THE QUIET BLOG" not in TEMPLATES.text(made)
        assert "\n## " not in TEMPLATES.markdown(made)
        assert "\n## " not in "".join(edition_messages(COMMON, made, []))
        (message,) = build_messages(made)
        headings = [
            line for line in lines(message) if "".join(p["text"] for p in line) in made.title
        ]
        assert headings == []
        # Its name stands once, beside the period.
        for form, text in forms(made).items():
            expected = 2 if form == "thread" else 1
            assert text.count("The Quiet Blog") == expected, form

    def test_the_title_of_the_digest_may_say_it(self) -> None:
        made = replace(self.made(), title="All of The Quiet Blog")

        assert "· The Quiet Blog" not in TEMPLATES.text(made)
