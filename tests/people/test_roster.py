"""What a platform wrote, matched to people, teams and sites."""

from time import thread_time

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.db import Database
from app.people import roster, staff
from app.people.company import add_site, set_company
from app.people.models import Alias, Person
from app.people.names import fold
from app.people.roster import Place
from tests import make


def _northwind(session: Session) -> None:
    """Two sites, three teams (one without a site), two people of one name."""
    set_company(session, {"name": "Northwind", "timezone": "Europe/Berlin"})
    add_site(session, "Basel", "Europe/Zurich")
    staff.add_team(session, "Checkout", "basel")
    staff.add_team(session, "Claims", "Head office")
    staff.add_team(session, "Remote")
    staff.add_person(session, "Reto Frei", "Checkout", ["R. Frei", "agent-17"])
    staff.add_person(session, "Ana Sánchez", "Checkout")
    staff.add_person(session, "Ana Sánchez", "Claims", ["Ana B"])
    staff.add_person(session, "Mo", "Remote")


# What a delivery says -> (person, team, site) by id; the ids follow the order above.
RETO, ANA, OTHER_ANA, MO = 1, 2, 3, 4
CHECKOUT, CLAIMS, REMOTE = 1, 2, 3
HEAD_OFFICE, BASEL = 1, 2


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (("Reto Frei", None, None), (RETO, CHECKOUT, BASEL)),
        ((" reto  FREI ", None, None), (RETO, CHECKOUT, BASEL)),
        (("AGENT-17", None, None), (RETO, CHECKOUT, BASEL)),
        (("Reto", None, None), (None, None, HEAD_OFFICE)),  # a whole name, not a part
        (("Ana Sánchez", None, None), (None, None, HEAD_OFFICE)),  # two hits are no match
        (("Ana Sánchez", "claims", None), (OTHER_ANA, CLAIMS, HEAD_OFFICE)),
        (("Ana Sánchez", "Checkout", None), (ANA, CHECKOUT, BASEL)),
        (("Ana Sánchez", "Remote", None), (None, REMOTE, HEAD_OFFICE)),
        (("Ana B", None, None), (OTHER_ANA, CLAIMS, HEAD_OFFICE)),
        (("Reto Frei", "Claims", None), (RETO, CLAIMS, HEAD_OFFICE)),  # the team said so itself
        (("Reto Frei", "Nobody's team", None), (RETO, CHECKOUT, BASEL)),
        (("Reto Frei", None, "Head office"), (RETO, CHECKOUT, HEAD_OFFICE)),
        (("Mo", None, None), (MO, REMOTE, HEAD_OFFICE)),  # a team of no site
        ((None, None, "BASEL"), (None, None, BASEL)),
        ((None, None, "Mars"), (None, None, HEAD_OFFICE)),
        (("", "", ""), (None, None, HEAD_OFFICE)),
        ((None, None, None), (None, None, HEAD_OFFICE)),
    ],
)
def test_places(
    database: Database,
    said: tuple[str | None, str | None, str | None],
    meant: tuple[int | None, int | None, int],
) -> None:
    with database.write.begin() as session:
        _northwind(session)
    with database.read() as session:
        place = roster.load(session).place(*said)
    person, team, site = meant
    zone = {HEAD_OFFICE: "Europe/Berlin", BASEL: "Europe/Zurich"}[site]
    assert place == Place(site, team, person, zone)


def test_an_alias_of_two_people_is_no_match(database: Database) -> None:
    with database.write.begin() as session:
        _northwind(session)
        for person in (RETO, MO):
            session.add(Alias(text="Desk 4", folded=fold("Desk 4"), person_id=person))
    with database.read() as session:
        known = roster.load(session)
    assert known.place("Desk 4", None, None).person_id is None
    assert known.place("desk 4", "Remote", None).person_id == MO


def test_aliases_of_teams_and_sites(database: Database) -> None:
    with database.write.begin() as session:
        _northwind(session)
        session.add(Alias(text="CO", folded="co", team_id=CHECKOUT))
        session.add(Alias(text="BSL", folded="bsl", site_id=BASEL))
    with database.read() as session:
        known = roster.load(session)
    assert known.place(None, "CO", None).team_id == CHECKOUT
    assert known.place(None, None, "bsl").site_id == BASEL


def test_before_the_company_is_set(database: Database) -> None:
    with database.read() as session:
        assert roster.load(session).place("Ana", "x", "y") == Place(None, None, None, "UTC")


def test_names_for_redaction(database: Database) -> None:
    with database.write.begin() as session:
        _northwind(session)
    with database.read() as session:
        assert {"Reto Frei", "agent-17", "Ana B"} <= set(roster.load(session).names)


def test_ten_thousand_people_cost_an_answer_what_ten_do(database: Database) -> None:
    """A ratio of one run, not a time: every question is a look-up."""
    with database.write.begin() as session:
        make.company(session)
        team = make.team(session, "Claims")
        small = roster.load(session)
        people = [{"name": f"Person {n}", "team_id": team.id} for n in range(10_000)]
        session.execute(insert(Person), [p | {"visibility": "first"} for p in people])
        large = roster.load(session)
    assert large.place("person 9999", None, None).person_id is not None
    assert _cost(large) < 20 * _cost(small)


def _cost(known: roster.Roster) -> float:
    runs = []
    for _ in range(5):
        start = thread_time()
        for n in range(1000):
            known.place(f"Person {n}", "Claims", None)
        runs.append(thread_time() - start)
    return min(runs)
