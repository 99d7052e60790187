"""Matrix, by the client-server API: https://spec.matrix.org/latest/client-server-api."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec.structs import replace

from digest.channels.base import HttpChannel, PartRequest
from digest.channels.http import Endpoint
from digest.channels.http_verdicts import fields_of, json_object, told, wait_of
from digest.config.channels.matrix import MatrixSettings
from digest.errors import ChannelError, DeliveryError
from digest.feeds.text import one_line
from digest.rendering.matrix.notices import matrix_messages, notice, plainer
from digest.rendering.matrix.preview import matrix_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels.http_answer import Answer
    from digest.channels.pace import Pace
    from digest.model import Delivery, Edition

_API = "/_matrix/client/v3"
_LONGEST_WAIT_MS = 24 * 60 * 60 * 1_000
_OF_THE_MESSAGE = frozenset({"M_TOO_LARGE", "M_BAD_JSON", "M_NOT_JSON"})
_NEW_TOKEN = "log in anew, and write the new token into access_token"  # noqa: S105 - a remedy
_JOIN = "invite the account to the room, accept as that account, and see that it may post there"
# https://spec.matrix.org/latest/client-server-api/#common-error-codes
_REMEDIES = {
    "M_UNKNOWN_TOKEN": _NEW_TOKEN,
    "M_MISSING_TOKEN": _NEW_TOKEN,
    "M_USER_DEACTIVATED": "use the token of another account",
    "M_USER_SUSPENDED": "ask who runs the homeserver",
    "M_USER_LOCKED": "ask who runs the homeserver",
    "M_FORBIDDEN": _JOIN,
    "M_NOT_FOUND": "write the room's id, which begins with !, into room",
    "M_UNRECOGNIZED": "write the address of the homeserver itself into url",
}
_ENCRYPTED = (
    ", which is encrypted: what is posted is not, and readers' programs warn of it or hide it;"
    " use a room without encryption"
)


class MatrixChannel(HttpChannel[MatrixSettings]):
    """Posts an edition as notices to a room, in as many as it takes.

    A transaction id makes the homeserver answer a copy with the event of the first, so what is in
    doubt is posted again.
    """

    kind = "matrix"
    # Long enough for a proxy or a homeserver that is restarted.
    patience = timedelta(minutes=1)
    seconds_between = 1.0

    def __init__(self, name: str, settings: MatrixSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        self.recipient = settings.room
        self._room = settings.room if settings.room.startswith("!") else ""

    @cached_property
    def endpoint(self) -> Endpoint:
        """The homeserver."""
        token = self.settings.access_token.get_secret_value()
        return Endpoint(self.settings.url.rstrip("/"), [token], mend=self.remedy)

    def page(self, parts: Sequence[bytes]) -> str:
        """The notices, as Element draws them; in a thread where they are to be in one."""
        return matrix_page([*map(json.loads, parts)], threaded=self.settings.threads)

    def messages(self, edition: Edition, url: str) -> Sequence[dict[str, Any]]:
        """What is posted, in order."""
        return matrix_messages(edition, url)

    def plainer(self, payload: bytes) -> bytes | None:
        """The same as plain text alone."""
        message = plainer(json.loads(payload))
        return json.dumps(message).encode() if message else None

    def request(self, delivery: Delivery) -> PartRequest:
        """Put under the part's transaction id, which is the same at each attempt."""
        transaction = sha256(delivery.message_id.encode()).hexdigest()[:32]
        path = f"{self._room_path}/send/m.room.message/{transaction}"
        return {"method": "PUT", "path": path, "headers": self._authorization}

    async def send(self, delivery: Delivery) -> str:
        """Post one part, in the thread of the first where there is to be one."""
        await self._find_room()
        return await super().send(replace(delivery, payload=self._in_thread(delivery)))

    def judge(self, answer: Answer) -> Answer:
        """By the code of the error, where there is one; else by the status."""
        fields = json_object(answer.body) or {}
        code = fields.get("errcode")
        if answer.status < 400 or not isinstance(code, str):
            return super().judge(answer)
        if code in _OF_THE_MESSAGE:
            raise DeliveryError(told(answer), "refused")
        if code == "M_LIMIT_EXCEEDED":
            raise ChannelError(told(answer), retry_after=wait_of(answer) or _wait(fields))
        if remedy := _REMEDIES.get(code):
            # After a soft logout the device is kept, and the same token may be taken again.
            lasting = fields.get("soft_logout") is not True
            raise ChannelError(f"{told(answer)}; {remedy}", lasting=lasting)
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """The id of the event."""
        return str(fields_of(answer, "event_id")["event_id"])

    async def check(self) -> str:
        """Ask whose token it is, whether that account is in the room, and whether it encrypts."""
        account = await self._account()
        await self._find_room()
        member = self.judge(await self._ask(f"{self._room_path}/state/m.room.member/{account}"))
        if fields_of(member, "membership")["membership"] != "join":
            raise ChannelError(f"{account} is not in the room; {_JOIN}", lasting=True)
        encryption = await self._ask(f"{self._room_path}/state/m.room.encryption/")
        warning = _ENCRYPTED if encryption.status == 200 else ""
        return f"the token is that of {account}, who is in the room {self._room}{warning}"

    def greeting(self, line: str) -> bytes:
        """A notice of one line."""
        return json.dumps(notice(line)).encode()

    def readable(self, part: bytes) -> str:
        """The plain text of a notice."""
        return str(json.loads(part)["body"])

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.settings.access_token.get_secret_value()}"}

    @property
    def _room_path(self) -> str:
        return f"{_API}/rooms/{quote(self._room, safe='')}"

    async def _ask(self, path: str) -> Answer:
        return await self.endpoint.ask("GET", path, headers=self._authorization)

    async def _find_room(self) -> None:
        """Ask the homeserver which room an address is of, once.

        Raises:
            ChannelError: it cannot be known now; nothing was posted.
        """
        if self._room:
            return
        try:
            path = f"{_API}/directory/room/{quote(self.settings.room, safe='')}"
            answer = self.judge(await self._ask(path))
            self._room = str(fields_of(answer, "room_id")["room_id"])
        except ChannelError:
            raise
        except DeliveryError as error:
            raise ChannelError(f"the room was not found: {error.reason}") from None
        finally:
            self.endpoint.begun = False

    async def _account(self) -> str:
        """Whose token it is.

        Raises:
            ChannelError: the token is not good, or there is no homeserver; then with its address.
        """
        answer = await self._ask(f"{_API}/account/whoami")
        if "errcode" not in (fields := json_object(answer.body) or {}) and "user_id" not in fields:
            known = json_object((await self._ask("/.well-known/matrix/client")).body) or {}
            homeserver = known.get("m.homeserver")
            if isinstance(homeserver, dict) and (url := homeserver.get("base_url")):
                reason = f"the homeserver is not there; write url: {one_line(str(url), 200)}"
                raise ChannelError(reason, lasting=True)
        return str(fields_of(self.judge(answer), "user_id")["user_id"])

    def _in_thread(self, delivery: Delivery) -> bytes:
        """The payload, as a reply in the thread of the first part where it is a later one.

        https://spec.matrix.org/latest/client-server-api/#threading
        """
        first = delivery.first_receipt
        if not (self.settings.threads and first):
            return delivery.payload
        relation = {
            "rel_type": "m.thread",
            "event_id": first,
            # For programs that know no threads.
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": first},
        }
        return json.dumps({**json.loads(delivery.payload), "m.relates_to": relation}).encode()


def _wait(fields: dict[str, Any]) -> timedelta | None:
    """How long a homeserver wants to be left alone that says it as older ones do."""
    wait = fields.get("retry_after_ms")
    if not isinstance(wait, int) or wait <= 0:
        return None
    return timedelta(milliseconds=min(wait, _LONGEST_WAIT_MS))
