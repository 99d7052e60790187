"""Bodies in any encoding become UTF-8, by who says what they are in, and by their bytes."""

from __future__ import annotations

from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.parsing.charset import to_utf_8
from digest.feeds.text import one_line
from tests.feed_xml import item, parse_feed, rss

URL = "https://site.example/feed.xml"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def title(
    text: str | bytes, declared: str | None, said: str | None = None, codec: str = "utf-8"
) -> str:
    """The title of a feed in which this text stands, by what declaration and server say."""
    written = text.encode(codec) if isinstance(text, str) else text
    start = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = start.encode() + rss(item(1, title="TITLE")).replace(DECLARATION, "").encode()
    return parse_feed(body.replace(b"TITLE", written), URL, said).entries[0].title


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "iso-8859-1", "windows-1252"])
def test_a_declared_encoding_is_read(encoding: str) -> None:
    body = rss(item(1, title="Über")).replace("utf-8", encoding) + "<!-- cached -->\n"
    assert parse_feed(body.encode(encoding), URL).entries[0].title == "Über"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be", "windows-1252"]
)
def test_so_is_one_that_is_not_declared(encoding: str) -> None:
    body = rss(item(1, title="Über “X”")).replace(DECLARATION, "").encode(encoding)
    assert parse_feed(body, URL).entries[0].title == "Über “X”"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-16"),
        ("utf-8-sig", "UTF-16"),
        ("utf-8", "ucs-2"),
        ("utf-8", "us-ascii"),
        ("utf-8", "x-no-such"),
        ("utf-16", "utf-8"),
        ("windows-1252", "utf-8"),
        ("windows-1252", "iso-8859-1"),
        ("gb18030", "gb2312"),
    ],
)
def test_so_is_one_declared_wrongly(encoding: str, declared: str) -> None:
    for title in ("Über “X”", "Über “XY”"):
        body = rss(item(1, title=title)).replace("utf-8", declared).encode(encoding)
        assert parse_feed(body, URL).entries[0].title == title


@pytest.mark.parametrize(
    ("encoding", "charset", "title"),
    [
        ("iso-8859-2", "iso-8859-2", "Kraków źródło"),
        ("utf-8", "iso-8859-2", "Kraków źródło"),
        ("koi8-r", "KOI8-R", "Новости"),
        ("cp1252", "no such charset", "Café"),
        ("cp1252", "idna", "Café"),
        ("cp1252", "undefined", "Café"),
        ("cp1252", "utf-8\0", "Café"),
    ],
)
def test_an_encoding_that_only_the_server_names(encoding: str, charset: str, title: str) -> None:
    body = rss(item(1, title=title)).partition("?>")[2].encode(encoding)
    assert parse_feed(body, "https://site.example/feed", charset).entries[0].title == title


@pytest.mark.parametrize(
    "codec", ["idna", "punycode", "utf-7", "unicode_escape", "undefined", "hex", "rot13", "cp037"]
)
def test_no_codec_of_python_is_trouble(codec: str) -> None:
    body = rss(item(1, title="a\\ud800b"))
    assert (
        to_utf_8(body.replace("utf-8", codec).encode(), codec)
        == body.replace(DECLARATION, "\n").encode()
    )


# Labels of the Encoding Standard, with characters that narrower readings of them lack.
@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("Shift_JIS", "cp932", "①髙橋の日記～"),
        ("x-sjis", "cp932", "①髙橋の日記"),
        ("Windows-31J", "cp932", "①髙橋の日記"),
        ("cp932", "cp932", "①髙橋の日記"),
        ("EUC-JP", "euc_jp", "日本語の題"),
        ("x-euc-jp", "euc_jp", "日本語の題"),
        ("ISO-2022-JP", "iso2022_jp", "日本語の題です"),
        ("gb2312", "gbk", "朱镕基"),
        ("gb_2312-80", "gbk", "朱镕基"),
        ("gbk", "gb18030", "㐀中文"),
        ("Big5", "big5hkscs", "香港嘅㗎"),
        ("euc-kr", "cp949", "똠방각하"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("iso-8859-1", "cp1252", "“Größe” – 5 €"),
        ("us-ascii", "cp1252", "“Größe” – 5 €"),
        ("latin-1", "cp1252", "“Größe” – 5 €"),
        ("iso-8859-9", "cp1254", "“İstanbul’da ışık”"),
        ("tis-620", "cp874", "ข่าว“วันนี้”…"),
        ("iso-8859-2", "iso8859-2", "Příliš žluťoučký kůň"),
        ("windows-1250", "cp1250", "„Příliš” žluťoučký"),
        ("koi8-u", "koi8-u", "Київ, їжак"),
        ("x-cp1251", "cp1251", "Русский канал"),
        ("ibm866", "cp866", "Русский канал"),
        ("hz-gb-2312", "hz", "中文标题"),
    ],
)
def test_a_label_means_what_it_does_on_the_web(label: str, codec: str, text: str) -> None:
    assert title(text, label, None, codec) == text
    assert title(text, None, label, codec) == text
    assert title(text, "utf-8", label, codec) == text
    assert title(text, label, "utf-8", codec) == text


@pytest.mark.parametrize("marks", [b"\xad\xb5 \xf9\xae", b"\x1b$B-5\x1b(B \x1b$By.\x1b(B"])
def test_characters_of_makers_are_read_in_every_encoding_of_japan(marks: bytes) -> None:
    label = "iso-2022-jp" if b"\x1b" in marks else "euc-jp"
    assert title(marks, label) == "Ⅰ 仡"


