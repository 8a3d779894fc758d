"""A board with answers, and a screen that listens to it through a real socket."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from websockets.sync.client import ClientConnection, connect

from app import clock
from app.board.models import Board
from app.db import Database
from app.live.bus import announce
from app.people import roster
from app.people.keys import digest
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Entry
from app.responses.models import Response
from app.screens.models import Screen
from app.stories import candidates
from app.stories.models import Story
from tests import make
from tests.patience import PATIENCE

WORDS = "Ana rang me back the same evening, found the missing part and sent it by courier. Thanks!"


def board(session: Session, slug: str = "hall", **facts: Any) -> Board:
    """A company with a source and one board."""
    make.company(session)
    make.source(session)
    made = Board(
        slug=slug,
        title=facts.pop("title", "Entrance hall"),
        scenes=facts.pop("scenes", ["pulse", "tide"]),
        settings=facts.pop("settings", {}),
        **facts,
    )
    session.add(made)
    session.flush()
    return made


def screen(session: Session, name: str, slug: str = "hall") -> str:
    """A paired screen; gives the key for its cookie."""
    key = f"made-up-key-of-{name}"
    session.add(Screen(name=name, board_slug=slug, token_hash=digest(key), created_at=clock.now()))
    session.flush()
    return key


def answer(database: Database, score: int = 9, arrived: datetime | None = None) -> str:
    """One more counted answer, announced as intake does it; gives the id of its dot on the rail."""
    return answers(database, [score], arrived)[0]


def answers(
    database: Database, scores: Sequence[int], arrived: datetime | None = None
) -> list[str]:
    """Several that become known together."""
    with database.write.begin() as session:
        number = session.scalar(select(func.count(Response.id))) or 0
        now = clock.now()
        responses = [
            Response(
                source_id=1,
                external_id=f"r-{number + more}",
                score=score,
                attributes={},
                submitted_at=now,
                answered_on=now.date(),
                status="counted",
                stored_at=now,
            )
            for more, score in enumerate(scores)
        ]
        session.add_all(responses)
        session.flush()
        announce(session, "responses", arrived=arrived)
        return [f"r{response.id}" for response in responses]


def candidate(database: Database) -> int:
    """A customer says WORDS; gives the id of the story that a lead may release."""
    told = Answer(response_id="told", score=10, comment=WORDS, submitted_at=clock.now())
    with database.read() as session:
        people = roster.load(session)
    verdicts = candidates.judge([told], people)
    with database.write.begin() as session:
        changes = ledger.record(session, [Entry(1, None, clock.now(), told)], people)
        candidates.consider(session, changes, verdicts)
        return session.scalars(select(Story.id)).one()


class Ears:
    """The messages of one socket, heartbeats aside."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def hear(self) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(PATIENCE))
            if message["type"] != "hb":
                return message

    def hear_until(self, words: str) -> list[dict[str, Any]]:
        """Every message up to the first whose content has these words."""
        heard = [self.hear()]
        while words not in heard[-1].get("content", ""):
            heard.append(self.hear())
        return heard


@contextmanager
def listening(
    url: str, slug: str = "hall", *, query: str = "", key: str = "", origin: str | None = None
) -> Iterator[Ears]:
    address = f"{url.replace('http', 'ws', 1)}/tv/{slug}/live{query}"
    facts: dict[str, Any] = {"origin": origin, "open_timeout": PATIENCE}
    headers = {"Cookie": f"cheerboard-screen={key}"} if key else {}
    with connect(address, additional_headers=headers, **facts) as socket:
        yield Ears(socket)
