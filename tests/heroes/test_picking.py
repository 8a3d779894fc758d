"""The hero of the week: fair, rested, explained, picked once, and without a trace when hidden."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database, connect
from app.errors import ForbiddenError, NotFoundError
from app.heroes import deciding, explaining, listing, picking
from app.heroes.models import Hero, HeroWeight
from app.people.authorize import Actor
from app.people.models import AuditEntry
from app.stories.models import Story
from tests.heroes.place import AT, MONDAY, TODAY, WEEK, Shop, hire, open_shop

LEAD = Actor("lead", name="Lea")


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    opened = open_shop(database, "Ana Silva", "Ben Okoro", "Cleo Marsh")
    yield opened
    opened.ear.close()


@pytest.fixture
def place(sqlite_url: str) -> Iterator[Shop]:
    """The same, where no other database could make a difference."""
    database = connect(sqlite_url)
    opened = open_shop(database, "Ana Silva", "Ben Okoro", "Cleo Marsh")
    yield opened
    opened.ear.close()
    database.dispose()


def test_the_best_shrunken_score_with_a_story_is_picked_not_the_luckiest(shop: Shop) -> None:
    shop.voices("Ana Silva", (10, 0, 0))
    shop.voices("Ben Okoro", (70, 8, 2))
    shop.voices("Cleo Marsh", (40, 30, 20))
    for name in shop.people:
        shop.story(name)
    name, hero = shop.pick() or pytest.fail("nobody was picked")
    assert name == "Ben Okoro"
    assert (hero.kind, hero.starts_on, hero.picked_at) == ("pick", MONDAY, AT)
    assert (hero.period, hero.scope, hero.state) == ("week", "company", "shown")
    assert hero.team_id == shop.teams["Shop"]
    assert hero.numbers["runners_up"] == [shop.people["Ana Silva"], shop.people["Cleo Marsh"]]
    assert shop.ear.news() == {"heroes"}


def test_without_an_approved_story_the_next_best_is_picked(place: Shop) -> None:
    place.differing()
    place.voices("Ana Silva", (60, 0, 0))
    name, hero = place.pick() or pytest.fail("nobody was picked")
    assert name == "Ana Silva"
    with place.database.write.begin() as session:
        session.delete(session.get_one(Hero, hero.id))
        for story in session.scalars(select(Story)):
            if "Ana" in story.text:
                story.state = "candidate"
    assert place.name() == "Ben Okoro"


def test_the_reason_is_a_sentence_with_numbers_and_without_a_comparison(place: Shop) -> None:
    place.differing()
    _, hero = place.pick() or pytest.fail("nobody was picked")
    assert hero.reason == "40 delighted customers in four weeks."
    said = hero.numbers["reason_with_score"]
    assert said.startswith("44 customers in four weeks, 40 of them delighted: +")
    assert said.endswith(", adjusted for few voices.")
    assert "Ana" not in said


def test_when_people_do_not_differ_the_team_is_celebrated(place: Shop) -> None:
    for name in place.people:
        place.voices(name, (20, 5, 1))
        place.story(name)
    name, hero = place.pick() or pytest.fail("nobody was picked")
    assert (name, hero.kind, hero.person_id, hero.team_id) == ("everybody", "team", None, None)
    assert hero.reason == ("60 delighted customers in four weeks, and everybody had a part in it.")
    shown = place.current()
    assert shown is not None
    assert (shown.kind, shown.name, shown.team, shown.story) == ("team", "Northwind", None, None)
    assert place.current(audience="visitor") is not None
    assert place.current(audience="street") is None
    # And it stays the team's week, whatever comes later.
    place.voices("Ana Silva", (200, 0, 0))
    assert place.name(AT + timedelta(days=3)) == "everybody"


def test_a_team_that_is_better_beyond_chance_is_celebrated_by_name(place: Shop) -> None:
    hire(place, "Workshop", "Dora Lind", "Emil Roth")
    for name in ("Ana Silva", "Ben Okoro", "Cleo Marsh"):
        place.voices(name, (60, 5, 1))
    for name in ("Dora Lind", "Emil Roth"):
        place.voices(name, (20, 20, 20))
    hero = place.heroes()["team"]
    assert (hero.team_id, hero.person_id) == (place.teams["Shop"], None)
    shown = place.current()
    assert shown is not None
    assert shown.name == "Shop"
    assert place.current(audience="visitor") is None


@pytest.mark.parametrize(("many", "winner"), [(9, "Ben Okoro"), (10, "Dora Lind")])
def test_nine_voices_are_too_few_and_ten_are_enough(place: Shop, many: int, winner: str) -> None:
    place.differing()
    place.set("Ana Silva", left_on=TODAY)
    hire(place, "Workshop", "Dora Lind")
    place.voices("Dora Lind", (many, 0, 0))
    place.story("Dora Lind")
    assert place.name() == winner


@pytest.mark.parametrize("facts", [{"visibility": "hidden"}, {"left_on": TODAY}])
def test_who_hides_or_left_is_no_hero(place: Shop, facts: dict[str, object]) -> None:
    place.differing()
    place.set("Ana Silva", **facts)
    _, hero = place.pick() or pytest.fail("nobody was picked")
    assert hero.person_id == place.people["Ben Okoro"]
    known = [one["id"] for one in hero.numbers["inputs"]["runners"]]
    assert place.people["Ana Silva"] not in [*known, *hero.numbers["runners_up"]]


def test_nobody_is_crowned_over_more_unhappy_than_delighted_customers(place: Shop) -> None:
    place.voices("Ana Silva", (5, 3, 5))
    place.story("Ana Silva")
    assert place.name() is None


def test_a_hero_rests_for_fourteen_days(shop: Shop) -> None:
    shop.company(window_days=91)
    shop.differing()
    weeks = [shop.name(AT + week * WEEK) for week in range(4)]
    assert weeks == ["Ana Silva", "Ben Okoro", "Cleo Marsh", "Ana Silva"]


def test_a_week_has_one_hero_whatever_comes_later(shop: Shop) -> None:
    shop.differing()
    assert shop.name() == "Ana Silva"
    shop.ear.news()
    shop.voices("Ben Okoro", (900, 0, 0))
    assert shop.name(AT + timedelta(days=4)) == "Ana Silva"
    assert shop.ear.news() == set()


def test_the_week_is_the_companys(place: Shop) -> None:
    place.company(timezone="Pacific/Auckland")
    place.differing()
    _, hero = place.pick(datetime(2026, 6, 14, 13, 0, tzinfo=UTC)) or pytest.fail("nobody")
    assert hero.starts_on == date(2026, 6, 15)


def test_two_processes_pick_one_hero(shop: Shop) -> None:
    shop.differing()
    found: list[int] = []
    start = threading.Barrier(3)

    def pick() -> None:
        own = connect(shop.database.url)
        start.wait()
        with own.write.begin() as session:
            hero = picking.pick_week(session, AT)
            assert hero is not None
            found.append(hero.id)
        own.dispose()

    threads = [threading.Thread(target=pick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    with shop.database.read() as session:
        week = Hero.period == "week"
        assert session.scalar(select(func.count()).select_from(Hero).where(week)) == 1


def test_without_a_company_there_is_no_hero(database: Database) -> None:
    with database.write.begin() as session:
        assert picking.pick_week(session, AT) is None
    assert picking.pick(database, AT) == 0


def test_the_wall_tells_no_personal_score_unless_individuals_are_on(place: Shop) -> None:
    place.differing()
    place.pick()
    shown = place.current()
    assert shown is not None
    assert (shown.name, shown.team, shown.promoters) == ("Ana S.", "Shop", 40)
    assert shown.reason == "40 delighted customers in four weeks."
    place.company(individuals=True)
    shown = place.current()
    assert shown is not None
    assert "40 of them delighted: +" in shown.reason
    visitor = place.current(audience="visitor")
    assert visitor is not None
    assert (visitor.name, visitor.team) == ("Ana", None)
    assert visitor.reason == "40 delighted customers in four weeks."
    assert place.current(audience="street") is None


def test_a_hero_stays_for_the_week(place: Shop) -> None:
    place.differing()
    place.pick()
    days = (MONDAY, MONDAY + timedelta(days=6), MONDAY + WEEK, MONDAY - timedelta(days=1))
    assert [place.current(day) is not None for day in days] == [True, True, False, False]


@pytest.mark.parametrize("facts", [{"visibility": "hidden"}, {"left_on": TODAY}])
def test_who_hides_or_leaves_later_is_off_the_wall(place: Shop, facts: dict[str, object]) -> None:
    place.differing()
    place.pick()
    place.set("Ana Silva", **facts)
    assert place.current() is None
    assert place.name() == "Ana Silva"


def test_a_withdrawn_hero_is_off_the_wall_and_nobody_moves_up(shop: Shop) -> None:
    shop.differing()
    _, hero = shop.pick() or pytest.fail("nobody was picked")
    shop.ear.news()
    for expected in ({"heroes"}, set()):
        with shop.database.write.begin() as session:
            assert deciding.withdraw(session, LEAD, hero.id) == bool(expected)
        assert shop.ear.news() == expected
    assert shop.current() is None
    assert shop.name() == "Ana Silva"
    with shop.database.write.begin() as session, pytest.raises(NotFoundError):
        deciding.withdraw(session, LEAD, hero.id + 1000)


def test_a_suggestion_waits_for_a_lead(shop: Shop) -> None:
    shop.company(heroes="suggest")
    shop.differing()
    _, hero = shop.pick() or pytest.fail("nobody was picked")
    assert hero.state == "suggested"
    assert shop.current() is None
    other = Actor("lead", name="Lou", team_ids=frozenset({99}))
    with shop.database.write.begin() as session, pytest.raises(ForbiddenError):
        deciding.confirm(session, other, hero.id)
    shop.ear.news()
    for expected in (True, False):
        with clock.frozen(AT), shop.database.write.begin() as session:
            assert deciding.confirm(session, LEAD, hero.id) is expected
    assert shop.ear.news() == {"heroes"}
    shown = shop.current()
    assert shown is not None
    assert shown.name == "Ana S."
    with shop.database.read() as session:
        entries = session.scalars(select(AuditEntry.action)).all()
        assert list(entries).count("heroes.confirm") == 1


def test_switched_off_nobody_is_picked(place: Shop) -> None:
    place.company(heroes="off")
    place.differing()
    assert place.name() is None
    assert place.heroes() == {}


def test_the_weight_of_a_night_is_kept_and_used(place: Shop) -> None:
    place.differing()
    place.pick()
    with place.database.read() as session:
        (night,) = session.scalars(select(HeroWeight)).all()
        assert (night.day, night.days, night.people, night.answers) == (TODAY, 28, 3, 214)
    with place.database.write.begin() as session:
        session.get_one(HeroWeight, (TODAY, 28)).weight = 77.0
        session.query(Hero).delete()
    _, hero = place.pick() or pytest.fail("nobody was picked")
    assert hero.numbers["inputs"]["weight"] == 77.0


def test_every_pick_comes_out_the_same_when_it_is_done_again(place: Shop) -> None:
    hire(place, "Workshop", "Dora Lind", site="Far")
    place.set("Dora Lind", joined_on=date(2026, 5, 1))
    place.voices("Dora Lind", (3, 0, 0))
    place.story("Dora Lind")
    place.differing()
    for day in (MONDAY - timedelta(days=20), TODAY):
        place.answer("Cleo Marsh", 2 if day != TODAY else 10, day, email="uma@example.com")
    for week in range(6):
        place.heroes(AT + week * WEEK)
    with place.database.read() as session:
        heroes = session.scalars(select(Hero)).all()
        assert {hero.kind for hero in heroes} >= {"pick", "rescue", "newcomer", "team"}
        assert len(heroes) > 8
        assert all(explaining.explain(session, hero.id).is_same for hero in heroes)
        broken = next(hero for hero in heroes if hero.numbers["runners_up"])
        broken.numbers["inputs"]["runners"][-1]["now"]["promoters"] = 999
        assert not explaining.is_same(broken)


def test_history_names_nobody_who_hides(place: Shop) -> None:
    place.company(window_days=91)
    place.differing()
    place.pick()
    place.pick(AT + WEEK)
    with place.database.read() as session:
        weeks = [one.name for one in listing.history(session) if one.period == "week"]
    assert weeks == ["Ben O.", "Ana S."]
    place.set("Ana Silva", visibility="hidden")
    with place.database.read() as session:
        assert "Ana S." not in [one.name for one in listing.history(session)]


def test_a_heros_story_is_told_with_the_hero(place: Shop) -> None:
    place.differing()
    place.story("Ana Silva", state="candidate")
    place.pick()
    shown = place.current()
    assert shown is not None
    assert shown.story is not None
    assert (shown.story.text, shown.story.state) == ("Thank you, Ana Silva!", "released")


def test_a_place_has_heroes_of_its_own(place: Shop) -> None:
    hire(place, "Workshop", "Dora Lind", "Emil Roth", site="Far")
    place.differing()
    place.voices("Dora Lind", (90, 1, 1))
    place.voices("Emil Roth", (10, 10, 12))
    place.story("Dora Lind", rank=70)
    assert place.heroes()["pick"].person_id == place.people["Dora Lind"]
    team = place.teams["Shop"]
    assert place.heroes(scope="team", scope_id=team)["pick"].person_id == place.people["Ana Silva"]
    with place.database.read() as session:
        site = listing.current(session, TODAY, scope="site", scope_id=2)
        assert site is not None
        assert site.name == "Dora L."
        own = listing.current(session, TODAY, scope="team", scope_id=team)
        assert own is not None
        assert own.name == "Ana S."
