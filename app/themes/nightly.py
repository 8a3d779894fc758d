"""Nightly: reads the comments of 91 days once, and keeps what they were about for every place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.integrity import nights
from app.live.bus import announce
from app.people import roster
from app.responses.models import Response
from app.scores import nps
from app.text import details, gate, themes
from app.text.known import Known
from app.themes.counting import Told, report
from app.themes.models import ThemeReport

WORK = "themes"
DAYS = 91
# The newest answers with words, and the seconds their reading may take.
MOST = 5_000
SECONDS = 60.0
COMPANY = ("company", 1)

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Gathered:
    told: Mapping[Place, Sequence[Told]]
    silent: Mapping[Place, Counter[str]]
    unread: int


def look(database: Database) -> int | None:
    """Once for each local date; how many places have a report. None: not due."""
    day = nights.take(database, WORK)
    if day is None:
        return None
    with database.read() as session:
        gathered = _gather(session, day)
    reports = {
        place: report(told, gathered.silent.get(place, {})) for place, told in gathered.told.items()
    }
    with database.write.begin() as session:
        session.execute(delete(ThemeReport))
        session.add_all(
            ThemeReport(scope=scope, scope_id=scope_id, until=day, facts=facts)
            for (scope, scope_id), facts in reports.items()
        )
        nights.note(session, WORK, day, {"places": len(reports), "unread": gathered.unread})
        announce(session, "company")
    return len(reports)


def newest(session: Session, scope: str, scope_id: int) -> ThemeReport | None:
    """What the last night counted for the company, a site or a team."""
    return session.get(ThemeReport, (scope, scope_id))


def safe_words(session: Session, response_id: int, names: Sequence[str]) -> str | None:
    """A comment as anybody may read it, judged anew; None when it is gone or not safe any more."""
    row = session.get(Response, response_id)
    if row is None or row.status != "counted" or row.consent is False or not row.comment:
        return None
    return _safe(row, _customer(row), names)


def _gather(session: Session, day: date) -> _Gathered:
    names = roster.load(session).names
    until = clock.monotonic() + SECONDS
    told: dict[Place, list[Told]] = {COMPANY: []}
    silent: dict[Place, Counter[str]] = {}
    known: dict[tuple[str, Known], tuple[frozenset[str], str | None]] = {}
    read = unread = 0
    for row in _rows(session, day):
        category = nps.category(row.score)
        if not row.comment:
            for place in _places(row):
                silent.setdefault(place, Counter())[category] += 1
        elif read >= MOST or clock.monotonic() > until:
            unread += 1
        else:
            read += 1
            needs_safe = category != "detractor" and row.consent is not False
            # Many customers say the same few words.
            customer = _customer(row)
            key = row.comment, customer
            if key not in known:
                known[key] = themes.about(row.comment), _safe(row, customer, names)
            about, safe = known[key]
            one = Told(row.id, category, about, safe if needs_safe else None)
            for place in _places(row):
                told.setdefault(place, []).append(one)
    return _Gathered(told, silent, unread)


def _rows(session: Session, day: date) -> Any:
    columns = (
        "id",
        "score",
        "comment",
        "name",
        "email",
        "attributes",
        "consent",
        "site_id",
        "team_id",
    )
    return session.execute(
        select(*(getattr(Response, name) for name in columns))
        .where(Response.status == "counted", Response.answered_on > day - timedelta(days=DAYS))
        .order_by(Response.submitted_at.desc(), Response.id.desc()),
        execution_options={"yield_per": 1000},
    )


def _places(row: Any) -> list[Place]:
    places = [COMPANY]
    if row.site_id is not None:
        places.append(("site", row.site_id))
    if row.team_id is not None:
        places.append(("team", row.team_id))
    return places


def _customer(row: Any) -> Known:
    return Known(row.name, row.email, details.personal(row.attributes))


def _safe(row: Any, customer: Known, names: Sequence[str]) -> str | None:
    verdict = gate.read(row.comment, row.score, customer, names)
    return verdict.text if verdict.is_publishable else None
