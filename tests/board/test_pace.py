"""After rest nothing waits; busy, a screen gets two frames in any second and no more."""

from hypothesis import given
from hypothesis import strategies as st

from app.board.pace import Pace

DRAW = 0.02


def test_the_first_after_rest_waits_for_nothing() -> None:
    assert Pace().wait(0, told=True) == 0


def test_an_answer_right_after_the_clocks_own_draw_does_not_wait() -> None:
    pace = Pace()
    pace.drew(59.98, 60, told=False, sent=True)
    assert pace.wait(60.01, told=True) == 0


def test_an_answer_right_after_a_draw_that_sent_nothing_hardly_waits() -> None:
    pace = Pace()
    pace.drew(59.98, 60, told=True, sent=False)
    assert pace.wait(60, told=True) <= 0.05


def test_answers_in_a_row_are_half_a_second_apart() -> None:
    pace = Pace()
    pace.drew(0, 0.02, told=True, sent=True)
    assert pace.wait(0.1, told=True) == 0.52 - 0.1


def test_what_somebody_decided_waits_for_no_voices() -> None:
    pace = Pace()
    pace.drew(0, 0.02, told=True, sent=True)
    pace.drew(0.5, 0.52, told=True, sent=True)
    assert pace.wait(0.53, told=True) > 0.4
    assert pace.wait(0.53, told=True, hasty=True) == 0
    pace.drew(0.53, 0.55, told=True, sent=True, hasty=True)
    assert pace.wait(0.6, told=True, hasty=True) > 0.4


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans(), st.booleans()), max_size=60))
def test_never_more_than_two_frames_in_a_second(asked: list[tuple[float, bool, bool]]) -> None:
    pace, now, frames = Pace(), 0.0, []
    for gap, told, sent in asked:
        now += gap
        now += pace.wait(now, told=told)
        pace.drew(now, now + DRAW, told=told, sent=sent)
        now += DRAW
        if sent:
            frames.append(now)
    assert all(third - first >= 1 for first, third in zip(frames, frames[2:], strict=False))
