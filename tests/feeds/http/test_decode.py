from __future__ import annotations

import gzip
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.http.decode import decode_body
from tests import limits

LIMIT = 1_000_000


def raw_deflate(body: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(body) + deflater.flush()


@given(st.binary(max_size=200_000))
def test_every_coding_is_undone(body: bytes) -> None:
    assert decode_body(gzip.compress(body), "gzip", LIMIT) == body
    assert decode_body(gzip.compress(body), " X-GZIP ", LIMIT) == body
    assert decode_body(zlib.compress(body), "deflate", LIMIT) == body
    assert decode_body(raw_deflate(body), "deflate", LIMIT) == body
    assert decode_body(body, "identity", LIMIT) == body


@given(st.lists(st.binary(max_size=9_000), min_size=1, max_size=8))
def test_gzip_members_are_joined(members: list[bytes]) -> None:
    body = b"".join(gzip.compress(member) for member in members)
    assert decode_body(body, "gzip", LIMIT) == b"".join(members)


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


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "compress", "gzip,deflate"])
def test_a_coding_not_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(FeedError, match="not asked for"):
        decode_body(gzip.compress(b"<rss>"), coding, LIMIT)


def test_the_limit_is_exact() -> None:
    body = gzip.compress(b"x" * 1000)
    assert decode_body(body, "gzip", 1000) == b"x" * 1000
    with pytest.raises(FeedError, match="larger than 999 bytes after decompression"):
        decode_body(body, "gzip", 999)


def test_the_limit_is_for_all_members_together() -> None:
    with pytest.raises(FeedError, match="larger than 1,000 bytes"):
        decode_body(gzip.compress(b"x" * 600) * 2, "gzip", 1000)