# Server and declaration disagree, with each other or with the bytes.
@pytest.mark.parametrize(
    ("codec", "declared", "said", "read_as"),
    [
        ("utf-8", "windows-1251", None, "utf-8"),
        ("utf-8", "windows-1251", "utf-8", "utf-8"),
        ("utf-8", "windows-1251", "iso-8859-1", "utf-8"),
        ("utf-8", "utf-8", "iso-8859-1", "utf-8"),
        ("utf-8", "utf-8", "windows-1251", "utf-8"),
        ("utf-8", None, "windows-1251", "utf-8"),
        ("utf-8", "koi8-r", "windows-1251", "cp1251"),
        ("cp1251", "koi8-r", "windows-1251", "cp1251"),
        ("cp1251", "utf-8", "windows-1251", "cp1251"),
        ("cp1251", "windows-1251", "utf-8", "cp1251"),
        # Servers say Latin-1 unasked.
        ("cp1251", "windows-1251", "iso-8859-1", "cp1251"),
        ("cp1251", "windows-1251", "us-ascii", "cp1251"),
        ("cp1251", "utf8mb4", "windows-1251", "cp1251"),
        ("cp1251", "utf-16", "windows-1251", "cp1251"),
    ],
)
def test_who_is_believed(codec: str, declared: str | None, said: str | None, read_as: str) -> None:
    text = "Русский канал"
    shown = one_line(text.encode(codec).decode(read_as), 99)
    assert title(text, declared, said, codec) == shown


@pytest.mark.parametrize(
    ("codec", "wrong", "shown"),
    [
        ("utf-8", b"\xe9", "\ufffd"),
        ("utf-8", b"\x92", "\ufffd"),
        ("utf-8", b"\xff", "\ufffd"),
        ("utf-8", b"\xc0\x80", "\ufffd\ufffd"),
        ("utf-8", b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        ("utf-8", b"\xe2\x82", "\ufffd"),
        ("shift_jis", b"\xfd\xfe", "\ufffd\ufffd"),
        ("shift_jis", b"\x85", "\ufffd"),
        ("euc-jp", b"\xff", "\ufffd"),
        ("euc-jp", b"\xa1", "\ufffd"),
        ("gb2312", b"\xff", "\ufffd"),
        ("gb2312", b"\x81", "\ufffd"),
        ("big5", b"\xa4", "\ufffd"),
        ("euc-kr", b"\xc9", "\ufffd"),
        ("windows-1251", b"\x98", "\ufffd"),
        ("windows-1252", b"\x81", "\ufffd"),
    ],
)
@pytest.mark.parametrize("after", [b" y", b"<b/>", b""])
def test_a_wrong_byte_costs_itself_and_no_neighbour(
    codec: str, wrong: bytes, shown: str, after: bytes
) -> None:
    text = {"windows-1251": "Русский канал", "windows-1252": "Größe", "utf-8": "Größe für Übung"}
    right = text.get(codec) or {"big5": "繁體", "euc-kr": "한국"}.get(codec, "日本中")
    body = rss(item(1, title="TITLE"), item(2, title="OTHER")).replace("utf-8", codec).encode()
    python = {"gb2312": "gbk", "shift_jis": "cp932"}.get(codec, codec)
    body = body.replace(b"TITLE", b"x" + wrong + after).replace(b"OTHER", right.encode(python))
    text_of_it = to_utf_8(body).decode()
    assert f"<title>x{shown}{after.decode()}</title>" in text_of_it
    assert f"<title>{right}</title>" in text_of_it


@pytest.mark.parametrize(
    ("declaration", "title"), [(' encoding="utf-8"', "Caf\ufffd"), ("", "Café")]
)
def test_a_single_wrong_byte_is_no_encoding_where_one_is_said(declaration: str, title: str) -> None:
    body = f"<?xml version='1.0'{declaration}?><title>Caf\xe9</title>".encode("iso-8859-1")
    assert title in to_utf_8(body).decode()


def test_a_wrong_byte_changes_no_opinion() -> None:
    for declared, said in ((None, None), ("iso-8859-1", "utf-8"), ("utf-8", "iso-8859-1")):
        assert (
            title("Größe für Übung".encode() + b" \xe9", declared, said) == "Größe für Übung \ufffd"
        )


@pytest.mark.parametrize(
    "start", ["\n\n", "\x08", "\0", "\0\0\0", "<!-- cached -->\n", "\ufeff\ufeff"]
)
def test_a_declaration_counts_after_what_should_not_be_there(start: str) -> None:
    body = rss(item(1, title="Русский канал")).replace("utf-8", "windows-1251")
    marked = start.encode("utf-8") + body.encode("utf-8" if "\ufeff" in start else "cp1251")
    assert "<title>Русский канал</title>" in to_utf_8(marked).decode()


def test_clean_utf_8_is_not_copied() -> None:
    body = rss(item(1, title="Größe")).encode()
    assert to_utf_8(body) is body
    assert to_utf_8(body, "utf-8") is body
    assert to_utf_8(body, "iso-8859-1") is body


@given(
    st.binary(),
    st.sampled_from(["", "<", "<?xml version='1.0' encoding='shift_jis'?>", "\ufeff", "{"]),
    st.sampled_from(
        [None, "utf-8", "iso-2022-jp", "euc-jp", "big5", "utf-16", "\ud800", "x" * 9_999]
    ),
)
def test_anything_becomes_utf_8_and_stays_so(body: bytes, start: str, said: str | None) -> None:
    clean = to_utf_8(start.encode() + body, said)
    clean.decode()
    assert to_utf_8(b"<a/>" + clean) == b"<a/>" + clean


def test_no_parser_sees_a_declaration_of_another_encoding() -> None:
    for declared in ("utf-16", "koi8-r", "x-no-such", "utf8"):
        parser = expat.ParserCreate()
        parser.Parse(to_utf_8(rss(item(1, title="ä")).replace("utf-8", declared).encode()), True)
