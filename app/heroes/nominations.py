"""Nominations: put forward, approved, changed and taken back; each by compare-and-set."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError, ForbiddenError, NotFoundError
from app.heroes import houserules, nominees
from app.heroes.drafts import Draft
from app.heroes.houserules import HouseRules
from app.heroes.nominationmodels import Nomination
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor, authorize, leads
from app.people.models import Account, Company, Person

TABLE = cast("Table", Nomination.__table__)
WAITING, SHOWN, DECLINED, WITHDRAWN = "waiting", "shown", "declined", "withdrawn"
_DID = {SHOWN: "approved it", DECLINED: "turned it down", WITHDRAWN: "took it back"}


def nominate(session: Session, actor: Actor, person_id: int, draft: Draft) -> Nomination:
    """Puts somebody forward: on the walls at once, or once a second lead approved.

    The same once more, while it stands, is the same nomination. Raises NotFoundError for who may
    not be named, ForbiddenError for oneself or another team's, and a 409 at the month's end of what
    a giver has.
    """
    rules = houserules.load(session)
    # One giver's presses queue here, and so do those for one person, always in this order.
    session.get(Account, actor.account_id or 0, with_for_update=True)
    session.get(Person, person_id, with_for_update=True)
    person = nominees.find(session, person_id)
    authorize(actor, "nominations.make", person)
    if nominees.is_self(session, actor, person):
        raise ForbiddenError("Nobody nominates themselves; ask a colleague.")
    if same := _same(session, actor, person_id, draft):
        return same
    if left(session, actor, rules) < 1:
        raise CheerboardError(
            f"Your {rules.per_month} nominations of this month are given.", status=409
        )
    state, now = WAITING if rules.second_lead else SHOWN, clock.now()
    made = Nomination(
        state=state,
        person_id=person_id,
        account_id=actor.account_id,
        giver=actor.name,
        made_at=now,
        shown_at=now if state == SHOWN else None,
        **asdict(draft),
    )
    return _keep(session, actor, made)


def check_own(session: Session, actor: Actor, person_id: int) -> None:
    """Raises NotFoundError for who may not be named, ForbiddenError for another team's."""
    authorize(actor, "nominations.make", nominees.find(session, person_id))


def put_forward(session: Session, slug: str, named: str, draft: Draft) -> None:
    """Takes what a colleague without an account wrote at a board's link; a lead decides.

    Who hides cannot be nominated by strangers, and nothing tells the stranger so.
    """
    person, hides = nominees.meant_by(session, named)
    if hides:
        return
    made = Nomination(
        state=WAITING,
        person_id=person.id if person else None,
        named=named,
        giver="",
        board_slug=slug,
        made_at=clock.now(),
        **asdict(draft),
    )
    _keep(session, Actor(name=f"a colleague at {slug}"), made)


def approve(
    session: Session, actor: Actor, nomination_id: int, person_id: int | None = None
) -> Nomination:
    """Lets walls show it. `person_id` says whom a stranger meant, where that is not known yet."""
    found = find(session, nomination_id)
    if found.state == WAITING:
        _check_approver(session, actor, found, person_id)
    named = {"person_id": person_id} if found.person_id is None else {}
    facts: dict[str, Any] = {"shown_at": clock.now(), **named}
    return _move(session, actor, found, (WAITING,), SHOWN, facts)


def decline(session: Session, actor: Actor, nomination_id: int) -> Nomination:
    """Turns down what waits."""
    return _move(session, actor, find(session, nomination_id), (WAITING,), DECLINED)


def withdraw(session: Session, actor: Actor, nomination_id: int) -> Nomination:
    """Takes it off every wall, or back before it was on one; by its giver or a lead."""
    found = find(session, nomination_id)
    return _move(session, actor, found, (WAITING, SHOWN), WITHDRAWN)


def edit(
    session: Session, actor: Actor, nomination_id: int, version: int, draft: Draft
) -> Nomination:
    """Says it in other words. Where a second lead approves, what is new waits for that again."""
    found = find(session, nomination_id)
    before = _facts(found)
    if Draft(found.reason, found.badge, found.figure, found.story_id) == draft:
        return found
    again = found.state == SHOWN and houserules.load(session).second_lead
    state = WAITING if again else found.state
    moved = session.connection().execute(
        update(TABLE)
        .where(
            TABLE.c.id == nomination_id,
            TABLE.c.version == version,
            TABLE.c.state.in_((WAITING, SHOWN)),
        )
        .values(state=state, version=version + 1, **asdict(draft))
    )
    session.expire(found)
    if not moved.rowcount:
        session.refresh(found)
        raise CheerboardError(
            "Somebody changed it meanwhile; look at it again.", status=409
        ) from None
    audit.record(session, actor, "nominations.make", _thing(found), before, _facts(found))
    announce(session, "heroes")
    return found


