"""The rotation follows from server time alone."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby

from hypothesis import example, given
from hypothesis import strategies as st

from app.board.plan import (
    AHEAD,
    LOOP_SECONDS,
    MOST_LOOPS,
    Loop,
    Plan,
    Step,
    Timeline,
    first,
    follow,
    round_of,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TWO = (Step("pulse", 0, 12), Step("tide", 0, 15))
THREE = (*TWO, Step("hero", 0, 20))
# Two loops, as where more is to be said than three minutes hold.
ROUND = (THREE, (TWO[0], Step("week", 0, 22), Step("today", 0, 12)))

moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_steps_follow_each_other_and_begin_anew() -> None:
    plan = Plan(NOON, TWO)
    shown = [plan.on_show(NOON + seconds(at))[0].scene for at in (0, 11.9, 12, 26.9, 27, 39)]
    assert shown == ["pulse", "pulse", "tide", "tide", "pulse", "tide"]
    assert plan.on_show(NOON + seconds(13))[1] == NOON + seconds(27)


@given(moments, moments)
def test_two_processes_that_start_at_different_times_agree(
    start: datetime, other: datetime
) -> None:
    now = max(start, other) + seconds(5)
    mine, theirs = (follow(first(ROUND, began), ROUND, now) for began in (start, other))
    assert mine.on_show(now) == theirs.on_show(now)


@given(moments)
def test_a_plan_is_always_somewhere(now: datetime) -> None:
    step, ends = Plan(NOON, THREE).on_show(now)
    assert step in THREE
    assert now < ends <= now + seconds(step.seconds)


def test_a_new_plan_starts_at_the_next_loop() -> None:
    timeline = Timeline(Plan(NOON, TWO))
    changed = follow(timeline, [THREE], NOON + seconds(5))
    assert changed.plan == timeline.plan
    assert changed.coming == Plan(NOON + seconds(27), THREE)
    assert changed.at(NOON + seconds(26)).steps == TWO
    assert changed.at(NOON + seconds(27)).steps == THREE
    assert follow(changed, [THREE], NOON + seconds(6)) is changed
    assert follow(changed, [THREE], NOON + seconds(28)) == Timeline(Plan(NOON + seconds(27), THREE))


def test_a_change_taken_back_before_its_loop_never_happens() -> None:
    changed = follow(Timeline(Plan(NOON, TWO)), [THREE], NOON + seconds(5))
    assert follow(changed, [TWO], NOON + seconds(6)) == Timeline(Plan(NOON, TWO))


def test_what_has_nothing_to_show_any_more_leaves_at_once() -> None:
    timeline = Timeline(Plan(NOON, THREE))
    recalled = NOON + seconds(30)
    assert timeline.at(recalled).on_show(recalled)[0].scene == "hero"
    assert follow(timeline, [TWO], recalled) == Timeline(Plan(recalled, TWO))


def test_the_next_scene_travels_three_seconds_before_it_comes() -> None:
    timeline = Timeline(Plan(NOON, TWO))
    assert seconds(3) == AHEAD
    early = timeline.shown_soon(NOON + seconds(8.9))
    assert early == ((TWO[0],), NOON + seconds(9))
    late = timeline.shown_soon(NOON + seconds(9))
    assert late == (TWO, NOON + seconds(12))


def test_the_first_scene_of_a_coming_plan_travels_ahead_too() -> None:
    coming = Plan(NOON + seconds(27), (Step("story", 0, 10),))
    timeline = Timeline(Plan(NOON, TWO), coming)
    steps, _ = timeline.shown_soon(NOON + seconds(25))
    assert [step.scene for step in steps] == ["tide", "story"]


def test_one_scene_alone_is_not_sent_twice() -> None:
    timeline = Timeline(Plan(NOON, TWO[:1]))
    assert timeline.shown_soon(NOON + seconds(11)) == (TWO[:1], NOON + seconds(12))


def keys(loops: Iterable[Loop]) -> list[list[str]]:
    return [[step.key for step in loop] for loop in loops]


@given(
    st.dictionaries(
        st.sampled_from(["pulse", "tide", "hero", "story", "week", "today"]),
        st.lists(st.integers(5, 120), max_size=6),
        min_size=1,
    )
)
@example({"pulse": [5], "tide": [76], "hero": [79], "story": [102]})
def test_every_loop_has_three_minutes_and_no_step_less_than_it_needs(
    needed: dict[str, list[int]],
) -> None:
    loops = round_of(needed)
    assert all(sum(step.seconds for step in loop) <= LOOP_SECONDS for loop in loops)
    steps = {step for loop in loops for step in loop}
    assert all(step.seconds == needed[step.scene][step.item] for step in steps)
    assert {step.scene for step in steps} == {scene for scene, each in needed.items() if each}
    most = max(map(len, needed.values()))
    assert len(loops) <= MOST_LOOPS or len(steps) == len({step.scene for step in steps}) or most < 2


def test_what_fits_is_one_loop_in_its_order() -> None:
    (loop,) = round_of({"pulse": [12], "hero": [], "story": [20, 25]})
    assert loop == (Step("pulse", 0, 12), Step("story", 0, 20), Step("story", 1, 25))


def test_what_does_not_fit_comes_with_the_next_loop_after_the_first_scene() -> None:
    loops = round_of({"pulse": [20], "tide": [100], "story": [40, 40, 40], "today": [30]})
    assert keys(loops) == [
        ["pulse-0", "tide-0", "story-0"],
        ["pulse-0", "story-1", "story-2", "today-0"],
    ]


def test_of_more_than_three_loops_the_later_items_wait() -> None:
    loops = round_of({"pulse": [20], "story": [40] * 30, "today": [30]})
    assert len(loops) == MOST_LOOPS
    assert keys(loops)[-1][-1] == "today-0"


def test_a_board_that_wants_its_scenes_long_has_them_long() -> None:
    assert keys(round_of({"pulse": [120], "tide": [120]})) == [["pulse-0"], ["tide-0"]]


def test_what_is_too_short_to_see_is_made_longer() -> None:
    assert [step.seconds for step in round_of({"pulse": [1], "tide": [20]})[0]] == [5, 20]


def test_the_loops_of_a_round_take_turns() -> None:
    timeline, shown = Timeline(Plan(NOON, THREE)), []
    for after in range(0, 2 * 93, 3):
        timeline = follow(timeline, ROUND, NOON + seconds(after))
        shown.append(timeline.on_show(NOON + seconds(after))[0].scene)
    turns = [scene for scene, _same in groupby(shown)]
    assert turns == ["pulse", "tide", "hero", "pulse", "week", "today"] * 2


def test_what_is_only_in_the_next_loop_is_shown_by_this_wall_too() -> None:
    timeline = Timeline(Plan(NOON, THREE), Plan(NOON + seconds(47), ROUND[1]), later=frozenset("x"))
    assert [timeline.shows(one) for one in ("tide", "week", "x", "story")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_change_of_words_does_not_begin_the_round_anew() -> None:
    longer = (THREE, (TWO[0], Step("week", 0, 24), Step("today", 0, 12)))
    running = Timeline(Plan(NOON, THREE))
    assert follow(running, longer, NOON).coming == Plan(NOON + seconds(47), longer[1])
    reworded = ((*TWO, Step("hero", 0, 21)), ROUND[1])
    assert follow(running, reworded, NOON).coming == Plan(NOON + seconds(47), ROUND[1])


def test_a_screen_is_told_both_plans() -> None:
    told = Timeline(Plan(NOON, TWO[:1]), Plan(NOON + seconds(12), TWO[1:])).told()
    assert told["loop_at"] == "2026-03-02T12:00:00.000Z"
    assert told["steps"] == [{"scene": "pulse", "item": 0, "seconds": 12, "personal": False}]
    assert told["next"]["loop_at"] == "2026-03-02T12:00:12.000Z"
