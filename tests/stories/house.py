"""A company whose answers are taken in as the pipeline does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.people import roster
from app.people.models import Account
from app.responses import ledger
from app.responses.answer import Answer, Withdrawal
from app.responses.ledger import Change, Entry
from app.stories import candidates, unread
from app.stories.models import Story
from tests import make
from tests.ear import Ear

AT = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
STORY = (
    "Ana rang me back the same evening, found the missing part and sent it by courier. Thank you!"
)
OTHER = "Ben carried the washing machine up three flights of stairs and took the old one away."


def answer(
    number: int = 1, comment: str | None = STORY, score: int | None = 10, **facts: Any
) -> Answer:
    said = {"attributes": {"employee": "Ana Silva"}, "submitted_at": AT, **facts}
    return Answer(response_id=f"r-{number}", score=score, comment=comment, **said)


@dataclass
class House:
    """Ana and Ben work in the shop; one source; an ear on the bus."""

    database: Database
    ear: Ear
    source_id: int
    ana: int
    ben: int
    account_id: int

    def take(self, *said: Answer | Withdrawal) -> list[Change]:
        """One batch: read before the transaction, recorded and considered in it."""
        with self.database.read() as session:
            people = roster.load(session)
        verdicts = candidates.judge(said, people)
        with self.database.write.begin() as session:
            entries = [Entry(self.source_id, None, AT, one) for one in said]
            changes = ledger.record(session, entries, people)
            candidates.consider(session, changes, verdicts)
        return changes

    def hear(self, *said: Answer | Withdrawal) -> None:
        """One batch as the intake takes it in: nothing is read yet."""
        with self.database.read() as session:
            people = roster.load(session)
        with self.database.write.begin() as session:
            entries = [Entry(self.source_id, None, AT, one) for one in said]
            candidates.consider(session, ledger.record(session, entries, people))

    def read(self) -> int:
        """What waits is read, a few at a time; how many were looked at."""
        return sum(iter(lambda: unread.read_some(self.database), 0))

    def turn(self, turn: Callable[..., list[Change]], ids: Sequence[int], *more: object) -> None:
        """A withdrawal, an exclusion or a new assignment, considered as well."""
        with self.database.write.begin() as session:
            candidates.consider(session, turn(session, ids, *more), candidates.NONE_YET)

    def stories(self) -> list[Story]:
        with self.database.read() as session:
            return list(session.scalars(select(Story).order_by(Story.id)))

    def story(self) -> Story:
        (only,) = self.stories()
        return only


def open_house(database: Database) -> House:
    with database.write.begin() as session:
        make.company(session)
        shop = make.team(session, "Shop")
        ana = make.person(session, "Ana Silva", shop)
        ben = make.person(session, "Ben Okoro", shop)
        source = make.source(session)
        account = Account(email="lead@example.com", name="Lea", role="lead", created_at=AT)
        session.add(account)
        session.flush()
        ids = source.id, ana.id, ben.id, account.id
    return House(database, Ear(database), *ids)
