"""axe-core, which finds what keeps people out of a page: fetched once, and known by its hash.

    python -m tests.web.axe

fetches it from npm; tests only read what is there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import limits

if TYPE_CHECKING:
    from tests.web.browser import Browser

VERSION = "4.14.1"
_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"


_KEPT = Path(__file__).parents[2] / ".pytest_cache" / f"axe-{VERSION}.min.js"


def kept() -> str | None:
    """The script; None where it was not fetched."""
    return _checked(_KEPT.read_bytes()) if _KEPT.exists() else None


def _checked(script: bytes) -> str:
    assert hashlib.sha256(script).hexdigest() == _SHA256, f"this is not axe-core {VERSION}"
    return script.decode()


def fetch() -> None:
    """Fetch the script where it is not here and npm can."""
    if kept() is None and (script := _pack()):
        _checked(script)
        _KEPT.parent.mkdir(exist_ok=True)
        _KEPT.write_bytes(script)


def _pack() -> bytes | None:
    npm = shutil.which("npm")
    if npm is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", f"axe-core@{VERSION}"]
        try:
            subprocess.run(
                command, cwd=folder, check=True, capture_output=True, timeout=limits.seconds(60)
            )
        except (subprocess.SubprocessError, OSError):
            return None
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(packed) as archive:
            member = archive.extractfile("package/axe.min.js")
            assert member
            return member.read()


async def violations(
    browser: Browser, script: str, rules: list[str] | None = None
) -> list[dict[str, Any]]:
    """What is serious or worse on the page that is open, by these rules or all."""
    await browser.evaluate(script)
    # What is in frames are editions, which tests of their own look at.
    chosen = {"runOnly": rules} if rules else {}
    options = json.dumps({"iframes": False, "resultTypes": ["violations"], **chosen})
    found = await browser.evaluate(f"axe.run(document, {options}).then(found => found.violations)")
    return [
        {"id": one["id"], "help": one["help"], "where": [node["html"] for node in one["nodes"]][:3]}
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


if __name__ == "__main__":
    fetch()
