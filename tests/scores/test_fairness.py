"""Simpson's paradox, groups too small to be shown, and what may be chance among many teams."""

import random
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scores import chance, fairness, hiding
from app.scores.nps import Tally
from tests.scores.test_nps import VECTORS

SIMPSON = VECTORS["simpson"]
SEGMENTS = {
    who: {f"visit|{name}": Tally(*segment["counts"]) for name, segment in SIMPSON[who].items()}
    for who in "AB"
}
COMPANY = {
    key: SEGMENTS["A"].get(key, Tally()) + SEGMENTS["B"].get(key, Tally()) for key in SEGMENTS["A"]
}


def test_who_takes_the_phone_stands_higher_with_everybodys_mix() -> None:
    found = {who: fairness.judged(SEGMENTS[who], COMPANY) for who in "AB"}
    for fair in found.values():
        assert fair is not None
        assert fair.kind == "channel"
    a, b = found["A"], found["B"]
    assert a is not None
    assert b is not None
    assert a.score > b.score  # 21.8 and 66.4 without
    assert a.sentence == (
        "91 % of these answers are phone, 50 % of the company's, and phone is the harder channel: "
        f"with the company's mix the score would be {a.shown}."
    )
    bare = fairness.standardised(
        fairness.parts(SEGMENTS["A"], "channel"), fairness.parts(COMPANY, "channel"), 1e-9
    )
    assert bare == pytest.approx(SIMPSON["A_standardised"], abs=1e-4)


@pytest.mark.parametrize(
    ("own", "company"),
    [
        ({"a|phone": Tally(4, 3, 2)}, COMPANY),
        ({"a|phone": Tally(50, 30, 20), "a|store": Tally(50, 30, 20)},
         {"a|phone": Tally(500, 300, 200), "a|store": Tally(500, 300, 200)}),
        ({"a|phone": Tally(30, 30, 40)}, {"a|phone": Tally(300, 300, 400)}),
        (COMPANY, COMPANY),
        ({}, {}),
    ],
    ids=["nine answers", "alike channels", "one channel", "the same mix", "nothing"],
)  # fmt: skip
def test_what_needs_no_second_number_has_none(
    own: dict[str, Tally], company: dict[str, Tally]
) -> None:
    assert fairness.judged(own, company) is None


def test_products_are_compared_where_channels_are_alike() -> None:
    company = {"boiler|mail": Tally(20, 20, 60), "tap|mail": Tally(80, 15, 5)}
    found = fairness.judged({"boiler|mail": Tally(18, 10, 32), "tap|mail": Tally(4, 1, 0)}, company)
    assert found is not None
    assert (found.kind, found.shown) == ("product", "+24")


sizes = st.integers(0, 40)


def is_known(rows: Sequence[Sequence[int]], cell: int) -> bool:
    """Whether the published sums determine one cell: its unit vector is in their span."""
    width = len(rows[0])
    matrix = [[Fraction(x) for x in row] for row in rows]
    target = [Fraction(int(at == cell)) for at in range(width)]
    pivot = 0
    for column in range(width):
        at = next((r for r in range(pivot, len(matrix)) if matrix[r][column]), None)
        if at is None:
            continue
        matrix[pivot], matrix[at] = matrix[at], matrix[pivot]
        for row in (*range(pivot + 1, len(matrix)), -1):
            line = target if row < 0 else matrix[row]
            share = line[column] / matrix[pivot][column]
            line[:] = [x - share * y for x, y in zip(line, matrix[pivot], strict=True)]
        pivot += 1
    return not any(target)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(sizes, min_size=4, max_size=7), min_size=1, max_size=3))
def test_a_hidden_group_cannot_be_computed_across_windows(slices: list[list[int]]) -> None:
    width = min(map(len, slices))
    periods = [dict(enumerate(sizes[:width])) for sizes in slices]
    gone = hiding.in_slices(periods)
    empty = {(at, key) for at, period in enumerate(periods) for key in period if not period[key]}
    rows = [[int(cell // width == at) for cell in range(width * len(periods))]
            for at in range(len(periods))]  # fmt: skip
    shown = [at * width + key for at, p in enumerate(periods) for key in p if key not in gone]
    shown += [at * width + key for at, key in empty]  # that somebody has none may be known
    rows += [[int(cell == one) for cell in range(width * len(periods))] for one in shown]
    for at, period in enumerate(periods):
        for key in gone:
            if period[key] and any(other not in gone and size for other, size in period.items()):
                assert not is_known(rows, at * width + key)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(sizes, st.integers(0, 2)), min_size=3, max_size=9))
def test_a_hidden_group_cannot_be_computed_across_sites(groups: list[tuple[int, int]]) -> None:
    numbers = {key: size for key, (size, _) in enumerate(groups)}
    parents = {key: place for key, (_, place) in enumerate(groups)}
    gone_places, gone = hiding.in_places(numbers, parents)
    width, places = len(groups), sorted(set(parents.values()))
    total = {place: sum(numbers[k] for k in numbers if parents[k] == place) for place in places}
    rows = [[1] * width]
    rows += [
        [int(parents[k] == p) for k in numbers]
        for p in places if p not in gone_places or not total[p]
    ]  # fmt: skip
    rows += [[int(k == one) for k in numbers] for one in numbers if one not in gone]
    rows += [[int(k == one) for k in numbers] for one in numbers if not numbers[one]]
    is_any_shown = any(numbers[k] for k in numbers if k not in gone)
    for key in gone:
        assert not numbers[key] or not is_any_shown or not is_known(rows, key)


def test_the_next_smallest_goes_with_the_one_that_is_too_small() -> None:
    assert hiding.hidden({1: 7, 2: 12, 3: 30}) == {1, 2}
    assert hiding.hidden({1: 4, 2: 5, 3: 11, 4: 30}) == {1, 2, 3}
    assert hiding.hidden({1: 6, 2: 5, 3: 30}) == {1, 2}
    assert hiding.hidden({1: 10, 2: 12, 3: 0}) == frozenset()
    assert hiding.in_slices([{1: 20, 2: 15, 3: 40}, {1: 3, 2: 15, 3: 40}]) == {1, 2}


def test_believed_is_benjamini_and_hochberg() -> None:
    """The example of their paper (1995), at 5 %: four of fifteen."""
    ps = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
          0.5719, 0.6528, 0.7590, 1.0)  # fmt: skip
    assert chance.believed(dict(enumerate(ps)), 0.05) == {0, 1, 2, 3}
    assert chance.believed({}) == frozenset()
    assert (
        chance.believed({1: 0.04, 2: 0.04, 3: 0.9})
        == {1, 2}
        == chance.believed({2: 0.04, 1: 0.04, 3: 0.9})
    )


def test_of_what_is_believed_of_nothing_nearly_nothing_is() -> None:
    """With no change anywhere, a report names somebody in one week of ten at most."""
    chances = random.Random(8)
    named = sum(
        bool(chance.believed({team: chances.random() for team in range(20)})) for _ in range(2000)
    )
    assert named / 2000 < 0.12
