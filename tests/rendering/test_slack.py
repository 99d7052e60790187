"""Slack messages: within the limits, each story once, and what feeds say shown literally."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from digest.model import AlsoIn, Edition, Section
from digest.rendering.slack import build_messages, plain_message
from tests.rendering.samples import NOW, edition, editions, ordinary, story

if TYPE_CHECKING:
    from collections.abc import Iterator

# https://docs.slack.dev/reference/block-kit/blocks, and what Slack refuses without saying why.
BLOCKS, JSON, HEADER, CONTEXT_ELEMENTS, TEXT, LINK = 50, 12_000, 150, 10, 3_000, 3_000


def assert_acceptable(message: dict[str, Any]) -> None:
    """Slack would take it, as far as documentation and experience say."""
    assert len(json.dumps(message)) < JSON
    assert message["text"].strip()
    assert 1 <= len(message["blocks"]) <= BLOCKS
    for block in message["blocks"]:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 1 <= len(block["text"]["text"].encode("utf-16-le")) / 2 <= HEADER
            case "context":
                assert 1 <= len(block["elements"]) <= CONTEXT_ELEMENTS
                assert all(element["type"] == "plain_text" for element in block["elements"])
            case "section":
                assert block["text"]["type"] == "plain_text"
            case "rich_text":
                assert [each["type"] for each in block["elements"]] == [
                    "rich_text_section",
                    "rich_text_list",
                ]
                assert block["elements"][1]["elements"]
            case other:
                pytest.fail(f"a block of type {other}")
    for text in texts(message["blocks"]):
        assert 1 <= len(text) <= TEXT
        text.encode("utf-8")


def texts(part: Any) -> Iterator[str]:
    """Every text of a message's blocks, in order."""
    if isinstance(part, list):
        for each in part:
            yield from texts(each)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
            assert len(part.get("url", "")) <= LINK
        for value in part.values():
            yield from texts(value)


def sections(message: dict[str, Any]) -> list[tuple[str, list[list[dict[str, Any]]]]]:
    """Each section's heading, and the elements of each of its stories."""
    return [
        (
            block["elements"][0]["elements"][0]["text"],
            [item["elements"] for item in block["elements"][1]["elements"]],
        )
        for block in message["blocks"]
        if block["type"] == "rich_text"
    ]


def stories(messages: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [each for message in messages for _, group in sections(message) for each in group]


def titles(messages: list[dict[str, Any]]) -> list[str]:
    return [elements[0]["text"] for elements in stories(messages)]


def contexts(message: dict[str, Any]) -> list[str]:
    return [
        block["elements"][0]["text"] for block in message["blocks"] if block["type"] == "context"
    ]


def only(messages: list[dict[str, Any]]) -> dict[str, Any]:
    [message] = messages
    assert_acceptable(message)
    return message


def test_a_story_is_its_linked_title_and_its_excerpt() -> None:
    message = only(build_messages(edition(story())))

    assert sections(message) == [
        (
            "A feed",
            [
                [
                    {
                        "type": "link",
                        "url": "https://site.example/1",
                        "text": "Story 1",
                        "style": {"bold": True},
                    },
                    {"type": "text", "text": "\nWhat story 1 is about. And a little more."},
                ]
            ],
        )
    ]


def test_the_frame_names_the_digest_the_period_and_the_count() -> None:
    message = only(build_messages(edition(story(1), story(2), held_back=3)))

    assert message["blocks"][0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "Weekly reading", "emoji": False},
    }
    assert contexts(message) == [
        "9 to 16 November 2026 · 2 stories · 8 min to read in full",
        "3 more stories will come with the next edition.",
    ]


def test_nothing_is_unfurled() -> None:
    message = only(build_messages(edition(story())))

    assert message["unfurl_links"] is False
    assert message["unfurl_media"] is False


@pytest.mark.parametrize("count", [1, 10, 29])
def test_an_ordinary_edition_is_one_message(count: int) -> None:
    messages = build_messages(ordinary(count))

    assert len(titles([only(messages)])) == count


def test_excerpts_are_there_while_there_is_room() -> None:
    few, more, many = (stories(build_messages(ordinary(count))) for count in (5, 25, 80))

    assert [len(elements) for elements in few] == [2] * 5
    assert all("what they learned" in elements[1]["text"] for elements in few)
    assert {len(elements) for elements in more} <= {1, 2}
    assert [len(elements) for elements in many] == [1] * 80


