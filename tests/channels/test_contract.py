"""What every channel kind keeps to, against a real server or folder."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.channels import channel_class, open_channels
from digest.channels.base import BaseChannel
from digest.channels.pace import Pace
from digest.channels.previews import Previews, check_form
from digest.config import load_settings
from digest.config.channels import CHANNEL_KINDS, service_name
from digest.config.secrets import file_forms
from digest.errors import DeliveryError
from digest.model import NO_PICTURES
from tests.channels import making
from tests.channels.making import TEMPLATES, send
from tests.channels.place import SECRET, SERVICE
from tests.channels.places import PLACES
from tests.config.files import fits_schema
from tests.rendering.samples import edition, ordinary, story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Delivery, Edition
    from tests.channels.place import Place


# The fast tests hold each kind to it; its variants go the same ways but for a few settings.
@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.slow] if place.variant else [])
        for name, place in PLACES.items()
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    made = PLACES[request.param](tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def channel(place: Place) -> Channel:
    return open_channels(place.settings())["it"]


def deliveries(channel: Channel, of: Edition) -> list[Delivery]:
    """Every delivery of an edition, each under an id of its own, as the ledger has them."""
    made = making.deliveries(channel, of)
    return [
        replace(each, message_id=f"<{sha256(each.payload).hexdigest()}@example.com>")
        for each in made
    ]


async def refused(channel: Channel, of: Edition) -> DeliveryError:
    made = deliveries(channel, of)
    with pytest.raises(DeliveryError) as caught:
        await send(channel, made[0])
    return caught.value


def test_every_kind_is_in_this_suite() -> None:
    assert {place.kind for place in PLACES.values()} == set(CHANNEL_KINDS)
    assert all(channel_class(kind).kind == kind for kind in CHANNEL_KINDS)


def test_a_channel_has_the_name_it_was_given(channel: Channel) -> None:
    assert channel.name == "it"


def test_patience_is_as_documented(place: Place, channel: Channel) -> None:
    assert channel.patience == place.patience


@pytest.mark.parametrize("count", [0, 1, 29])
def test_any_edition_has_parts_and_recipients(channel: Channel, count: int) -> None:
    rendition = channel.render(ordinary(count), TEMPLATES)

    assert rendition.channel == "it"
    assert rendition.parts
    assert all(rendition.parts)
    assert rendition.recipients
    assert len(set(rendition.recipients)) == len(rendition.recipients)


def test_rendering_twice_makes_the_same_bytes(place: Place) -> None:
    first, second = (
        open_channels(place.settings())["it"].render(ordinary(30), TEMPLATES) for _ in range(2)
    )

    assert first == second


def test_editions_of_other_stories_differ(channel: Channel) -> None:
    first, second = (channel.render(edition(story(n)), TEMPLATES) for n in (1, 2))

    assert first.parts != second.parts


def test_rendering_touches_nothing(place: Place, channel: Channel) -> None:
    channel.render(ordinary(5), TEMPLATES)

    assert place.arrived() == []


async def test_what_is_sent_arrives_once_and_has_a_receipt(place: Place, channel: Channel) -> None:
    made = deliveries(channel, edition(story(title="A distinctive headline")))

    receipts = await send(channel, *made)

    assert all(receipts)
    assert len(place.arrived()) == len(made)
    assert b"A distinctive headline" in b"".join(place.arrived())


async def test_two_hundred_stories_arrive_once_each_and_in_order(
    place: Place, channel: Channel
) -> None:
    """Every place refuses what is beyond the limits of its service."""
    if not place.whole:
        pytest.skip("it names the edition, not each story")
    channel.pace = Pace()

    await send(channel, *deliveries(channel, ordinary(200)))

    numbers = re.findall(rb"Number (\d+): how a small team", place.shown())
    in_order = list(dict.fromkeys(int(number) for number in numbers))
    # The stories of one feed stand together.
    assert in_order == sorted(range(200), key=lambda number: (number % 4, number))
    assert len(numbers) == 200


async def test_editions_follow_each_other(place: Place, channel: Channel) -> None:
    first, second, third = (deliveries(channel, edition(story(n))) for n in (1, 2, 3))

    await send(channel, *first, *second)
    await send(channel, *third)

    arrived = b"".join(place.arrived())
    assert len(place.arrived()) == len([*first, *second, *third])
    assert all(f"Story {number}".encode() in arrived for number in (1, 2, 3))


async def test_a_session_goes_on_after_a_refusal(place: Place, channel: Channel) -> None:
    first, second = (deliveries(channel, edition(story(number))) for number in (1, 2))
    async with channel.session() as session:
        place.refuse_for_good()
        for each in (*first, *second):
            with pytest.raises(DeliveryError) as caught:
                await session.send(each)
            assert caught.value.verdict == place.refusal

    assert place.arrived() == []


async def test_a_session_that_sends_nothing_touches_nothing(place: Place) -> None:
    place.go_down()
    async with open_channels(place.settings())["it"].session():
        pass


async def test_what_is_down_takes_nothing(place: Place) -> None:
    place.go_down()
    channel = open_channels(place.settings())["it"]

    error = await refused(channel, edition(story()))

    assert error.verdict == place.down
    assert error.reason
    assert "\n" not in error.reason


async def test_a_refusal_for_good_is_final(place: Place, channel: Channel) -> None:
    place.refuse_for_good()

    error = await refused(channel, edition(story()))

    assert error.verdict == place.refusal
    assert error.retry_after is None
    assert place.arrived() == []


async def test_a_check_says_what_it_found_and_sends_nothing(place: Place, channel: Channel) -> None:
    found = await channel.check()

    assert found
    assert "\n" not in found
    assert place.arrived() == []


async def test_a_check_of_what_is_down_fails(place: Place) -> None:
    if not place.asks:
        pytest.skip("nothing can be asked without sending")
    place.go_down()

    with pytest.raises(DeliveryError):
        await open_channels(place.settings())["it"].check()


def test_what_is_secret_is_known_to_be(place: Place) -> None:
    """Else it would not be masked in what a server says, and could not stand in a file."""
    secret = {key for key, value in place.example.items() if SECRET in str(value)}

    assert secret <= file_forms(CHANNEL_KINDS[place.kind]).keys()


def test_a_secret_may_stand_in_a_file(place: Place, tmp_path: Path) -> None:
    settings = place.settings()
    path = place.folder / "config.yaml"
    data = json.loads(path.read_text("utf-8"))
    assert fits_schema(data)
    channel = data["channels"]["it"]
    for key in [key for key in channel if SECRET in str(channel[key])]:
        (tmp_path / key).write_text(channel.pop(key))
        channel[f"{key}_file"] = str(tmp_path / key)
    path.write_text(json.dumps(data), "utf-8")

    assert fits_schema(data)
    assert load_settings(path, {}).channels == settings.channels


async def test_a_preview_shows_the_edition_and_changes_nothing(place: Place) -> None:
    settings = place.settings()
    check_form(settings, "weekly", place.kind)
    made = edition(story(title="A distinctive <headline>"))
    previews = Previews(settings, made, TEMPLATES, NO_PICTURES)

    text, page, whole = previews.text(place.kind), previews.page(place.kind), previews.page(None)

    assert "A distinctive" in text
    assert "A distinctive" in page
    assert "A distinctive" in whole
    for shown in (page, whole):
        assert shown.startswith("<!DOCTYPE html>")
        assert "<headline>" not in shown
        assert "<script" not in shown
    assert SECRET not in f"{text}{page}{whole}"
    beside = channel_class(place.kind).beside_text != "never"
    assert (f"<h2>{service_name(place.kind)}</h2>" in whole) == beside
    assert place.arrived() == []
    # A kind that says how its page looks is shown by it.
    assert ("<pre>" in page) <= (channel_class(place.kind).page is BaseChannel.page)


def test_channels_that_share_something_share_its_pace(place: Place) -> None:
    path = place.folder / "config.yaml"
    place.settings()
    data = json.loads(path.read_text("utf-8"))
    data["channels"]["other"] = data["channels"]["it"]
    path.write_text(json.dumps(data), "utf-8")
    settings = load_settings(path, {})
    channels = open_channels(settings)

    shared = settings.channels["it"].shares is not None
    assert (channels["it"].pace is channels["other"].pace) == shared


def test_channels_that_post_to_one_secret_address_share_it(place: Place) -> None:
    made = place.settings().channels["it"]
    if made.hook is None or made.hook_address is None:
        pytest.skip("it posts to no such address")

    moved = type(made).model_validate({**place.example, made.hook.key: f"{SERVICE}/other/s3cr3t"})
    assert moved.shares not in {None, made.shares}
    assert made.shares == place.settings().channels["it"].shares
    assert SECRET not in str(made.shares)
    assert SERVICE not in str(made.shares)


def test_recipients_are_those_of_the_file_or_the_channel_itself(
    place: Place, channel: Channel
) -> None:
    settings = place.settings().channels["it"]
    rendition = channel.render(edition(story()), TEMPLATES)

    assert settings.recipients in {(), rendition.recipients}
    assert set(settings.test_recipients) <= {"", *rendition.recipients}
    assert rendition.kind == channel.kind == place.kind
    # A list is of people, each of whom gets what is their own.
    assert rendition.personal == settings.keeps_list


def test_a_plainer_form_is_always_the_same(channel: Channel) -> None:
    for part in channel.render(ordinary(30), TEMPLATES).parts:
        plainer = channel.plainer(part)

        assert plainer == channel.plainer(part)
        assert plainer is None or plainer != part


async def test_a_greeting_arrives(place: Place, channel: Channel) -> None:
    if (line := channel.greeting("Hello from the contract")) is None:
        pytest.skip("it greets nobody")
    recipient = channel.render(edition(story()), TEMPLATES).recipients[0]

    await send(channel, making.delivery(recipient, line))

    assert len(place.arrived()) == 1


def test_a_person_is_told_what_to_do(channel: Channel) -> None:
    assert channel.remedy
    assert channel.remedy.isprintable()
