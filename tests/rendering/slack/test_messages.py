"""Slack messages: within the limits, each story once, and what feeds say shown literally."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from digest.language import language_of
from digest.model import AlsoIn, Edition, Failing, Held, More, Related, Section
from digest.rendering.slack.messages import build_messages, build_thread
from tests.rendering.samples import NOW, edition, ordinary, story
from tests.rendering.slack_limits import assert_acceptable, lines, texts, titles, units
from tests.rendering.slack_samples import PICTURE, of_many, rich, rich_editions

BUILDERS = {"post": build_messages, "thread": build_thread}


def only(messages: list[dict[str, Any]]) -> dict[str, Any]:
    [message] = messages
    assert_acceptable(message)
    return message


def shown(message: dict[str, Any]) -> list[str]:
    """Each line of rich text as it reads."""
    return ["".join(element["text"] for element in line) for line in lines(message)]


def contexts(message: dict[str, Any]) -> list[str]:
    return [
        block["elements"][0]["text"] for block in message["blocks"] if block["type"] == "context"
    ]


def of_type(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in message["blocks"] if block["type"] == kind]


def urls(line: list[dict[str, Any]]) -> list[str]:
    return [element["url"] for element in line if element["type"] == "link"]


def assert_shown_or_counted(
    made: Edition, messages: list[dict[str, Any]], found: list[str], expected: list[str]
) -> None:
    """All are shown, each once; or the first of them, and a full thread counts the others."""
    assert found == expected[: len(found)]
    if len(found) < len(expected):
        assert len(messages) == 1 + 6
        counted = language_of(made.language).translate("and {count} more", count=0)
        any_count = re.escape(counted).replace("0", r"\d[\d.,\s]*")
        assert any(re.fullmatch(any_count, line) for line in shown(messages[-1]))


def test_a_story_is_its_linked_title_what_to_know_of_it_and_its_excerpt() -> None:
    message = only(build_messages(edition(story())))

    assert of_type(message, "rich_text")[0]["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "A feed", "style": {"bold": True}}],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {
                            "type": "link",
                            "url": "https://site.example/1",
                            "text": "Story 1",
                            "style": {"bold": True},
                        },
                        {
                            "type": "text",
                            "text": " · Ada · Monday · 4\u00a0min\n"
                            "What story 1 is about. And a little more.",
                        },
                    ],
                }
            ],
        },
    ]


def test_the_frame_names_the_digest_the_period_and_the_count() -> None:
    message = only(build_messages(edition(story(1), story(2), held_back=3)))

    assert message["blocks"][0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "Weekly reading", "emoji": False},
    }
    assert contexts(message) == [
        "9 to 16 November 2026 · 2 stories · about 8\u00a0min to read",
        "3 more stories will come with the next edition.",
    ]


def test_the_next_edition_is_announced_in_the_time_zone_of_the_digest() -> None:
    message = only(build_messages(edition(story(), next_at=NOW)))

    assert contexts(message)[-1] == "The next edition is due on Monday, 16 November at 10:00."


@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ({"author": "A feed"}, "Story 1 · Monday · 4\u00a0min"),
        ({"feed": "Notes of Ada"}, "Story 1 · Notes of Ada · Monday · 4\u00a0min"),
        ({"author": "", "reading_minutes": 0}, "Story 1"),
        ({"feed": "Another"}, "Story 1 · Another · Ada · Monday · 4\u00a0min"),
        ({"watched": ("kubernetes", "python 3.*")}, "Story 1 · ★ kubernetes, python 3.* · Ada"),
        ({"updated": True}, "Story 1 · updated · Ada · Monday · 4\u00a0min"),
        ({"brief": True, "excerpt": "Not shown."}, "Story 1"),
        ({"brief": True, "feed": "Another"}, "Story 1 · Another"),
    ],
)
def test_what_is_said_of_a_story(changes: dict[str, Any], reads: str) -> None:
    one = story(**{"excerpt": ""} | changes)
    message = only(build_messages(edition(sections=(Section("A feed", (one,)),))))

    assert shown(message)[1].startswith(reads)
    assert "Not shown" not in json.dumps(message)


def test_who_else_has_it_and_what_is_like_it_is_linked() -> None:
    also = tuple(AlsoIn(f"Feed {n}", f"https://also.example/{n}") for n in range(5))
    like = (
        Related("Another title", "https://like.example/1", "Other", NOW, "It says more."),
        Related("Bare", "", "X"),
    )
    message = only(build_messages(edition(story(excerpt="", also_in=also, related=like))))

    line = list(lines(message))[1]
    assert shown(message)[1] == (
        "Story 1 · Ada · Monday · 4\u00a0min · also in Feed 0, Feed 1, Feed 2, and 2 more"
        "\nRelated: Another title · Other · Monday\nIt says more."
        "\nRelated: Bare · X"
    )
    also_urls = [f"https://also.example/{n}" for n in range(3)]
    assert urls(line) == ["https://site.example/1", *also_urls, "https://like.example/1"]


def test_stories_of_a_subject_are_under_it() -> None:
    section = Section(
        "A feed",
        (story(1), story(2, group="Kubernetes"), story(3, group="Kubernetes"), story(4)),
    )
    message = only(build_messages(edition(sections=(section,))))

    [block] = of_type(message, "rich_text")
    heads = [
        (part.get("indent", 0), [item["elements"][0]["text"] for item in part["elements"]])
        for part in block["elements"][1:]
    ]
    assert heads == [
        (0, ["Story 1"]),
        (0, ["Kubernetes"]),
        (1, ["Story 2", "Story 3"]),
        (0, ["Story 4"]),
    ]


def test_a_section_leads_to_its_feed_and_says_what_waits() -> None:
    home = "https://site.example/"
    more = (More("A feed", home, 12), More("B", "", 1), *(More(name, "", 1) for name in "CDE"))
    message = only(build_messages(edition(sections=(Section("A feed", (story(),), home, more),))))

    first, _, last = lines(message)
    assert urls(first) == urls(last) == [home]
    assert shown(message)[-1] == (
        "and 16 more: A feed\u00a0(12), B\u00a0(1), C\u00a0(1), D\u00a0(1), 1 more feed"
    )


def test_top_stories_stand_by_themselves_with_their_pictures() -> None:
    message = only(build_messages(rich()))

    assert [block["type"] for block in message["blocks"]] == [
        *("header", "context", "rich_text", "rich_text", "section", "rich_text"),
        *("divider", "rich_text", "rich_text", "context"),
    ]
    [pictured] = of_type(message, "section")
    assert pictured["accessory"] == {
        "type": "image",
        "image_url": PICTURE.url,
        "alt_text": "Why the night ferry still runs without reservations",
    }
    assert pictured["text"]["text"].splitlines()[-1] == (
        "Harbor Notes · Mara Lindqvist · Monday · 4\u00a0min"
    )
    assert shown(message)[2].splitlines() == [
        "Lantern 4.2.0 drops two old protocols · ★ lantern · updated",
        "Adds resumable uploads, and drops support for two old protocols.",
        "Release Log · Monday · 4\u00a0min",
        "Related: How to move from protocol 1 · World Desk",
        "Related: Lantern 4.2.0 in practice · Field Journal",
    ]


def test_a_picture_is_shown_where_nothing_is_on_top_and_there_is_room() -> None:
    few, many = (
        build_messages(edition(*(replace(one, picture=PICTURE) for one in ordinary(count).stories)))
        for count in (5, 29)
    )

    assert len(of_type(only(few), "section")) == 5
    assert of_type(only(many), "section") == []


@pytest.mark.parametrize("url", ["https://pictures.example/" + "x" * 1_000])
def test_an_address_of_a_picture_that_is_too_long_leaves_it_out(url: str) -> None:
    one = story(picture=replace(PICTURE, url=url))
    message = only(build_messages(edition(one)))

    assert of_type(message, "section") == []
    assert "What story 1 is about." in json.dumps(message)


def test_a_picture_that_was_not_seen_is_not_shown() -> None:
    assert "image" not in json.dumps(build_messages(edition(story(image=PICTURE.url))))


def test_there_is_never_an_image_block() -> None:
    for build in BUILDERS.values():
        for message in build(of_many(80)):
            assert of_type(message, "image") == []


@pytest.mark.parametrize("count", [1, 10, 29])
def test_an_ordinary_edition_is_one_message(count: int) -> None:
    assert len(titles([only(build_messages(ordinary(count)))], "Number ")) == count


def test_excerpts_get_shorter_and_go_before_there_is_another_message() -> None:
    excerpts = [
        {
            line.partition("\n")[2]
            for line in shown(only(build_messages(ordinary(count))))
            if line.startswith("Number ")
        }
        for count in (5, 25, 35)
    ]

    whole = ordinary(1).stories[0].excerpt
    assert excerpts == [{whole}, {whole[: whole.index(".") + 1]}, {""}]


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
@pytest.mark.parametrize("count", [80, 200])
@pytest.mark.parametrize("of", [ordinary, of_many])
def test_eighty_stories_are_within_every_limit_each_exactly_once(
    build: Any, count: int, of: Any
) -> None:
    made = of(count)
    messages = build(made)

    assert len(messages) > 1
    for message in messages:
        assert_acceptable(message)
    expected = [each.title for each in made.stories]
    assert_shown_or_counted(made, messages, titles(messages, "Number "), expected)


def test_the_parts_of_a_split_edition_are_numbered_and_say_what_is_in_them() -> None:
    messages = build_messages(of_many(80))
    total = len(messages)

    headers = [message["blocks"][0]["text"]["text"] for message in messages]
    assert headers == [f"Weekly reading ({n}/{total})" for n in range(1, total + 1)]
    assert contexts(messages[0])[0].startswith("9 to 16 November 2026 · 80 stories")
    assert contexts(messages[1])[0] == f"continued, part 2 of {total}"
    assert messages[0]["text"].startswith("Weekly reading: Number 0")
    first = titles(messages[1:2], "Number ")[0][:40]
    assert messages[1]["text"].startswith(f"Weekly reading (2/{total}): {first}")


def test_what_is_said_of_the_whole_counts_in_the_first_of_many() -> None:
    for message in build_messages(replace(ordinary(80), subject="Ж" * 300)):
        assert_acceptable(message)


def test_a_section_that_goes_on_in_the_next_message_has_its_heading_again() -> None:
    one_feed = edition(*(story(n, title=f"Story {n} {'word ' * 30}") for n in range(80)))

    messages = build_messages(one_feed)

    assert len(messages) > 1
    assert [shown(message)[0] for message in messages] == [
        "A feed",
        *["A feed (continued)"] * (len(messages) - 1),
    ]


def test_a_subject_that_goes_on_in_the_next_message_is_named_again() -> None:
    grouped = (story(n, title=f"Story {n} {'word ' * 30}", group="Subject") for n in range(80))

    for message in build_messages(edition(*grouped)):
        heading, subject, first, *_ = shown(message)
        assert heading.startswith("A feed")
        assert subject == "Subject"
        assert first.startswith("Story ")


def test_what_waits_is_said_once_at_the_end() -> None:
    *first, last = build_messages(of_many(80, held_back=5))

    assert "5 more stories will come with the next edition." in contexts(last)
    assert not any("will come" in text for message in first for text in contexts(message))


@pytest.mark.parametrize("count", [46, 47, 48, 94, 95, 200])
def test_limits_hold_for_any_number_of_sections(count: int) -> None:
    many = edition(
        *(story(n, title=f"S{n}", feed=f"F{n}", excerpt="", author="") for n in range(count)),
        held_back=1,
    )

    messages = build_messages(many)

    for message in messages:
        assert_acceptable(message)
    assert titles(messages, "S") == [f"S{n}" for n in range(count)]
    assert titles(messages, "F") == [f"F{n}" for n in range(count)]


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_an_empty_edition_says_so(build: Any) -> None:
    message = only(build(edition(subject="Weekly reading: nothing new")))

    assert message["text"] == "Weekly reading: nothing new"
    assert "Nothing new this time." in list(texts(message["blocks"]))


HOSTILE = [
    *("<!channel>", "<@U012AB3CD>", "*x* _y_ ~z~ `c`", ":tada:", "a & b < c > d"),
    *("&lt;!here&gt;", "<https://evil.example|here>"),
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("top", [True, False])
def test_what_feeds_say_is_literal(words: str, top: bool) -> None:
    one = story(
        title=words,
        feed=words,
        author=words,
        excerpt=words,
        also_in=(AlsoIn(words, ""),),
        related=(Related(words, "", words),),
        group=words,
        watched=(words,),
        picture=PICTURE,
    )
    section = Section(words, (one, replace(one, brief=True)), "", (More(words, "", 1),), top)
    said = edition(
        sections=(section,),
        title=words,
        failing=(Failing(words, NOW),),
        held=(Held(words, 1),),
        subject=f"Weekly reading: {words}",
    )

    for build in BUILDERS.values():
        for message in build(said):
            assert_acceptable(message)
            # Nothing is mrkdwn but the text of notifications.
            assert "mrkdwn" not in json.dumps(message)
            assert words in "".join(texts(message["blocks"]))
            assert words not in message["text"]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("News: <!channel> & <https://x|y>", "News: &lt;!channel&gt; &amp; &lt;https://x|y&gt;"),
        ("*bold* _it_ ~no~ `c` :tada:", "∗bold∗ ˍitˍ ∼noˍ".replace("noˍ", "no∼") + " ˋcˋ ∶tada:"),
        ("snake_case, 2*3 and 10:30", "snake_case, 2*3 and 10:30"),
    ],
)
def test_no_title_can_ping_or_format_in_the_text_of_notifications(subject: str, text: str) -> None:
    assert only(build_messages(edition(story(), subject=subject)))["text"] == text


def test_a_story_without_an_address_is_its_title() -> None:
    message = only(build_messages(edition(story(url="", excerpt="", brief=True, published=None))))

    assert list(lines(message))[1] == [{"type": "text", "text": "Story 1", "style": {"bold": True}}]


def test_an_address_that_is_too_long_for_slack_is_left_out() -> None:
    message = only(build_messages(edition(story(url="https://site.example/" + "x" * 4_000))))

    assert urls(list(lines(message))[1]) == []


@pytest.mark.parametrize("letter", ["x", "é", "日", "😀", "👩‍👩‍👧‍👦", "e\u0301", "<", "\\"])
@pytest.mark.parametrize("top", [True, False])
def test_a_story_fits_whatever_its_feed_says(letter: str, top: bool) -> None:
    long, url = letter * 1_000, "https://site.example/" + "x" * 1_900
    one = story(
        title=long,
        feed=long,
        author=long,
        excerpt=long,
        url=url,
        also_in=tuple(AlsoIn(long, url[:240]) for _ in range(9)),
        related=tuple(Related(long, url[:240], long) for _ in range(9)),
        watched=(long,) * 9,
        group=long,
        picture=replace(PICTURE, url=url[:1_000]),
    )
    more = tuple(More(long, url[:240], 1_000) for _ in range(9))
    made = edition(
        sections=(Section(long, (one, one), url[:240], more, top),) * 2,
        title=long,
        subject=long,
        held_back=1_000,
        held=(Held(long, 1_000),) * 9,
        failing=(Failing(long, NOW),) * 9,
        next_at=NOW,
    )

    for build in BUILDERS.values():
        messages = build(made)
        for message in messages:
            assert_acceptable(message)
            assert all(units(text) < 600 for text in texts(message["blocks"]))
        assert len([each for each in titles(messages, letter) if len(each) > 75]) >= 4


def test_a_cut_is_at_the_end_of_a_word() -> None:
    message = only(build_messages(edition(story(excerpt="several words " * 50))))

    assert shown(message)[1].endswith(("several…", "words…"))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(rich_editions())
def test_any_edition_is_within_the_limits_and_whole(any_edition: Edition) -> None:
    for build in BUILDERS.values():
        messages = build(any_edition)
        for message in messages:
            assert_acceptable(message)
        numbers = [title.partition(":")[0] for title in titles(messages, "#")]
        expected = [f"#{n}" for n in range(1, len(any_edition.stories) + 1)]
        # A feed's own name may begin so too.
        found = [number for number in numbers if number in set(expected)]
        assert_shown_or_counted(any_edition, messages, found, expected)


def test_an_excerpt_that_is_shortened_has_whole_sentences() -> None:
    said = "A first sentence of some length, which says it. " * 3 + "And " + "more " * 60
    (reads,) = shown(only(build_messages(edition(story(1, excerpt=said)))))[1:]

    assert reads.endswith("\n" + " ".join([said[:47]] * 3))


def test_sections_of_one_name_stay_apart() -> None:
    twice = edition(sections=(Section("News", (story(1),)), Section("News", (story(2),))))

    assert titles([only(build_messages(twice))], "News") == ["News", "News"]


def test_a_thread_is_the_top_stories_and_each_section_by_itself() -> None:
    parent, *replies = build_thread(rich())

    assert [block["type"] for block in parent["blocks"]] == [
        *("header", "context", "rich_text", "rich_text", "section", "rich_text", "context"),
    ]
    assert contexts(parent)[-1] == (
        "In the thread: 7 stories in 2 sections: Harbor Notes (3), Elsewhere (4)"
    )
    assert [shown(reply)[0] for reply in replies] == ["Harbor Notes", "Elsewhere"]
    assert [reply["text"] for reply in replies] == [
        "Harbor Notes: Three small changes that halved our build times, and 2 more",
        "Elsewhere: Counting swifts from a rooftop, a year on, and 3 more",
    ]
    assert [len(contexts(reply)) for reply in replies] == [0, 1]
    assert "The next edition is due" in contexts(replies[-1])[0]
    assert "Next edition" not in json.dumps(parent)


def sections_of(*counts: int, letters: int = 0) -> list[Section]:
    said = "Some words about it. " * letters
    numbers = iter(range(sum(counts)))
    return [
        Section(f"Section {n}", tuple(story(next(numbers), excerpt=said) for _ in range(count)))
        for n, count in enumerate(counts)
    ]


def test_small_sections_share_a_reply() -> None:
    parent, *replies = build_thread(edition(sections=tuple(sections_of(1, 2, 7, 1, 4, 3))))

    headings = [[line for line in shown(reply) if "Section" in line] for reply in replies]
    assert headings == [
        *(["Section 0", "Section 1"], ["Section 2"], ["Section 3", "Section 4"], ["Section 5"]),
    ]
    assert replies[0]["text"] == "Section 0, Section 1: Story 0, and 2 more"
    assert contexts(parent)[-1].startswith("In the thread: 18 stories in 6 sections: Section 0 (1)")


def test_a_thread_has_six_replies_at_most_and_shows_what_it_can() -> None:
    in_detail = build_thread(edition(sections=tuple(sections_of(*[8] * 6, letters=9))))
    with_less = build_thread(edition(sections=tuple(sections_of(*[8] * 30, letters=9))))

    assert [len(replies) for replies in (in_detail, with_less)] == [7, 6]
    assert all("Some words" in json.dumps(reply) for reply in in_detail[1:])
    assert "Some words" not in json.dumps(with_less)
    assert len(titles(with_less, "Story ")) == 240


def test_what_a_thread_has_no_room_for_is_counted_and_linked() -> None:
    waits = (More("Section 59", "https://site.example/", 10),)
    *sections, last = sections_of(*[10] * 60)
    made = edition(sections=(*sections, Section(last.title, last.stories, more=waits)))
    parent, *replies = build_thread(made, "https://digest.example/e/1")

    left = len(made.stories) - len(titles(replies, "Story "))
    assert len(replies) == 6
    assert shown(replies[-1])[-1] == f"and {left + 10} more"
    assert urls([*lines(replies[-1])][-1]) == ["https://digest.example/e/1"]
    assert not [line for reply in replies[:-1] for line in shown(reply) if line.endswith(" more")]
    assert f"In the thread: {600 - left} stories in " in contexts(parent)[-1]


def test_a_parent_is_short_and_the_rest_of_the_top_follows() -> None:
    top = Section("Top stories", tuple(story(n) for n in range(1, 9)), top=True)
    parent, reply = build_thread(edition(sections=(top,)))

    assert titles([parent], "Story ") == [f"Story {n}" for n in range(1, 6)]
    assert shown(reply)[0] == "Top stories (continued)"
    assert titles([reply], "Story ") == ["Story 6", "Story 7", "Story 8"]


def test_where_nothing_is_left_for_a_thread_there_is_none() -> None:
    made = edition(sections=(Section("Top stories", (story(),), top=True),))

    assert build_thread(made) == build_messages(made)
