"""Shrinkage, ties and the question whether anybody differs, against computed cases."""

from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scores import ranking
from app.scores.nps import Tally
from app.scores.ranking import Standing
from tests.scores.test_nps import CLOSE, VECTORS, tally

COMPANY = Tally(60, 25, 15)
SHRINKAGE = VECTORS["shrinkage"]
ANOVA = VECTORS["empirical_bayes_m"]["cases"]


@pytest.mark.parametrize("case", SHRINKAGE["cases"], ids=lambda case: case["name"])
def test_a_score_shrinks_as_published(case: dict[str, Any]) -> None:
    shrunk = ranking.shrink(tally(case), COMPANY, SHRINKAGE["m"])
    assert shrunk.nps == pytest.approx(case["shrunk_nps"], abs=CLOSE)
    assert shrunk.sd == pytest.approx(case["post_sd"], abs=CLOSE)
    assert shrunk.nps - 1.2816 * shrunk.sd == pytest.approx(case["cautious_nps"], abs=CLOSE)
    assert ranking.p_above(shrunk, 45) == pytest.approx(case["prob_above_company"], abs=CLOSE)


@pytest.mark.parametrize("case", ANOVA, ids=lambda case: case["name"])
def test_the_weight_comes_from_the_groups(case: dict[str, Any]) -> None:
    groups = [Tally(*counts) for counts in case["groups"]]
    company = sum(groups, Tally())
    weight = ranking.weight(groups)
    assert weight == case["m_used"]
    found = [ranking.shrink(group, company, weight).nps for group in groups]
    assert found == pytest.approx(case["shrunk_nps"], abs=CLOSE)
    assert ranking.differ(groups) is (case["m_raw"] is not None)


@pytest.mark.parametrize(
    "groups",
    [
        [Tally(50, 10, 5)] * 4,
        [Tally(5, 2, 1), Tally(4, 0, 4), Tally(8, 0, 0), Tally(3, 3, 3), Tally(9, 1, 1)],
        [],
    ],
    ids=["few groups", "few answers", "nobody"],
)
def test_with_little_known_the_weight_is_twenty(groups: list[Tally]) -> None:
    assert ranking.weight(groups) == 20


@pytest.mark.parametrize(
    ("f", "between", "within", "p"),
    [  # tabulated 5 % and 1 % points of the F distribution, and its median at equal freedom
        (4.964602744, 1, 10, 0.05),
        (2.866081402, 4, 20, 0.05),
        (4.509739562, 3, 30, 0.01),
        (161.4476388, 1, 1, 0.05),
        (1.0, 7, 7, 0.5),
        (0.0, 3, 30, 1.0),
    ],
)
def test_the_tail_of_the_f_distribution(f: float, between: int, within: int, p: float) -> None:
    assert ranking.f_tail(f, between, within) == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize("x", [0.0, 0.05, 0.3, 0.5, 0.77, 0.999, 1.0])
def test_the_incomplete_beta_function_is_its_polynomial(x: float) -> None:
    assert isclose(ranking.beta_share(x, 2, 3), 6 * x**2 - 8 * x**3 + 3 * x**4, abs_tol=1e-12)


@given(
    x=st.floats(0.001, 0.999),
    a=st.floats(0.5, 500),
    b=st.floats(0.5, 500),
)
def test_the_incomplete_beta_function_is_a_share(x: float, a: float, b: float) -> None:
    share = ranking.beta_share(x, a, b)
    assert -1e-12 <= share <= 1 + 1e-12
    assert isclose(share + ranking.beta_share(1 - x, b, a), 1, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("groups", "p"),
    [
        ([], 1.0),
        ([Tally(30, 5, 5)], 1.0),
        ([Tally(1, 0, 0), Tally(0, 0, 1)], 1.0),
        ([Tally(30, 0, 0), Tally(30, 0, 0)], 1.0),
        ([Tally(30, 0, 0), Tally(0, 0, 30)], 0.0),
        ([Tally(10, 10, 10)] * 3, 1.0),
    ],
    ids=["nobody", "alone", "one answer each", "all alike", "opposites", "no difference"],
)
def test_difference_at_the_edges(groups: list[Tally], p: float) -> None:
    assert ranking.p_equal(groups) == p


