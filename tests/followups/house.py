"""Customers who answer as the pipeline takes it in, and leads who ring them back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from app.db import Database
from app.followups import pages
from app.followups.models import Case
from app.intake import pipeline
from app.intake.reading import Reading
from app.people import roster
from app.people.models import Account, AccountTeam, AuditEntry
from app.responses.answer import Answer, Withdrawal
from tests import make
from tests.people.visitor import Visitor, lead
from tests.people.visitor import house as rooms

# A Wednesday, 11:15 in Berlin.
AT = datetime(2026, 6, 10, 9, 15, tzinfo=UTC)
_deliveries = count(1)


def answer(response_id: str = "r-1", score: int | None = 3, **facts: Any) -> Answer:
    said: dict[str, Any] = {
        "comment": "Nobody rang me back. I waited a week.",
        "email": "uma@customer.example",
        "name": "Uma Customer",
        "submitted_at": AT,
        "attributes": {"team": "Shop", "phone": "+49 (30) 123-456"},
    }
    return Answer(response_id=response_id, score=score, **said | facts)


@dataclass
class House:
    database: Database
    app: FastAPI
    source_id: int
    accounts: dict[str, int] = field(default_factory=dict)

    def take(self, *said: Answer | Withdrawal) -> None:
        """One batch of deliveries, as the pipeline takes it in."""
        with self.database.read() as session:
            people = roster.load(session)
        readings = [
            Reading(
                delivery_id=next(_deliveries),
                source_id=self.source_id,
                received_at=AT,
                news=(one,),
            )
            for one in said
        ]
        with self.database.write.begin() as session:
            pipeline.take_in(session, readings, people)

    def cases(self) -> Sequence[Case]:
        with self.database.read() as session:
            return session.scalars(select(Case).order_by(Case.id)).all()

    def case(self) -> Case:
        (only,) = self.cases()
        return only

    def audit(self, action: str) -> Sequence[AuditEntry]:
        with self.database.read() as session:
            wanted = select(AuditEntry).where(AuditEntry.action == action)
            return session.scalars(wanted.order_by(AuditEntry.id)).all()

    def visitor(self, who: str) -> Visitor:
        """A browser that is signed in as `lea`, `ben` (of another team), `ada` or `vic`."""
        made = Visitor(self.app)
        made.sign_in(f"{who}@example.com")
        return made


def open_house(database: Database, folder: Path) -> House:
    with database.write.begin() as session:
        make.company(session)
        shop, claims = make.team(session, "Shop"), make.team(session, "Claims")
        source = make.source(session)
        ids = source.id, shop.id, claims.id
    app = rooms(database, folder, pages.router)
    made = House(database, app, ids[0])
    for who, role in (("lea", "lead"), ("ben", "lead"), ("ada", "admin"), ("vic", "viewer")):
        made.accounts[who] = lead(database, f"{who}@example.com", role)
    with database.write.begin() as session:
        session.add(AccountTeam(account_id=made.accounts["lea"], team_id=ids[1]))
        session.add(AccountTeam(account_id=made.accounts["ben"], team_id=ids[2]))
    return made


def close_account(house: House, who: str) -> None:
    with house.database.write.begin() as session:
        session.get_one(Account, house.accounts[who]).disabled_at = AT
