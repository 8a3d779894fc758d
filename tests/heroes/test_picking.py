"""The hero of the week: fair, rested, explained, picked once, and without a trace when hidden."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database, connect
from app.errors import NotFoundError
from app.heroes import listing, picking
from app.heroes.models import Hero
from app.people.models import Company, Person, Team
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
    """Ana, Ben and Cleo, and how many customers of each were delighted, content, unhappy."""

    database: Database
    ear: Ear
    people: dict[str, int]

    def voices(self, name: str, tally: tuple[int, int, int], day: date = TODAY) -> None:
        with self.database.write.begin() as session:
            keys = [("person", self.people[name], day, "|"), ("company", 1, day, "|")]
            tallies.add(session, {key: Tally(*tally) for key in keys})

    def pick(self, at: datetime = AT) -> tuple[str, Hero] | None:
        with clock.frozen(at), self.database.write.begin() as session:
            hero = picking.pick_week(session, at)
            if hero is None:
                return None
            name = session.scalar(select(Person.name).where(Person.id == hero.person_id))
            assert name is not None
            return name, hero

    def name(self, at: datetime = AT) -> str | None:
        picked = self.pick(at)
        return picked and picked[0]

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


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    with database.write.begin() as session:
        make.company(session)
        team = make.team(session, "Shop")
        names = ("Ana Silva", "Ben Okoro", "Cleo Marsh")
        people = {name: make.person(session, name, team).id for name in names}
    opened = Shop(database, Ear(database), people)
    yield opened
    opened.ear.close()


def test_the_best_shrunken_score_is_picked_not_the_luckiest(shop: Shop) -> None:
    shop.voices("Ana Silva", (10, 0, 0))
    shop.voices("Ben Okoro", (70, 8, 2))
    shop.voices("Cleo Marsh", (40, 30, 20))
    picked = shop.pick()
    assert picked is not None
    name, hero = picked
    assert name == "Ben Okoro"
    assert (hero.kind, hero.starts_on, hero.picked_at) == ("pick", MONDAY, AT)
    assert hero.team_id is not None
    assert shop.ear.news() == {"heroes"}


def test_the_reason_is_a_sentence_with_numbers_and_without_a_comparison(shop: Shop) -> None:
    shop.voices("Ana Silva", (24, 2, 1))
    shop.voices("Ben Okoro", (20, 10, 10))
    _, hero = shop.pick() or pytest.fail("nobody was picked")
    assert hero.reason == "24 delighted customers in four weeks."
    said = hero.numbers["reason_with_score"]
    assert said.startswith("27 customers in four weeks, 24 of them delighted: +")
    assert said.endswith(", adjusted for few voices.")
    assert "Ben" not in said


def test_nine_voices_are_too_few_and_ten_are_enough(shop: Shop) -> None:
    shop.voices("Ana Silva", (9, 0, 0))
    assert shop.name() is None
    assert shop.ear.news() == set()
    shop.voices("Ana Silva", (1, 0, 0))
    assert shop.name() == "Ana Silva"


def test_only_the_window_counts(shop: Shop) -> None:
    shop.voices("Ana Silva", (50, 0, 0), TODAY - timedelta(days=28))
    assert shop.name() is None
    shop.voices("Ben Okoro", (10, 0, 0), TODAY - timedelta(days=27))
    assert shop.name() == "Ben Okoro"


@pytest.mark.parametrize("facts", [{"visibility": "hidden"}, {"left_on": TODAY}])
def test_who_hides_or_left_is_no_hero(shop: Shop, facts: dict[str, object]) -> None:
    shop.voices("Ana Silva", (50, 0, 0))
    shop.voices("Ben Okoro", (20, 5, 1))
    shop.set("Ana Silva", **facts)
    _, hero = shop.pick() or pytest.fail("nobody was picked")
    assert hero.person_id == shop.people["Ben Okoro"]
    assert [one["person_id"] for one in hero.numbers["field"]] == [shop.people["Ben Okoro"]]


def test_nobody_is_crowned_over_more_unhappy_than_delighted_customers(shop: Shop) -> None:
    shop.voices("Ana Silva", (5, 3, 5))
    assert shop.name() is None


def test_a_hero_rests_for_fourteen_days(shop: Shop) -> None:
    shop.company(window_days=91)
    shop.voices("Ana Silva", (50, 0, 0))
    shop.voices("Ben Okoro", (20, 5, 1))
    shop.voices("Cleo Marsh", (20, 9, 1))
    weeks = [shop.name(AT + timedelta(weeks=week)) for week in range(4)]
    assert weeks == ["Ana Silva", "Ben Okoro", "Cleo Marsh", "Ana Silva"]


def test_a_week_has_one_hero_whatever_comes_later(shop: Shop) -> None:
    shop.voices("Ana Silva", (20, 5, 1))
    assert shop.name() == "Ana Silva"
    shop.ear.news()
    shop.voices("Ben Okoro", (90, 0, 0))
    assert shop.name(AT + timedelta(days=4)) == "Ana Silva"
    assert shop.ear.news() == set()


def test_the_week_is_the_companys(shop: Shop) -> None:
    shop.company(timezone="Pacific/Auckland")
    shop.voices("Ana Silva", (20, 5, 1))
    _, hero = shop.pick(datetime(2026, 6, 14, 13, 0, tzinfo=UTC)) or pytest.fail("nobody")
    assert hero.starts_on == date(2026, 6, 15)


def test_two_processes_pick_one_hero(shop: Shop) -> None:
    shop.voices("Ana Silva", (20, 5, 1))
    found: list[int] = []
    start = threading.Barrier(4)

    def pick() -> None:
        own = connect(shop.database.url)
        start.wait()
        with own.write.begin() as session:
            hero = picking.pick_week(session, AT)
            assert hero is not None
            found.append(hero.id)
        own.dispose()

    threads = [threading.Thread(target=pick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    with shop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Hero)) == 1


def test_the_kept_numbers_lead_to_the_same_hero(shop: Shop) -> None:
    for name in shop.people:
        shop.voices(name, (20, 5, 1))
    _, hero = shop.pick() or pytest.fail("nobody was picked")
    assert hero.rule
    assert len(hero.numbers["field"]) == 3
    assert picking.recompute(hero.numbers) == hero.person_id
    shuffled = json.loads(json.dumps(hero.numbers))
    shuffled["field"].reverse()
    assert picking.recompute(shuffled) == hero.person_id
    shuffled["field"][0]["promoters"] += 50
    assert picking.recompute(shuffled) == shuffled["field"][0]["person_id"]


def test_without_a_company_there_is_no_hero(database: Database) -> None:
    with database.write.begin() as session:
        assert picking.pick_week(session, AT) is None


def test_the_wall_tells_no_personal_score_unless_individuals_are_on(shop: Shop) -> None:
    shop.voices("Ana Silva", (24, 2, 1))
    shop.voices("Ben Okoro", (20, 10, 10))
    shop.pick()
    shown = shop.current()
    assert shown is not None
    assert (shown.name, shown.team, shown.promoters) == ("Ana S.", "Shop", 24)
    assert shown.reason == "24 delighted customers in four weeks."
    shop.company(individuals=True)
    shown = shop.current()
    assert shown is not None
    assert "24 of them delighted: +" in shown.reason
    visitor = shop.current(audience="visitor")
    assert visitor is not None
    assert (visitor.name, visitor.team) == ("Ana", None)
    assert visitor.reason == "24 delighted customers in four weeks."
    assert shop.current(audience="street") is None


def test_a_hero_stays_for_the_week(shop: Shop) -> None:
    shop.voices("Ana Silva", (24, 2, 1))
    shop.pick()
    assert shop.current(MONDAY) is not None
    assert shop.current(MONDAY + timedelta(days=6)) is not None
    assert shop.current(MONDAY + timedelta(days=7)) is None
    assert shop.current(MONDAY - timedelta(days=1)) is None


@pytest.mark.parametrize("facts", [{"visibility": "hidden"}, {"left_on": TODAY}])
def test_who_hides_or_leaves_later_is_off_the_wall(shop: Shop, facts: dict[str, object]) -> None:
    shop.voices("Ana Silva", (24, 2, 1))
    shop.voices("Ben Okoro", (20, 10, 1))
    shop.pick()
    shop.set("Ana Silva", **facts)
    assert shop.current() is None
    assert shop.name() == "Ana Silva"


def test_a_withdrawn_hero_is_off_the_wall(shop: Shop) -> None:
    shop.voices("Ana Silva", (24, 2, 1))
    _, hero = shop.pick() or pytest.fail("nobody was picked")
    shop.ear.news()
    for expected in ({"heroes"}, set()):
        with shop.database.write.begin() as session:
            picking.withdraw(session, hero.id)
        assert shop.ear.news() == expected
    assert shop.current() is None
    with shop.database.write.begin() as session, pytest.raises(NotFoundError):
        picking.withdraw(session, hero.id + 1)


def test_history_names_nobody_who_hides(shop: Shop) -> None:
    shop.company(window_days=91)
    shop.voices("Ana Silva", (50, 0, 0))
    shop.voices("Ben Okoro", (20, 5, 1))
    shop.pick()
    shop.pick(AT + timedelta(weeks=1))
    with shop.database.read() as session:
        assert [one.name for one in listing.history(session)] == ["Ben O.", "Ana S."]
    shop.set("Ana Silva", visibility="hidden")
    with shop.database.read() as session:
        assert [one.name for one in listing.history(session)] == ["Ben O."]


def test_a_heros_story_is_told_with_the_hero(shop: Shop) -> None:
    shop.voices("Ana Silva", (24, 2, 1))
    shop.pick()
    words = "Ana carried it up the stairs."
    with shop.database.write.begin() as session:
        source = make.source(session)
        for number, state in enumerate(("released", "candidate")):
            told = Response(
                source_id=source.id,
                external_id=f"r-{number}",
                score=10,
                comment=words,
                attributes={},
                submitted_at=AT,
                answered_on=TODAY,
                person_id=shop.people["Ana Silva"],
                status="counted",
                stored_at=AT,
            )
            session.add(told)
            session.flush()
            session.add(
                Story(
                    response_id=told.id,
                    state=state,
                    text=f"{words} {state}",
                    rank=50,
                    reasons=[],
                    rule="gate-1",
                    created_at=AT,
                    released_at=AT if state == "released" else None,
                )
            )
    shown = shop.current()
    assert shown is not None
    assert shown.story is not None
    assert shown.story.text == f"{words} released"


def test_the_wall_of_a_place_celebrates_who_belongs_there(shop: Shop) -> None:
    shop.voices("Ana Silva", (24, 2, 1))
    shop.pick()
    with shop.database.write.begin() as session:
        near, far = make.site(session, "Near"), make.site(session, "Far")
        other = make.team(session, "Workshop", far)
        team_id = session.get_one(Person, shop.people["Ana Silva"]).team_id
        assert team_id is not None
        session.get_one(Team, team_id).site_id = near.id
        places = {"shop": ("team", team_id), "workshop": ("team", other.id)}
        places |= {"near": ("site", near.id), "far": ("site", far.id)}

    def celebrating() -> set[str]:
        with shop.database.read() as session:
            return {
                place
                for place, (scope, id_) in places.items()
                if listing.current(session, TODAY, scope=scope, scope_id=id_)
            }

    assert celebrating() == {"shop", "near"}
    shop.set("Ana Silva", team_id=places["workshop"][1])
    assert celebrating() == {"workshop", "far"}
    shop.set("Ana Silva", visibility="hidden")
    assert celebrating() == set()
