"""Cover: what is hidden stays hidden, whatever is added to and taken from what is shown."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.db import Database
from app.people.models import Company, Person
from app.scores import cover
from tests import make
from tests.desk import staffed

SIZES = st.sampled_from([0, 1, 5, 9, 10, 11, 20, 30, 60])
Row = list[int]


@given(st.data(), st.integers(1, 4), st.integers(1, 7))
def test_nothing_hidden_is_a_sum_of_what_is_shown(data: st.DataObject, places: int, n: int) -> None:
    """Every number that is told is a row over teams and rests; what is hidden is in no span."""
    home = {team: data.draw(st.integers(1, places)) for team in range(1, n + 1)}
    teams = {team: data.draw(SIZES) for team in home}
    rests = {site: data.draw(st.sampled_from([0, 0, 3, 12])) for site in range(1, places + 1)}
    sites = {
        site: rests[site] + sum(size for team, size in teams.items() if home[team] == site)
        for site in rests
    }
    total = sum(sites.values())
    cells = [team for team in teams if teams[team]] + [-site for site in rests if rests[site]]

    def site_row(site: int) -> Row:
        return [int(cell == -site or home.get(cell) == site) for cell in cells]

    def team_row(team: int) -> Row:
        return [int(cell == team) for cell in cells]

    found = cover.judged(total, sites, teams, home)
    told = [[1] * len(cells)]
    told += [site_row(one) for one in sites if one not in found.sites]
    told += [team_row(one) for one in teams if one not in found.teams]
    assert {team for team, size in teams.items() if 0 < size < 10} <= found.teams
    if total < 10 or len(cells) < 2:
        return  # the company itself is one small group: its number is told
    hidden = [team_row(one) for one in found.teams]
    hidden += [site_row(one) for one in found.sites if sites[one] < total]
    for row in hidden:
        assert rank([*told, row]) > rank(told), (teams, home, rests, found)


def test_who_is_large_enough_is_shown() -> None:
    home = {1: 1, 2: 1, 3: 2}
    found = cover.judged(60, {1: 40, 2: 20}, {1: 30, 2: 10, 3: 20}, home)
    assert found == cover.Cover(frozenset(), frozenset())
    # Answers that name no team are told nowhere, and shelter a small one.
    assert cover.judged(60, {1: 60}, {1: 30, 2: 5}, {1: 1, 2: 1}).teams == {2}


@pytest.mark.parametrize("kind", ["small", "hidden"])
def test_next_to_one_who_is_hidden_somebody_else_is_too(database: Database, kind: str) -> None:
    """The team's number is known: the others must not add up to all but one."""
    with database.write.begin() as session:
        company = staffed.company(session)
        team = company["Service"]
        for name in ("Ana", "Bo", "Cy"):
            make.person(session, name, team)
        session.get_one(Company, 1).individuals = True
        if kind == "hidden":
            session.query(Person).filter_by(name="Ana").one().visibility = "hidden"
    for name, number in {"Ana": 30 if kind == "hidden" else 4, "Bo": 12, "Cy": 20}.items():
        staffed.answers(database, number, employee=name)
    with database.read() as session, clock.frozen(staffed.NOON):
        ids = {one.name: one.id for one in session.query(Person)}
        gone = cover.covered_people(session, 1, staffed.NOON.date(), 28)
        assert gone == {ids["Ana"], ids["Bo"]}
        until = [staffed.NOON.date()]
        assert cover.is_covered(session, "person", ids["Bo"], until, 28) == [True]
        assert cover.is_covered(session, "person", ids["Cy"], until, 28) == [False]


def rank(rows: Sequence[Row]) -> int:
    """The rank of a matrix, exactly."""
    left, found = [[Fraction(one) for one in row] for row in rows], 0
    for column in range(len(left[0])):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left = [
            [a - row[column] / pivot[column] * b for a, b in zip(row, pivot, strict=True)]
            for row in left
        ]
        found += 1
    return found
