"""Asking: fetches what one delivery needs, at its source's pace and never twice for the same."""

import asyncio
from collections import defaultdict, deque
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from app import clock
from app.intake import reading, sourcebook
from app.intake.deliveries import Waiting
from app.intake.reading import Reading
from app.intake.rest import Client, LaterError, RefusedError
from app.intake.shelf import Shelf
from app.intake.source import Api, Call, Fetched
from app.intake.sourcebook import KnownSource

# A list of a hundred events, with what each needs, and something kept that was looked up anew.
MOST_ROUNDS = 8
MOST_PARTLY = 100


class Asking:
    """Lives on one event loop."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._shelf = Shelf()
        self._locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
        self._calls: defaultdict[int, deque[float]] = defaultdict(deque)
        # What a delivery of many parts has already, when one of them has to be asked again.
        self._partly: dict[int, dict[str, Fetched]] = {}

    async def complete(self, source: KnownSource, row: Waiting, salt: bytes) -> Reading:
        """The delivery, read with all it needs. What the API refuses has failed.

        Raises LaterError when some of it has to be asked again.
        """
        fetched = self._partly.pop(row.id, {})
        for _ in range(MOST_ROUNDS):
            known = replace(source, setup=replace(source.setup, fetched=fetched))
            read = reading.read(known, row, salt)
            if read.doubt or read.failed:
                self._shelf.drop(source.id, fetched)
            if read.doubt:
                raise LaterError(read.doubt)
            if not read.wanted:
                return read
            for call in read.wanted:
                try:
                    fetched[call.path] = await self._answer(source, row, call)
                except LaterError:
                    if len(self._partly) < MOST_PARTLY:
                        self._partly[row.id] = fetched
                    raise
        raise LaterError("The API's answers do not fit together.")

    async def get(self, source: KnownSource, path: str, api: Api | None = None) -> Any:
        """One document at the source's pace. Raises RefusedError or LaterError."""
        api = api or source.platform.api
        if api is None:
            raise RefusedError(f"{source.platform.title} is not asked for answers.")
        try:
            base = sourcebook.base_url(api, source.setup)
            headers = api.headers(source.setup)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        await self._pace(source.id, api.per_minute)
        return await self._client.get(base, path, headers)

    async def _answer(self, source: KnownSource, row: Waiting, call: Call) -> Fetched:
        lock = self._locks.setdefault((source.id, call.path), asyncio.Lock())
        # Whoever comes second finds what the first one brought.
        async with lock:
            return await self._asked(source, row, call)

    async def _asked(self, source: KnownSource, row: Waiting, call: Call) -> Fetched:
        said = self._shelf.since(source.id, call.path, row.received_at)
        if said is not None:
            return Fetched(said)
        kept = self._shelf.kept(source.id, call.path)
        if call.is_kept and not call.is_anew and kept is not None:
            return Fetched(kept, is_fresh=False)
        asked_at = clock.now()
        try:
            document = await self.get(source, call.path)
        except RefusedError as error:
            return Fetched(refusal=str(error))
        self._shelf.put(source.id, call.path, document, asked_at)
        return Fetched(document)

    async def _pace(self, source_id: int, per_minute: int) -> None:
        """Waits until this source has asked less than it may within the last minute."""
        calls = self._calls[source_id]
        while True:
            now = clock.monotonic()
            while calls and now - calls[0] >= 60.0:
                calls.popleft()
            if len(calls) < per_minute:
                calls.append(now)
                return
            await asyncio.sleep(60.0 - (now - calls[0]))


def ask_once(source: KnownSource, row: Waiting, salt: bytes, *, allow_local: bool) -> Reading:
    """The delivery, read with what its API says now; where it says nothing, failed in words."""

    async def once() -> Reading:
        client = Client(allow_local=allow_local)
        try:
            return await Asking(client).complete(source, row, salt)
        finally:
            await client.close()

    try:
        return asyncio.run(once())
    except LaterError as error:
        return Reading(
            delivery_id=row.id,
            source_id=row.source_id,
            received_at=row.received_at,
            failed=str(error),
        )
