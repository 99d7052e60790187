"""What cost other tools their readers, and the test that holds each.

Each row names a test that is there; one that is renamed takes its row with it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
EMAIL, FITTING = "rendering/email/test_message.py", "rendering/email/test_fit.py"
HOSTILE = "rendering/test_hostile.py"
SENDING, LOGIN = "channels/email/test_channel.py", "channels/email/test_login.py"
FACTS = {
    # Headers
    "line separators in a title end no header": (HOSTILE, "test_in_the_headers_of_an_email"),
    "NUL and lone surrogates in a title send": (HOSTILE, "test_in_the_body_of_an_email"),
    "controls and bidi marks are stripped": (HOSTILE, "test_a_feed_leaves_no_control_character"),
    "white space in a subject is collapsed": (EMAIL, "test_white_space_in_a_subject_is_one_space"),
    "a subject has 120 graphemes": (EMAIL, "test_the_subject_is_cut_at_120_graphemes"),
    "what looks encoded stays as it is": (EMAIL, "test_any_subject_comes_back_as_it_was"),
    "the subject differs per edition": (EMAIL, "test_editions_differ_in_subject_and_date"),
    "Message-ID is of edition and recipient": (EMAIL, "test_every_delivery_has_its_own_message_id"),
    "Message-ID is under the From domain": (EMAIL, "test_a_message_id_is_stable"),
    "Date has a zone; Auto-Submitted": (EMAIL, "test_it_says_whom_it_is_from_to_and_about"),
    "List-Id is well formed": (EMAIL, "test_any_title_makes_a_well_formed_list_id"),
    "List-Unsubscribe is one line, never encoded": (
        "rendering/email/test_personal.py",
        "test_the_header_is_one_line_that_is_not_encoded",
    ),
    "List-Unsubscribe-Post is signed": (
        "channels/email/test_signing.py",
        "test_unsubscribing_is_signed_where_there_is_some",
    ),
    # Encodings
    "the smaller transfer encoding": (
        EMAIL,
        "test_japanese_after_ascii_is_not_three_times_its_size",
    ),
    "boundaries are a hash": (EMAIL, "test_other_content_has_another_boundary"),
    "a retry is the same bytes": (EMAIL, "test_a_retry_is_the_same_bytes"),
    "lines stay under 998 octets": (EMAIL, "test_no_line_on_the_wire_is_longer_than_998_octets"),
    "encoded lines stay within 76": (EMAIL, "test_encoded_lines_are_76_octets_at_most"),
    "HTML stays under what Gmail clips": (
        FITTING,
        "test_200_entries_of_5_kb_fit_and_all_are_accounted_for",
    ),
    # Recipients
    "domains are IDNA-encoded": (EMAIL, "test_addresses_in_every_form"),
    "SMTPUTF8 where a local part needs it": (
        SENDING,
        "test_smtputf8_is_asked_for_only_where_it_is_needed",
    ),
    "without SMTPUTF8 one recipient fails": (
        SENDING,
        "test_an_address_that_needs_smtputf8_fails_alone",
    ),
    "no password in clear": (LOGIN, "test_without_starttls_nothing_is_said_in_clear"),
    "a refused recipient is refused alone": (
        SENDING,
        "test_each_recipient_has_an_outcome_of_their_own",
    ),
    "no answer to the final dot is unknown": (SENDING, "test_no_answer_to_the_message_is_unknown"),
    "552 is shrunk once": (
        "channels/email/test_delivering.py",
        "test_what_is_too_large_is_shrunk_once",
    ),
    # HTML
    "everything is inline; the rest is small": (
        "rendering/test_checker.py",
        "test_a_known_edition_is_fit_to_send",
    ),
    "no stylesheet is fetched": ("rendering/test_templates.py", "test_no_stylesheet_is_fetched"),
    "templates escape by name": (
        "rendering/test_templates.py",
        "test_html_is_escaped_and_text_is_not",
    ),
    "pictures have a size; no tracker": (
        "rendering/test_pictures.py",
        "test_no_picture_is_shown_that_was_not_seen",
    ),
}


@pytest.mark.parametrize(("path", "name"), FACTS.values(), ids=FACTS)
def test_each_fact_has_its_test(path: str, name: str) -> None:
    tree = ast.parse((TESTS / path).read_text("utf-8"))

    assert name in {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
