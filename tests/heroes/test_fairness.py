"""Random weeks: who was celebrated rests, no team has all the light, every pick recomputes."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.board import cheers
from app.db import connect
from app.heroes import rules
from app.heroes.listing import HeroView
from app.heroes.models import Hero
from app.language import LANGUAGES, speaking
from tests.heroes.place import AT, MONDAY, WEEK, Shop, hire, open_shop

WEEKS = 8
TEAMS = {
    "Shop": ("Ana A", "Ben B", "Cleo C"),
    "Till": ("Dan D", "Eva E"),
    "Yard": ("Fay F", "Gus G"),
}


@pytest.fixture
def shop(sqlite_url: str) -> Iterator[Shop]:
    database = connect(sqlite_url)
    opened = open_shop(database, *TEAMS["Shop"])
    for team, names in list(TEAMS.items())[1:]:
        hire(opened, team, *names)
    yield opened
    opened.ear.close()
    database.dispose()


def live(shop: Shop, seed: int) -> None:
    """Some weeks of some people: better and worse ones, part-timers, words and none."""
    chances = random.Random(seed)
    level = {name: chances.choice((0.3, 0.6, 0.9)) for name in shop.people}
    for week in range(WEEKS):
        for name, share in level.items():
            if chances.random() < 0.2:
                continue  # a part-timer's week
            good = sum(chances.random() < share for _ in range(14))
            shop.voices(name, (good, 2, 14 - good), MONDAY + week * WEEK)
            if chances.random() < 0.8:
                shop.story(name, MONDAY + week * WEEK, rank=chances.uniform(45, 95))
        shop.heroes(AT + week * WEEK)


def test_weeks_on_end_keep_every_rule(shop: Shop) -> None:
    live(shop, 20_261_122)
    with shop.database.read() as session:
        query = select(Hero).where(Hero.scope == "company", Hero.period == "week")
        kept = session.scalars(query.order_by(Hero.starts_on, Hero.id)).all()
        everything = session.scalars(select(Hero)).all()
    people = [hero for hero in kept if hero.person_id is not None]
    assert len(people) >= WEEKS - 1
    assert len({hero.person_id for hero in people}) >= 4
    for at, hero in enumerate(people):
        for other in people[at + 1 :]:
            if other.person_id == hero.person_id:
                ended = hero.starts_on + timedelta(days=7)
                assert other.starts_on - ended >= timedelta(days=14)
        five = Counter(one.team_id for one in people[at : at + 5])
        assert max(five.values()) <= 2, (at, five)
    for hero in everything:
        again = rules.recomputed(hero.kind, hero.numbers["inputs"])
        assert again
        assert again.id == (hero.team_id if hero.kind == "team" else hero.person_id)
        assert list(again.runners_up) == hero.numbers["runners_up"]


@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_language_says_who_and_why(kind: str) -> None:
    hero = HeroView(
        id=1, kind=kind, period="week", starts_on=MONDAY, person_id=1, name="Ana A", team="Shop",
        reason="", promoters=41, number=3, days=28, is_everybody=False, scope="company",
        state="shown", team_id=1, story=None,
    )  # fmt: skip
    said = {}
    for code in LANGUAGES:
        with speaking(code):
            said[code] = cheers.title(hero), cheers.reason(hero, 28)
    assert all(all(pair) for pair in said.values())
    assert len({reason for _, reason in said.values()}) == len(LANGUAGES)
    numbers = {"pick": "41", "improved": "41", "team": "41", "rescue": "3"}
    assert all(numbers.get(kind, "") in reason for _, reason in said.values())
