"""The rows of an export: the API's columns, read in pieces, so that memory stays small."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select

from app.api.heroes import HeroItem
from app.api.responses import ResponseItem
from app.api.stories import StoryItem
from app.db import Database
from app.heroes.models import Hero
from app.intake.models import Source
from app.people.models import Person, Site, Team
from app.responses.models import Response
from app.scores import nps
from app.stories import listing

# Read in one go; each go is a transaction of its own, so that no old state is held for minutes.
TOGETHER = 1_000

Item = dict[str, Any]
WHAT = ("responses", "heroes", "stories")
COLUMNS: dict[str, Sequence[str]] = {
    "responses": tuple(ResponseItem.model_fields),
    "heroes": tuple(HeroItem.model_fields),
    "stories": tuple(StoryItem.model_fields),
}


def rows(database: Database, what: str) -> Iterator[Item]:
    """Every row; `what` is responses, heroes or stories."""
    read = {"responses": _responses, "heroes": _heroes, "stories": _stories}[what]
    after = 0
    while True:
        found = read(database, after)
        yield from found
        if len(found) < TOGETHER:
            return
        after = int(found[-1]["id"])


def _responses(database: Database, after: int) -> list[Item]:
    """An answer without a score yet is not listed, as in the API."""
    r = Response.__table__.c
    kept = ("survey_id", "channel", "score", "comment", "email", "name", "submitted_at",
            "updated_at", "attributes", "status", "reason")  # fmt: skip
    query = (
        select(
            r.id, r.external_id.label("response_id"), *(r[name] for name in kept),
            Source.name.label("source"), Person.name.label("person"), Team.name.label("team"),
            Site.name.label("site"),
        )
        .join(Source, Source.id == r.source_id)
        .outerjoin(Person, Person.id == r.person_id)
        .outerjoin(Team, Team.id == r.team_id)
        .outerjoin(Site, Site.id == r.site_id)
        .where(r.status != "unscored", r.score.is_not(None), r.id > after)
        .order_by(r.id)
        .limit(TOGETHER)
    )  # fmt: skip
    with database.read() as session:
        found = session.connection().execute(query).mappings().all()
    return [{**row, "id": str(row["id"]), "category": nps.category(row["score"])} for row in found]


def _heroes(database: Database, after: int) -> list[Item]:
    """As in the API nobody who is hidden or was taken down; numbers as an admin reads them."""
    query = (
        select(Hero, Person.name.label("person"), Team.name.label("team"))
        .outerjoin(Person, Person.id == Hero.person_id)
        .outerjoin(Team, Team.id == Hero.team_id)
        .where(Hero.withdrawn_at.is_(None), Hero.state == "shown", Hero.id > after)
        .where(or_(Hero.person_id.is_(None), Person.visibility != "hidden"))
        .order_by(Hero.id)
        .limit(TOGETHER)
    )
    with database.read() as session:
        found = session.execute(query).all()
    return [
        {
            **{name: getattr(row.Hero, name, None) for name in COLUMNS["heroes"]},
            "id": str(row.Hero.id),
            "scope_id": str(row.Hero.scope_id),
            "person": row.person,
            "team": row.team,
        }
        for row in found
    ]


def _stories(database: Database, after: int) -> list[Item]:
    """The newest first: `after` is the last one shown."""
    with database.read() as session:
        found = listing.page(session, listing.DESK, before=after or None, limit=TOGETHER)
    return [
        {**{name: getattr(one, name) for name in COLUMNS["stories"]}, "id": str(one.id)}
        for one in found
    ]
