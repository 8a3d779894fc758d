"""A night over real storage: cards for leads, kept looks, dismissal; no score ever changes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database
from app.errors import CheerboardError
from app.integrity import cards, excluded, gathering, nights, pages
from app.integrity.models import ExemptKey, Night, SignalCard
from app.people import audit
from app.people.authorize import Actor
from app.people.models import AuditEntry, Company, Person
from app.responses import ledger
from app.responses.models import Asked, Response
from app.scores import pages as scores
from app.scores.nps import Tally
from app.scores.rebuild import differences
from tests import make
from tests.people.visitor import Visitor, house, lead
from tests.scores.given import NOON, answers

LEAD = Actor("lead", "Uma", account_id=None)
BEGGED = "She asked me to give her a ten, so here it is."


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def northwind(database: Database) -> Database:
    """Reto's customers say that they were asked; twelve of them share one device. Mia's do not."""
    with database.write.begin() as session:
        make.company(session)
        make.source(session)
        service = make.team(session, "Service")
        for name in ("Reto", "Mia"):
            make.person(session, name, service)
        for day in range(1, 30):
            answers(
                session, Tally(1, 0, 0), days_ago=day, of="Mia", comment=f"Visit {day} was fine"
            )
        answers(session, Tally(8, 4, 8), days_ago=3, of="Reto", comment="All was well with my bike")
        for day in range(1, 13):
            answers(
                session, Tally(1, 0, 0), days_ago=day, of="Reto", comment=BEGGED,
                attributes={"device": "one phone"}, email=f"c{day}@mail.example",
            )  # fmt: skip
    return database


def card_of(database: Database, scope: str = "person") -> SignalCard | None:
    with database.read() as session:
        return session.scalar(
            select(SignalCard)
            .where(SignalCard.scope == scope)
            .order_by(SignalCard.id.desc())
            .limit(1)
        )


def test_a_night_raises_a_card_once_and_changes_no_score(northwind: Database) -> None:
    assert cards.look(northwind) == 1  # his team's signals are all his
    assert cards.look(northwind) is None
    card = card_of(northwind)
    assert card is not None
    found = {one["signal"]: one for one in card.findings["signals"]}
    assert set(found) == {"begging", "same source", "copies and colleagues"}
    assert found["begging"]["says"] == "12 of 32 comments say that a score was asked for"
    with northwind.read() as session:
        assert cards.name_of(session, card) == "Reto"
        assert cards.with_and_without(session, card) == (Tally(20, 4, 8), Tally(8, 4, 8))
        assert differences(session) == []
        night = nights.last(session, cards.WORK)
        assert night is not None
        assert night.facts is not None
        assert night.facts["answers"] == 61
        assert set(night.facts["mute"]) == {
            "on the spot", "chosen customers", "nines became tens", "copies and colleagues"
        }  # fmt: skip
    with clock.frozen(NOON + timedelta(days=1)):
        assert cards.look(northwind) == 0  # the same card, seen again
    again = card_of(northwind)
    assert again is not None
    assert (again.id, again.seen_at) == (card.id, NOON + timedelta(days=1))


def test_a_card_expires_when_no_night_sees_it_any_more(northwind: Database) -> None:
    cards.look(northwind)
    with clock.frozen(NOON + timedelta(days=120)):
        cards.look(northwind)
    card = card_of(northwind)
    assert card is not None
    assert card.state == "expired"


def test_a_lead_dismisses_with_a_reason_and_names_a_kiosk(northwind: Database) -> None:
    cards.look(northwind)
    card = card_of(northwind)
    assert card is not None
    with northwind.write.begin() as session, pytest.raises(CheerboardError, match="why"):
        cards.dismiss(session, LEAD, card.id, " \0 ", ours=False)
    for _ in range(2):
        with northwind.write.begin() as session:
            cards.dismiss(session, LEAD, card.id, "it is the kiosk", ours=True)
    with northwind.read() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.who == "Uma")).all()
        assert (entry.action, entry.thing) == ("integrity.dismiss", f"signal card {card.id}")
        assert entry.after == {
            "state": "dismissed",
            "reason": "it is the kiosk",
            "keys exempted": 1,
        }
        (key,) = session.scalars(select(ExemptKey.digest)).all()
        assert key == "device:one phone"
        inputs = gathering.gather(session)
    assert inputs.exempt == {"device:one phone"}
    with clock.frozen(NOON + timedelta(days=1)):
        assert cards.look(northwind) == 0  # said and settled
    settled = card_of(northwind)
    assert settled is not None
    assert (settled.id, settled.state, settled.decided_by) == (card.id, "dismissed", "Uma")


def test_it_is_due_once_a_local_date_and_not_in_the_evening(northwind: Database) -> None:
    assert nights.take(northwind, "x") is not None
    with clock.frozen(NOON + timedelta(hours=11)):  # one in the morning in Berlin
        assert nights.take(northwind, "x") is None
    with clock.frozen(NOON + timedelta(hours=13)):
        assert nights.take(northwind, "x") == (NOON + timedelta(days=1)).date()
        assert nights.take(northwind, "x") is None
    with northwind.write.begin() as session:
        session.query(Company).delete()
    assert nights.take(northwind, "y") is None
    with northwind.read() as session:
        assert session.scalar(select(func.count()).select_from(Night)) == 2


def test_invitations_time_and_staff_reach_the_signals(northwind: Database) -> None:
    with northwind.write.begin() as session:
        reto = session.scalars(select(Person).where(Person.name == "Reto")).one()
        reto.email = "Reto@Northwind.example"
        session.add_all(
            Asked(day=NOON.date(), employee=f"p{at}", person_id=at, eligible=100, invited=80)
            for at in (reto.id, reto.id + 1)
        )
        said = {"transaction_at": "2026-06-30T13:59:30+02:00", "network": "Shop"}
        answers(session, Tally(1, 0, 0), of="Mia", attributes=said, email="RETO@northwind.example")
        answers(session, Tally(1, 0, 0), of="Mia", attributes={"transaction_at": "yesterday"})
    with clock.frozen(NOON + timedelta(minutes=1)), northwind.read() as session:
        inputs = gathering.gather(session, seconds=0)
        assert inputs.unread == 61  # no time at all to read in
    known = [one for one in inputs.now if one.on_the_spot is not None]
    assert [one.on_the_spot for one in known] == [True]
    assert inputs.insiders == {"reto@northwind.example"}
    assert inputs.asking[("person", reto.id)].rate == 0.8
    assert set(gathering.mute(inputs)) == {"nines became tens"}


def test_what_does_not_count_is_told_by_reason_and_who_decided(northwind: Database) -> None:
    with northwind.write.begin() as session:
        ids = session.scalars(select(Response.id).order_by(Response.id).limit(4)).all()
        ledger.exclude(session, ids[:2], "a test of ours")
        audit.record(session, LEAD, excluded.ACTION, f"response {ids[0]}")
        ledger.exclude(session, ids[2:3], "excluded by the platform: spam")
        ledger.withdraw(session, ids[3:], "withdrawn by the platform")
        first, last = NOON.date() - timedelta(days=60), NOON.date()
        found = excluded.tally(session, "company", 1, first, last)
        assert excluded.tally(session, "person", 999, first, last) == []
    assert {(one.status, one.reason, one.approver, one.count) for one in found} == {
        ("excluded", "a test of ours", "Uma", 1),
        ("excluded", "a test of ours", "not recorded", 1),
        ("excluded", "excluded by the platform: spam", "the survey platform", 1),
        ("withdrawn", "withdrawn by the platform", "the survey platform", 1),
    }


def test_the_pages_show_it_keep_who_looked_and_take_a_reason(
    northwind: Database, tmp_path: Path
) -> None:
    cards.look(northwind)
    lead(northwind)
    visitor = Visitor(house(northwind, tmp_path, pages.router, scores.router))
    visitor.sign_in()
    listed = visitor.get("/integrity").text
    assert "begging, same source" in listed
    assert "cannot speak: no answer came with transaction_at or network" in listed
    card = card_of(northwind)
    assert card is not None
    shown = " ".join(re.sub(r"<[^>]*>", " ", visitor.get(f"/integrity/{card.id}").text).split())
    assert "12 of 32 comments say that a score was asked for" in shown
    assert "With all 32 answers: +38 · without the 12 that the signals point at: 0" in shown
    assert BEGGED not in shown
    assert visitor.press(f"/integrity/{card.id}/dismiss", {"reason": "  "}).status_code == 400
    visitor.get(f"/integrity/{card.id}")
    assert (
        visitor.press(f"/integrity/{card.id}/dismiss", {"reason": "<b>a class"}).status_code == 303
    )
    assert "&lt;b&gt;a class" in visitor.get("/integrity?done=dismissed").text
    with northwind.read() as session:
        things = session.scalars(
            select(AuditEntry.thing).where(AuditEntry.action == "integrity.read")
        ).all()
    assert things == ["signal cards", *[f"signal card {card.id}"] * 2, "signal cards"]
    week = visitor.get("/week")
    assert "Service" in week.text
    assert visitor.get("/week/text").text.startswith("Week to 28 Jun 2026")
