"""Invitations: how many customers could be asked, were asked, and answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.people.models import Team
from app.responses.models import Asked, Response

TABLE = cast("Table", Asked.__table__)
KEY = ("day", "site", "team", "employee")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of one period. `eligible` and `invited` are None where no invitations are known."""

    eligible: int | None
    invited: int | None
    answered: int

    @property
    def response_rate(self) -> float | None:
        """The share of the invited who answered, 0 to 1 (above 1: uninvited answers count too)."""
        return self.answered / self.invited if self.invited else None

    @property
    def invited_share(self) -> float | None:
        """The share of the eligible who were asked at all, 0 to 1."""
        if not self.eligible or self.invited is None:
            return None
        return self.invited / self.eligible


def coverage(session: Session, scope: str, scope_id: int, start: date, end: date) -> Coverage:
    """The coverage of the local dates from `start` to `end`, both included.

    `scope` is company, site, team or person. Invitations of a person or team count for their team
    and site as the roster had them when the file was imported; a site's invitations are those that
    name it or whose team is its own. `answered` are the counted answers of these dates.
    """
    days = TABLE.c.day.between(start, end)
    row = session.execute(
        select(func.sum(TABLE.c.eligible), func.sum(TABLE.c.invited)).where(
            days, *_of(TABLE.c, scope, scope_id)
        )
    ).one()
    answered = session.scalar(
        select(func.count()).where(
            Response.status == "counted",
            Response.answered_on.between(start, end),
            *_of(Response.__table__.c, scope, scope_id),
        )
    )
    eligible, invited = (None if one is None else int(one) for one in row)
    return Coverage(eligible, invited, answered or 0)


def put(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Stores the counts of a day and place; those of the same day and names are replaced.

    Each row has `day`, `site`, `team`, `employee` (as written, empty where not named), `site_id`,
    `team_id`, `person_id`, `eligible` (None: not said) and `invited`; no key twice.
    """
    if not rows:
        return
    connection = session.connection()
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(TABLE)
    changed = ("site_id", "team_id", "person_id", "eligible", "invited")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(KEY), set_={name: statement.excluded[name] for name in changed}
        ),
        list(rows),
    )


def _of(columns: Any, scope: str, scope_id: int) -> list[Any]:
    if scope == "company":
        return []
    if scope == "site" and "eligible" in columns:
        own = select(Team.id).where(Team.site_id == scope_id)
        return [
            (columns.site_id == scope_id) | (columns.site_id.is_(None) & columns.team_id.in_(own))
        ]
    return [columns[f"{scope}_id"] == scope_id]
