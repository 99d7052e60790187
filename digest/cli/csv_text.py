"""Reads CSV as programs and spreadsheets write it: any usual encoding, separator and padding."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING, BinaryIO

from digest.errors import UsageError

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Callable, Iterator

LARGEST = 20_000_000
_SEPARATORS = ",;\t|"
# What Excel puts before the header, and takes to say how cells are parted.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[,;\t]*\r?\n?', re.IGNORECASE)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Of what people take for CSV.
_BINARY = {
    b"PK\x03\x04": "a spreadsheet or an archive; save it as CSV",
    b"\xd0\xcf\x11\xe0": "a spreadsheet of old; save it as CSV",
    b"\x1f\x8b": "compressed; unpack it",
    b"%PDF": "a PDF; save it as CSV",
}


def read_text(file: BinaryIO) -> tuple[str, str]:
    """The text of a file, and its encoding.

    Raises:
        UsageError: it is too large, or no text.
    """
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UsageError(f"has more than {LARGEST // 1_000_000} MB; import it in parts")
    for start, kind in _BINARY.items():
        if data.startswith(start):
            raise UsageError(f"is {kind}")
    for encoding in _encodings(data):
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise UsageError("is no text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8")


def _encodings(data: bytes) -> Iterator[str]:
    """What a file may be in; the last takes nearly everything, and is what Excel writes."""
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    if marked:
        yield marked
    elif b"\0" in data:
        # UTF-16 without a mark: of letters in ASCII one byte is 0.
        yield "utf-16-le" if data[:2].endswith(b"\0") else "utf-16-be"
    else:
        yield from ("utf-8", "cp1252")


def read_rows(text: str, is_header: Callable[[list[str]], bool]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with its line and without empty cells at its end.

    The first is the header: cells are parted as the file says, or by what makes it one.

    Raises:
        csv.Error: a row is not CSV.
    """
    text, line = _from_header_on(text.removeprefix("\ufeff"))
    stated = _SEPARATOR_LINE.fullmatch(text[: text.find("\n") + 1] or text)
    if stated:
        text, skipped = _from_header_on(text[stated.end() :])
        line += 1 + skipped
    reader = _reader(text, stated[1] if stated else _separator(text, is_header))
    try:
        for cells in reader:
            while cells and not cells[-1].strip():
                cells.pop()
            if any(map(str.strip, cells)):
                yield line + reader.line_num, cells
    except csv.Error as error:
        raise csv.Error(f"line {line + reader.line_num}: {error}") from None


def _from_header_on(text: str) -> tuple[str, int]:
    """A text without the empty lines that it begins with, and how many these are."""
    start = re.match(r"(?:[ ,;|\t]*\r?\n)*", text)
    skipped = start[0] if start else ""
    return text[len(skipped) :], skipped.count("\n")


def _separator(text: str, is_header: Callable[[list[str]], bool]) -> str:
    def worth(separator: str) -> tuple[bool, int]:
        try:
            header: list[str] = next(_reader(text, separator), [])
        except csv.Error:
            return False, 0
        return is_header(header), len(header)

    return max(_SEPARATORS, key=worth)


def _reader(text: str, separator: str) -> Reader:
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
