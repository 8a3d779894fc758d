"""The arithmetic against published and independently computed cases."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.scores import nps
from app.scores.nps import Tally

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "nps_vectors.json").read_text())
CLOSE = VECTORS["meta"]["tolerance"]


def tally(case: dict[str, Any]) -> Tally:
    return Tally(case["promoters"], case["passives"], case["detractors"])


@pytest.mark.parametrize("case", VECTORS["single_window"], ids=lambda case: case["name"])
def test_a_window_has_the_published_score_and_interval(case: dict[str, Any]) -> None:
    window = tally(case)
    assert window.n == case["n"]
    score, interval = nps.nps(window), nps.interval(window)
    if case["nps"] is None:
        assert (score, interval) == (None, None)
        return
    assert score is not None
    assert interval is not None
    assert float(score) == pytest.approx(case["nps"], abs=CLOSE)
    assert nps.decimals(score) == case["nps"]
    assert nps.rounded(score) == case["nps_display"]
    assert interval == pytest.approx((case["ci_low"], case["ci_high"]), abs=CLOSE)


@pytest.mark.parametrize("case", VECTORS["window_comparison"], ids=lambda case: case["name"])
def test_two_windows_compare_as_published(case: dict[str, Any]) -> None:
    shift = nps.change(tally(case["current"]), tally(case["previous"]))
    assert shift is not None
    assert nps.decimals(shift.delta) == case["delta"]
    assert shift.z == pytest.approx(case["z"], abs=CLOSE)
    assert shift.p == pytest.approx(case["p_two_sided"], abs=5e-6)
    assert shift.verdict == case["verdict"]


def test_an_alert_needs_more_than_a_clear_change() -> None:
    shift = nps.change(Tally(300, 60, 40), Tally(220, 100, 80))
    assert shift is not None
    assert abs(shift.z) >= 3.29
    assert shift.verdict == "alert"


@pytest.mark.parametrize("windows", [(Tally(), Tally(5, 5, 5)), (Tally(5, 5, 5), Tally())])
def test_an_empty_window_compares_with_nothing(windows: tuple[Tally, Tally]) -> None:
    assert nps.change(*windows) is None


@pytest.mark.parametrize("score", range(11))
def test_every_answer_is_of_one_category(score: int) -> None:
    expected = "promoter" if score in (9, 10) else "passive" if score in (7, 8) else "detractor"
    assert nps.category(score) == expected
    assert nps.one(score).n == 1


@pytest.mark.parametrize("score", [-1, 11])
def test_other_numbers_are_no_scores(score: int) -> None:
    with pytest.raises(ValueError, match="0 to 10"):
        nps.category(score)


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (Fraction(47), "+47"),
        (Fraction(-3), "\N{MINUS SIGN}3"),
        (Fraction(0), "0"),
        (Fraction(-1, 3), "0"),
        (Fraction(25, 2), "+13"),
        (Fraction(-25, 2), "\N{MINUS SIGN}13"),
        (Fraction(-100), "\N{MINUS SIGN}100"),
    ],
)
def test_a_wall_says_whole_points_with_their_sign(score: Fraction, said: str) -> None:
    assert nps.shown(score) == said


def test_decimals_are_never_minus_zero() -> None:
    assert str(nps.decimals(Fraction(-1, 10**6))) == "0.0"
    assert nps.decimals(Fraction(-1, 20000)) == -0.0001


def test_tallies_add_and_subtract() -> None:
    assert Tally(3, 2, 1) + Tally(1, 1, 1) - Tally(4, 3, 2) == Tally()
