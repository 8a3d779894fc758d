"""kill -9 during intake: what was acknowledged is there, once, and the tallies agree."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import pytest
from sqlalchemy import func, select

from app.db import connect
from app.intake import deliveries, registration
from app.intake.models import Delivery
from app.responses.models import Response
from app.scores import rebuild
from tests import make
from tests.intake.door import KEY, SECRET, signed
from tests.ports import free_port
from tests.server import ROOT

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
CYCLES = 300 if LONG else 30
CYCLE_SECONDS = 60.0
SENDERS = 8


class Nursery:
    """One interpreter that has loaded the program, and starts servers out of itself."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            start_new_session=True,
        )

    def start(self, settings: Mapping[str, str]) -> "Child":
        port = free_port()
        self._pipe(self.process.stdin).write(json.dumps({**settings, "port": port}) + "\n")
        return Child(self, int(self.heard()), f"http://127.0.0.1:{port}")

    def heard(self) -> str:
        return self._pipe(self.process.stdout).readline()

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(CYCLE_SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            self._pipe(pipe).close()

    def _pipe(self, pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@dataclass(frozen=True)
class Child:
    """A server of the nursery."""

    nursery: "Nursery"
    process: int
    base: str

    def end(self, how: signal.Signals) -> None:
        os.kill(self.process, how)

    def ended(self) -> int:
        """How, once it has: 0 in good order, else minus the signal."""
        return int(self.nursery.heard())


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


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


@pytest.mark.faults
@pytest.mark.timeout(CYCLES * CYCLE_SECONDS)
def test_kill_9_during_intake_loses_no_acknowledged_answer(
    nursery: Nursery, sqlite_url: str, tmp_path: Path
) -> None:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        make.company(session)
        row = registration.add(session, KEY, "survey", "generic", {}, [SECRET])
        sender = Sender(f"/hooks/{row.key}")
    database.dispose()
    settings = {
        "database_url": sqlite_url,
        "data_dir": str(tmp_path),
        "host": "127.0.0.1",
        "secret_key": KEY.decode(),
    }
    dice = random.Random(7)

    for cycle in range(CYCLES):
        server = nursery.start(settings)
        after = dice.uniform(0.01, 0.25)
        asyncio.run(_until_killed(server, sender, after=after, is_patient=cycle % 3 == 0))
        assert server.ended() == -signal.SIGKILL

    server = nursery.start(settings)
    _wait_until_swept(sqlite_url)
    server.end(signal.SIGTERM)
    assert server.ended() == 0
    _demand_all(sqlite_url, sender)


async def _until_killed(server: Child, sender: Sender, *, after: float, is_patient: bool) -> None:
    """Who is patient kills no server before it has taken something in, however slow it is."""
    limits = httpx.Limits(max_connections=SENDERS, max_keepalive_connections=SENDERS)
    async with httpx.AsyncClient(
        base_url=server.base, limits=limits, timeout=CYCLE_SECONDS
    ) as client:
        await _until_it_answers(client, sender.path)
        before = len(sender.acknowledged)
        posting = [asyncio.create_task(sender.post(client)) for _ in range(SENDERS)]
        await asyncio.sleep(after)
        if is_patient:
            await _until_kept(sender, before)
        server.end(signal.SIGKILL)
        await asyncio.gather(*posting)


async def _until_kept(sender: Sender, before: int) -> None:
    async with asyncio.timeout(CYCLE_SECONDS):
        while len(sender.acknowledged) == before:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)


async def _until_it_answers(client: httpx.AsyncClient, path: str) -> None:
    deadline = time.monotonic() + CYCLE_SECONDS
    while time.monotonic() < deadline:
        try:
            if (await client.get(path)).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.02)
    raise AssertionError("the server does not answer")


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
    assert len(sender.acknowledged) >= CYCLES // 3
    assert sender.acknowledged - set(stored) == set()
    assert len(stored) == len(set(stored))
    assert len(names) == len(set(names)) == len(stored)
    assert (failed, differences) == (0, [])
