"""Weighted answers and comparable mixes against independently computed cases."""

from typing import Any

import pytest

from app.scores import nps
from app.scores.nps import Tally
from app.scores.weighting import standardised, weighted
from tests.scores.test_nps import CLOSE, VECTORS, tally

SIMPSON = VECTORS["simpson"]


@pytest.mark.parametrize("case", VECTORS["weighted"], ids=["equal", "two to one", "three to half"])
def test_weighted_answers_as_published(case: dict[str, Any]) -> None:
    found = weighted([(group["weight"], tally(group)) for group in case["groups"]])
    assert found is not None
    assert found.n == case["n"]
    assert found.nps == pytest.approx(case["weighted_nps"], abs=CLOSE)
    assert found.n_eff == pytest.approx(case["n_eff"], abs=CLOSE)
    assert found.interval == pytest.approx((case["ci_low"], case["ci_high"]), abs=CLOSE)


def test_nothing_weighs_nothing() -> None:
    assert weighted([]) is None
    assert weighted([(2.0, Tally())]) is None


@pytest.mark.parametrize("who", ["A", "B"])
def test_who_takes_the_hard_channel_is_not_punished(who: str) -> None:
    segments = {name: Tally(*segment["counts"]) for name, segment in SIMPSON[who].items()}
    for name, segment in SIMPSON[who].items():
        score = nps.nps(segments[name])
        assert score is not None
        assert nps.decimals(score) == segment["nps"]
    crude = nps.nps(sum(segments.values(), Tally()))
    assert crude is not None
    assert nps.decimals(crude) == SIMPSON[f"{who}_crude"]
    assert standardised(segments, SIMPSON["mix"]) == SIMPSON[f"{who}_standardised"]


def test_a_segment_without_answers_cannot_be_standardised() -> None:
    assert standardised({"phone": Tally(1, 0, 0)}, {"phone": 0.5, "store": 0.5}) is None
    assert standardised({}, {}) is None
