"""Rebuild: every tally counted again from the responses; the repair tool and the test oracle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import String, Table, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.responses.models import Response
from app.scores import nps, tallies
from app.scores.nps import Tally
from app.scores.tallies import COUNTS, TALLY

RESPONSE = cast("Table", Response.__table__)


@dataclass(frozen=True, slots=True)
class Difference:
    """One stored tally that is not what the responses say."""

    scope: str
    scope_id: int
    day: date
    segment: str
    stored: Tally
    counted: Tally

    @property
    def sentence(self) -> str:
        what = f"{self.scope} {self.scope_id} on {self.day.isoformat()} ({self.segment})"
        return f"{what}: stored {_counts(self.stored)}, counted {_counts(self.counted)}"


def differences(session: Session) -> list[Difference]:
    """Every tally that differs, in order; one statement, so one moment on either database.

    Reads all responses: seconds for each million.
    """
    both = union_all(*_counted(), _stored()).subquery()
    sums = [
        func.sum(both.c[f"{side}_{count}"]) for side in ("stored", "counted") for count in COUNTS
    ]
    key = [both.c.scope, both.c.scope_id, both.c.day, both.c.segment]
    differ = or_(
        *(
            func.sum(both.c[f"stored_{count}"]) != func.sum(both.c[f"counted_{count}"])
            for count in COUNTS
        )
    )
    found = session.execute(select(*key, *sums).group_by(*key).having(differ).order_by(*key))
    return [
        Difference(
            scope=row[0],
            scope_id=row[1],
            day=row[2],
            segment=row[3],
            stored=Tally(*(int(count) for count in row[4:7])),
            counted=Tally(*(int(count) for count in row[7:])),
        )
        for row in found
    ]


def rebuild(session: Session) -> list[Difference]:
    """Makes every tally what the responses say; returns what was wrong."""
    wrong = differences(session)
    correct(session, wrong)
    return wrong


def correct(session: Session, wrong: Sequence[Difference]) -> None:
    """Adds what is missing, instead of setting what should be.

    So it stays right when answers came in since the differences were taken: those have already
    been added by their own change. Do it once only.
    """
    tallies.add(
        session,
        {
            (each.scope, each.scope_id, each.day, each.segment): each.counted - each.stored
            for each in wrong
        },
    )


def _counted() -> list[Any]:
    """The tallies that the responses make, for each scope; the responses are read once."""
    r = RESPONSE.c
    channel = func.replace(func.coalesce(r.channel, ""), "|", "/")
    part = func.coalesce(r.survey_id, "") + literal("|", String) + channel
    daily = (
        select(
            r.answered_on.label("day"),
            part.label("segment"),
            r.site_id,
            r.team_id,
            r.person_id,
            func.sum(case((r.score >= nps.PROMOTER_FROM, 1), else_=0)).label("promoters"),
            func.sum(
                case((r.score.between(nps.DETRACTOR_TO + 1, nps.PROMOTER_FROM - 1), 1), else_=0)
            ).label("passives"),
            func.sum(case((r.score <= nps.DETRACTOR_TO, 1), else_=0)).label("detractors"),
        )
        .where(r.status == "counted")
        .group_by(r.answered_on, part, r.site_id, r.team_id, r.person_id)
        .cte("daily")
    )
    scopes: list[tuple[str, Any]] = [("company", literal(tallies.COMPANY))]
    scopes += [(scope, daily.c[f"{scope}_id"]) for scope in ("site", "team", "person")]
    return [
        select(
            literal(scope, String).label("scope"),
            scope_id.label("scope_id"),
            daily.c.day,
            daily.c.segment,
            *(literal(0).label(f"stored_{count}") for count in COUNTS),
            *(daily.c[count].label(f"counted_{count}") for count in COUNTS),
        ).where(scope_id.is_not(None))
        for scope, scope_id in scopes
    ]


def _stored() -> Any:
    return select(
        TALLY.c.scope,
        TALLY.c.scope_id,
        TALLY.c.day,
        TALLY.c.segment,
        *(TALLY.c[count].label(f"stored_{count}") for count in COUNTS),
        *(literal(0).label(f"counted_{count}") for count in COUNTS),
    )


def _counts(tally: Tally) -> str:
    return f"{tally.promoters}/{tally.passives}/{tally.detractors}"
