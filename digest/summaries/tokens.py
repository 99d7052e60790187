"""How many tokens a text is, without a tokeniser; rather too many than too few."""

from __future__ import annotations

import re
from math import ceil

# Each of these is about a token; of all else, three bytes are.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_BYTES_A_TOKEN = 3
# Small hosted models counted 0.64 to 0.76 of an estimate: what counts less than this did not read
# all of a question.
_LEAST_SHARE = 0.45


def estimate(text: str) -> int:
    """The tokens of a text: one for each sign of Chinese, Japanese and Korean, else bytes / 3."""
    dense = 0 if text.isascii() else len(_DENSE.findall(text))
    rest = len(text.encode("utf-8", "replace")) - 3 * dense
    return dense + ceil(rest / _BYTES_A_TOKEN)


def is_cut(counted: int, estimated: int) -> bool:
    """Whether a model that counts so many tokens was not shown all of a question."""
    return 0 < counted < estimated * _LEAST_SHARE
