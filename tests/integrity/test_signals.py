"""What is planted is found; what is honest is left alone; the counting is as published."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from app.integrity import signals
from app.integrity.counting import tail, z_of
from app.integrity.evidence import Asking, Case, Said
from tests.integrity.simulated import NIGHT, PEOPLE, TEAMS, Town
from tests.scores.test_nps import VECTORS

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
WHO = 17
EVERYBODY = [("person", one) for one in range(1, PEOPLE + 1)]
EVERYBODY += [("team", one) for one in range(TEAMS)]
COPIED = "The whole team was so friendly, I will come back and tell all of my friends about it."


@pytest.fixture(scope="module")
def town() -> Town:
    return Town(7)


@pytest.mark.parametrize("case", VECTORS["gaming"]["burst_binomial_tail"])
def test_a_burst_is_as_unlikely_as_published(case: dict[str, float]) -> None:
    found = tail(int(case["employee_count"]), int(case["site_count"]), case["employee_share"])
    assert found == pytest.approx(case["p"], rel=1e-5)


@pytest.mark.parametrize("case", VECTORS["gaming"]["two_proportion_z"])
def test_two_shares_compare_as_published(case: dict[str, float]) -> None:
    counts = tuple(int(case[name]) for name in ("a", "na", "b", "nb"))
    assert z_of([counts]) == pytest.approx(case["z"], abs=5e-5)  # type: ignore[list-item]


def test_the_edges_of_counting() -> None:
    assert (tail(0, 5, 0.1), tail(6, 5, 0.1), tail(1, 5, 0.0), tail(5, 5, 1.0)) == (1, 0, 0, 1)
    assert z_of([]) == z_of([(1, 1, 0, 0)]) == z_of([(3, 3, 5, 5)]) == 0


def names(case: Case) -> set[str]:
    return {finding.signal for finding in signals.found(case)}


def test_a_begging_campaign_is_found(town: Town) -> None:
    planted = town.plant(WHO, 6, score=10, comment="She asked me to give a ten.", begs=True)
    found = signals.found(town.case(WHO, planted))
    assert signals.is_card(found)
    assert {said.id for said in planted} <= set(found[0].rows)
    assert "asked for" in found[0].says


def test_a_burst_is_found(town: Town) -> None:
    """Nine tens without a word within ten minutes."""
    planted = town.plant(WHO, 30, score=10, comment=None, begs=None, channel="email")
    planted = [
        replace(said, at=NIGHT - timedelta(days=3, minutes=i % 10))
        for i, said in enumerate(planted)
    ]
    found = town.case(WHO, planted)
    assert {"burst", "silent tens"} <= names(found)
    assert signals.is_card(signals.found(found))


def test_a_ring_around_one_device_is_found(town: Town) -> None:
    planted = town.plant(WHO, 12, score=10, comment=COPIED, keys=("one phone",))
    found = {one.signal: one for one in signals.found(town.case(WHO, planted))}
    assert set(found["same source"].rows) == {said.id for said in planted}
    assert signals.is_card([*found.values()])
    listed = replace(town.case(WHO, planted), exempt=frozenset({"one phone"}))
    assert "same source" not in names(listed)


def test_copied_comments_are_found(town: Town) -> None:
    planted = [
        replace(
            said, comment=COPIED.replace("friends", friend), at=said.at.replace(hour=3, minute=i)
        )
        for i, (said, friend) in enumerate(
            zip(
                town.plant(WHO, 5, days=1, score=10),
                ("friends", "friend", "family") * 2,
                strict=False,
            )
        )
    ]
    found = {one.signal: one for one in signals.found(town.case(WHO, planted))}
    assert "10 pairs" in found["copies and colleagues"].says
    assert {said.id for said in planted} <= set(found["copies and colleagues"].rows)
    assert signals.is_card([*found.values()])  # five within a quarter of an hour agree


def test_tens_at_the_till_are_found(town: Town) -> None:
    near = [replace(s, transaction_at=s.at - timedelta(seconds=40)) for s in town.plant(WHO, 90)]
    assert "on the spot" in names(town.case(WHO, near))
    shop = town.plant(WHO, 90, network="Shop", transaction_at=None)
    assert "on the spot" in names(town.case(WHO, shop))


def test_nines_that_became_tens_are_found_unless_for_everybody(town: Town) -> None:
    case = town.case(WHO)
    raised = [replace(said, score=10 if said.score == 9 else said.score) for said in case.own]
    raised += [replace(said, id=10**6 + i) for i, said in enumerate(raised)]
    before = [*case.before, *(replace(said, id=2 * 10**6 + said.id) for said in case.before)]
    assert "nines became tens" in names(replace(case, own=raised, before=before))
    assert "nines became tens" not in names(
        replace(case, own=[*case.before, *case.before], before=before)
    )


def test_who_asks_few_and_stands_high_is_found() -> None:
    case = replace(
        Town(1, days=1).case(1), asking=Asking(100, 20), peers=(0.8, 0.7, 0.9), lead=12.0
    )
    assert names(case) == {"chosen customers"}
    assert names(replace(case, lead=9.0)) == names(replace(case, asking=Asking(100, 60))) == set()
    assert names(replace(case, asking=None)) == set()


def test_a_colleague_who_answers_is_found_and_alone_is_no_card() -> None:
    said = Said(1, NIGHT - timedelta(days=1), 10, 1, "email", email="Uma@Northwind.example")
    case = Town(1, days=0).case(1, [replace(said, person_id=1)])
    assert names(case) == {"copies and colleagues"}
    assert not signals.is_card(signals.found(case))
    staff = replace(case, domain=None, insiders=frozenset({"uma@northwind.example"}))
    assert names(staff) == {"copies and colleagues"}
    assert names(replace(case, domain=None)) == set()


def test_an_office_behind_one_address_and_a_mailing_are_excused(town: Town) -> None:
    everybody = range(1, PEOPLE + 1)
    office = [one for person in everybody for one in town.plant(person, 9, keys=("office",))]
    assert "same source" not in names(town.case(WHO, office))
    mailed = [
        replace(said, at=NIGHT - timedelta(days=5))
        for person in range(1, PEOPLE + 1) for said in town.plant(person, 4, score=10)
    ]  # fmt: skip
    assert "burst" not in names(town.case(WHO, mailed))


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_an_honest_month_of_a_hundred_people_raises_at_most_one_card() -> None:
    """Every third night of four months; the short form looks at two nights of one month."""
    months, step = (4, 3) if LONG else (1, 15)
    cards = []
    for seed in range(months):
        town, told = Town(100 + seed), set()
        for night in range(0, 30, step):
            for who, case in town.cases([], EVERYBODY, nights_ago=night):
                if signals.is_card(signals.found(case)):
                    told.add(who)
        cards.append(len(told))
    assert sum(cards) <= months, cards
