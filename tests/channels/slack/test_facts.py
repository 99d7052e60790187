"""What is known of Slack, row by row, and the tests that hold it."""

from __future__ import annotations

from importlib import import_module

import pytest

_CHANNEL, _THREADS = "tests.channels.slack.test_channel", "tests.channels.slack.test_threads"
_BLOCKS, _LIMITS = "tests.rendering.slack.test_messages", "tests.rendering.test_slack_limits"
_PLAIN, _CONFIG = "tests.rendering.slack.test_plain", "tests.config.test_problems"

FACTS = {
    "50 blocks, section text 3,000, header 150, 10 context elements, no fields at all": [
        (_BLOCKS, "test_eighty_stories_are_within_every_limit_each_exactly_once"),
        (_BLOCKS, "test_limits_hold_for_any_number_of_sections"),
        (_BLOCKS, "test_any_edition_is_within_the_limits_and_whole"),
    ],
    "one message a second for a channel": [
        (_CHANNEL, "test_a_second_lies_between_two_posts"),
    ],
    "the JSON of one message is under 12,000, and split between stories": [
        (_BLOCKS, "test_a_story_fits_whatever_its_feed_says"),
        (_BLOCKS, "test_a_section_that_goes_on_in_the_next_message_has_its_heading_again"),
        (_BLOCKS, "test_a_subject_that_goes_on_in_the_next_message_is_named_again"),
    ],
    "slack-sdk checks no limit": [
        (_LIMITS, "test_what_slack_refuses_is_noticed"),
    ],
    "mrkdwn escapes only & < >: what feeds say is rich_text or plain_text": [
        (_BLOCKS, "test_what_feeds_say_is_literal"),
        (_BLOCKS, "test_no_title_can_ping_or_format_in_the_text_of_notifications"),
        (_PLAIN, "test_it_has_each_story_once_and_pings_and_formats_nothing"),
    ],
    "an image block that cannot be fetched rejects a message, an accessory does not": [
        (_BLOCKS, "test_there_is_never_an_image_block"),
        (_BLOCKS, "test_top_stories_stand_by_themselves_with_their_pictures"),
    ],
    "webhooks return no ts: threads need a bot token and chat.postMessage": [
        (_CONFIG, "test_every_problem_is_named"),
        (_THREADS, "test_each_section_is_a_reply_to_the_parent"),
    ],
    "AsyncWebhookClient never raises on 4xx and 5xx": [
        (_CHANNEL, "test_a_refusal_of_a_webhook"),
    ],
    "its default handler posts again after a dropped connection": [
        (_CHANNEL, "test_no_whole_answer_is_unknown_and_nothing_is_posted_again"),
    ],
    "at DEBUG it logs the webhook's address": [
        (_CHANNEL, "test_the_address_is_never_told"),
    ],
    "transient: 429 with Retry-After, 5xx, rollup_error; dead; our payload": [
        (_CHANNEL, "test_a_limit_says_how_long"),
        (_CHANNEL, "test_a_refusal_of_a_webhook"),
        (_CHANNEL, "test_a_refusal_of_a_bot"),
        (_THREADS, "test_a_part_that_is_refused_goes_in_a_plainer_form_in_its_place"),
    ],
    "a reset after the body is unknown": [
        (_CHANNEL, "test_no_whole_answer_is_unknown_and_nothing_is_posted_again"),
        (_THREADS, "test_a_reply_of_which_nobody_knows_is_not_posted_again"),
    ],
    "a meaningful text, no unfurling, long sections expanded": [
        (_LIMITS, "test_a_message_without_a_text_or_with_previews_is_noticed"),
        (_BLOCKS, "test_the_parts_of_a_split_edition_are_numbered_and_say_what_is_in_them"),
        (_BLOCKS, "test_top_stories_stand_by_themselves_with_their_pictures"),
    ],
}


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_is_held_by_tests_that_exist(fact: str) -> None:
    for module, test in FACTS[fact]:
        assert callable(getattr(import_module(module), test))
