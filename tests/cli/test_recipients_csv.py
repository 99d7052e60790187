"""Recipients as CSV: out and in again they are the same, and what is wrong is named by its line."""

from __future__ import annotations

import csv
import io
from datetime import UTC, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cli.csv_text import LARGEST, read_text
from digest.cli.recipients_csv import read_csv, write_csv
from digest.errors import UsageError
from digest.model import Recipient
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from pathlib import Path

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
    file = read_csv(text, CHANNELS)
    assert file.recipients == some
    assert "paused_until" in file.columns
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
    (found,) = read_csv(text, CHANNELS).recipients
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
    assert read_csv(write_csv([one]), CHANNELS).recipients == [one]


def test_what_a_server_said_can_be_imported_again() -> None:
    said = "550 5.1.1 no\x1b[31m such\x07 user\r\n\x00\x9b\u202eabc" + "x" * 900
    one = Recipient("inbox", "a@b.example", state="bounced", reason=said)
    text = write_csv([one])
    (found,) = read_csv(text, CHANNELS).recipients
    assert found.reason.startswith("550 5.1.1 no [31m such user")
    assert found.reason.isprintable()
    assert len(found.reason) <= 500
    # As earlier versions exported it.
    raw = f'address,channel,state,reason\r\na@b.example,inbox,bounced,"{said}"\r\n'
    assert read_csv(raw, CHANNELS).recipients[0].reason == found.reason


def test_columns_in_any_order_and_what_spreadsheets_add() -> None:
    text = "\ufeffChannel, ADDRESS\r\ninbox,Ada <ada@b.example>\r\n\r\nnews, bob@b.example\r\n"
    file = read_csv(text, CHANNELS)
    assert file.columns == ["address", "channel"]
    assert [(one.channel, one.address, one.name) for one in file.recipients] == [
        ("inbox", "ada@b.example", "Ada"),
        ("news", "bob@b.example", ""),
    ]


def test_a_channel_for_lines_that_do_not_say_which() -> None:
    found = read_csv("address\nada@b.example\n", CHANNELS, "news").recipients
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
    '"a@b.example\nBcc: x@y.example"\n': "line 2: there is no column 'address'",
    "address,channel\na@b.example,inbox,more\n": "line 2: has 3 cells, the header 2",
    'address,channel\n"a@b.example,inbox\n': "line 2: unexpected end of data",
    "address,chanel\n": "line 1: unknown column 'chanel'; did you mean 'channel'?",
    "address,channel,address\n": "line 1: there are two columns 'address'",
    "Email;Channel;Subscribed\na@b.example;inbox;perhaps\n": "line 2: 'perhaps' is neither yes"
    " nor no",
    "email,channel,status\na@b.example,inbox,verschollen\n": "line 2: 'verschollen' is no"
    " state; it is one of",
    "sep=;\n\nemail;channel\n\nada;inbox\n": "line 5: 'ada' is not an email address",
    "a@b.example\nc@d.example\n": "line 1: there is no column 'address' or 'email'; the first",
    'email,channel\n"a@b.example"x,inbox\n': "line 2: ',' expected after",
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
    assert read_csv(text, CHANNELS).recipients[0].paused_until == NOW