def ranks(standings: list[Standing]) -> dict[int, int]:
    return {standing.id: standing.rank for standing in standings}


def test_who_cannot_be_told_apart_shares_a_rank() -> None:
    groups = {
        1: Tally(95, 5, 0),
        2: Tally(94, 6, 0),
        3: Tally(150, 60, 90),
        4: Tally(140, 60, 100),
        5: Tally(20, 80, 200),
    }
    company = sum(groups.values(), Tally())
    assert ranks(ranking.ranked(groups, company, 20, "w")) == {1: 1, 2: 1, 3: 3, 4: 3, 5: 5}


def test_a_chain_of_near_equals_is_compared_with_its_first() -> None:
    """Each neighbour is equal to the next, but the last is worse than the first."""
    groups = {1: Tally(80, 10, 10), 2: Tally(74, 14, 12), 3: Tally(68, 16, 16)}
    shrunk = {key: ranking.shrink(group, COMPANY, 10) for key, group in groups.items()}
    assert ranking.is_equal(shrunk[1], shrunk[2])
    assert ranking.is_equal(shrunk[2], shrunk[3])
    assert not ranking.is_equal(shrunk[1], shrunk[3])
    assert ranks(ranking.ranked(groups, COMPANY, 10, "w")) == {1: 1, 2: 1, 3: 3}


def test_nine_answers_are_no_rank() -> None:
    groups = {1: Tally(9, 0, 0), 2: Tally(10, 0, 0)}
    assert ranks(ranking.ranked(groups, COMPANY, 20, "w")) == {2: 1}


def test_equal_scores_are_ordered_by_size_and_then_by_lot() -> None:
    alike = Tally(12, 5, 3)  # the company's own shares
    groups = dict.fromkeys(range(1, 30), alike) | {30: alike + alike}
    orders = []
    for week in ("2026-47", "2026-47", "2026-48"):
        standings = ranking.ranked(groups, Tally(60, 25, 15), 20, week)
        assert standings[0].id == 30
        assert {standing.rank for standing in standings} == {1}
        orders.append([standing.id for standing in standings])
    assert orders[0] == orders[1] != orders[2]
    assert orders[0][1:] != sorted(orders[0][1:])


counts = st.integers(0, 40)
tallies = st.builds(Tally, counts, counts, counts)
fields = st.dictionaries(st.integers(1, 30), tallies, min_size=2, max_size=8)
weights = st.floats(10, 100)


@given(groups=fields, weight=weights, data=st.data())
def test_the_order_of_input_does_not_matter(
    groups: dict[int, Tally], weight: float, data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(groups.items()))))
    company = sum(groups.values(), Tally())
    assert ranking.ranked(shuffled, company, weight, "w") == ranking.ranked(
        groups, company, weight, "w"
    )
    assert ranking.weight(shuffled.values()) == ranking.weight(groups.values())
    assert ranking.p_equal(shuffled.values()) == ranking.p_equal(groups.values())


@given(groups=fields, weight=weights, company=tallies, data=st.data())
def test_a_promoter_never_lowers_a_rank_and_a_detractor_never_raises_it(
    groups: dict[int, Tally], weight: float, company: Tally, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(groups)))
    company = company if company.n else COMPANY

    def rank(extra: Tally) -> int | None:
        changed = groups | {key: groups[key] + extra}
        return ranks(ranking.ranked(changed, company, weight, "w")).get(key)

    before, praised, blamed = rank(Tally()), rank(Tally(1, 0, 0)), rank(Tally(0, 0, 1))
    if before is not None:
        assert praised is not None
        assert praised <= before
        assert blamed is not None
        assert blamed >= before
