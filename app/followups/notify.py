"""Notify: who must hear of new cases, told once, together what came together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.followups.models import LIVE, UNTOLD, Case
from app.followups.promise import Promise
from app.notices import outbox
from app.people.models import Account, AccountTeam, Team
from app.responses.models import Response
from app.settings import Settings

# One mail names so many; more are only counted.
MOST_NAMED = 20
# After an outage of our own nobody needs a mail about what the list has shown for days.
STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A case that nobody was told of. Nothing of the customer but the score."""

    id: int
    score: int | None
    team_id: int | None
    team: str | None
    due_at: datetime
    timezone: str


def tell(database: Database, settings: Settings) -> int:
    """Makes notices of cases that nobody was told of; how many cases. Sends nothing itself."""
    with database.read() as session:
        if session.scalar(select(Case.id).where(UNTOLD).limit(1)) is None:
            return 0
    with database.write.begin() as session:
        fresh = _claim(session)
        if fresh:
            for address, theirs in _by_lead(session, fresh):
                subject, body = _mail(settings, theirs)
                outbox.put_mail(session, settings, [address], subject, body)
            data = {"cases": [_told(settings, one) for one in fresh]}
            outbox.put_event(session, settings, "followups.opened", data)
    return len(fresh)


def _claim(session: Session) -> list[Fresh]:
    """Whoever marks a case as told tells of it, in whichever process."""
    now = clock.now()
    marked = session.scalars(update(Case).where(UNTOLD).values(told_at=now).returning(Case.id))
    ids = marked.all()
    if not ids:
        return []
    query = (
        select(Case, Response.score, Response.site_id, Response.team_id, Team.name)
        .join(Response, Response.id == Case.response_id)
        .outerjoin(Team, Team.id == Response.team_id)
        .where(Case.told_at == now, Case.state.in_(LIVE), Case.opened_at > now - STALE)
        .order_by(Case.due_at, Case.id)
    )
    promise = Promise.load(session)
    wanted = set(ids)
    return [
        Fresh(case.id, score, team_id, team, case.due_at, promise.place(site_id).timezone)
        for case, score, site_id, team_id, team in session.execute(query)
        if case.id in wanted
    ]


def _by_lead(session: Session, fresh: Sequence[Fresh]) -> Iterable[tuple[str, list[Fresh]]]:
    """Each lead's address with the cases of own teams and of no team; admins for what is left."""
    leading: dict[int, set[int]] = {}
    for account_id, team_id in session.execute(select(AccountTeam.account_id, AccountTeam.team_id)):
        leading.setdefault(account_id, set()).add(team_id)
    people = session.scalars(
        select(Account).where(Account.disabled_at.is_(None), Account.role.in_(("lead", "admin")))
    ).all()
    told: set[int] = set()
    for lead in (one for one in people if one.role == "lead"):
        teams = leading.get(lead.id)
        theirs = [one for one in fresh if not teams or one.team_id is None or one.team_id in teams]
        told |= {one.id for one in theirs}
        if theirs:
            yield lead.email, theirs
    left = [one for one in fresh if one.id not in told]
    if left:
        yield from ((one.email, left) for one in people if one.role == "admin")


def _mail(settings: Settings, fresh: Sequence[Fresh]) -> tuple[str, str]:
    """No word, name or address of a customer: mail goes where nobody can call it back."""
    number = len(fresh)
    who = "1 customer waits" if number == 1 else f"{number} customers wait"
    lines = [_line(settings, one) for one in fresh[:MOST_NAMED]]
    if number > MOST_NAMED:
        lines.append(f"and {number - MOST_NAMED} more.")
    if settings.base_url:
        lines.append(f"All of them: {settings.base_url.rstrip('/')}/followups")
    return f"{who} for a call", "\n\n".join(lines) + "\n"


def _line(settings: Settings, one: Fresh) -> str:
    due = one.due_at.astimezone(ZoneInfo(one.timezone))
    facts = [f"Score {one.score}", one.team or "no team", f"due {due:%a} {due.day} {due:%b %H:%M}"]
    link = _link(settings, one)
    return " · ".join(facts) + (f"\n{link}" if link else "")


def _told(settings: Settings, one: Fresh) -> dict[str, object]:
    due_at = one.due_at.isoformat().replace("+00:00", "Z")
    return {"id": str(one.id), "score": one.score, "team": one.team, "due_at": due_at,
            "url": _link(settings, one)}  # fmt: skip


def _link(settings: Settings, one: Fresh) -> str | None:
    """Only under the public address: any other would be made up."""
    return f"{settings.base_url.rstrip('/')}/followups/{one.id}" if settings.base_url else None
