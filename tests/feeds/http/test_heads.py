from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.http import heads

START = b"HTTP/1.1 200 OK\r\nServer: s\r\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b"Content-Length: 5\r\n", None),
        (b"Transfer-Encoding: chunked\r\n", None),
        (b"Transfer-Encoding: gzip, chunked\r\n", None),
        (b"X-Content-Length: 5\r\nContent-Length-X: 6\r\nX: a\r\n Content-Length: 7\r\n", None),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", None),
        (b"Content-Length: 5, 6\r\n", None),
        (b"Content-Length: 5\r\ncontent-length:5\r\nX: y\r\n", b"Content-Length: 5\r\nX: y\r\n"),
        (b"Content-Length: 5, 5 ,5\n", b"Content-Length: 5\r\n"),
        (b"Content-Length: 5\nX: y\nContent-Length: 5\n", b"Content-Length: 5\r\nX: y\n"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", None),
    ],
)
def test_equal_lengths_are_one(lines: bytes, expected: bytes | None) -> None:
    head = START + lines + b"\r\n"
    mended = heads.mended(head)
    if expected is None:
        assert mended == head
    else:
        assert sorted(mended.split(b"\n")) == sorted((START + expected + b"\r\n").split(b"\n"))
        assert mended.startswith(b"HTTP/1.1 200 OK\r\n")


@given(st.binary())
def test_whatever_comes_has_something_wrong(start: bytes) -> None:
    for words in (heads.wrong_start(start), heads.trouble(start)):
        assert words.isprintable()
        assert len(words) < 400


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"HTTP/2 200", "its status line is not one of HTTP/1.1: 'HTTP/2 200'"),
        (b"HTTP/1.1  200 OK", "its status line is not one of HTTP/1.1: 'HTTP/1.1  200 OK'"),
        (
            START + b"X-Powered By : PHP",
            "a header line does not begin with a name and a colon: 'X-Powered By '",
        ),
        (START + b"garbage", "a header line does not begin with a name and a colon: 'garbage'"),
        (START + b" folded\r\n\tX\r\nContent-Length: a", "its Content-Length is 'a'"),
        (START + b"Content-Length: 1\nContent-Length: 2", "its Content-Length is '1' and '2'"),
        (
            START + b"Content-Length: 1\nTransfer-Encoding: chunked",
            "it has both a Content-Length and a Transfer-Encoding",
        ),
        (START, "its headers are wrong"),
    ],
)
def test_what_is_wrong_with_a_head(head: bytes, words: str) -> None:
    assert heads.trouble(head + b"\r\n\r\n") == words
