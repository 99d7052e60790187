from __future__ import annotations

import gzip
import random
import time
import zlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.http.decode import decode_body
from tests import limits

LIMIT = 1_000_000


def raw_deflate(body: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(body) + deflater.flush()


def is_no_gzip(body: bytes) -> bool:
    """Nobody sends what begins like gzip, and is none."""
    return not body.startswith(b"\x1f\x8b")


@given(st.binary(max_size=200_000).filter(is_no_gzip))
def test_every_coding_is_undone(body: bytes) -> None:
    assert decode_body(gzip.compress(body), "gzip", LIMIT) == body
    assert decode_body(gzip.compress(body), " X-GZIP ", LIMIT) == body
    assert decode_body(zlib.compress(body), "deflate", LIMIT) == body
    assert decode_body(raw_deflate(body), "deflate", LIMIT) == body
    assert decode_body(body, "identity", LIMIT) == body


@given(st.lists(st.binary(max_size=9_000), min_size=1, max_size=8))
def test_gzip_members_are_joined(members: list[bytes]) -> None:
    assume(is_no_gzip(b"".join(members)))
    body = b"".join(gzip.compress(member) for member in members)
    assert decode_body(body, "gzip", LIMIT) == b"".join(members)


@pytest.mark.slow
def test_very_many_gzip_members_do_not_stall() -> None:
    body = gzip.compress(b"") * 500_000
    started = time.monotonic()
    assert decode_body(body, "gzip", LIMIT) == b""
    assert time.monotonic() - started < limits.seconds(5)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("missing", [1, 7, 20])
def test_cut_short_is_refused(coding: str, missing: int) -> None:
    body = b"<rss>" + bytes(range(256)) * 20
    whole = gzip.compress(body) if coding == "gzip" else zlib.compress(body)
    with pytest.raises(FeedError, match="ends too early"):
        decode_body(whole[:-missing], coding, LIMIT)


def test_damage_is_refused() -> None:
    body = bytearray(gzip.compress(b"<rss>" * 1000))
    body[20] ^= 0xFF
    with pytest.raises(FeedError, match="damaged"):
        decode_body(bytes(body), "gzip", LIMIT)


UTF16 = ("utf-16-le", "utf-16-be")
TEXT = b"\xef\xbb\xbf\n<rss>\xe4</rss>"


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "aws-chunked, br", "dcz"])
def test_a_coding_not_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(FeedError, match=f"coded as '{coding}', which was not asked for"):
        decode_body(b"\x8b\x02\x80<rss>\x03", coding, LIMIT)


@pytest.mark.parametrize(
    "coding",
    ["", "utf-8", "UTF8", "none", "aws-chunked", "binary", "gzip", "x-gzip", "deflate", "br"],
)
@pytest.mark.parametrize(
    "text",
    [
        *(TEXT, b'{"version": "1"}', b"<"),
        *(f"{bom}\n<rss>é</rss>".encode(coding) for coding in UTF16 for bom in ("\ufeff", "")),
    ],
)
def test_text_is_text_whatever_is_said_of_it(coding: str, text: bytes) -> None:
    assert decode_body(text, coding, LIMIT) == text


@pytest.mark.parametrize(
    "coding", ["", "identity", "gzip", "utf-8", "deflate", "br", "aws-chunked,gzip", "gzip, gzip"]
)
def test_gzip_is_known_by_its_first_bytes(coding: str) -> None:
    assert decode_body(gzip.compress(TEXT), coding, LIMIT) == TEXT
    assert decode_body(gzip.compress(gzip.compress(TEXT)), coding, LIMIT) == TEXT


def test_deflate_among_other_words() -> None:
    assert decode_body(zlib.compress(TEXT), "aws-chunked, Deflate", LIMIT) == TEXT


def test_gzip_is_undone_twice_at_most() -> None:
    once = gzip.compress(TEXT)
    assert decode_body(gzip.compress(gzip.compress(once)), "gzip", LIMIT) == once


@pytest.mark.parametrize(
    "rest", [b"\0", b"\0" * 5_000, b"\n", b"<!-- cached -->", b"\x1f", b"\0\x1f\x8b"]
)
@pytest.mark.parametrize("size", [10, 4_000, 100_000])
def test_what_follows_gzip_is_left_out(rest: bytes, size: int) -> None:
    body = random.Random(size).randbytes(size)
    assert decode_body(gzip.compress(body) + rest, "gzip", LIMIT) == body
    assert decode_body(gzip.compress(body) * 2 + rest, "gzip", LIMIT) == body * 2


def test_a_member_that_is_cut_is_no_rest() -> None:
    whole = gzip.compress(TEXT)
    with pytest.raises(FeedError, match="ends too early"):
        decode_body(whole + whole[:-9], "gzip", LIMIT)


def test_the_limit_holds_for_gzip_within_gzip() -> None:
    body = gzip.compress(gzip.compress(bytes(1_001)))
    with pytest.raises(FeedError, match="larger than 1,000 bytes"):
        decode_body(body, "", 1_000)


def test_the_limit_is_exact() -> None:
    body = gzip.compress(b"x" * 1000)
    assert decode_body(body, "gzip", 1000) == b"x" * 1000
    with pytest.raises(FeedError, match="larger than 999 bytes after decompression"):
        decode_body(body, "gzip", 999)


def test_the_limit_is_for_all_members_together() -> None:
    with pytest.raises(FeedError, match="larger than 1,000 bytes"):
        decode_body(gzip.compress(b"x" * 600) * 2, "gzip", 1000)
