"""kill -9 during intake: what was acknowledged is there, once, and the tallies agree."""

import asyncio
import json
import random
import signal
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from app.db import connect
from app.intake import deliveries, registration
from app.intake.models import Delivery
from app.migrations import migrate
from app.responses.models import Response
from app.scores import rebuild
from tests import make
from tests.intake.door import KEY, SECRET, signed
from tests.server import COMMAND, Running, free_port, running

# The suite's short form; the long one only takes more of them.
CYCLES = 30
CYCLE_SECONDS = 60.0
SENDERS = 16


class Sender:
    """A platform that sends each delivery until it was acknowledged, as they all do."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.acknowledged: set[str] = set()
        self.unsure: list[str] = []
        self.made = 0

    def next(self) -> str:
        if self.unsure:
            return self.unsure.pop()
        self.made += 1
        return f"r-{self.made}"

    async def post(self, client: httpx.AsyncClient) -> None:
        """Posts until the server is gone."""
        while True:
            name = self.next()
            body = json.dumps({"response_id": name, "score": self.made % 11}).encode()
            headers = {"content-type": "application/json", **signed(body, f"msg-{name}")}
            try:
                answered = await client.post(self.path, content=body, headers=headers)
            except httpx.TransportError:
                self.unsure.append(name)
                return
            if answered.status_code in (200, 202):
                self.acknowledged.add(name)
            else:
                assert answered.status_code == 503
                self.unsure.append(name)
                await asyncio.sleep(0.01)


@pytest.mark.faults
@pytest.mark.timeout(CYCLES * CYCLE_SECONDS)
def test_kill_9_during_intake_loses_no_acknowledged_answer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cheerboard.db'}"
    database = connect(url)
    migrate(database)
    with database.write.begin() as session:
        make.company(session)
        row = registration.add(session, KEY, "survey", "generic", {}, [SECRET])
        sender = Sender(f"/hooks/{row.key}")
    database.dispose()
    environment = {
        "CHEERBOARD_DATA_DIR": str(tmp_path),
        "CHEERBOARD_HOST": "127.0.0.1",
        "CHEERBOARD_SECRET_KEY": KEY.decode(),
    }
    dice = random.Random(7)

    for _ in range(CYCLES):
        port = free_port()
        began = time.monotonic()
        with running([*COMMAND, "serve", "--port", str(port)], port, environment) as server:
            asyncio.run(_until_killed(server, sender, after=dice.uniform(0.05, 0.4)))
        assert time.monotonic() - began < CYCLE_SECONDS

    port = free_port()
    with running([*COMMAND, "serve", "--port", str(port)], port, environment) as server:
        server.wait_until_ready()
        _wait_until_swept(url)
        assert server.end() == 0
    _demand_all(url, sender)


async def _until_killed(server: Running, sender: Sender, *, after: float) -> None:
    limits = httpx.Limits(max_connections=SENDERS, max_keepalive_connections=SENDERS)
    async with httpx.AsyncClient(base_url=server.base, limits=limits, timeout=10) as client:
        await _until_it_answers(server, client, sender.path)
        posting = [asyncio.create_task(sender.post(client)) for _ in range(SENDERS)]
        await asyncio.sleep(after)
        server.end(signal.SIGKILL)
        await asyncio.gather(*posting)


async def _until_it_answers(server: Running, client: httpx.AsyncClient, path: str) -> None:
    deadline = time.monotonic() + CYCLE_SECONDS
    while time.monotonic() < deadline:
        assert server.process.poll() is None, "".join(server.err)
        try:
            if (await client.get(path)).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.02)
    raise AssertionError("not ready: " + "".join(server.err))


def _wait_until_swept(url: str) -> None:
    database = connect(url)
    deadline = time.monotonic() + CYCLE_SECONDS
    waiting = 1
    while waiting:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        with database.read() as session:
            waiting = deliveries.count_waiting(session)
    database.dispose()


def _demand_all(url: str, sender: Sender) -> None:
    database = connect(url)
    with database.read() as session:
        stored = list(session.scalars(select(Response.external_id)))
        names = list(session.scalars(select(Delivery.external_id)))
        failed = session.scalar(select(func.count()).where(Delivery.outcome != "processed"))
        differences = list(rebuild.differences(session))
    database.dispose()
    assert len(sender.acknowledged) > CYCLES
    assert sender.acknowledged - set(stored) == set()
    assert len(stored) == len(set(stored))
    assert len(names) == len(set(names)) == len(stored)
    assert (failed, differences) == (0, [])
