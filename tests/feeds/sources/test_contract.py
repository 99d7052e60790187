"""What every kind of source keeps to, whichever there are: they are found, not listed."""

from __future__ import annotations

import json
import os
import pickle
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import pytest

from digest.cli.feeds_kinds import source_kinds
from digest.cli.source_names import source_at
from digest.config import load_settings
from digest.config.secrets import secrets_in
from digest.config.sources import SOURCE_KINDS, long_form
from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.opml import Subscription, read_opml, write_opml
from digest.feeds.parsing.bounds import bounded
from digest.feeds.sources import MOST_FURTHER, MOST_REFRESHED, Document, source_of
from digest.model import Fact, FeedState
from tests.feed_xml import NOW
from tests.feeds.sources.examples import KINDS, Case, as_json, cases_of, settings_of_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from digest.config import SourceSettings

T = TypeVar("T")
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
CASES = [case for kind in KINDS for case in cases_of(kind)]
KNOWN = FeedState(
    1,
    "",
    etag='"e"',
    last_modified="Sun, 15 Nov 2026 09:00:00 GMT",
    answered_by="https://elsewhere.example/",
)
of_every_kind = pytest.mark.parametrize("kind", KINDS)
of_every_case = pytest.mark.parametrize("case", CASES, ids=str)


def test_a_kind_is_its_settings_and_its_source() -> None:
    sources = {f"digest/feeds/sources/{kind}.py" for kind in {*SOURCE_KINDS} - {*KINDS}}
    settings = {f"digest/config/sources/{kind}.py" for kind in {*KINDS} - {*SOURCE_KINDS}}
    assert not sources | settings, f"add {' and '.join(sorted(sources | settings))}"


@of_every_kind
def test_a_kind_has_cases(kind: str) -> None:
    assert settings_of_kind(kind)
    assert cases_of(kind), (
        f"the kind {kind} has no case: add a folder in tests/feeds/sources/{kind}/ with the body"
        " `first.json` (or .xml, .html) that its service answers"
    )


@of_every_kind
def test_a_kind_says_what_it_is_in_lines_for_people(kind: str) -> None:
    (described,) = (each for each in source_kinds() if each.kind == kind)

    assert described.about.endswith(".")
    assert described.example, f"give {SOURCE_KINDS[kind].__name__} an `example`"
    for text in (described.about, described.example, described.short_form or "-"):
        assert text.isprintable()
        assert len(text) <= 160


@of_every_kind
def test_the_example_of_a_kind_is_a_configuration(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"feeds:\n  - {SOURCE_KINDS[kind].example}\n"
        "channels: {out: {kind: file, path: '{digest}.md'}}\n"
        "digests: {daily: {schedule: daily, feeds: all, send_to: out}}\n"
    )

    (feed,) = load_settings(path, {}, secrets=False).feeds
    assert feed.kind == kind


@of_every_kind
def test_a_kind_s_own_remedies_are_lines(kind: str) -> None:
    for settings in settings_of_kind(kind):
        for status in (200, 401, 403, 404, 410, 422, 429, 500):
            remedy = source_of(kind).remedy(settings, status)
            assert not remedy or remedy.isprintable()
            assert not any(secret in remedy for secret in secrets_in(settings))


@of_every_case
def test_bodies_are_parsed_as_before(case: Case) -> None:
    found = as_json(case.parse())

    if UPDATE:
        case.golden.write_text(found, "utf-8")
    assert case.golden.is_file(), (
        f"add tests/feeds/sources/{case}/expected.json:"
        " UPDATE_GOLDEN=1 pytest tests/feeds/sources writes it"
    )
    assert found == case.golden.read_text("utf-8")


@of_every_case
def test_what_is_parsed_is_within_the_limits(case: Case) -> None:
    documents = case.documents
    feed = case.parse(documents)

    assert feed == bounded(feed, documents[0].url)
    assert feed.format
    assert len({entry.guid or entry.link for entry in feed.entries}) == len(feed.entries)


@of_every_case
def test_parsing_depends_on_nothing_but_bodies_and_options(case: Case) -> None:
    source, options = source_of(case.kind), case.options

    assert pickle.loads(pickle.dumps(options)) == options
    assert case.parse() == source.parse(case.documents, pickle.loads(pickle.dumps(options)))


