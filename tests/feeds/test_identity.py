"""Which entry is which: a table of what feeds do, and what is new in each of their bodies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.identity import IdentityChoice, choice, identify
from digest.model import KeyedEntry, ParsedEntry, ParsedFeed
from tests.feed_xml import NOW
from tests.feeds.memory import Memory

DAY = timedelta(days=1)
SITE = "https://site.example"
HOME = f"{SITE}/"
Body = list[ParsedEntry]


def entry(title: str, **said: object) -> ParsedEntry:
    """An entry with a guid, a link, a date and a text of its own; `said` is what differs."""
    usual = ParsedEntry(f"urn:{title}", f"{SITE}/{title}", title, "Ada", NOW, f"<p>{title}</p>")
    return replace(usual, **said)


def linked(title: str, **said: object) -> ParsedEntry:
    return entry(title, **{"guid": "", **said})


def bare(title: str, **said: object) -> ParsedEntry:
    """An entry with neither guid nor link."""
    return entry(title, **{"guid": "", "link": "", **said})


A, B, C = entry("a"), entry("b"), entry("c")
MANY = [entry(title) for title in "abcde"]


def each(entries: Body, **said: object) -> Body:
    """Every entry with the same change, in which `{}` is its title."""
    return [
        replace(
            one,
            **{k: v.format(one.title) if isinstance(v, str) else v for k, v in said.items()},
        )
        for one in entries
    ]


@dataclass(frozen=True)
class Case:
    """Bodies of a feed in a row, and the titles (or texts) that are new in the last of them."""

    name: str
    earlier: list[Body]
    body: Body
    new: str = ""
    how: IdentityChoice = "auto"
    format: str = "rss20"
    home: str = HOME


TODAY = f"{SITE}/today"
TODAYS = [entry(str(n), link=TODAY, published=NOW + n * DAY) for n in range(4)]
REVISED = replace(A, title="a'", html="<p>revised</p>", published=NOW + DAY)

GUIDS = [
    Case("a guid of its own", [[A]], [B, A], "b"),
    Case("a guid decides against a link", [[A]], [replace(B, link=A.link)], "b"),
    Case("a guid decides against what is said", [[A]], [replace(A, guid="urn:b")], ""),
    Case("same guid, all else other", [[A]], [replace(B, guid=A.guid)], ""),
    Case("shared by all", [each(MANY, guid="feed")], each([*MANY, entry("f")], guid="feed"), "f"),
    Case("shared, first body", [], each(MANY, guid="feed"), "a b c d e"),
    Case("shared, links of the home page", [], each(MANY, guid="feed", link=HOME), "a b c d e"),
    Case(
        "shared, later with links of the home page",
        [each(MANY, guid="feed", link=HOME)],
        each([*MANY, entry("f")], guid="feed", link=HOME),
        "f",
    ),
    Case("shared, then alone", [each([A, B], guid="x")], each([A], guid="x"), ""),
    Case("shared, then another alone", [each([A, B], guid="x")], each([C], guid="x"), "c"),
    Case(
        "shared, then another alone, then together",
        [each([A, B], guid="x"), each([C], guid="x")],
        each([C, B, A], guid="x"),
    ),
    Case("alone, then shared", [each([A], guid="x")], each([B, A], guid="x"), "b"),
    Case("alone, then shared, other order", [each([A], guid="x")], each([A, B], guid="x"), "b"),
    Case(
        "alone, shared, alone",
        [each([A], guid="x"), each([A, B], guid="x")],
        each([B], guid="x"),
    ),
    Case(
        "two of three shared, then mended",
        [[replace(A, guid="x"), replace(B, guid="x"), C]],
        [A, B, C],
    ),
    Case("all shared for once", [MANY, each(MANY, guid=A.guid)], MANY),
    Case(
        "all shared for once, and one more",
        [MANY, each([*MANY, entry("f")], guid=A.guid)],
        [*MANY, entry("f"), entry("g")],
        "g",
    ),
    *(
        Case(f"junk guid {junk!r}", [each([A], guid=junk)], each([B], guid=junk), "b")
        for junk in ("N/A", "none", "0", HOME, SITE, "-")
    ),
    Case("junk guid, and links", [each(MANY, guid="N/A")], each([C, entry("f")], guid="0"), "f"),
    Case("scheme", [each(MANY, guid="http://x/{}")], each(MANY, guid="https://x/{}")),
    Case("case of the host", [each(MANY, guid="http://X.y/{}")], each(MANY, guid="http://x.y/{}")),
    Case("slash at the end", [each(MANY, guid="http://x/{}/")], each(MANY, guid="http://x/{}")),
    Case(
        "tracked",
        [each(MANY, guid="http://x/{}?at_campaign=1#xtor=RSS-1")],
        each(
            MANY, guid="http://x/{}?at_campaign=2", title="{}!", html="!", link="", published=None
        ),
    ),
    Case(
        "only a slash tells them apart",
        [[replace(A, guid="http://x/1")]],
        [replace(A, guid="http://x/1"), replace(B, guid="http://x/1/")],
        "b",
    ),
    Case(
        "only a slash tells them apart, then one alone",
        [[replace(A, guid="http://x/1"), replace(B, guid="http://x/1/")]],
        [replace(B, guid="http://x/1/")],
    ),
    Case(
        "case of a path counts",
        [[replace(A, guid="http://x/a")]],
        each([B], guid="http://x/A"),
        "b",
    ),
]

REPLACED = [
    Case("same link and date", [MANY], each(MANY, guid="new:{}")),
    Case("same link and date, texts edited", [MANY], each(MANY, guid="new:{}", html="<p>new</p>")),
    Case(
        "moved host, same title, date and text",
        [MANY],
        each(MANY, guid="new:{}", link="https://new.example/{}"),
    ),
    Case(
        "undated, same link and text",
        [each(MANY, published=None)],
        each(MANY, guid="new:{}", published=None),
    ),
    Case(
        "undated titles and links alone",
        [each(MANY, published=None, html="")],
        each(MANY, guid="new:{}", published=None, html=""),
    ),
    Case("and one more", [MANY], each([entry("f"), *MANY], guid="new:{}"), "f"),
    Case("and back", [MANY, each(MANY, guid="new:{}")], MANY),
    Case("every day", [each(MANY, guid=f"{n}:{{}}") for n in range(9)], each(MANY, guid="9:{}")),
    *(
        Case(
            f"{what}, re-dated",
            [MANY],
            each(MANY, guid="new:{}", published=NOW + DAY, **{field: "other {}"}),
        )
        for what, field in (("same link and text", "title"), ("same link and title", "html"))
    ),
    Case(
        "same link alone, re-dated",
        [MANY],
        [
            replace(one, guid=f"new:{one.guid}", title="new", html="", published=NOW + DAY)
            for one in [A]
        ],
        "new",
    ),
    Case(
        "same link and title, undated, texts edited",
        [each(MANY, published=None)],
        each(MANY, guid="new:{}", published=None, html="<p>new</p>"),
    ),
    Case(
        "the old guid is there still",
        [[A, B]],
        [A, B, replace(A, guid="urn:c", title="a", html="<p>c</p>")],
        "a",
    ),
    Case(
        "a link that two have, and one with another guid",
        [[A, replace(B, link=A.link)]],
        [replace(A, guid="urn:c", html="<p>c</p>"), replace(B, link=A.link)],
        "a",
    ),
    *(
        Case(
            f"a stamp {stamp!r}, all else but the link other",
            [[replace(A, guid=f"{SITE}/a{first}"), B]],
            [replace(A, guid=f"{SITE}/a{stamp}", title="z", html="z", published=None), B],
        )
        for first, stamp in (
            ("#0", "#1"),
            ("?1743438600617", "?1743438611111"),
            ("&ts=1743438600", "&ts=1743438601"),
            ("@2026-11-29T10:00:00Z", "@2026-11-29T12:30:00+01:00"),
            ("-20261129100000", "-20261129123000"),
        )
    ),
    *(
        Case(
            f"no stamp: {other!r}",
            [[replace(A, guid=f"{SITE}/a{first}"), B]],
            [replace(A, guid=f"{SITE}/a{other}", title="z", html="z", published=None), B],
            "z",
        )
        for first, other in (
            ("#0", ""),
            ("#post-1", "#post-2"),
            ("/1", "/2"),
            ("?p=25585", "?p=25600"),
            ("?1743438600617", "b?1743438611111"),
            ("-9743438600", "-9743438601"),
        )
    ),
    Case(
        "a stamp at a page that stands alone",
        [[replace(A, guid="today?1743438600")]],
        [replace(A, guid="today?1743438601", title="z", html="z")],
        "z",
    ),
    Case(
        "a stamp without a link, re-dated",
        [each(MANY, guid="{}?1743438600", link="")],
        each(MANY, guid="{}?1743438601", link="", published=NOW + DAY),
    ),
    Case(
        "without titles, same link, date and text",
        [each(MANY, title="")],
        each(each(MANY, guid="new:{}"), title=""),
    ),
    Case("dropped, same links", [MANY], each(MANY, guid="")),
    Case("dropped, no links either", [MANY], each(MANY, guid="", link="")),
    Case("dropped, then back", [MANY, each(MANY, guid="")], MANY),
    Case("dropped, edited, then back", [MANY, each(MANY, guid="", html="<p>{}!</p>")], MANY),
    Case("introduced", [each(MANY, guid="")], MANY),
    Case("introduced, and one more", [each(MANY, guid="")], [entry("f"), *MANY], "f"),
    Case("dropped for junk", [MANY], each(MANY, guid="N/A")),
    Case("links dropped", [MANY], each(MANY, link="")),
    Case("links dropped for the home page", [MANY], each(MANY, link=HOME)),
    Case("a page of the day", [[one] for one in TODAYS[:3]], [TODAYS[3]], "3"),
    Case("a page of the day, two at a time", [TODAYS[:2], TODAYS[1:3]], TODAYS[2:], "3"),
    Case(
        "a page of the day, undated",
        [each([one], published=None) for one in TODAYS[:3]],
        each(TODAYS[3:], published=None),
        "3",
    ),
    Case(
        "a page of the day that had no guids at first",
        [each(TODAYS[:1], guid=""), [TODAYS[1]]],
        [TODAYS[2]],
        "2",
    ),
]

LINKS = [
    Case("a link of its own", [[linked("a")]], [linked("b"), linked("a")], "b"),
    Case("a link decides against what is said", [[linked("a")]], each([linked("b")], link=A.link)),
    Case("edited link", [[linked("a")]], each([linked("a")], link=f"{SITE}/a-mended")),
    Case("edited link, with a guid", [[A]], each([A], link=f"{SITE}/a-mended")),
    Case(
        "a link given to another entry",
        [[linked("a")]],
        [linked("b", link=A.link), linked("a", link=f"{SITE}/a2")],
        "b",
    ),
    Case(
        "numbered from the newest",
        [[linked("b", link=f"{TODAY}#1"), linked("a", link=f"{TODAY}#2")]],
        [linked("c", link=f"{TODAY}#1"), linked("b", link=f"{TODAY}#2")],
        "c",
    ),
    Case(
        "other link, same title and date",
        [[linked("a")]],
        each([linked("a")], link=f"{SITE}/2", html=""),
        "a",
    ),
    Case(
        "tracked",
        [each(MANY, guid="")],
        each(MANY, guid="", link="http://site.example/{}?utm_source=rss"),
    ),
    *(
        Case(
            f"tracked by {tracker}, all else other",
            [each(MANY, guid="", link=f"{SITE}/{{}}?x=1")],
            [linked("z", link=f"{SITE}/a?x=1{tracker}")],
        )
        for tracker in (
            *("&at_medium=RSS&at_campaign=KARANGA", "#xtor=RSS-8", "&xtor=RSS-3208", "#ref=rss"),
            *(
                "&ref=rss",
                "&ns_mchannel=rss",
                "&traffic_source=rss",
                "&source=rss----1f2e",
                "&rss=1",
            ),
            *("&PHPSESSID=0a1b2c3d4e", "&gclid=1#at_medium=RSS"),
        )
    ),
    *(
        Case(
            f"no tracker: {other}",
            [each(MANY, guid="", link=f"{SITE}/?x=1")],
            [linked("z", link=f"{SITE}/?x=1{other}")],
            "z",
        )
        for other in ("&ref=2", "&source=paper.com", "&from=lemonde.fr", "#part-2", "&rss=45")
    ),
    Case(
        "a session in the path",
        [[linked("a", link=f"{SITE}/a;jsessionid=0A1B?x=1")]],
        [linked("z", link=f"{SITE}/a;jsessionid=2C3D?x=1")],
    ),
    Case(
        "a session, same title and date",
        [[linked("a", link=f"{SITE}/a?s=aaaa1111&x=1")]],
        [linked("a", link=f"{SITE}/a?s=bbbb2222&x=1", html="edited")],
    ),
    *(
        Case(
            f"no session: {first}, {other}",
            [[linked("a", link=f"{SITE}/{first}")]],
            [linked("a", link=f"{SITE}/{other}", html="other")],
            "a",
        )
        for first, other in (
            ("a?s=aaaa1111", "b?s=bbbb2222"),
            ("?s=12", "?s=13"),
            ("?id=aaaa1111", "?id=bbbb2222"),
            ("?s=aaaa1111", "?s=bbbb2222&p=2"),
            ("?s=mountain", "?s=elephants"),
        )
    ),
    Case(
        "a session, and another date",
        [[linked("a", link=f"{SITE}/?s=aaaa1111")]],
        [linked("a", link=f"{SITE}/?s=bbbb2222", published=NOW + DAY, html="other")],
        "a",
    ),
    Case(
        "scheme, host and slash",
        [each(MANY, guid="")],
        each(MANY, guid="", link="http://SITE.example/{}/"),
    ),
    Case(
        "parameters that count",
        [each(MANY, guid="", link=f"{SITE}/?p={{}}")],
        [linked("f", link=f"{SITE}/?p=f")],
        "f",
    ),
    Case(
        "shared by all",
        [each(MANY, guid="", link=TODAY)],
        each([entry("f"), *MANY], guid="", link=TODAY),
        "f",
    ),
    Case("shared, then alone", [each([A, B], guid="", link=TODAY)], each([B], guid="", link=TODAY)),
    Case(
        "shared, then another alone",
        [each([A, B], guid="", link=TODAY)],
        each([C], guid="", link=TODAY),
        "c",
    ),
    Case(
        "moved host, same title, date and text",
        [each(MANY, guid="")],
        each(MANY, guid="", link="https://new.example/{}"),
    ),
    Case(
        "of the home page, then of their own", [each(MANY, guid="", link=HOME)], each(MANY, guid="")
    ),
    Case(
        "of the home page, then of their own, titles and dates alone",
        [each(MANY, guid="", link=HOME, html="")],
        each(MANY, guid="", html=""),
    ),
    Case(
        "of their own, then of the home page", [each(MANY, guid="")], each(MANY, guid="", link=HOME)
    ),
]

CONTENT = [
    Case("title and date", [[bare("a", html="")]], [bare("b", html=""), bare("a", html="")], "b"),
    Case(
        "title and text",
        [[bare("a", published=None)]],
        each([bare("a"), bare("b")], published=None),
        "b",
    ),
    Case(
        "title alone",
        [each([bare("a")], published=None, html="")],
        each([bare("a"), bare("b")], published=None, html=""),
        "b",
    ),
    Case("edited text", [[bare("a")]], [bare("a", html="<p>other</p>")]),
    Case("re-dated", [[bare("a")]], [bare("a", published=NOW + DAY)]),
    Case("edited title and re-dated", [[bare("a")]], [bare("a'", published=NOW + DAY)], "a'"),
    Case(
        "the same title on another day",
        [[bare("a")]],
        [bare("a", published=NOW + DAY, html=""), bare("a")],
        "a",
    ),
    Case(
        "same title and text on two days",
        [],
        [bare("a"), bare("a", published=NOW + DAY)],
        "a a",
    ),
    Case(
        "same title and text on a third day",
        [[bare("a"), bare("a", published=NOW + DAY)]],
        [bare("a", published=NOW + 2 * DAY)],
        "a",
    ),
    Case(
        "says again what was said before an edit",
        [[bare("a")], [bare("a", html="<p>other</p>")]],
        [bare("a", html="<p>a</p>", published=NOW + DAY), bare("a", html="<p>other</p>")],
        "a",
    ),
    Case(
        "says again, alone, what was said before an edit",
        [[bare("a")], [bare("a", html="<p>other</p>")]],
        [bare("a", html="<p>a</p>", published=NOW + DAY)],
        "a",
    ),
]

EDITS = [
    Case("re-dated", [MANY], each(MANY, published=NOW + DAY)),
    Case("re-dated, links only", [each(MANY, guid="")], each(MANY, guid="", published=NOW + DAY)),
    Case(
        "re-dated, neither guid nor link",
        [each(MANY, guid="", link="")],
        each(MANY, guid="", link="", published=NOW + DAY),
    ),
    Case("undated", [MANY], each(MANY, published=None)),
    Case("edited title", [MANY], each(MANY, title="{}!")),
    Case("edited title, links only", [each(MANY, guid="")], each(MANY, guid="", title="{}!")),
    Case("edited text", [MANY], each(MANY, html="{}!")),
    Case(
        "everything edited but the guid",
        [MANY],
        each(MANY, title="{}!", html="!", link=f"{SITE}/{{}}!", published=None),
    ),
    Case("vanished and came back", [MANY, [A], [], [A]], MANY),
    Case("vanished and came back, and one more", [MANY, [A]], [*MANY, entry("f")], "f"),
    Case("vanished and came back edited", [MANY, [A]], each(MANY, html="{}!", title="{}!")),
    Case("mass return without guids", [MANY, [A]], each(MANY, guid="")),
    Case("an archive, then the last of it", [], MANY, "a b c d e"),
]

COPIES = [
    Case("exact copies", [], [A, A, A], "a"),
    Case("exact copies, without a guid", [], [linked("a")] * 3, "a"),
    Case("copies with other dates, RSS", [], [A, replace(A, published=NOW + DAY)], "a"),
    Case("same guid and link, other titles, RSS", [], [A, replace(A, title="a'")], "a a'"),
    Case(
        "same guid and link, other titles, RSS, again",
        [[A, replace(A, title="a'")]],
        [replace(A, title="a'"), A],
    ),
    Case("same guid, other links, RSS", [], [A, replace(B, guid=A.guid)], "a b"),
    Case(
        "two revisions, Atom",
        [],
        [A, replace(A, html="<p>2</p>", published=NOW + DAY)],
        "a",
        format="atom10",
    ),
    Case("two revisions of one date, Atom", [], [replace(A, title="a'"), A], "a'", format="atom10"),
    Case("a revision, Atom", [[A]], [replace(REVISED, title="a"), A], format="atom10"),
    # Nothing but a guid, which may be the feed's, says that these are one: better twice than lost.
    Case(
        "a revision with another title and date, Atom", [[A]], [REVISED, A], "a'", format="atom10"
    ),
    Case("a revision in the place of the entry, Atom", [[A]], [REVISED], "", format="atom10"),
    Case(
        "same junk guid, title and date",
        [],
        each([A, replace(A, html="<p>2</p>")], guid="N/A", link=HOME),
        "a a",
    ),
    Case(
        "same junk guid, neither title nor date",
        [],
        each([A, B, C], guid="N/A", link=HOME, title="", published=None),
        "<p>a</p> <p>b</p> <p>c</p>",
    ),
    Case(
        "same junk id, no titles, Atom",
        [],
        each([A, replace(B, published=NOW + DAY)], guid="0", link=HOME, title=""),
        "<p>a</p> <p>b</p>",
        format="atom10",
    ),
    Case(
        "same guid and link, neither title nor date, RSS",
        [],
        each([A, B], guid="x", link=TODAY, title="", published=None),
        "<p>a</p> <p>b</p>",
    ),
    Case(
        "copies with other pictures",
        [],
        [linked("a", image=f"{SITE}/{n}.png") for n in range(3)],
        "a",
    ),
    Case(
        "copies by other authors",
        [[linked("a", author=name) for name in ("Ada", "Grace")]],
        [linked("a", author=name) for name in ("Ada", "Grace")],
    ),
]

OVERRIDES = [
    Case("guid: junk is trusted", [], each(MANY, guid="0"), "a", how="guid"),
    Case("guid: a link tells nothing", [[A]], [replace(B, link=A.link)], "b", how="guid"),
    Case(
        "guid: another guid is another entry",
        [MANY],
        each(MANY, guid="new:{}"),
        "a b c d e",
        how="guid",
    ),
    Case(
        "guid: where there is none, the link",
        [each(MANY, guid="")],
        each(MANY, guid="", title="{}!"),
        how="guid",
    ),
    Case(
        "link: another guid is the same entry",
        [MANY],
        each(MANY, guid="new:{}", title="{}!"),
        how="link",
    ),
    Case(
        "link: another link is another entry",
        [MANY],
        each(MANY, link="https://new.example/{}"),
        "a b c d e",
        how="link",
    ),
    Case("link: a page of the day is one entry", [TODAYS[:1]], TODAYS[1:2], how="link"),
    Case("link: shared, they are one", [], each(MANY, link=TODAY), "a", how="link"),
    Case(
        "link: where there is none, the content",
        [each(MANY, link="")],
        each(MANY, link="", guid="{}!"),
        how="link",
    ),
    Case(
        "content: same title and text",
        [MANY],
        each(MANY, guid="{}!", link="{}!", published=None),
        how="content",
    ),
    Case(
        "content: another text is another entry", [MANY], [replace(A, html="!")], "a", how="content"
    ),
    Case(
        "content: a constant guid and link",
        [[replace(A, html=str(n))] for n in range(3)],
        [replace(A, html="3")],
        "a",
        how="content",
    ),
    Case(
        "content: titles and dates alone",
        [each(MANY, html="")],
        each(MANY, html=""),
        how="content",
    ),
]
TABLE = {
    f"{group}: {case.name}": case
    for group, cases in {
        "guids": GUIDS,
        "guids replaced": REPLACED,
        "links": LINKS,
        "content": CONTENT,
        "edits": EDITS,
        "copies": COPIES,
        "identity": OVERRIDES,
    }.items()
    for case in cases
}


def rows() -> list[object]:
    return [pytest.param(case, id=name) for name, case in TABLE.items()]


@pytest.mark.parametrize("case", rows())
def test_what_is_new(case: Case) -> None:
    memory = Memory(case.how)
    for body in case.earlier:
        memory.read(*body, format=case.format, home=case.home)
    new = memory.read(*case.body, format=case.format, home=case.home).new
    assert sorted(one.entry.title or one.entry.html for one in new) == case.new.split()
    assert memory.read(*case.body, format=case.format, home=case.home).new == ()


def test_every_case_has_its_own_name() -> None:
    assert len(TABLE) == sum(
        len(cases) for cases in (GUIDS, REPLACED, LINKS, CONTENT, EDITS, COPIES, OVERRIDES)
    )


@pytest.mark.parametrize("later", ["auto", "guid", "link", "content"])
@pytest.mark.parametrize("first", ["auto", "guid", "link", "content"])
def test_another_identity_floods_nothing(first: IdentityChoice, later: IdentityChoice) -> None:
    memory = Memory(first)
    memory.read(*MANY, *TODAYS[:1])
    memory.how = later
    assert memory.titles(*MANY, *TODAYS[:1]) == []
    assert memory.titles(entry("f"), *MANY, *TODAYS[:1]) == ["f"]


def keyed(*entries: ParsedEntry, home: str = HOME) -> tuple[KeyedEntry, ...]:
    return identify(ParsedFeed("A feed", entries, "rss20", home))


def keys(*entries: ParsedEntry) -> list[str]:
    return [one.key for one in keyed(*entries)]


def test_a_key_is_the_guid_as_the_feed_said_it() -> None:
    guid = "HTTP://Site.Example/1/?utm_source=x "
    assert keys(replace(A, guid=guid)) == [f"guid:{guid}"]
    assert keys(replace(A, guid=guid)) == keys(replace(B, guid=guid))


def test_a_key_is_the_link_where_there_is_no_guid_of_its_own() -> None:
    assert keys(linked("a")) == keys(entry("a", guid="N/A")) == [f"link:{A.link}"]
    assert keys(*each([A, B], guid="x")) == [f"link:{A.link}", f"link:{B.link}"]


def test_a_key_is_of_what_it_says_where_there_is_neither() -> None:
    (key,) = keys(bare("a"))
    assert key.startswith("hash:")
    assert keys(bare("a", author="Grace")) == [key]
    (hollow,) = keys(entry("a", guid="N/A", link=HOME))
    assert hollow.startswith("hash:")
    assert keys(bare("b")) != [key] != keys(bare("a", html="<p>b</p>"))


def test_what_tells_the_entries_of_a_feed_apart_is_counted() -> None:
    body = (A, B, linked("c"), bare("d"), entry("e", guid="N/A"))
    assert choice(ParsedFeed("", body)) == {"guid": 2, "link": 2, "content": 1}
    assert choice(ParsedFeed("", body), "content") == {"content": 5}


def fingerprint(one: ParsedEntry) -> str:
    return keyed(one)[0].fingerprint


def test_the_fingerprint_is_of_what_an_entry_says() -> None:
    same = replace(A, published=None, base="https://elsewhere.example/", guid="urn:2")
    assert fingerprint(same) == fingerprint(A)
    assert fingerprint(replace(A, link=f"{A.link}/?utm_source=x")) == fingerprint(A)
    assert fingerprint(replace(A, categories=("Filed anew",))) == fingerprint(A)
    for edit in (
        replace(A, title="Uno"),
        replace(A, html="<p>uno</p>"),
        replace(A, link=f"{SITE}/uno"),
        replace(A, author="Grace"),
        replace(A, title=f"{A.title}x", author=A.author[1:]),
    ):
        assert fingerprint(edit) != fingerprint(A)


FEW = st.sampled_from(["", "a", "b"])
ENTRIES = st.builds(
    ParsedEntry,
    guid=st.sampled_from(["", "N/A", "urn:1", f"{SITE}/1", HOME]),
    link=st.sampled_from(["", f"{SITE}/1", f"{SITE}/1/", f"{SITE}/2", HOME]),
    title=FEW,
    author=st.sampled_from(["", "Ada"]),
    published=st.sampled_from([None, NOW, NOW + DAY]),
    html=FEW,
)
BODIES = st.lists(ENTRIES, max_size=8)
FORMATS = st.sampled_from(["rss20", "atom10", "json11"])


@given(BODIES, FORMATS, st.sampled_from(["auto", "guid", "link", "content"]))
def test_keys_are_unique(body: Body, form: str, how: IdentityChoice) -> None:
    found = [one.key for one in identify(ParsedFeed("", tuple(body), form, HOME), how)]
    assert len(set(found)) == len(found)
    assert bool(found) == bool(body)


@given(BODIES)
def test_nothing_said_is_lost(body: Body) -> None:
    # Revisions aside: entries with the same guid.
    body = [replace(one, guid=f"{one.guid}{n}" if one.guid else "") for n, one in enumerate(body)]
    said = {(one.entry.title, one.entry.html) for one in keyed(*body)}
    assert said == {(one.title, one.html) for one in body}


@given(BODIES)
def test_nothing_said_under_a_junk_guid_is_lost(body: Body) -> None:
    body = each(body, guid="N/A")
    said = {(one.entry.title, one.entry.html) for one in keyed(*body)}
    assert said == {(one.title, one.html) for one in body}


# Of revisions the newest counts, so each has a date of its own.
DATED_BODIES = BODIES.map(
    lambda body: [
        replace(one, published=NOW + n * DAY) if one.guid == "urn:1" else one
        for n, one in enumerate(body)
        if one.guid != f"{SITE}/1"
    ]
)
ORDERS = DATED_BODIES.flatmap(lambda body: st.tuples(st.just(body), st.permutations(body)))


@given(ORDERS)
def test_the_order_of_a_body_changes_nothing(orders: tuple[Body, Body]) -> None:
    said, other = (
        sorted((k.entry.guid, k.entry.link, k.entry.title, k.names) for k in keyed(*body))
        for body in orders
    )
    assert said == other


@given(ORDERS, FORMATS)
def test_read_again_in_any_order_a_body_brings_nothing(
    orders: tuple[Body, Body], form: str
) -> None:
    memory = Memory()
    memory.read(*orders[0], format=form, home=HOME)
    for body in (*orders, *orders):
        assert memory.read(*body, format=form, home=HOME).new == ()
