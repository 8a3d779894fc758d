"""A company whose people have answers, stories and unhappy customers, for picks."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import Database
from app.heroes import listing, picking
from app.heroes.models import Hero
from app.people.models import Company, Person
from app.responses.models import Response
from app.scores import tallies
from app.scores.nps import Tally
from app.stories.models import Story
from tests import make
from tests.ear import Ear

# A Wednesday; its week began on Monday the 8th.
AT = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 6, 8)
TODAY = date(2026, 6, 10)


@dataclass
class Shop:
    """People by name, and how many customers of each were delighted, content, unhappy."""

    database: Database
    ear: Ear
    source_id: int = 0
    people: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def voices(self, name: str, tally: tuple[int, int, int], day: date = TODAY) -> None:
        """Counted for the person, their team and the company."""
        with self.database.write.begin() as session:
            person = session.get_one(Person, self.people[name])
            keys = [("person", person.id, day, "|"), ("company", 1, day, "|")]
            if person.team_id:
                keys.append(("team", person.team_id, day, "|"))
            tallies.add(session, {key: Tally(*tally) for key in keys})

    def answer(self, name: str | None, score: int, day: date = TODAY, **facts: Any) -> int:
        """One stored answer about somebody; its id. It is not in the tallies."""
        self.count += 1
        at = datetime.combine(day, time(8), UTC)
        with self.database.write.begin() as session:
            made = Response(
                source_id=self.source_id, external_id=f"r-{self.count}", score=score,
                attributes={}, submitted_at=at, answered_on=day, stored_at=at, status="counted",
                person_id=self.people[name] if name else None, **facts,
            )  # fmt: skip
            session.add(made)
            session.flush()
            return made.id

    def story(
        self, name: str, day: date = TODAY, rank: float = 60, state: str = "released"
    ) -> None:
        """A customer's words about somebody."""
        response_id = self.answer(name, 10, day)
        with self.database.write.begin() as session:
            session.add(
                Story(response_id=response_id, state=state, text=f"Thank you, {name}!", rank=rank,
                      reasons=[], rule="test", created_at=AT, released_at=AT)
            )  # fmt: skip

    def differing(self) -> None:
        """Ana is better than Ben, and Ben than Cleo, beyond chance; a story about each."""
        for name, tally in zip(self.people, ((40, 3, 1), (60, 14, 6), (40, 30, 20)), strict=False):
            self.voices(name, tally)
            self.story(name)

    def pick(self, at: datetime = AT) -> tuple[str, Hero] | None:
        """The company's hero of the week."""
        with clock.frozen(at), self.database.write.begin() as session:
            hero = picking.pick_week(session, at)
            if hero is None:
                return None
            name = session.scalar(select(Person.name).where(Person.id == hero.person_id))
            return name or "everybody", hero

    def name(self, at: datetime = AT) -> str | None:
        picked = self.pick(at)
        return picked and picked[0]

    def heroes(self, at: datetime = AT, **where: Any) -> dict[str, Hero]:
        """Everything that is picked at a moment, by kind; the company's week unless said."""
        with clock.frozen(at):
            picking.pick(self.database, at)
        wanted = {"scope": "company", "period": "week", **where}
        with self.database.read() as session:
            found = session.scalars(select(Hero).filter_by(**wanted).order_by(Hero.id)).all()
        return {hero.kind: hero for hero in found}

    def set(self, name: str, **facts: object) -> None:
        with self.database.write.begin() as session:
            person = session.get_one(Person, self.people[name])
            for fact, value in facts.items():
                setattr(person, fact, value)

    def company(self, **facts: object) -> None:
        with self.database.write.begin() as session:
            for fact, value in facts.items():
                setattr(session.get_one(Company, 1), fact, value)

    def current(self, day: date = TODAY, audience: str = "staff") -> listing.HeroView | None:
        with self.database.read() as session:
            return listing.current(session, day, audience)


def open_shop(database: Database, *names: str) -> Shop:
    """A shop with these people in one team."""
    shop = Shop(database, Ear(database))
    with database.write.begin() as session:
        make.company(session)
        shop.source_id = make.source(session).id
    hire(shop, "Shop", *names)
    return shop


def hire(shop: Shop, team: str, *names: str, site: str | None = None) -> None:
    """One more team with these people."""
    with shop.database.write.begin() as session:
        made = make.team(session, team, make.site(session, site) if site else None)
        shop.teams[team] = made.id
        for name in names:
            shop.people[name] = make.person(session, name, made).id


WEEK = timedelta(weeks=1)