def hostile(body: bytes) -> Iterator[bytes]:
    """A body as it should not be: cut, empty, deep, and with values of other types."""
    yield from (b"", b"\0", b"\xff\xfe\xff", b"null", b"[]", b"{}", b"1", b'"x"', b"[[1]]")
    yield b"[" * 100_000
    yield b'{"a":' * 100_000
    yield b"<a>" * 50_000
    yield from (body[:cut] for cut in range(1, len(body), max(1, len(body) // 12)))
    yield body + body
    try:
        whole = json.loads(body)
    except ValueError:
        return
    for path in paths_in(whole)[:200]:
        for odd in ODD_VALUES:
            yield json.dumps(with_value(whole, path, odd)).encode("utf-8", "replace")


ODD_VALUES: tuple[object, ...] = (
    None,
    True,
    -1,
    1e400,
    10**400,
    "",
    "x\0\ud800y",
    [],
    {},
    [None],
    "9" * 5_000,
)


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value in a JSON document; of lists, to the first."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))[:1]
    return [path, *(way for name, part in inside for way in paths_in(part, (*path, name)))]


def with_value(value: Any, path: tuple[Any, ...], odd: object) -> Any:
    if not path:
        return odd
    copied = value.copy()
    copied[path[0]] = with_value(value[path[0]], path[1:], odd)
    return copied


def made_of(read: Callable[[], T]) -> T | str:
    """What is made of a body, or why nothing is; anything else that is raised is a bug."""
    try:
        return read()
    except FeedError as error:
        return error.reason


@pytest.mark.slow
@of_every_case
def test_hostile_bodies_are_one_clear_line_or_within_the_limits(case: Case) -> None:
    source, documents, options = source_of(case.kind), case.documents, case.options
    for place, document in enumerate(documents):
        for body in hostile(document.body):
            odd = [*documents]
            odd[place] = Document(body, document.url)
            addresses = made_of(lambda: source.further(odd[0], options))  # noqa: B023 - at once
            feed = made_of(lambda: source.parse(odd, options))  # noqa: B023
            assert isinstance(addresses, str) or all(isinstance(each, str) for each in addresses)
            if isinstance(feed, str):
                assert feed.isprintable()
                assert 0 < len(feed) <= 300
            else:
                assert feed == bounded(feed, document.url)


@of_every_kind
def test_a_source_is_known_by_what_it_is_whatever_else_is_set(kind: str) -> None:
    for settings in settings_of_kind(kind):
        changed = {"name": "Another", "tags": ("a",), "paused": True, "max_entries": 3}
        assert settings.model_copy(update=changed).address == settings.address
        assert settings.address.isprintable()
        assert settings.default_name


def lacking(settings: SourceSettings) -> dict[str, Any]:
    """What has to be given beside the short form, of kinds that need more than it says."""
    given = long_form(settings.address)
    fields = type(settings).model_fields.items()
    if all(name in given for name, field in fields if field.is_required()):
        return {}
    names = {
        name: field.alias or name for name, field in fields if name in settings.model_fields_set
    }
    return {key: getattr(settings, name) for name, key in names.items() if key not in given}


@of_every_kind
def test_the_address_of_a_source_is_its_short_form(kind: str) -> None:
    for settings in settings_of_kind(kind):
        again = source_at(settings.address, **lacking(settings))

        assert again.kind == kind
        assert again.address == settings.address


@of_every_kind
def test_a_source_goes_through_opml(kind: str) -> None:
    for settings in settings_of_kind(kind):
        subscription = Subscription(settings.address, "Its name", ("news",))

        assert read_opml(write_opml("All", [subscription])) == (subscription,)


@of_every_kind
def test_no_secret_is_in_an_address_an_option_or_a_repr(kind: str) -> None:
    source = source_of(kind)
    for settings in settings_of_kind(kind):
        request = source.request(settings, None, NOW)
        shown = (
            *(repr(settings), str(settings), settings.address, settings.default_name),
            *(repr(request), request.url, repr(source.options(settings))),
        )
        assert not any(secret in text for secret in secrets_in(settings) for text in shown)


@of_every_kind
def test_every_secret_of_a_kind_is_in_an_example(kind: str) -> None:
    fields = {
        name
        for name, field in SOURCE_KINDS[kind].model_fields.items()
        if "Secret" in str(field.annotation)
    }
    given = {
        name
        for settings in settings_of_kind(kind)
        for name in fields
        if any(secrets_in(getattr(settings, name)))
    }
    assert given == fields, f"give {fields - given} in tests/feeds/sources/{kind}/settings.json"


def origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


@of_every_kind
def test_requests_go_where_the_settings_say(kind: str) -> None:
    source = source_of(kind)
    for settings in settings_of_kind(kind):
        first = source.request(settings, None, NOW)
        later = source.request(settings, KNOWN, NOW)

        if settings.host:
            assert urlsplit(first.url).hostname == settings.host
        assert later.url == first.url
        assert first.etag is first.last_modified is None
        if isinstance(later, Request):
            assert first.url.startswith(("https://", "http://"))
            # What one server gave is sent to no other.
            assert later.answered_by == (KNOWN.answered_by if later.etag else None)
        assert (first.allow_private_networks, later.allow_private_networks) == (False, False)


@of_every_kind
def test_each_threshold_has_a_setting_and_makes_no_other_source(kind: str) -> None:
    for settings in settings_of_kind(kind):
        names = {f"min_{name}": 0 for name in settings.thresholds.least}
        assert names.keys() <= SOURCE_KINDS[kind].model_fields.keys()
        assert settings.model_copy(update=names).address == settings.address


@of_every_kind
def test_facts_are_asked_where_the_list_is(kind: str) -> None:
    source = source_of(kind)
    for settings in settings_of_kind(kind) if source.refreshes else ():
        request = source.refresh(settings, [str(number) for number in range(MOST_REFRESHED)])

        assert origin(request.url) == origin(source.request(settings, None, NOW).url)
        assert request.etag is request.last_modified is None
        shown = request.url, repr(request)
        assert not any(secret in text for secret in secrets_in(settings) for text in shown)


@of_every_case
def test_hostile_facts_are_one_clear_line_or_numbers(case: Case) -> None:
    source = source_of(case.kind)
    for body in hostile(case.documents[0].body) if source.refreshes else ():
        facts = made_of(lambda: source.facts(Document(body, case.documents[0].url)))  # noqa: B023
        if isinstance(facts, str):
            assert facts.isprintable()
        else:
            assert all(isinstance(guid, str) for guid in facts)
            assert all(isinstance(fact, Fact) for found in facts.values() for fact in found)


@of_every_case
def test_further_requests_are_few_and_to_the_same_server(case: Case) -> None:
    documents = case.documents
    addresses = source_of(case.kind).further(documents[0], case.options)

    assert len(addresses) == len(documents) - 1 <= MOST_FURTHER
    assert {*map(origin, addresses)} <= {origin(documents[0].url)}


LIMITS = ("X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit", "X-Ratelimit-Reset")
ODD_NUMBERS = ("", "0", "-1", "nan", "inf", "1e400", "9" * 400, "x", "\u0663", "1.5", "0, 0")


def limit_headers() -> Iterator[Mapping[str, str]]:
    for number in ODD_NUMBERS:
        yield dict.fromkeys(LIMITS, number)
        yield {**dict.fromkeys(LIMITS, number), "X-RateLimit-Remaining": "0"}


@of_every_kind
def test_limit_headers_are_read_whatever_they_say(kind: str) -> None:
    source = source_of(kind)

    assert source.not_before({}, NOW) is None
    for headers in limit_headers():
        until = source.not_before(headers, NOW)
        assert until is None or until.tzinfo


def test_a_kind_without_tests_is_told_which_file_to_add() -> None:
    with pytest.raises(AssertionError, match=r"add tests/feeds/sources/orchard/settings\.json"):
        settings_of_kind("orchard")


def test_only_kinds_have_examples() -> None:
    folders = {path.parent.name for path in CASES[0].folder.parents[1].glob("*/settings.json")}
    assert folders == {*KINDS}
