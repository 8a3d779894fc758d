"""A long import beside a server that takes answers in, killed in the middle and run again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.db import Database, connect
from app.intake import csvcolumns, csvfile, deliveries, history, importing, registration, sourcebook
from app.intake.importing import File
from app.responses.models import LedgerEntry, Response
from app.scores import rebuild
from tests import make
from tests.intake.door import KEY, SECRET, answer, signed
from tests.ports import free_port
from tests.server import ROOT

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
ROWS = 300_000 if LONG else 3_000
KILLS = 12 if LONG else 1
SENDERS = 4
PATIENCE = 1_200.0 if LONG else 60.0
# What a row and its copy from another run must have in common.
SAME = [c for c in Response.__table__.c if c.name not in ("id", "source_id", "stored_at")]


class Brood:
    """One interpreter that has loaded the program, and runs commands out of itself."""

    def __init__(self, settings: dict[str, str], folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.children: list[int] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.brood"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, bufsize=1, start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str) -> tuple[int, Path]:
        """The id of its process, and the file with what it prints."""
        out = self.folder / f"out-{len(self.children)}.txt"
        wanted = {"settings": self.settings, "words": words, "out": str(out)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(wanted) + "\n")
        self.children.append(int(self.process.stdout.readline()))
        return self.children[-1], out

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def until(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@dataclass
class Platform:
    """It sends answers all the time, and keeps what it was told."""

    base: str
    path: str
    sent: int = 0
    told: set[int] = field(default_factory=set)
    is_over: bool = False

    async def send(self) -> None:
        limits = httpx.Limits(max_connections=SENDERS)
        async with httpx.AsyncClient(base_url=self.base, limits=limits, timeout=30) as client:
            await asyncio.gather(*(self._post(client) for _ in range(SENDERS)))

    async def _post(self, client: httpx.AsyncClient) -> None:
        while not self.is_over:
            self.sent += 1
            body = json.dumps(answer(f"live-{self.sent}", self.sent % 11)).encode()
            headers = {"content-type": "application/json", **signed(body, f"msg-{self.sent}")}
            self.told.add((await client.post(self.path, content=body, headers=headers)).status_code)
            await asyncio.sleep(0.02)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Answers without an id, some of them equal to one before."""
    path = tmp_path / "history.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write("score,submitted_at,comment,employee\n")
        for number in range(ROWS):
            minute = number - 1 if number % 100 == 1 else number
            month, day = 1 + minute // 6_000 % 12, 1 + minute // 400 % 28
            at = f"2025-{month:02}-{day:02} 12:{minute % 60:02}"
            out.write(f"{minute % 11},{at},{minute},Person {minute % 7}\n")
    return path


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[Database, Brood, str]]:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        make.company(session)
        crew = make.team(session, "Crew")
        for number in range(7):
            make.person(session, f"Person {number}", crew)
        path = f"/hooks/{registration.add(session, KEY, 'live', 'generic', {}, [SECRET]).key}"
        for name in ("old", "at once"):
            registration.add(session, KEY, name, "generic", {}, [])
    settings = {"CHEERBOARD_DATABASE_URL": sqlite_url, "CHEERBOARD_DATA_DIR": str(tmp_path),
                "CHEERBOARD_HOST": "127.0.0.1", "CHEERBOARD_SECRET_KEY": KEY.decode()}  # fmt: skip
    brood = Brood(settings, tmp_path)
    yield database, brood, path
    brood.close()
    database.dispose()


@pytest.mark.faults
@pytest.mark.timeout(PATIENCE * 3)
def test_an_import_is_killed_beside_a_server_and_run_again(
    house: tuple[Database, Brood, str], file: Path
) -> None:
    database, brood, path = house
    port = free_port()
    server, _ = brood.run("serve", "--port", str(port))
    platform = Platform(f"http://127.0.0.1:{port}", path)
    until(lambda: is_ready(platform.base))
    words = ("import", str(file), "--source", "old", "--json")

    async def meanwhile() -> Path:
        sending = asyncio.create_task(platform.send())
        out = await asyncio.to_thread(interrupted, brood, database, words)
        platform.is_over = True
        await sending
        return out

    done = json.loads(asyncio.run(meanwhile()).read_text())
    until(lambda: not waiting(database))
    os.kill(server, signal.SIGTERM)
    until(lambda: not is_there(server))
    assert platform.told == {202}, "nobody is sent away because somebody imports"
    assert done["added"] + done["repeated"] == ROWS
    assert done["repeated"] > 0, "it was killed before it had written anything"
    at_once(database, file)
    old, same = rows(database, "old"), rows(database, "at once")
    assert len(old) == ROWS
    assert old == same, "interrupted and run again is what it would have been at once"
    assert len(rows(database, "live")) == platform.sent > 0
    with database.read() as session:
        assert rebuild.differences(session) == []
        steps = session.scalar(select(func.count()).select_from(LedgerEntry))
    assert steps == 2 * ROWS + platform.sent


def interrupted(brood: Brood, database: Database, words: tuple[str, ...]) -> Path:
    """Runs an import that is killed so often, and at last one to its end; what that printed."""
    for kill in range(1, KILLS + 1):
        process, _ = brood.run(*words)
        wanted = max(1, ROWS * (kill - 1) // KILLS)  # as early as can be: it goes on meanwhile
        until(lambda wanted=wanted: count(database, "old") >= wanted)  # type: ignore[misc]
        os.kill(process, signal.SIGKILL)
        until(lambda process=process: not is_there(process))  # type: ignore[misc]
        assert count(database, "old") < ROWS, "it was done before it could be killed"
    process, out = brood.run(*words)
    until(lambda: not is_there(process))
    return out


def at_once(database: Database, path: Path) -> None:
    sheet = csvfile.read(path)
    columns = csvcolumns.find(sheet.header, None, csvcolumns.ANSWERS)
    found = File(sheet, columns, history.survey(sheet, columns))
    importing.enter(database, KEY, found, "at once", lambda blocks, *_: blocks)


def is_ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/readyz", timeout=10).status_code == 200
    except httpx.TransportError:
        return False


def waiting(database: Database) -> int:
    with database.read() as session:
        return deliveries.count_waiting(session)


def count(database: Database, source: str) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(of(session, source))) or 0


def rows(database: Database, source: str) -> list[Any]:
    with database.read() as session:
        theirs = select(*SAME).where(of(session, source)).order_by(Response.external_id)
        return list(session.execute(theirs))


def of(session: Session, source: str) -> ColumnElement[bool]:
    row = sourcebook.named(session, source)
    assert row is not None
    return Response.source_id == row.id
