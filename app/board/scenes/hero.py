"""Hero: somebody to thank this week, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.board import letters, shapes, wording
from app.board.scene import Scene, Stage
from app.heroes.models import Hero
from app.people.models import Person, Site, Team
from app.people.names import shown_name

# A hidden person is passed over for the one before; so far back we look.
LOOK_BACK = 12
# One golden dot for each promoter, up to a full ring.
RING = 48
RING_RADIUS = 10.4


@dataclass(frozen=True)
class Portrait:
    """`lit` and `grain` are the disc, `gold` and `rest` the ring; paths of dots, in cells."""

    label: str
    name: str
    reason: str
    place: str
    lit: str
    grain: str
    gold: str
    rest: str

    @property
    def long(self) -> bool:
        return len(self.name) > 14


@dataclass(frozen=True)
class Spotlight:
    """The newest hero whom this audience may know; None when there is none."""

    portrait: Portrait | None


def look(session: Session, stage: Stage) -> Spotlight:
    for hero, person, team, site in session.execute(_newest(stage)):
        name = shown_name(person.name, person.visibility, stage.audience)
        if name is not None:
            places = [team, site] if stage.audience == "staff" else []
            place = ", ".join(filter(None, places))
            return Spotlight(portrait(hero, name, place, stage.today))
    return Spotlight(None)


def portrait(hero: Hero, name: str, place: str, today: date) -> Portrait:
    """The picture of a hero under the name that may be shown."""
    face = letters.raster(name)
    ring = shapes.circle(RING, RING_RADIUS)
    thanks = min(_thanks(hero.numbers), RING)
    return Portrait(
        label=_label(hero.starts_on, today),
        name=name,
        reason=wording.cut(hero.reason, 240),
        place=place,
        lit=shapes.beads(face.lit),
        grain=shapes.beads(face.rest),
        gold=shapes.beads(ring[:thanks]),
        rest=shapes.beads(ring[thanks:]),
    )


def _label(starts_on: date, today: date) -> str:
    """Last week's hero stays until there is a new one, and is called so."""
    if starts_on + timedelta(days=7) > today:
        return "Hero of the week"
    return f"Hero of the week of {wording.day(starts_on)}"


def _thanks(numbers: Mapping[str, Any]) -> int:
    promoters = numbers.get("promoters", 0)
    return promoters if isinstance(promoters, int) else 0


def _newest(stage: Stage) -> Select[*tuple[Any, ...]]:
    query = (
        select(Hero, Person, Team.name, Site.name)
        .join(Person, Person.id == Hero.person_id)
        .outerjoin(Team, Team.id == Hero.team_id)
        .outerjoin(Site, Site.id == Team.site_id)
        .where(Hero.withdrawn_at.is_(None), Hero.starts_on <= stage.today)
        .order_by(Hero.starts_on.desc(), Hero.id.desc())
        .limit(LOOK_BACK)
    )
    if stage.scope == "team":
        query = query.where(Hero.team_id == stage.scope_id)
    if stage.scope == "site":
        query = query.where(Team.site_id == stage.scope_id)
    return query


scene = Scene(
    name="hero",
    title="Hero of the week",
    topics=frozenset({"heroes", "people"}),
    dwell=15,
    look=look,
)