def test_excerpts_get_shorter_before_they_go() -> None:
    lengths = {len(elements[1]["text"]) for elements in stories(build_messages(ordinary(25)))}

    assert min(lengths) > 100
    assert max(lengths) <= 141


def test_a_large_edition_is_split_between_stories() -> None:
    messages = build_messages(ordinary(80))

    assert len(messages) > 1
    for message in messages:
        assert_acceptable(message)
    seen = titles(messages)
    assert sorted(seen) == sorted(each.title for each in ordinary(80).stories)
    assert seen == [each.title for each in ordinary(80).stories]


def test_the_parts_of_a_split_edition_are_numbered() -> None:
    messages = build_messages(ordinary(80))
    total = len(messages)

    headers = [message["blocks"][0]["text"]["text"] for message in messages]
    assert headers == [f"Weekly reading ({n}/{total})" for n in range(1, total + 1)]
    assert contexts(messages[0])[0].startswith("9 to 16 November 2026 · 80 stories")
    assert contexts(messages[1])[0] == f"continued, part 2 of {total}"


def test_a_section_that_goes_on_in_the_next_message_has_its_heading_again() -> None:
    one_feed = edition(*(story(n, title=f"Story {n} {'word ' * 30}") for n in range(80)))

    messages = build_messages(one_feed)

    assert len(messages) > 1
    assert {heading for message in messages for heading, _ in sections(message)} == {"A feed"}
    assert all(len(sections(message)) == 1 for message in messages)


def test_what_waits_is_said_once_at_the_end() -> None:
    large = ordinary(80)
    held = Edition(**{name: getattr(large, name) for name in large.__slots__} | {"held_back": 5})

    *first, last = build_messages(held)

    assert "5 more stories will come with the next edition." in contexts(last)
    assert not any("will come" in text for message in first for text in contexts(message))


def test_many_sections_are_split_between_messages() -> None:
    many = edition(
        *(story(n, title=f"S{n}", feed=f"F{n}", excerpt="", author="") for n in range(60)),
        held_back=1,
    )

    messages = build_messages(many)

    assert len(messages) == 2
    for message in messages:
        assert_acceptable(message)
    assert titles(messages) == [f"S{n}" for n in range(60)]
    assert [heading for message in messages for heading, _ in sections(message)] == [
        f"F{n}" for n in range(60)
    ]


def test_an_empty_edition_says_so() -> None:
    message = only(build_messages(edition(subject="Weekly reading: nothing new")))

    assert message["text"] == "Weekly reading: nothing new"
    assert "Nothing new this time." in list(texts(message["blocks"]))


@pytest.mark.parametrize(
    "words",
    ["<!channel>", "<@U012AB3CD>", "*x* _y_ ~z~ `c`", ":tada:", "a & b < c > d", "&lt;!here&gt;"],
)
def test_what_feeds_say_is_literal_and_only_in_rich_text(words: str) -> None:
    message = only(
        build_messages(
            edition(
                story(title=words, feed=words, excerpt=words, also_in=(AlsoIn(words, ""),)),
                subject=f"Weekly reading: {words}",
            )
        )
    )

    [(heading, [elements])] = sections(message)
    assert heading == words
    assert [element["text"] for element in elements] == [
        *(words, f" · also in {words}", f"\n{words}")
    ]
    outside = [block for block in message["blocks"] if block["type"] != "rich_text"]
    assert words not in json.dumps(outside)


def test_the_fallback_text_is_escaped() -> None:
    message = only(build_messages(edition(story(), subject="News: <!channel> & <https://x|y>")))

    assert message["text"] == "News: &lt;!channel&gt; &amp; &lt;https://x|y&gt;"


def test_a_story_without_an_address_is_its_title() -> None:
    message = only(build_messages(edition(story(url="", excerpt="", author=""))))

    [[element]] = stories([message])
    assert element == {"type": "text", "text": "Story 1", "style": {"bold": True}}


def test_an_address_that_is_too_long_for_slack_is_left_out() -> None:
    message = only(build_messages(edition(story(url="https://site.example/" + "x" * 4_000))))

    assert stories([message])[0][0]["type"] == "text"


