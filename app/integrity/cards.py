"""Cards: raised by a night, read and dismissed by leads, expiring; a score is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.errors import CheerboardError, NotFoundError
from app.integrity import gathering, nights, signals
from app.integrity.evidence import DAYS, Finding
from app.integrity.gathering import Who
from app.integrity.models import ExemptKey, SignalCard
from app.people import audit
from app.people.authorize import Actor
from app.people.models import Person, Team
from app.responses.models import Response
from app.scores import nps
from app.scores.nps import Tally

WORK = "signals"
# After the last night that saw it.
EXPIRES = timedelta(days=30)
# What was dismissed is not said again for so long, unless another signal joins in.
SETTLED = timedelta(days=DAYS)
LONGEST_REASON = 200


def look(database: Database) -> int | None:
    """The nightly look, once for each local date; how many cards are new. None: not due."""
    day = nights.take(database, WORK)
    if day is None:
        return None
    with database.read() as session:
        inputs = gathering.gather(session)
    spoken: dict[Who, list[Finding]] = {}
    for who, case in gathering.cases(inputs):
        findings = signals.found(case)
        if signals.is_card(findings):
            spoken[who] = findings
    with database.write.begin() as session:
        new = put(session, _told_once(spoken))
        facts = {"answers": len(inputs.now), "unread": inputs.unread}
        nights.note(session, WORK, day, facts | {"mute": gathering.mute(inputs)})
    return new


def put(session: Session, spoken: Mapping[Who, Sequence[Finding]]) -> int:
    """Raises cards, renews open ones and lets old ones expire; how many are new."""
    now, new = clock.now(), 0
    open_ = {(card.scope, card.scope_id): card for card in _cards(session, "open")}
    for who, findings in spoken.items():
        facts = {"signals": [asdict(one) for one in findings]}
        if card := open_.get(who):
            card.findings, card.seen_at, card.expires_at = facts, now, now + EXPIRES
        elif not _is_settled(session, who, findings):
            new += 1
            session.add(
                SignalCard(
                    scope=who[0], scope_id=who[1], team_id=_team_of(session, who), state="open",
                    findings=facts, raised_at=now, seen_at=now, expires_at=now + EXPIRES,
                )
            )  # fmt: skip
    session.execute(
        update(SignalCard)
        .where(SignalCard.state == "open", SignalCard.expires_at < now)
        .values(state="expired")
    )
    return new


def one(session: Session, card_id: int) -> SignalCard:
    """Raises NotFoundError for an unknown id."""
    card = session.get(SignalCard, card_id)
    if card is None:
        raise NotFoundError("There is no such card.")
    return card


def dismiss(session: Session, actor: Actor, card_id: int, reason: str, *, ours: bool) -> None:
    """A lead has looked into it. `ours`: the shared devices and addresses are known, such as a
    kiosk, and are no signal any more. A second press changes nothing.

    Raises CheerboardError without a reason, NotFoundError for an unknown id.
    """
    reason = " ".join(reason.replace("\0", " ").split())
    if not reason:
        raise CheerboardError("Say in a few words why this may be dismissed.")
    card = one(session, card_id)
    moved: Any = session.execute(
        update(SignalCard)
        .where(SignalCard.id == card_id, SignalCard.state == "open")
        .values(
            state="dismissed", decided_at=clock.now(), decided_by=actor.name[:200],
            reason=reason[:LONGEST_REASON],
        )
    )  # fmt: skip
    if not moved.rowcount:
        return
    exempted = _exempt(session, actor, card) if ours else 0
    after = {"state": "dismissed", "reason": reason[:LONGEST_REASON], "keys exempted": exempted}
    audit.record(session, actor, "integrity.dismiss", f"signal card {card_id}", None, after)
    session.expire(card)


def with_and_without(session: Session, card: SignalCard) -> tuple[Tally, Tally]:
    """The counts of the 60 days before it was last seen: all, and without the answers named."""
    column: Any = getattr(Response, f"{card.scope}_id")
    rows = session.execute(
        select(Response.id, Response.score).where(
            Response.status == "counted", column == card.scope_id,
            Response.submitted_at >= card.seen_at - timedelta(days=DAYS),
            Response.submitted_at < card.seen_at,
        )
    ).all()  # fmt: skip
    named = set(rows_of(card))
    everything = sum((nps.one(row.score or 0) for row in rows), Tally())
    return everything, sum(
        (nps.one(row.score or 0) for row in rows if row.id not in named), Tally()
    )


def rows_of(card: SignalCard) -> list[int]:
    """The ids of every answer that one of its signals points at."""
    return sorted({id_ for one in card.findings["signals"] for id_ in one["rows"]})


def name_of(session: Session, card: SignalCard) -> str:
    """Whom it is about, as the roster has it."""
    table: Any = Person if card.scope == "person" else Team
    name: str | None = session.scalar(select(table.name).where(table.id == card.scope_id))
    return name or "somebody who is gone"


def _told_once(spoken: Mapping[Who, Sequence[Finding]]) -> dict[Who, Sequence[Finding]]:
    """Without a team whose signals point only at answers that cards of people point at as well."""
    of_people = {
        id_
        for who, found in spoken.items()
        if who[0] == "person"
        for one in found
        for id_ in one.rows
    }
    return {
        who: found
        for who, found in spoken.items()
        if who[0] == "person" or {id_ for one in found for id_ in one.rows} - of_people
    }


def _cards(session: Session, state: str) -> Sequence[SignalCard]:
    return session.scalars(select(SignalCard).where(SignalCard.state == state)).all()


def _is_settled(session: Session, who: Who, findings: Sequence[Finding]) -> bool:
    last = session.scalar(
        select(SignalCard)
        .where(SignalCard.scope == who[0], SignalCard.scope_id == who[1])
        .where(SignalCard.state == "dismissed", SignalCard.decided_at > clock.now() - SETTLED)
        .order_by(SignalCard.id.desc())
        .limit(1)
    )
    known = {one["signal"] for one in last.findings["signals"]} if last else set()
    return {one.signal for one in findings} <= known


def _team_of(session: Session, who: Who) -> int | None:
    if who[0] == "team":
        return who[1]
    return session.scalar(select(Person.team_id).where(Person.id == who[1]))


def _exempt(session: Session, actor: Actor, card: SignalCard) -> int:
    """The keys that three or more of the named answers share; how many are new."""
    named = [one["rows"] for one in card.findings["signals"] if one["signal"] == "same source"]
    ids = {id_ for rows in named for id_ in rows}
    found = session.execute(select(Response.email, Response.attributes).where(Response.id.in_(ids)))
    counts: dict[str, int] = {}
    for email, attributes in found:
        for key in gathering.keys_of(email, attributes or {}):
            counts[key] = counts.get(key, 0) + 1
    known = set(session.scalars(select(ExemptKey.digest)))
    shared = [key for key, count in counts.items() if count >= signals.SHARED_BY]
    # A mailbox is a customer, never a kiosk.
    new = [key for key in shared if key not in known and not key.startswith("mail:")]
    session.add_all(
        ExemptKey(digest=key, added_at=clock.now(), added_by=actor.name[:200]) for key in new
    )
    return len(new)
