"""The rotation follows from server time alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from app.board.plan import AHEAD, LOOP_SECONDS, Plan, Step, Timeline, first, fit, follow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TWO = (Step("pulse", 0, 12), Step("tide", 0, 15))
THREE = (*TWO, Step("hero", 0, 20))

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
    mine, theirs = first(THREE, start), first(THREE, other)
    assert mine.at(now).on_show(now) == theirs.at(now).on_show(now)


@given(moments)
def test_a_plan_is_always_somewhere(now: datetime) -> None:
    step, ends = Plan(NOON, THREE).on_show(now)
    assert step in THREE
    assert now < ends <= now + seconds(step.seconds)


def test_a_new_plan_starts_at_the_next_loop() -> None:
    timeline = Timeline(Plan(NOON, TWO))
    changed = follow(timeline, THREE, NOON + seconds(5))
    assert changed.plan == timeline.plan
    assert changed.coming == Plan(NOON + seconds(27), THREE)
    assert changed.at(NOON + seconds(26)).steps == TWO
    assert changed.at(NOON + seconds(27)).steps == THREE
    assert follow(changed, THREE, NOON + seconds(6)) is changed
    assert follow(changed, THREE, NOON + seconds(28)) == Timeline(Plan(NOON + seconds(27), THREE))


def test_a_change_taken_back_before_its_loop_never_happens() -> None:
    changed = follow(Timeline(Plan(NOON, TWO)), THREE, NOON + seconds(5))
    assert follow(changed, TWO, NOON + seconds(6)) == Timeline(Plan(NOON, TWO))


def test_what_has_nothing_to_show_any_more_leaves_at_once() -> None:
    timeline = Timeline(Plan(NOON, THREE))
    recalled = NOON + seconds(30)
    assert timeline.at(recalled).on_show(recalled)[0].scene == "hero"
    assert follow(timeline, TWO, recalled) == Timeline(Plan(recalled, TWO))


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


@given(
    st.dictionaries(
        st.sampled_from(["pulse", "tide", "hero", "story", "week", "today"]),
        st.lists(st.integers(5, 120), max_size=6),
        min_size=1,
    )
)
@example({"pulse": [5], "tide": [76], "hero": [79], "story": [102]})
def test_a_loop_lasts_three_minutes_at_most(seconds_of: dict[str, list[int]]) -> None:
    steps = fit(seconds_of)
    assert sum(step.seconds for step in steps) <= LOOP_SECONDS
    assert {step.scene for step in steps} == {scene for scene, each in seconds_of.items() if each}
    assert all(step.seconds >= 5 for step in steps)


def test_what_fits_keeps_its_time_and_its_order() -> None:
    steps = fit({"pulse": [12], "hero": [], "story": [20, 25]})
    assert steps == (Step("pulse", 0, 12), Step("story", 0, 20), Step("story", 1, 25))


def test_a_screen_is_told_both_plans() -> None:
    told = Timeline(Plan(NOON, TWO[:1]), Plan(NOON + seconds(12), TWO[1:])).told()
    assert told["loop_at"] == "2026-03-02T12:00:00.000Z"
    assert told["steps"] == [{"scene": "pulse", "item": 0, "seconds": 12, "personal": False}]
    assert told["next"]["loop_at"] == "2026-03-02T12:00:12.000Z"


def test_what_is_too_short_to_see_is_made_longer() -> None:
    assert fit({"pulse": [1], "tide": [200]}) == (Step("pulse", 0, 5), Step("tide", 0, 175))
