"""Other ways to be celebrated than the best score; and the rules, on invented fields."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db import connect
from app.heroes import listing, pickpages, rules
from app.heroes.rules import Field, Runner
from app.scores.nps import Tally
from tests.heroes.place import AT, MONDAY, TODAY, WEEK, Shop, hire, open_shop
from tests.people.visitor import Visitor, house, lead
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]


@pytest.fixture
def shop(sqlite_url: str) -> Iterator[Shop]:
    database = connect(sqlite_url)
    opened = open_shop(database, "Ana Silva", "Ben Okoro", "Cleo Marsh")
    yield opened
    opened.ear.close()
    database.dispose()


def test_who_improved_most_beyond_chance_is_celebrated(shop: Shop) -> None:
    before = TODAY - timedelta(days=28)
    shop.voices("Ana Silva", (40, 2, 1), before)
    shop.voices("Ana Silva", (40, 2, 1))
    shop.voices("Ben Okoro", (15, 15, 15), before)
    shop.voices("Ben Okoro", (36, 5, 4))
    shop.voices("Cleo Marsh", (20, 12, 12), before)
    shop.voices("Cleo Marsh", (22, 12, 11))
    shop.story("Ana Silva")
    heroes = shop.heroes()
    assert heroes["pick"].person_id == shop.people["Ana Silva"]
    assert heroes["improved"].person_id == shop.people["Ben Okoro"]
    assert heroes["improved"].reason == (
        "Customers leave happier than in the four weeks before; 36 of them delighted."
    )
    assert heroes["improved"].numbers["runners_up"] == []


def test_an_unhappy_customer_who_came_back_delighted_is_a_rescue(shop: Shop) -> None:
    long_ago = TODAY - timedelta(days=60)
    for name, first, then in (
        ("Ana Silva", 3, 8),
        ("Ben Okoro", 7, 10),
        ("Cleo Marsh", 2, 9),
    ):
        email = f"{name[:3].lower()}@example.com"
        shop.answer(None, first, long_ago, email=email)
        shop.answer(name, then, MONDAY, email=email)
    hero = shop.heroes()["rescue"]
    assert hero.person_id == shop.people["Cleo Marsh"]
    assert hero.reason == "Won back a customer who had been unhappy."
    assert "example.com" not in str(hero.numbers)


def test_a_rescue_of_too_long_ago_or_in_the_wrong_order_is_none(shop: Shop) -> None:
    shop.answer(None, 2, TODAY - timedelta(days=120), email="uma@example.com")
    shop.answer("Ana Silva", 10, MONDAY, email="uma@example.com")
    shop.answer("Ben Okoro", 10, MONDAY, email="tom@example.com")
    shop.answer(None, 1, TODAY, email="tom@example.com")
    shop.answer(None, 1, MONDAY - timedelta(days=9))
    shop.answer("Cleo Marsh", 10, MONDAY)
    assert "rescue" not in shop.heroes()


def test_new_joiners_and_part_timers_come_by_their_stories(shop: Shop) -> None:
    shop.set("Ana Silva", joined_on=TODAY - timedelta(days=30))
    shop.set("Ben Okoro", joined_on=TODAY - timedelta(days=400))
    for name in ("Ana Silva", "Ben Okoro"):
        shop.voices(name, (3, 1, 0))
        shop.story(name)
    shop.voices("Cleo Marsh", (4, 0, 0))
    shop.story("Cleo Marsh", state="candidate")
    heroes = shop.heroes()
    assert heroes["newcomer"].person_id == shop.people["Ana Silva"]
    assert heroes["newcomer"].reason == "New here, and customers say thank you already."
    assert heroes["voice"].person_id == shop.people["Ben Okoro"]
    assert heroes["voice"].reason == "A customer's own words say why."
    with shop.database.read() as session:
        names = [one.name for one in listing.celebrated(session, TODAY)]
    assert names == ["Northwind", "Ana S.", "Ben O."]


def test_nobody_is_celebrated_twice_in_a_week(shop: Shop) -> None:
    shop.set("Ana Silva", joined_on=TODAY - timedelta(days=30))
    shop.differing()
    shop.answer(None, 2, TODAY - timedelta(days=9), email="uma@example.com")
    shop.answer("Ana Silva", 10, TODAY, email="uma@example.com")
    heroes = shop.heroes()
    assert set(heroes) == {"pick"}


def test_a_month_looks_back_at_the_one_before(shop: Shop) -> None:
    for name, tally in zip(shop.people, ((40, 3, 1), (60, 14, 6), (40, 30, 20)), strict=True):
        shop.voices(name, tally, date(2026, 5, 20))
        shop.story(name, date(2026, 5, 20))
    hero = shop.heroes(period="month")["pick"]
    assert (hero.starts_on, hero.person_id) == (date(2026, 6, 1), shop.people["Ana Silva"])
    assert (hero.numbers["until"], hero.numbers["days"]) == ("2026-05-31", 31)
    with shop.database.read() as session:
        early = listing.celebrated(session, date(2026, 6, 2))
        late = listing.celebrated(session, date(2026, 6, 9))
    assert [(one.period, one.name) for one in early] == [("month", "Ana S.")]
    assert {one.period for one in late} == {"week"}


def test_of_five_heroes_in_a_row_at_most_two_are_of_one_team(shop: Shop) -> None:
    shop.company(window_days=91)
    hire(shop, "Workshop", "Dora Lind")
    hire(shop, "Office", "Emil Roth")
    shop.differing()
    shop.voices("Dora Lind", (30, 12, 8))
    shop.voices("Emil Roth", (30, 14, 10))
    shop.story("Dora Lind")
    shop.story("Emil Roth")
    weeks = [shop.heroes(AT + week * WEEK, starts_on=MONDAY + week * WEEK) for week in range(8)]
    teams = [one["pick"].team_id for one in weeks if "pick" in one]
    assert len(teams) >= 6
    for start in range(len(teams) - 4):
        assert max(Counter(teams[start : start + 5]).values()) <= 2


def test_a_suggestion_is_confirmed_and_taken_off_at_the_desk(shop: Shop, tmp_path: Path) -> None:
    shop.company(heroes="suggest")
    shop.differing()
    hero = shop.heroes()["pick"]
    lead(shop.database, role="lead")
    uma = Visitor(house(shop.database, tmp_path, pickpages.router))
    uma.sign_in()
    page = uma.get("/heroes").text
    assert "Suggested" in page
    assert "40 delighted customers in four weeks." in page
    for press, said in (("confirm", "on its way"), ("confirm", "Somebody was first")):
        pressed = uma.press(f"/heroes/{hero.id}/{press}")
        assert said.lower() in uma.get(pressed.headers["location"]).text.lower()
        assert shop.current() is not None
    pressed = uma.press(f"/heroes/{hero.id}/withdraw")
    assert "No wall shows it" in uma.get(pressed.headers["location"]).text
    assert shop.current() is None


def test_a_pick_explains_itself_on_the_command_line(
    cheerboard: Command, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = connect(sqlite_url)
    shop = open_shop(database, "Ana Silva", "Ben Okoro", "Cleo Marsh")
    shop.differing()
    hero = shop.heroes()["pick"]
    shop.ear.close()
    database.dispose()
    monkeypatch.setenv("CHEERBOARD_DATABASE_URL", sqlite_url)
    said = cheerboard("hero", "explain", str(hero.id)).out
    assert said.startswith("Ana Silva: 40 delighted customers in four weeks.")
    assert "Runners-up: Ben Okoro, Cleo Marsh." in said
    assert "it comes out the same" in said
    assert cheerboard("hero", "explain", "999").code == 2
    assert "40 delighted" in cheerboard("hero", "list").out
    assert cheerboard("company", "set", "--heroes", "perhaps").code == 2
    assert cheerboard("company", "set", "--heroes", "off", "--stories", "automatic").code == 0


TALLIES = st.builds(Tally, *[st.integers(0, 60)] * 3)
RUNNERS = st.builds(
    Runner,
    id=st.integers(1, 9999),
    team_id=st.none() | st.integers(1, 4),
    now=TALLIES,
    before=TALLIES,
    stories=st.integers(0, 2),
    best_story=st.floats(0, 100),
    rescues=st.integers(0, 2),
    days_here=st.none() | st.integers(0, 400),
)


@st.composite
def fields(draw: st.DrawFn) -> Field:
    return Field(
        company=draw(TALLIES),
        weight=draw(st.floats(10, 100)),
        seed=draw(st.text(max_size=4)),
        p_equal=draw(st.sampled_from([0.0001, 0.5])),
        p_teams=draw(st.sampled_from([0.0001, 0.5])),
        runners=tuple(draw(st.lists(RUNNERS, max_size=12, unique_by=lambda one: one.id))),
        teams=tuple(draw(st.lists(RUNNERS, max_size=4, unique_by=lambda one: one.id))),
        lately=tuple(draw(st.lists(st.none() | st.integers(1, 4), max_size=4))),
        is_capped=draw(st.booleans()),
        is_own_team=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(fields(), st.sampled_from(rules.KINDS), st.randoms(use_true_random=False))
def test_a_choice_depends_on_no_order_and_comes_out_the_same_from_what_is_kept(
    known: Field, kind: str, dice: object
) -> None:
    choice = rules.choose(kind, known)
    runners, teams = list(known.runners), list(known.teams)
    dice.shuffle(runners)  # type: ignore[attr-defined]
    dice.shuffle(teams)  # type: ignore[attr-defined]
    shuffled = rules.choose(kind, replace(known, runners=tuple(runners), teams=tuple(teams)))
    assert (choice and (choice.id, choice.runners_up)) == (
        shuffled and (shuffled.id, shuffled.runners_up)
    )
    if choice is None:
        return
    again = rules.recomputed(kind, rules.document(choice))
    assert again is not None
    assert (again.id, again.runners_up) == (choice.id, choice.runners_up)
    if kind != "team":
        winner = next(one for one in known.runners if one.id == choice.id)
        full = known.lately.count(winner.team_id) >= rules.OF_ONE_TEAM
        assert not (known.is_capped and winner.team_id is not None and full)
        assert kind not in ("pick", "newcomer", "voice") or winner.stories


@settings(max_examples=60, deadline=None)
@given(fields())
def test_one_more_delighted_customer_never_costs_the_pick(known: Field) -> None:
    choice = rules.choose("pick", known)
    if choice is None:
        return
    better = tuple(
        replace(one, now=one.now + Tally(promoters=1)) if one.id == choice.id else one
        for one in known.runners
    )
    again = rules.choose("pick", replace(known, runners=better))
    assert again is not None
    assert again.id == choice.id
