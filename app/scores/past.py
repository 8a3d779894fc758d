"""Past: a score as it was known at an earlier moment, replayed from the ledger."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.responses.models import LedgerEntry
from app.responses.voice import Voice
from app.scores import nps
from app.scores.nps import Tally


def as_known(
    session: Session, scope: str, scope_id: int, *, until: date, days: int, at: datetime
) -> Tally:
    """The tally of the `days` dates that end with `until`, as a wall showed it at `at`.

    Reads the whole ledger up to then: for questions, not for drawing.
    """
    first = until - timedelta(days=days - 1)
    steps = session.execute(
        select(LedgerEntry.before, LedgerEntry.after).where(LedgerEntry.at <= at),
        execution_options={"yield_per": 1000},
    )
    known = Tally()
    for before, after in steps:
        # The steps of one response cancel each other out, but for the last one.
        for voice, add in ((before, Tally.__sub__), (after, Tally.__add__)):
            if voice and first <= voice.day <= until and _is_in(voice, scope, scope_id):
                known = add(known, nps.one(voice.score))
    return known


def _is_in(voice: Voice, scope: str, scope_id: int) -> bool:
    return scope == "company" or getattr(voice, f"{scope}_id") == scope_id
