"""Ladder, week and today: what they compare, when they say so, and what they leave out."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.board import dayline, milestones, paint, rungs
from app.board.models import Benchmark, Board
from app.board.rungs import Rung
from app.board.scene import Stage, stage_of
from app.board.scenes import ladder, today, week
from app.db import Database, connect
from app.scores.nps import Tally
from tests import make
from tests.board import wall
from tests.board.wall import NOON, hear, mixed, tell


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    database: Database = connect(sqlite_url)
    with clock.frozen(NOON), database.write.begin() as session:
        yield session
    database.dispose()


def stage(session: Session, audience: str = "staff") -> Stage:
    board = session.query(Board).first() or wall.board(session)
    board.audience = audience
    return stage_of(session, board)


def rung(value: float | None, name: str = "Retail", **facts: Any) -> Rung:
    return Rung(name.lower(), facts.pop("kind", "benchmark"), name, "", value, **facts)


def benchmark(session: Session, name: str, value: float, year: int) -> None:
    session.add(Benchmark(name=name, value=value, year=year, source="a survey"))
    session.flush()


# A score of +40, by its interval between about +31 and +48.
FORTY = Tally(240, 80, 80)


@pytest.mark.parametrize(
    ("value", "state"),
    [(20, "passed"), (30, "passed"), (35, "level"), (40, "level"), (45, "level"), (60, "ahead")],
)
def test_a_rung_is_passed_only_beyond_chance(value: float, state: str) -> None:
    assert rungs.state(value, FORTY) == state


def test_under_ten_voices_nobody_stands_on_the_ladder() -> None:
    drawn = rungs.ladder([rung(-90)], Tally(9, 0, 0))
    assert [(one.id, one.state) for one in drawn] == [("retail", "ahead")]


def test_a_ladder_goes_from_the_top_down_with_ourselves_in_between() -> None:
    drawn = rungs.ladder([rung(29), rung(61, "Apple"), rung(None, "LEGO")], FORTY)
    assert [one.id for one in drawn] == ["lego", "apple", "us", "retail"]
    assert [one.state for one in drawn] == ["open", "ahead", "us", "passed"]
    assert drawn[0].shown is None
    assert [one.steps for one in drawn] == [0, 6, 3, 0]


def test_of_many_rungs_our_own_and_the_nearest_are_drawn() -> None:
    many = [rung(float(value), f"B{value}") for value in range(-100, 101, 10)]
    drawn = rungs.ladder([*many, rung(-95, "Past", kind="past")], FORTY)
    assert len(drawn) == rungs.MOST + 1
    assert {one.id for one in drawn} == {"us", "past", "b20", "b30", "b40", "b50", "b60"}


@pytest.mark.parametrize(
    ("tally", "goal", "more"),
    [(Tally(60, 20, 20), 50, 20), (Tally(60, 20, 20), 40, 0), (Tally(60, 20, 20), 100, None)],
)
def test_how_many_more_promoters_a_goal_needs(tally: Tally, goal: float, more: int | None) -> None:
    assert rungs.more_promoters(tally, goal) == more
    if more:
        lifted = tally + Tally(more, 0, 0)
        assert 100 * (lifted.promoters - lifted.detractors) >= goal * lifted.n


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (45, ("5 points to the target", "about 37 more promoters in the same time")),
        (41, ("1 point to the target", "about 7 more promoters in the same time")),
        (38, ("Level with the target", "the difference may still be chance")),
        (10, ("Above the target", "and more than chance")),
        (None, ("Nobody above us on this ladder", "A target would give us something to reach.")),
    ],
)
def test_the_way_to_the_target_is_said_in_points_and_people(
    target: int | None, said: tuple[str, str]
) -> None:
    found = [rung(target, "Target", kind="target")] if target is not None else [rung(10)]
    drawn = ladder.drawn(found, FORTY, target, 28)
    assert (drawn.headline, drawn.note) == said


def test_without_a_target_the_next_rung_is_the_goal() -> None:
    drawn = ladder.drawn([rung(61, "Apple"), rung(48, "Insurance")], FORTY, None, 28)
    assert drawn.headline == "8 points to Insurance"


def test_the_ladder_has_our_target_our_past_and_others(session: Session) -> None:
    make.company(session, target=50)
    on = stage(session)
    assert ladder.steps(session, on)
    benchmark(session, "Apple", 61, 2020)
    hear(session, mixed(40))
    hear(session, [10] * 12 + [2] * 8, at=NOON - timedelta(days=364))
    drawn = {one.name: one for one in ladder.look(session, on).rungs}
    assert list(drawn) == ["LEGO", "Apple", "Target", "", "Ourselves a year ago"]
    assert drawn["Ourselves a year ago"].shown == "+20"
    assert drawn["Apple"].stale
    assert drawn["Apple"].note == "2020, a survey"
    assert drawn["LEGO"].note == "no published figure"


def test_a_ladder_without_rungs_is_left_out(session: Session) -> None:
    make.company(session)
    hear(session, mixed(40))
    assert ladder.steps(session, stage(session)) == ()
    benchmark(session, "Retail", 29, 2026)
    assert ladder.steps(session, stage(session)) == (17,)


STEADY = [Tally(30, 10, 10)] * 5


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ([Tally(20, 20, 20), Tally(50, 5, 5)], "A better week: up 75"),
        ([Tally(50, 5, 5), Tally(20, 20, 20)], "A harder week: down 75"),
        ([*STEADY, Tally(40, 13, 13)], "More voices than in any week before"),
        ([*STEADY, Tally(30, 10, 9)], "A week much like the one before"),
        ([*STEADY, Tally(12, 0, 0)], "12 customers spoke to us"),
        ([Tally(), Tally(1, 0, 0)], "1 customer spoke to us"),
        ([*STEADY[:3], Tally(40, 13, 13)], "A week much like the one before"),
    ],
)
def test_the_headline_of_a_week_is_true(weeks: list[Tally], said: str) -> None:
    assert week.headline(weeks) == said


def test_a_week_is_the_last_whole_one(session: Session) -> None:
    make.company(session)
    ana = make.person(session, "Ana Muster", make.team(session, "Claims"))
    sunday = NOON - timedelta(days=7)
    hear(session, mixed(20), at=sunday)
    hear(session, [0] * 30)
    assert week.look(session, stage(session)).hero == ""
    wall.celebrate(session, ana, weeks_ago=1)
    told = tell(session, "They called back.", at=sunday, attributes={"team": "Claims"})
    tell(session, "Of this week, not of that one.", attributes={"team": "Claims"})
    view = week.look(session, stage(session))
    assert [number.shown for number in view.numbers] == ["+43", "21", "13", "4"]
    assert (view.dates, view.story, view.hero) == ("9 Nov to 15 Nov", told.text, "Ana M.")
    assert view.line == "Claims · Head office"
    street = week.look(session, stage(session, "street"))
    assert (street.story, street.line, street.hero) == ("", "", "")
    assert week.steps(session, stage(session)) == (15,)


def test_before_the_first_whole_week_nothing_is_reviewed(session: Session) -> None:
    make.company(session)
    hear(session, mixed(20))
    assert week.look(session, stage(session)).numbers == ()
    assert week.steps(session, stage(session)) == ()


def test_today_has_every_voice_in_its_local_hour(session: Session) -> None:
    make.company(session)
    hear(session, [10, 8], at=NOON)
    hear(session, [0], at=NOON.replace(hour=6, minute=30))
    hear(session, [10] * 5, at=NOON - timedelta(days=1))
    view = today.look(session, stage(session))
    assert view.headline == "3 voices today"
    assert view.note == "the last one at 14:02"
    assert [count for _, count in view.counts] == ["1", "1", "1"]
    assert view.day.latest is not None
    assert (view.day.marks[0][1], view.day.latest[2]) == ("7:00", "passive")


def test_a_day_begins_at_the_midnight_of_its_place(session: Session) -> None:
    make.company(session, timezone="Pacific/Auckland")
    hear(session, [10], at=NOON - timedelta(hours=3))
    assert stage(session).today == date(2026, 11, 23)
    assert today.look(session, stage(session)).day.latest is None


@pytest.mark.parametrize("tall", [True, False])
@pytest.mark.parametrize("number", [1, 12, 90, 1500])
def test_the_day_stays_in_its_frame(number: int, tall: bool) -> None:
    heard = [(at % 24, kind) for at in range(number) for kind in ("promoter", "detractor")]
    drawn = dayline.dayline([*heard, (9, "passive")], 14, tall=tall)
    for heap in drawn.heaps:
        for point in heap.points.split():
            x, y = map(float, point.split(","))
            assert drawn.radius <= x <= drawn.width - drawn.radius
            assert drawn.radius - 0.1 <= y <= drawn.floor
    assert len("".join(heap.points for heap in drawn.heaps)) < 12_000


def test_a_record_needs_a_past_and_more_than_a_handful() -> None:
    past = [Tally(20, 0, 0)] * 4
    assert milestones.is_record([*past, Tally(21, 0, 0)])
    assert not milestones.is_record([*past, Tally(20, 0, 0)])
    assert not milestones.is_record([*past[1:], Tally(90, 0, 0)])
    assert not milestones.is_record([*[Tally(1, 0, 0)] * 9, Tally(3, 0, 0)])


@pytest.mark.parametrize("scene", ["pulse", "tide", "ladder"])
def test_no_score_stands_without_its_size(session: Session, scene: str) -> None:
    benchmark(session, "Retail", 29, 2026)
    hear(session, mixed(1200))
    drawn = paint.paint(session, stage(session), [f"{scene}-0"])[f"{scene}-0"]
    assert "1,200 voices" in drawn


@pytest.mark.parametrize("scene", ["pulse", "tide", "ladder"])
def test_a_number_leads_to_how_it_is_made_once_there_is_one_and_never_on_the_street(
    session: Session, scene: str
) -> None:
    def coded(audience: str) -> bool:
        return "/made.svg" in paint.paint(session, stage(session, audience), [f"{scene}-0"]).get(
            f"{scene}-0", ""
        )

    benchmark(session, "Retail", 29, 2026)
    hear(session, mixed(9))
    assert not coded("staff")
    hear(session, mixed(9))
    assert [coded(audience) for audience in ("staff", "visitor", "street")] == [True, True, False]
