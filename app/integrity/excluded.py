"""Excluded: how many answers do not count, why, and who said so; for the page that explains."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.people.models import AuditEntry
from app.responses.models import Response
from app.responses.revision import BY_PLATFORM

# The action under which a lead's or an admin's exclusion is written to the audit log, about
# `response 7`.
ACTION = "responses.exclude"
PLATFORM = "the survey platform"
UNKNOWN = "not recorded"
STATUSES = ("excluded", "withdrawn", "superseded")
RULE = {"withdrawn": PLATFORM, "superseded": "the rule of one voice per customer"}


@dataclass(frozen=True, slots=True)
class Excluded:
    """`count` answers of one status and reason; `approver` is who decided it."""

    status: str
    reason: str
    approver: str
    count: int


def tally(session: Session, scope: str, scope_id: int, start: date, end: date) -> list[Excluded]:
    """What does not count of the dates from `start` to `end`, both included; most first.

    `scope` is company, site, team or person.
    """
    own = [] if scope == "company" else [getattr(Response, f"{scope}_id") == scope_id]
    dates = Response.answered_on.between(start, end)
    counts: Counter[tuple[str, str, str]] = Counter()
    rows = session.execute(
        select(Response.status, Response.reason, func.count())
        .where(dates, *own, Response.status.in_(STATUSES[1:]))
        .group_by(Response.status, Response.reason)
    )
    for status, reason, count in rows:
        counts[status, reason or "no reason given", RULE[status]] += count
    approvers = _approvers(session)
    for id_, reason in session.execute(
        select(Response.id, Response.reason).where(dates, *own, Response.status == STATUSES[0])
    ):
        counts["excluded", reason or "no reason given", _approver(approvers, id_, reason)] += 1
    found = [Excluded(*key, count) for key, count in counts.items()]
    return sorted(found, key=lambda one: (-one.count, one.status, one.reason, one.approver))


def _approver(approvers: dict[str, str], id_: int, reason: str | None) -> str:
    if who := approvers.get(f"response {id_}"):
        return who
    return PLATFORM if (reason or "").startswith(BY_PLATFORM) else UNKNOWN


def _approvers(session: Session) -> dict[str, str]:
    """Thing -> who excluded it last."""
    rows = session.execute(
        select(AuditEntry.thing, AuditEntry.who)
        .where(AuditEntry.action == ACTION)
        .order_by(AuditEntry.id)
    )
    return {row[0]: row[1] for row in rows}