def test_an_author_stands_in_for_a_missing_excerpt() -> None:
    message = only(
        build_messages(
            edition(story(1, excerpt="", author="Ada"), story(2, excerpt="", author="A feed"))
        )
    )

    assert [[element["text"] for element in each] for each in stories([message])] == [
        ["Story 1", " · Ada"],
        ["Story 2"],
    ]


@pytest.mark.parametrize("letter", ["x", "é", "日", "😀", "👩‍👩‍👧‍👦", "e\u0301", "<"])
def test_long_words_are_cut(letter: str) -> None:
    long = letter * 1_000
    message = only(
        build_messages(
            edition(
                story(
                    title=long,
                    feed=long,
                    excerpt=long,
                    url="https://site.example/" + "x" * 1_900,
                    also_in=tuple(AlsoIn(long, "") for _ in range(9)),
                ),
                title=long,
                subject=long,
            )
        )
    )

    [(heading, [[title, also, excerpt]])] = sections(message)
    for shown in (heading, title["text"], also["text"], excerpt["text"]):
        assert shown.endswith("…")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(editions())
def test_any_edition_is_within_the_limits_and_whole(any_edition: Edition) -> None:
    messages = build_messages(any_edition)

    for message in messages:
        assert_acceptable(message)
    numbers = [title.partition(":")[0] for title in titles(messages)]
    assert numbers == [f"#{n}" for n in range(1, len(any_edition.stories) + 1)]


@pytest.mark.parametrize("count", [46, 47, 48, 94, 95, 200])
def test_limits_hold_for_any_number_of_sections(count: int) -> None:
    many = edition(
        *(story(n, title=f"S{n}", feed=f"F{n}", excerpt="", author="") for n in range(count)),
        held_back=1,
    )

    messages = build_messages(many)

    for message in messages:
        assert_acceptable(message)
    assert titles(messages) == [f"S{n}" for n in range(count)]


def test_sections_of_one_name_stay_apart() -> None:
    twice = edition(sections=(Section("News", (story(1),)), Section("News", (story(2),))))

    assert [heading for heading, _ in sections(only(build_messages(twice)))] == ["News", "News"]
    assert twice.period_to == NOW


def plain_text(message: dict[str, Any]) -> str:
    plain = plain_message(message)
    assert plain is not None
    assert set(plain) == {"text", "mrkdwn", "unfurl_links", "unfurl_media"}
    assert len(json.dumps(plain)) < JSON
    assert plain_message(plain) is None
    text: str = plain["text"]
    return text


@given(editions())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
def test_a_plainer_form_has_each_story_once_and_pings_nobody(edition: Edition) -> None:
    messages = build_messages(edition)
    texts = [plain_text(message) for message in messages]
    stories = sum(line.startswith("• ") for text in texts for line in text.splitlines())
    assert stories == len(edition.stories)
    for text in texts:
        # Links of ours are all that is marked up.
        links = re.findall(r"<[^<>|]*\|[^<>|]*>", text)
        assert text.count("<") == text.count(">") == len(links)
        assert not [link for link in links if link.startswith(("<!", "<@", "<#"))]


def test_a_plainer_form_reads_well() -> None:
    url = "https://site.example/?a=1&b=<|>"
    odd = story(1, title="A <!channel> | *b*", url=url, excerpt="Words.")
    also = story(2, also_in=(AlsoIn("Other", "https://other.example/"),), excerpt="")
    [message] = build_messages(edition(odd, also))
    head, note, _, feed, first, second = plain_text(message).splitlines()
    assert (head, feed[0], feed[-1]) == ("*Weekly reading*", "*", "*")
    assert "2 stories" in note
    assert first == (
        "• <https://site.example/?a=1&amp;b=%3C%7C%3E|A &lt;!channel&gt; ¦ *b*>: Words."
    )
    assert second == "• <https://site.example/2|Story 2> · also in Other · Ada"


def test_a_plainer_form_of_a_full_message_fits() -> None:
    for message in build_messages(ordinary(80)):
        assert plain_text(message).count("\n• ") == json.dumps(message).count('"type": "link"')


def test_a_plainer_form_of_nothing_new() -> None:
    [message] = build_messages(edition())
    assert plain_text(message).endswith("Nothing new this time.")
