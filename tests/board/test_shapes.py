"""Where dots stand, how initials are spelt, and how piles share the room they have."""

from itertools import combinations
from math import atan2, degrees, hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.board import letters, shapes, tidemarks
from app.scores.nps import Tally

counts = st.integers(0, 2_000_000)


@pytest.mark.parametrize("count", [1, 2, 10, 14, 15, 40, 41, 99, 100])
def test_a_horseshoe_seats_everybody_and_nobody_on_another(count: int) -> None:
    seats = shapes.horseshoe(count, 43)
    assert len(seats.places) == count
    closest = min(
        (hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(seats.places, 2)), default=99
    )
    assert closest > 2 * seats.radius


def test_a_horseshoe_is_taken_from_left_to_right_and_open_below() -> None:
    angles = [round(degrees(atan2(x, -y)), 6) for x, y in shapes.horseshoe(100, 43).places]
    assert angles == sorted(angles)
    assert angles[0] == pytest.approx(-135)
    assert angles[-1] == pytest.approx(135)


def test_an_empty_horseshoe_is_no_error() -> None:
    assert shapes.horseshoe(0, 43).places == ()


@given(st.integers(0, 500), st.lists(st.floats(0.1, 100), min_size=1, max_size=5))
def test_shares_sum_to_what_is_shared(count: int, weights: list[float]) -> None:
    parts = shapes.shares(count, weights)
    assert sum(parts) == count
    exact = [count * weight / sum(weights) for weight in weights]
    assert all(abs(part - right) < 1.001 for part, right in zip(parts, exact, strict=True))


def test_a_pile_grows_row_by_row() -> None:
    places = shapes.pile(4, 3, 2.0, 10.0, -1)
    assert places == [(8.0, -1.0), (10.0, -1.0), (12.0, -1.0), (8.0, -3.0)]


@given(st.lists(st.tuples(counts, counts, counts), min_size=13, max_size=13))
def test_a_tide_never_leaves_its_frame(weeks: list[tuple[int, int, int]]) -> None:
    frame = tidemarks.LANDSCAPE
    heap = tidemarks.heap([Tally(*week) for week in weeks], frame)
    for pile in heap.piles:
        for point in pile.points.split():
            x, y = map(float, point.split(","))
            assert heap.radius <= x <= frame.width - heap.radius
            assert frame.line - 0.1 <= y - heap.radius
            assert y + heap.radius <= frame.height - frame.foot + 0.1


def test_every_voice_is_a_dot_while_there_is_room() -> None:
    heap = tidemarks.heap([Tally(7, 2, 1)] * 13, tidemarks.LANDSCAPE)
    assert heap.each == 1
    assert [len(pile.points.split()) for pile in heap.piles[:3]] == [7, 2, 1]


def test_what_was_said_is_never_drawn_as_silence() -> None:
    heap = tidemarks.heap([Tally(90_000, 20_000, 1)] * 13, tidemarks.LANDSCAPE)
    assert heap.each > 1
    assert [pile.kind for pile in heap.piles[:3]] == ["promoter", "passive", "detractor"]
    assert len(heap.piles[2].points.split()) == 1


def test_a_week_without_a_score_leaves_a_hole_in_the_line() -> None:
    curve = tidemarks.curve([40, 42, None, 44, 47], tidemarks.LANDSCAPE)
    assert len(curve.stretches) == 2
    assert tidemarks.curve([None, None, 40], tidemarks.LANDSCAPE).stretches == ()


@pytest.mark.parametrize(
    ("name", "spelt"),
    [("Ana M.", "AM"), ("Ana María Sánchez", "AS"), ("Ana", "A"), ("", ""), ("A.", "A")],
)
def test_initials_are_those_of_the_name_that_is_shown(name: str, spelt: str) -> None:
    assert letters.initials(name) == spelt


@pytest.mark.parametrize("name", ["Ana M.", "Øystein Ångström", "李 小龍", "", "?!", "ß", "X"])
def test_a_portrait_is_the_same_for_the_same_name_and_stays_in_its_disc(name: str) -> None:
    face = letters.raster(name)
    assert face == letters.raster(name)
    assert face.lit
    assert all(hypot(x, y) <= letters.RADIUS + 0.8 for x, y in face.lit)
    assert not set(face.lit) & set(face.rest)


def test_a_name_of_another_alphabet_is_a_heart() -> None:
    assert letters.raster("李 小龍") == letters.raster("Юлия Л.")
    assert letters.raster("Ö. É.") == letters.raster("O. E.")
