"""Each formula at its edge: what just speaks, and what just does not."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from app.integrity import gathering, signals
from app.integrity.evidence import Asking, Case, Said, totals
from tests.integrity.simulated import NIGHT, Town


def said(number: int, **facts: object) -> Said:
    """One of many answers, hours apart and told in no words."""
    at = NIGHT - timedelta(hours=1 + 7 * (number % 200))
    one = Said(number, at, 9, 1, "email", person_id=1, email=f"c{number}@mail.example")
    return replace(one, **facts)  # type: ignore[arg-type]


def case(own: Sequence[Said], others: Sequence[Said] = ()) -> Case:
    return Case(own, (), totals([*own, *others]), totals(()))


def row(count: int, start: int = 1, **facts: object) -> list[Said]:
    return [said(start + at, **facts) for at in range(count)]


@pytest.mark.parametrize(
    ("hits", "comments", "speaks"), [(2, 66, True), (2, 67, False), (1, 2, False), (3, 100, True)]
)
def test_begging_is_two_and_three_of_a_hundred(hits: int, comments: int, *, speaks: bool) -> None:
    own = [*row(hits, begs=True), *row(comments - hits, start=500, begs=False), *row(40, start=900)]
    assert bool(signals.begging(case(own))) == speaks


@pytest.mark.parametrize(
    ("own", "site", "good", "speaks"),
    [(4, 4, 4, True), (3, 3, 3, False), (8, 8, 5, False), (8, 8, 6, True), (4, 80, 4, False)],
)
def test_a_burst_is_four_and_three_quarters_good_and_no_mailing(
    own: int, site: int, good: int, *, speaks: bool
) -> None:
    at = NIGHT - timedelta(days=9)
    mine = [said(i, at=at, score=9 if i < good else 3) for i in range(own)]
    theirs = [said(100 + i, at=at, person_id=2) for i in range(site - own)]
    # Four of four at a usual share of one in a hundred is 1e-8; four of eighty is none.
    usual = row(400 if site == own else 1500, start=1000, person_id=2)
    assert bool(signals.burst(case([*mine], [*theirs, *usual]))) == speaks


@pytest.mark.parametrize(
    ("count", "days", "own", "speaks"),
    [(3, 30, 30, True), (3, 31, 30, False), (3, 30, 31, False), (2, 1, 10, False)],
)
def test_a_source_is_three_in_thirty_days_and_a_tenth(
    count: int, days: int, own: int, *, speaks: bool
) -> None:
    gap = timedelta(days=days) / max(1, count - 1)
    mine = [said(i, keys=("d:1",), at=NIGHT - timedelta(days=40) + i * gap) for i in range(count)]
    assert bool(signals.same_source(case([*mine, *row(own - count, start=50)]))) == speaks


@pytest.mark.parametrize(
    ("spot", "placed", "speaks"), [(11, 20, True), (9, 20, False), (11, 19, False), (10, 20, True)]
)
def test_the_spot_is_half_of_twenty_beyond_colleagues(
    spot: int, placed: int, *, speaks: bool
) -> None:
    mine = [*row(spot, network="Shop"), *row(placed - spot, start=300, network="home")]
    others = row(200, start=1000, network="home", person_id=2)
    assert bool(signals.on_the_spot(case(mine, others))) == speaks
    assert signals.on_the_spot(case(mine, row(200, start=1000, network="shop"))) is None


@pytest.mark.parametrize(
    ("gap", "speaks"), [(119, True), (120, False), (-1, False), (0, True)]
)  # fmt: skip
def test_two_minutes_after_the_purchase(gap: int, *, speaks: bool) -> None:
    one = said(1)
    assert replace(one, transaction_at=one.at - timedelta(seconds=gap)).on_the_spot is speaks


@pytest.mark.parametrize(
    ("invited", "lead", "speaks"),
    [(29, 10.0, True), (30, 10.0, False), (29, 9.9, False), (0, 10.0, True)],
)
def test_chosen_is_less_than_half_of_the_median_of_the_peers(
    invited: int, lead: float, *, speaks: bool
) -> None:
    """The median of an even number lies between the two in the middle: 0.6."""
    peers = (0.3, 0.5, 0.7, 0.9)
    known = replace(case([]), asking=Asking(100, invited), peers=peers, lead=lead)
    assert bool(signals.chosen_customers(known)) == speaks


@pytest.mark.parametrize(
    ("email", "speaks"),
    [("a@shop.example", True), ("a@mail.shop.example", True), ("a@bookshop.example", False)],
)
def test_a_colleague_is_of_the_domain_and_not_of_one_that_ends_alike(
    email: str, *, speaks: bool
) -> None:
    known = replace(case([said(1, email=email)]), domain="shop.example")
    assert bool(signals.copies(known)) == speaks


def test_copies_are_of_different_customers_and_three_pairs() -> None:
    words = "They mended the heater in one hour and called me again the day after."
    assert signals.copies(case(row(3, comment=words)))
    assert signals.copies(case(row(2, comment=words))) is None
    assert signals.copies(case(row(9, comment=words, email="one@mail.example"))) is None
    assert signals.copies(case(row(9, comment="Great service!"))) is None


def test_words_that_are_harmless_together_do_not_beg() -> None:
    begs: Callable[[str], bool] = gathering._begs
    assert begs("She asked me to give her a ten, so here it is.")
    assert not begs("The free coffee was a nice bonus and the staff were kind.")


@pytest.mark.parametrize("seed", range(3))
def test_no_order_of_the_answers_changes_what_is_found(seed: int) -> None:
    town = Town(seed, days=70)
    planted = town.plant(5, 12, keys=("one phone",), score=10, comment=None)
    known = town.case(5, planted)
    shuffled = list(known.own)
    random.Random(seed).shuffle(shuffled)
    first, second = signals.found(known), signals.found(replace(known, own=shuffled))
    assert [(one.signal, one.says, set(one.rows)) for one in first] == [
        (one.signal, one.says, set(one.rows)) for one in second
    ]
    assert first
