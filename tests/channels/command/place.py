"""A program that keeps what it is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import Edition

_TAKES = """\
cat > "$folder/taken/$(date +%s%N)"
echo "queued as 7"
"""
_REFUSES = """\
cat > /dev/null
echo "no such list" >&2
exit 65
"""


class Program(Place):
    kind = "command"
    example: ClassVar[dict[str, Any]] = {"kind": "command", "command": "./post --list readers"}

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / "post"
        (folder / "taken").mkdir()

    def start(self) -> None:
        self.does(_TAKES)

    def channel(self) -> dict[str, Any]:
        return {"kind": "command", "command": f"'{self._path}' --list readers"}

    def does(self, script: str) -> None:
        """Make the program one that does this."""
        self._path.write_text(f"#!/bin/sh\nfolder='{self.folder}'\n{script}")
        self._path.chmod(0o755)

    def arrived(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.folder / "taken").iterdir())]

    def shown(self) -> bytes:
        return json.dumps([json.loads(line)["sections"] for line in self.arrived()]).encode()

    def go_down(self) -> None:
        self._path.unlink(missing_ok=True)

    def refuse_for_good(self) -> None:
        self.does(_REFUSES)

    @classmethod
    def golden(cls, edition: Edition) -> dict[str, str]:
        """Nothing beside what a webhook gets, which has files of its own."""
        del edition
        return {}
