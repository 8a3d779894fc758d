"""The front door for intake tests: a real hook, a real database, deliveries signed as in life."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from pydantic import SecretStr
from sqlalchemy import select

from app import clock
from app.db import Database
from app.intake import deliveries, sourcebook
from app.intake.models import Delivery, Source
from app.intake.reception import Reception
from app.intake.routes import hook
from app.live.bus import Bus
from app.responses.models import Response
from app.settings import Settings
from app.stories import unread
from tests import make
from tests.patience import PATIENCE

SECRET = "whsec_" + base64.b64encode(b"a made-up secret of 32 bytes ...").decode()
KEY = b"a made-up secret key of this installation"


@dataclass
class Door:
    """What a survey platform and a curious tester can see."""

    portal: BlockingPortal
    client: httpx.AsyncClient
    database: Database
    reception: Reception

    def source(
        self,
        name: str = "survey",
        platform: str = "generic",
        *secrets: str,
        settings: Mapping[str, Any] | None = None,
    ) -> str:
        """A new source; its path."""
        own = sourcebook.platforms()[platform]
        clear, sealed = sourcebook.seal_settings(KEY, own, settings or {}, secrets)
        with self.database.write.begin() as session:
            row = make.source(session, name, platform, settings=clear, secrets=sealed)
            return f"/hooks/{row.key}"

    def post(
        self, path: str, body: Any, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Posts bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"content-type": "application/json"}
        return self.send("POST", path, content=raw, headers={**kind, **(headers or {})})

    def send(self, method: str, path: str, **facts: Any) -> httpx.Response:
        return self.portal.call(lambda: self.client.request(method, path, **facts))

    def send_all(self, requests: Iterable[tuple[str, bytes, Mapping[str, str]]]) -> list[int]:
        """Posts all at once; the statuses in order."""

        async def together() -> list[int]:
            calls = [
                self.client.post(path, content=body, headers=dict(headers))
                for path, body, headers in requests
            ]
            return [answered.status_code for answered in await asyncio.gather(*calls)]

        return self.portal.call(together)

    def read_all(self) -> None:
        """Waits until every customer's words were read."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self.database.read() as session:
                if not unread.count(session):
                    return
            time.sleep(0.01)
        raise AssertionError("some words were never read")

    def settle(self) -> list[Delivery]:
        """Waits until nothing waits any more; every delivery in order of arrival."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with self.database.read() as session:
                if deliveries.count_waiting(session) == 0:
                    return list(session.scalars(select(Delivery).order_by(Delivery.id)))
            assert time.monotonic() < deadline, "deliveries still wait"
            time.sleep(0.01)

    def outcomes(self) -> list[tuple[str, str | None]]:
        return [(one.outcome, one.error) for one in self.settle()]

    def responses(self) -> list[Response]:
        """What is stored, once nothing waits."""
        self.settle()
        with self.database.read() as session:
            return list(session.scalars(select(Response).order_by(Response.id)))


@contextmanager
def opened(database: Database, **settings: Any) -> Iterator[Door]:
    """The hook and everything behind it, as one application with its own life."""
    bus = Bus(database)
    config = Settings(secret_key=SecretStr(KEY.decode()), **settings)
    reception = Reception(database, config, bus)
    transport = httpx.ASGITransport(hook(reception))
    bus.start()
    try:
        with start_blocking_portal() as portal:
            portal.call(reception.open)
            client = httpx.AsyncClient(transport=transport, base_url="https://wall.example.com")
            try:
                yield Door(portal, client, database, reception)
            finally:
                portal.call(client.aclose)
                portal.call(reception.close)
    finally:
        bus.stop()


def signed(
    body: bytes, name: str = "msg_1", secret: str = SECRET, at: float | None = None
) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    stamp = int(clock.now().timestamp() if at is None else at)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def answer(response_id: str = "r-1", score: Any = 9, **more: Any) -> dict[str, Any]:
    """A canonical body."""
    return {"response_id": response_id, "score": score, **more}


def company(database: Database) -> None:
    with database.write.begin() as session:
        make.company(session)


def find(database: Database, path: str) -> Source:
    with database.read() as session:
        return session.scalars(select(Source).where(Source.key == path.rpartition("/")[2])).one()
