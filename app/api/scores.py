"""GET /score and GET /trend: the rolling score of anything, with its size and its uncertainty."""

import re
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app import web
from app.api.paging import id_of
from app.errors import NotFoundError
from app.people.authorize import Actor, may
from app.people.doors import May
from app.scores import cover, nps, tallies
from app.scores import summary as summaries
from app.scores.nps import Shift, Tally
from app.scores.summary import name_of, summary
from app.scores.window import MAX_DAYS, Window, today, window

router = APIRouter()
Reader = Annotated[Actor, Depends(May("scores.read"))]

Scope = Annotated[Literal["company", "site", "team", "person"], Query()]
Id = Annotated[
    str | None,
    Query(
        max_length=32,
        description="Of a site, team or person; the company needs none.",
        json_schema_extra={"pattern": "^[0-9]{0,18}$"},
    ),
]
Days = Annotated[
    int,
    Query(
        description="Local dates in the window, 1 to 366, today included.",
        json_schema_extra={"minimum": 1, "maximum": MAX_DAYS},
    ),
]
Interval = tuple[float, float]


def _written_out(text: object) -> object:
    """A number would be read as seconds since 1970."""
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise PydanticCustomError("date", "a date is written like 2026-06-10")
    return text


Day = Annotated[date, BeforeValidator(_written_out)]
AT = Query(
    description="Last local date of the window, from 1970 to 9998.",
    json_schema_extra={"pattern": "^(19[789][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2})-"},
)


class Counts(BaseModel):
    """A score and what it is made of. `nps` has 4 decimals; `shown` is null under 10 answers.

    For a token of scope `read`, a person with fewer than 10 answers, or from whose number that of
    such a one could be computed, has an `n` and all else is null.
    """

    promoters: int | None
    passives: int | None
    detractors: int | None
    n: int
    nps: float | None
    shown: str | None
    interval: Interval | None


class Change(BaseModel):
    """Against as many dates before; `alert` is beyond what a daily look would find by chance."""

    delta: float
    z: float
    p: float
    verdict: Literal["too_few", "none", "clear", "alert"]


class Score(Counts):
    """The window goes from `from` to the day before `to`."""

    scope: str
    id: str
    name: str
    days: int
    start: date = Field(serialization_alias="from")
    end: date = Field(serialization_alias="to")
    change: Change | None


class Point(Counts):
    """One window of a trend."""

    start: date = Field(serialization_alias="from")
    end: date = Field(serialization_alias="to")


class Trend(BaseModel):
    """Windows that end a week apart, oldest first; the last one is current."""

    scope: str
    id: str
    name: str
    days: int
    items: list[Point]
    next: None = None


@router.get("/score")
def show_score(
    db: web.Db,
    actor: Reader,
    scope: Scope = "company",
    id: Id = None,
    days: Days = 28,
    *,
    at: Annotated[Day | None, AT] = None,
) -> Score:
    """The score of the `days` local dates that end with `at`, or today."""
    with db.read() as session:
        found = summary(session, scope, _thing(scope, id), days, at)
        seen = found if sees_all(actor, scope) else summaries.seen(session, found)
    return Score(
        scope=scope,
        id=str(found.scope_id),
        name=found.name,
        days=days,
        start=found.window.start,
        end=found.window.end,
        change=_change(seen.change),
        **counts(found.tally, hidden=seen.is_hidden).model_dump(),
    )


@router.get("/trend")
def show_trend(
    db: web.Db,
    actor: Reader,
    scope: Scope = "company",
    id: Id = None,
    days: Days = 28,
    *,
    points: Annotated[int, Query(ge=1, le=104, description="How many windows.")] = 13,
) -> Trend:
    """How the score came to be where it is."""
    with db.read() as session:
        thing = _thing(scope, id)
        name = name_of(session, scope, thing)
        last = window(today(session, scope, thing), days)
        found = tallies.trend(session, scope, thing, last.until, days=days, points=points)
        ends = [point.until for point in found]
        dark = [False] * points
        if not sees_all(actor, scope):
            dark = cover.is_covered(session, scope, thing, ends, days)
    return Trend(
        scope=scope,
        id=str(thing),
        name=name,
        days=days,
        items=[
            _point(point.tally, Window(point.until, days), hidden=is_dark and point.tally.n > 0)
            for point, is_dark in zip(found, dark, strict=True)
        ],
    )


def _thing(scope: str, id: str | None) -> int:
    """Whose score it is. Raises NotFoundError: nobody means just any site, team or person."""
    if not id and scope != "company":
        raise NotFoundError(f"scope={scope} needs the id of a {scope}.")
    return id_of(id) if id else tallies.COMPANY


def sees_all(actor: Actor, scope: str) -> bool:
    """Numbers of places are agreed to be whole for every program, however small: walls and pages
    hide them. What is known of one person is for who may read every single answer.
    """
    return scope != "person" or may(actor, "responses.read")


def counts(tally: Tally, *, hidden: bool = False) -> Counts:
    """A tally as the API tells it."""
    if hidden:
        return Counts(
            promoters=None, passives=None, detractors=None, n=tally.n, nps=None, shown=None,
            interval=None,
        )  # fmt: skip
    score, spread = nps.nps(tally), nps.interval(tally)
    return Counts(
        promoters=tally.promoters,
        passives=tally.passives,
        detractors=tally.detractors,
        n=tally.n,
        nps=None if score is None else nps.decimals(score),
        shown=None if score is None or tally.n < nps.MIN_SHOWN else nps.shown(score),
        interval=None if spread is None else (nps.decimals(spread[0]), nps.decimals(spread[1])),
    )


def _point(tally: Tally, over: Window, *, hidden: bool) -> Point:
    return Point(start=over.start, end=over.end, **counts(tally, hidden=hidden).model_dump())


def _change(shift: Shift | None) -> Change | None:
    if shift is None:
        return None
    return Change(
        delta=nps.decimals(shift.delta),
        z=nps.decimals(shift.z),
        p=shift.p,
        verdict=shift.verdict,
    )
