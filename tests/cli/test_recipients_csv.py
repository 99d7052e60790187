"""Recipients as CSV: out and in again they are the same, and what is wrong is named by its line."""

from __future__ import annotations

import csv
import io
from datetime import UTC, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cli.recipients_csv import read_csv, write_csv
from digest.errors import UsageError
from digest.model import Recipient
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

CHANNELS = ("inbox", "news")
LINES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=30).map(
    lambda text: " ".join(text.split())
)
FORMULAS = st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "'=x",
        "''@",
        "'",
        "＝1",
        "＋1",
        "－1",
        "＠A",
        "﹦1",
        "\u22121",
    ]
)


def recipients() -> SearchStrategy[Recipient]:
    paused = st.none() | st.datetimes(timezones=st.just(UTC))
    return st.builds(
        Recipient,
        channel=st.sampled_from(CHANNELS),
        address=st.emails(),
        name=(LINES | FORMULAS).filter(str.isprintable),
        state=st.sampled_from(["active", "paused", "unsubscribed", "bounced"]),
        listed=st.just(True),
        reason=(LINES | FORMULAS).filter(str.isprintable),
        paused_until=paused,
        zone=st.none() | st.sampled_from(["Europe/Berlin", "UTC"]),
        send_at=st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        frequency=st.sampled_from(["each", "weekly"]),
        gets=st.just("each"),
        created_at=st.none(),
        changed_at=st.none(),
    )


@settings(max_examples=60)
@given(st.lists(recipients(), max_size=4, unique_by=lambda one: one.address.lower()))
def test_out_and_in_again_they_are_the_same(some: list[Recipient]) -> None:
    text = write_csv(some)
    found, columns = read_csv(text, CHANNELS)
    assert found == some
    assert "paused_until" in columns
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_a_cell_is_no_formula() -> None:
    (line,) = write_csv([Recipient("inbox", "-a@b.example", name="=HYPERLINK(1)")]).splitlines()[1:]
    assert line.startswith("'-a@b.example,'=HYPERLINK(1),inbox,active")


BEFORE = ["", " ", "\t", "\r", " \t ", "\u3000", "\ufeff"]


@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹦﹢﹣﹫\u2212")
@pytest.mark.parametrize("before", BEFORE, ids=ascii)
def test_no_spreadsheet_takes_a_cell_for_a_formula(before: str, sign: str) -> None:
    one = Recipient("inbox", "a@b.example", name=f"{before}{sign}HYPERLINK(1)")
    text = write_csv([one])
    (row,) = list(csv.DictReader(io.StringIO(text, newline="")))
    assert row["name"].startswith("'")
    (found,), _ = read_csv(text, CHANNELS)
    assert found.name.endswith(f"{sign}HYPERLINK(1)")


def test_nor_behind_what_is_invisible() -> None:
    assert "'\u200b=1" in write_csv([Recipient("inbox", "a@b.example", name="\u200b=1")])


@pytest.mark.parametrize(
    "address",
    ['"=a b"@b.example', "=a@b.example", "＝a@b.example", '"a,b"@b.example', '"a""b"@b.example'],
)
def test_whatever_an_address_is_it_comes_back(address: str) -> None:
    if '""' in address:
        address = address.replace('""', '\\"')
    one = Recipient("inbox", address)
    assert read_csv(write_csv([one]), CHANNELS)[0] == [one]


def test_what_a_server_said_can_be_imported_again() -> None:
    said = "550 5.1.1 no\x1b[31m such\x07 user\r\n\x00\x9b\u202eabc" + "x" * 900
    one = Recipient("inbox", "a@b.example", state="bounced", reason=said)
    text = write_csv([one])
    (found,), _ = read_csv(text, CHANNELS)
    assert found.reason.startswith("550 5.1.1 no [31m such user")
    assert found.reason.isprintable()
    assert len(found.reason) <= 500
    # As earlier versions exported it.
    raw = f'address,channel,state,reason\r\na@b.example,inbox,bounced,"{said}"\r\n'
    assert read_csv(raw, CHANNELS)[0][0].reason == found.reason


def test_columns_in_any_order_and_what_spreadsheets_add() -> None:
    text = "\ufeffChannel, ADDRESS\r\ninbox,Ada <ada@b.example>\r\n\r\nnews, bob@b.example\r\n"
    found, columns = read_csv(text, CHANNELS)
    assert columns == ["channel", "address"]
    assert [(one.channel, one.address, one.name) for one in found] == [
        ("inbox", "ada@b.example", "Ada"),
        ("news", "bob@b.example", ""),
    ]


def test_a_channel_for_lines_that_do_not_say_which() -> None:
    found, _ = read_csv("address\nada@b.example\n", CHANNELS, "news")
    assert found[0].channel == "news"


WRONG = {
    "address,channel\nada@b.example,inbx\n": "line 2: there is no email channel 'inbx'; did you"
    " mean 'inbox'?",
    "address,channel\nada,inbox\n": "line 2: 'ada' is not an email address",
    "address,channel\n,inbox\n": "line 2: '' is not an email address",
    f"address,channel\n{'a' * 250}@b.example,inbox\n": "line 2: the address has more than 254",
    "address,channel,state\na@b.example,inbox,gone\n": "line 2: 'gone' is no state; it is one of",
    "address,channel,zone\na@b.example,inbox,Mars\n": "line 2: 'Mars' is not a time zone",
    "address,channel,send_at\na@b.example,inbox,7 am\n": "line 2: '7 am' is no time of day",
    "address,channel,paused_until\na@b.example,inbox,soon\n": "line 2: 'soon' is no time like",
    'address,channel,name\na@b.example,inbox,"a\nBcc: x"\n': "line 3: 'a\\nBcc: x' is not one",
    '"a@b.example\nBcc: x@y.example"\n': "line 1: there is no column 'address'",
    "address,channel\na@b.example,inbox,more\n": "line 2: has 3 cells, the header 2",
    "address,channel\na@b.example,inbox\nA@B.example,inbox\n": "line 3: A@B.example is on line 2",
    'address,channel\n"a@b.example,inbox\n': "line 2: unexpected end of data",
    "address,chanel\n": "line 1: unknown column 'chanel'; did you mean 'channel'?",
    "address,channel,address\n": "line 1: there are two columns 'address'",
    "": "line 1: there is no column 'address'",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_wrong_is_named_by_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_csv(text, CHANNELS)
    assert said in str(caught.value)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    text = "address,channel\nada,inbox\nbob@b.example,inbox\ncy@b.example,team\n"
    with pytest.raises(UsageError) as caught:
        read_csv(text, CHANNELS)
    assert [line[:7] for line in str(caught.value).splitlines()] == ["line 2:", "line 4:"]


def test_all_that_is_wrong_in_a_line_is_named() -> None:
    text = "address,channel,zone,state\nada,inbx,Mars,active\n"
    with pytest.raises(UsageError) as caught:
        read_csv(text, CHANNELS)
    (line,) = str(caught.value).splitlines()
    assert line.startswith("line 2: there is no email channel 'inbx'; did you mean 'inbox'?; 'ada'")
    assert "'Mars' is not a time zone" in line


def test_an_instant_without_a_zone_is_utc() -> None:
    at = f"{NOW:%Y-%m-%dT%H:%M}"
    text = f"address,channel,state,paused_until\na@b.example,inbox,paused,{at}\n"
    assert read_csv(text, CHANNELS)[0][0].paused_until == NOW
