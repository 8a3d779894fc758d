"""The audit log: who changed what and when, before and after. Never a secret, never a customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.people.authorize import Actor
from app.people.models import AuditEntry

Facts = Mapping[str, Any]
# Changes made by a command, on the machine itself.
OPERATOR = Actor("admin", "command line")
LONGEST = 200


def record(
    session: Session,
    actor: Actor,
    action: str,
    thing: str,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Writes one change down, in the transaction that makes it: both happen or neither.

    `action` is what authorize() was asked, such as `stories.release`; `thing` names what was
    changed, such as `story 7`. `before` and `after` are short facts (numbers, texts, lists of
    them); what is equal in both is left out, None is what was not there. Give neither secrets nor
    words of customers.
    """
    before, after = _apart(before, after)
    session.add(
        AuditEntry(
            at=clock.now(),
            who=actor.name[:LONGEST] or actor.role,
            account_id=actor.account_id,
            action=action,
            thing=thing[:LONGEST],
            before=before,
            after=after,
        )
    )


def entries(
    session: Session, *, action: str = "", who: str = "", before: int | None, limit: int
) -> Sequence[AuditEntry]:
    """Changes, newest first; `action` is a whole action or its noun, `who` the whole name."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if action:
        query = query.where(
            AuditEntry.action == action
            if "." in action
            else AuditEntry.action.startswith(f"{action}.", autoescape=True)
        )
    if who:
        query = query.where(AuditEntry.who == who)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return session.scalars(query).all()


def actions(session: Session) -> Sequence[str]:
    """Every action that was ever recorded, for a filter."""
    return session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()


def _apart(before: Facts | None, after: Facts | None) -> tuple[Any, Any]:
    """Only what differs, as JSON can keep it."""
    if before is None or after is None:
        return _plain(before), _plain(after)
    same = {name for name in before.keys() & after.keys() if before[name] == after[name]}
    differing = [
        {name: one for name, one in facts.items() if name not in same} for facts in (before, after)
    ]
    return _plain(differing[0]), _plain(differing[1])


def _plain(facts: Facts | None) -> dict[str, Any] | None:
    return None if facts is None else {name: _value(one) for name, one in facts.items()}


def _value(one: Any) -> Any:
    if one is None or isinstance(one, bool | int | float):
        return one
    if isinstance(one, list | tuple | set | frozenset):
        return [_value(part) for part in one]
    return str(one)[:LONGEST]
