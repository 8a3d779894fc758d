"""The demo's lead rings customers back through the pages of the desk, as a person would."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from app.db import connect
from app.demo.company import LEAD_EMAIL, Keys
from app.demo.lead import LEFT_TO_RING, Lead
from app.followups import pages
from app.followups.models import LIVE, Case
from tests import make
from tests.desk import scenery
from tests.people.visitor import PASSWORD, house, lead

CASES = 8


@contextmanager
def serving(app: FastAPI) -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        yield int(door.getsockname()[1])
        server.should_exit = True
        thread.join(10)


def test_it_rings_back_until_few_are_left(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.demo.lead.RINGS", CASES)
    database = connect(sqlite_url)
    with database.write.begin() as session:
        scenery.northwind(session)
        for _ in range(CASES):
            answer = scenery.story(session, state="recalled", score=2).response_id
            make.case(session, answer)
    account = lead(database, LEAD_EMAIL, "admin")
    with serving(house(database, tmp_path, pages.router)) as port:
        caller = Lead(port, Keys(1, "", "", "", account, PASSWORD, (1,)), 1.0, random.Random(3))
        for _ in range(4):
            caller._ring_back()
    with database.read() as session:
        cases = session.scalars(select(Case)).all()
    database.dispose()
    assert sum(1 for one in cases if one.state in LIVE) <= LEFT_TO_RING
    assert {"solved"} <= {one.state for one in cases}
    assert all(one.owner_id == account for one in cases if one.state == "solved")
