"""Asks what the block of a kind is made of: a server, or a file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.blocks import block_of
from digest.errors import FeedError
from digest.feeds.http.decode import decode_body
from digest.feeds.http.failures import IF_MEANT
from digest.file_errors import file_trouble
from digest.model import repr_without

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.blocks import Facts, Occasion, Options
    from digest.config import PollingSettings
    from digest.config.blocks import BlockSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Request
    from digest.workers.pool import WorkerPool


_IF_MEANT = "set allow_private_networks for this block if it should be asked"


class RawAnswer(Struct, frozen=True):
    """A body as it came for a kind, of at most `most` bytes without its coding."""

    kind: str
    body: bytes
    coding: str
    most: int

    __repr__ = repr_without("body")

    @property
    def decoded(self) -> bytes:
        """The body without its coding; `FeedError` where it is too large, or damaged."""
        body = decode_body(self.body, self.coding, self.most)
        if len(body) > self.most:
            raise FeedError(f"the body is larger than {self.most:,} bytes", status=200)
        return body


class Answers(Struct, frozen=True):
    """What a block is made of: what its lookup brought, and what was asked for the edition."""

    found: Facts
    facts: Facts


class BlockClient:
    """Asks for blocks, as polling is configured."""

    def __init__(self, polling: PollingSettings, fetcher: Fetcher, workers: WorkerPool) -> None:
        self._polling = polling
        self._fetcher = fetcher
        self._workers = workers

    async def ask(
        self, settings: BlockSettings, occasion: Occasion, found: Facts | None = None
    ) -> Answers:
        """Ask for a block; what its lookup brought before, `found`, is not looked up again.

        Raises:
            FeedError: there is no answer, or it is not what the kind is of.
            ConfigError: a secret of its settings is missing.
        """
        block = block_of(settings.kind)
        if found is None:
            lookup = block.lookup(settings, occasion)
            found = await self._read(read_lookup, settings, occasion, lookup) if lookup else {}
        asked = block.request(settings, occasion, found)
        return Answers(found, await self._read(read, settings, occasion, asked))

    async def _read(
        self,
        reading: Callable[[RawAnswer, Options], Facts],
        settings: BlockSettings,
        occasion: Occasion,
        asked: Request | Path,
    ) -> Facts:
        block = block_of(settings.kind)
        options = block.options(settings, occasion)
        if block.most_bytes:
            answer = await self._answer(settings, asked, block.most_bytes)
            return await asyncio.to_thread(reading, answer, options)
        answer = await self._answer_and_process(settings, asked)
        return await self._workers.call(reading, answer, options)

    async def _answer_and_process(
        self, settings: BlockSettings, asked: Request | Path
    ) -> RawAnswer:
        """The answer, and a process to read it: that takes as long to start as many to answer.

        It has started even where there is no answer: nobody would end one that is still starting.
        """
        answer, started = await asyncio.gather(
            self._answer(settings, asked, self._polling.max_body),
            self._workers.call(get_ready, settings.kind),
            return_exceptions=True,
        )
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(started, BaseException):
            raise started
        return answer

    async def _answer(self, settings: BlockSettings, asked: Request | Path, most: int) -> RawAnswer:
        if isinstance(asked, Path):
            body = await asyncio.to_thread(_read_file, asked, most)
            return RawAnswer(settings.kind, body, "", most)
        private = settings.allow_private_networks
        if private is None:
            private = self._polling.allow_private_networks
        try:
            response = await self._fetcher.fetch(replace(asked, allow_private_networks=private))
        except FeedError as error:
            reason = error.reason.replace(IF_MEANT, _IF_MEANT)
            raise FeedError(reason, status=error.status) from None
        return RawAnswer(settings.kind, response.body or b"", response.coding, most)


def get_ready(kind: str) -> None:
    """Have a worker process load what reads the answers of a kind."""
    block_of(kind)


def read(answer: RawAnswer, options: Options) -> Facts:
    """What an answer says; for a worker process."""
    return block_of(answer.kind).read(answer.decoded, options)


def read_lookup(answer: RawAnswer, options: Options) -> Facts:
    """What the answer to a lookup says; for a worker process."""
    return block_of(answer.kind).read_lookup(answer.decoded, options)


def _read_file(path: Path, most: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise FeedError(f"cannot read {str(path)!r}: it is no file")
        with path.open("rb") as file:
            body = file.read(most + 1)
    except OSError as error:
        raise FeedError(f"cannot read {str(path)!r}: {file_trouble(path, error)}") from None
    if len(body) > most:
        raise FeedError(f"{str(path)!r} is larger than {most:,} bytes")
    return body
