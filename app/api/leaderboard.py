"""GET /leaderboard: the top few, never a bottom; ties as ties, and a reason for each."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app import web
from app.api.scores import Days, Reader, sees_all
from app.scores import cover, nps
from app.scores.leaderboard import Row, leaderboard
from app.scores.tallies import COMPANY
from app.scores.window import today, window

router = APIRouter()


class Place(BaseModel):
    """`rank` is shared by equals, and null where nobody differs beyond chance."""

    rank: int | None
    id: str
    name: str
    n: int
    nps: float
    shrunk: float
    reason: str


class Leaderboard(BaseModel):
    """`differs`: whether the differences are larger than chance. Without that no ranks."""

    differs: bool
    items: list[Place]
    next: None = None


@router.get("/leaderboard")
def show_leaderboard(
    db: web.Db,
    actor: Reader,
    by: Annotated[Literal["team", "person"], Query()] = "team",
    days: Days = 28,
) -> Leaderboard:
    """Today's; people only where the company shows individuals, nobody who is `hidden`."""
    with db.read() as session:
        asked = window(today(session, "company", COMPANY), days)
        found = leaderboard(session, by, asked.until, asked.days)
        shown = frozenset(row.id for row in found.rows)
        if not sees_all(actor, by):
            shown = cover.uncovered(session, by, shown, asked.until, asked.days)
    items = [_place(row) for row in found.rows if row.id in shown]
    return Leaderboard(differs=found.differs, items=items)


def _place(row: Row) -> Place:
    return Place(
        rank=row.rank,
        id=str(row.id),
        name=row.name,
        n=row.tally.n,
        nps=nps.decimals(row.nps),
        shrunk=nps.decimals(row.shrunk.nps),
        reason=row.reason,
    )