def find(session: Session, nomination_id: int) -> Nomination:
    """Raises NotFoundError for an unknown id."""
    found = session.get(Nomination, nomination_id, populate_existing=True)
    if found is None:
        raise NotFoundError("There is no such nomination.")
    return found


def authorize_for(session: Session, actor: Actor, action: str, nomination_id: int) -> Nomination:
    """The nomination, for whoever may do that to it: leads of the person's team, and its giver."""
    found = find(session, nomination_id)
    if action == "nominations.make" and _is_giver(actor, found):
        authorize(actor, action)
        return found
    person = session.get(Person, found.person_id) if found.person_id else None
    authorize(actor, action, person)
    return found


def left(session: Session, actor: Actor, rules: HouseRules) -> int:
    """How many nominations this giver still has in the company's calendar month."""
    zone = ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")
    local = clock.now().astimezone(zone)
    since = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    given = session.scalar(
        select(func.count(Nomination.id)).where(
            *_given_by(actor),
            Nomination.made_at >= since,
            Nomination.state.in_((WAITING, SHOWN)),
        )
    )
    return max(0, rules.per_month - (given or 0))


def _check_approver(
    session: Session, actor: Actor, found: Nomination, person_id: int | None
) -> None:
    meant = found.person_id or person_id
    if meant is None:
        raise CheerboardError("Say first who is meant.", status=422)
    person = nominees.find(session, meant)
    if not leads(actor, person.team_id):
        raise ForbiddenError("This is not yours to see or change.")
    if nominees.is_self(session, actor, person):
        raise ForbiddenError("Nobody approves what is said of themselves.")
    if _is_giver(actor, found) and houserules.load(session).second_lead:
        raise CheerboardError("A second lead approves it.", status=409)


def _move(
    session: Session,
    actor: Actor,
    found: Nomination,
    olds: Collection[str],
    new: str,
    facts: Mapping[str, Any] | None = None,
) -> Nomination:
    """One decision; whoever comes second changes nothing and hears who was first."""
    before = _facts(found)
    decided = {"decided_by": actor.account_id, "decider": actor.name, "decided_at": clock.now()}
    moved = session.connection().execute(
        update(TABLE)
        .where(TABLE.c.id == found.id, TABLE.c.state.in_(olds), TABLE.c.version == found.version)
        .values(state=new, **decided, **(facts or {}))
    )
    session.refresh(found)
    if moved.rowcount:
        audit.record(session, actor, "nominations.decide", _thing(found), before, _facts(found))
        announce(session, "heroes")
    elif found.state != new or not _decided_by(actor, found):
        raise CheerboardError(_first(session, found), status=409)
    return found


def _first(session: Session, found: Nomination) -> str:
    if found.state not in _DID or found.decided_at is None:
        return "Somebody changed it meanwhile; look at it again."
    at = said(session, found.decided_at)
    return f"{found.decider} {_DID[found.state]} first, at {at}; you changed nothing."


def said(session: Session, at: datetime) -> str:
    """A moment on the company's clock."""
    zone = ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")
    return f"{at.astimezone(zone):%H:%M}"


def _same(session: Session, actor: Actor, person_id: int, draft: Draft) -> Nomination | None:
    return session.scalar(
        select(Nomination)
        .where(
            *_given_by(actor),
            Nomination.person_id == person_id,
            Nomination.reason == draft.reason,
            Nomination.state.in_((WAITING, SHOWN)),
        )
        .order_by(Nomination.id.desc())
        .limit(1)
    )


def _given_by(actor: Actor) -> list[Any]:
    if actor.account_id is not None:
        return [Nomination.account_id == actor.account_id]
    return [
        Nomination.account_id.is_(None),
        Nomination.board_slug.is_(None),
        Nomination.giver == actor.name,
    ]


def _is_giver(actor: Actor, found: Nomination) -> bool:
    if actor.account_id is not None:
        return found.account_id == actor.account_id
    return found.account_id is None and found.board_slug is None and found.giver == actor.name


def _decided_by(actor: Actor, found: Nomination) -> bool:
    return found.decided_by == actor.account_id and found.decider == actor.name


def _keep(session: Session, actor: Actor, made: Nomination) -> Nomination:
    session.add(made)
    session.flush()
    audit.record(session, actor, "nominations.make", _thing(made), None, _facts(made))
    announce(session, "heroes")
    return made


def _thing(found: Nomination) -> str:
    return f"nomination {found.id}"


def _facts(found: Nomination) -> dict[str, Any]:
    """What the audit log keeps; the reason is a colleague's words, not a customer's."""
    names = ("state", "person_id", "reason", "badge", "story_id", "shown_at")
    return {name: getattr(found, name) for name in names}