# What a file of another program has of people: the letters of their addresses, as the rest is
# always the same, and what becomes of each; `-` is left out.
EXPORTS = {
    "listmonk": ("email,name,status\nzoe@example.com,Zoe,enabled", {"zoe": "active"}),
    "listmonk, whole": (
        (
            "uuid,email,name,attributes,status,created_at,updated_at\n"
            'u1,a@example.com,Ada,"{""city"": ""Paris, France""}",enabled,2026-01-01,2026-01-02\n'
            "u2,b@example.com,Bob,{},disabled,2026-01-01,2026-01-02\n"
            "u3,c@example.com,Cy,{},blocklisted,2026-01-01,2026-01-02\n"
        ),
        {"a": "active", "b": "unsubscribed", "c": "unsubscribed"},
    ),
    "Mailchimp, subscribed": (
        (
            '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,'
            "LATITUDE,TIMEZONE,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
            'a@example.com,Ada,Love,2,"2026-01-01 10:00:00","2026-01-01 10:01:00",48.1,'
            'Europe/Berlin,"2026-02-01 00:00:00",1,x,,"""vip"""\n'
        ),
        {"a": "active"},
    ),
    "Mailchimp, unsubscribed": (
        (
            "Email Address,First Name,Address,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON\n"
            "a@example.com,Ada,1 High St,2026-01-01 10:00:00,March,NORMAL\n"
        ),
        {"a": "unsubscribed"},
    ),
    "Mailchimp, cleaned": (
        "Email Address,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\na@example.com,2026-01-01 10:00:00,March\n",
        {"a": "bounced"},
    ),
    "Mailchimp, nonsubscribed": (
        (
            "Email Address,Email Marketing Status\na@example.com,Non-Subscribed\nb@example.com,"
            "Subscribed\nc@example.com,Cleaned\n"
        ),
        {"a": "-", "b": "active", "c": "bounced"},
    ),
    "Buttondown": (
        (
            "Email,Notes,Metadata,Tags,Type,Source,Creation date,Unsubscription date\n"
            "a@example.com,,{},,regular,api,2026-01-01,\nb@example.com,,{},,premium,api,2026-01-01,\n"
            "c@example.com,,{},,unactivated,api,2026-01-01,\n"
            "d@example.com,,{},,unsubscribed,api,2026-01-01,2026-02-02\n"
            "e@example.com,,{},,undeliverable,api,2026-01-01,\n"
            "f@example.com,,{},,regular,api,2026-01-01,2026-02-02\n"
        ),
        {
            "a": "active",
            "b": "active",
            "c": "-",
            "d": "unsubscribed",
            "e": "bounced",
            "f": "unsubscribed",
        },
    ),
    "Substack": (
        (
            "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
            "a@example.com,false,,other,false,2026-01-01T00:00:00Z,\n"
            "b@example.com,true,,yearly,true,2026-01-01T00:00:00Z,\n"
        ),
        {"a": "active", "b": "unsubscribed"},
    ),
    "Ghost": (
        (
            "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,"
            "created_at,deleted_at,labels,tiers\n"
            "1,a@example.com,Ada,,true,false,,2026-01-01,,,\n2,b@example.com,,,false,,,,,,\n"
            "3,c@example.com,,,true,,,,2026-03-01,,\n"
        ),
        {"a": "active", "b": "unsubscribed", "c": "unsubscribed"},
    ),
    "Kit": (
        (
            "id,first_name,email_address,state\n1,Ada,a@example.com,active\n"
            "2,Bob,b@example.com,cancelled\n3,,c@example.com,bounced\n4,,d@example.com,complained\n"
        ),
        {"a": "active", "b": "unsubscribed", "c": "bounced", "d": "unsubscribed"},
    ),
    "beehiiv": (
        (
            "email,status,created_at\na@example.com,active,\nb@example.com,inactive,\n"
            "c@example.com,pending,\nd@example.com,invalid,\n"
        ),
        {"a": "active", "b": "unsubscribed", "c": "-", "d": "bounced"},
    ),
    "phpList": (
        (
            "Email\tis confirmed\tIs blacklisted\tbounce count\na@example.com\t1\t0\t0\n"
            "b@example.com\t0\t0\t0\nc@example.com\t1\t1\t2\n"
        ),
        {"a": "active", "b": "-", "c": "unsubscribed"},
    ),
    "Brevo": (
        "EMAIL;NACHNAME;VORNAME;BLOCKLISTED\na@example.com;L;A;No\nb@example.com;L;B;Yes\n",
        {"a": "active", "b": "unsubscribed"},
    ),
    "MailerLite": (
        (
            "Subscriber,Status,Unsubscribed\na@example.com,Active,\nb@example.com,Junk,\n"
            "c@example.com,Active,2026-02-03 10:00\n"
        ),
        {"a": "active", "b": "unsubscribed", "c": "unsubscribed"},
    ),
    "Shopify": (
        (
            "First Name,Last Name,Email,Accepts Email Marketing,Default Address City\n"
            "A,B,a@example.com,yes,Paris\nA,B,b@example.com,no,Paris\nA,B,c@example.com,,Paris\n"
        ),
        {"a": "active", "b": "unsubscribed", "c": "-"},
    ),
    "Google Contacts": (
        "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Labels\nA,B,Work,a@example.com,x\n",
        {"a": "active"},
    ),
    "Outlook": (
        '"First Name","E-mail Address","Business State"\n"A","a@example.com","CA"\n',
        {"a": "active"},
    ),
    "a word with more": (
        (
            "E-Mail,Status\na@example.com,Unsubscribed (by admin)\nb@example.com,HARD BOUNCE\n"
            "c@example.com,Pending confirmation\nd@example.com,\n"
        ),
        {"a": "unsubscribed", "b": "bounced", "c": "-", "d": "active"},
    ),
    "a column that nobody knows": (
        "email,abo\na@example.com,ja\nb@example.com,Unsubscribed\n",
        {"a": "active", "b": "unsubscribed"},
    ),
    "where to leave": (
        (
            "email,unsubscribe_url,notes\na@example.com,https://x.example/unsubscribe,unsubscribed?\n"
            "b@example.com,https://x.example/unsubscribe,asked how to unsubscribe\n"
        ),
        {"a": "unsubscribed", "b": "active"},
    ),
    "yes and no": (
        (
            "email,subscribed\na@example.com,TRUE\nb@example.com,0\nc@example.com,\n"
            "d@example.com,2026-01-02\n"
        ),
        {"a": "active", "b": "unsubscribed", "c": "-", "d": "active"},
    ),
    "twice": (
        "email,status\nA@example.com,enabled\na@EXAMPLE.com,unsubscribed\na@example.com,enabled\n",
        {"A": "unsubscribed"},
    ),
    # As spreadsheets and people write it.
    "semicolons": ("Email;Name\na@example.com;Love, Ada\n", {"a": "active"}),
    "tabs": ("Email\tName\na@example.com\tLove, Ada\n", {"a": "active"}),
    "sep=": ("sep=;\r\nEmail;Name\r\na@example.com;Ada\r\n", {"a": "active"}),
    "sep= in quotes": ('"sep=|"\nEmail|Name\na@example.com|Ada\n', {"a": "active"}),
    "empty rows": (";;\n\nEmail;Name;\n;;\na@example.com;Ada;\n ; ;\n;;\n", {"a": "active"}),
    "trailing commas": (
        "email,name,,\na@example.com,Ada,,\nb@example.com,,,,\n",
        dict.fromkeys("ab", "active"),
    ),
    "capitals": ("EMAIL,STATUS\na@example.com,ENABLED\n", {"a": "active"}),
    "quotes": ('"email", "name"\n"a@example.com", "Ada ""L"" Love"\n', {"a": "active"}),
    "ends of old": (
        "email,name\ra@example.com,Ada\rb@example.com,Bob",
        dict.fromkeys("ab", "active"),
    ),
    "what is not seen": (
        "email\n\u200ba@example.com\u00a0\nmailto:b@example.com\n",
        dict.fromkeys("ab", "active"),
    ),
    "one column": ("E-mail address\na@example.com\n", {"a": "active"}),
    "a name before": ("to,email\nx,Ada <a@example.com>\n", {"a": "active"}),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_of_another_program(name: str) -> None:
    text, wanted = EXPORTS[name]
    file = read_csv(text, CHANNELS, "news")
    found = {one.address.partition("@")[0]: one.state for one in file.recipients}
    assert found == {who: state for who, state in wanted.items() if state != "-"}
    assert file.unconfirmed == list(wanted.values()).count("-")
    assert file.left == sum(state in {"unsubscribed", "bounced"} for state in found.values())
    assert file.repeated == (2 if name == "twice" else 0)
    assert "state" not in file.columns or name == "Kit"


def test_names_and_columns_of_another_program() -> None:
    text = "uuid,FNAME,Last name,E-mail,address\nu1,Ada,Love,a@example.com,1 High St\n"
    file = read_csv(text, CHANNELS, "news")
    assert [(one.address, one.name) for one in file.recipients] == [("a@example.com", "Ada Love")]
    assert (file.columns, file.ignored_columns) == (["address", "name"], ("uuid", "address"))
    (left,) = read_csv("email,status\nb@example.com,Complained\n", CHANNELS, "news").recipients
    assert (left.state, left.reason) == ("unsubscribed", "Complained")


ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "latin-1": "cp1252",
    "cp1252": "cp1252",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_usual_encoding_is_read(encoding: str) -> None:
    wanted = "email\tname\r\nzoé@example.com\tZoë Müller\r\n"
    assert read_text(io.BytesIO(wanted.encode(encoding))) in {
        (mark + wanted, ENCODINGS[encoding]) for mark in ("", "\ufeff")
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "is a spreadsheet or an archive; save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "is a spreadsheet of old"),
        (b"\x1f\x8brest", "is compressed"),
        (b"name\x81\x8d,\xff", "is no text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8"),
        (b"\xff\xfea", "is no text in"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_text(io.BytesIO(data))


def test_a_file_has_a_bound(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    with large.open("rb") as file, pytest.raises(UsageError, match="has more than 20 MB"):
        read_text(file)
