"""GET /score, /trend, /leaderboard: the agreed shapes, and the sentences for bad questions."""

import pytest

from app import clock
from tests.api.program import AT, Office, Program


def test_score_has_the_agreed_shape(office: Office, program: Program) -> None:
    office.hear([10] * 9 + [7, 2])
    score = program.read("/score")
    assert score == {
        "scope": "company",
        "id": "1",
        "name": "Northwind",
        "days": 28,
        "from": "2026-05-14",
        "to": "2026-06-11",
        "promoters": 9,
        "passives": 1,
        "detractors": 1,
        "n": 11,
        "nps": 72.7273,
        "shown": "+73",
        "interval": [20.2925, 93.9932],
        "change": None,
    }


def test_no_answers_are_no_score(office: Office, program: Program) -> None:
    office.hear([])
    score = program.read("/score")
    assert (score["n"], score["nps"], score["shown"], score["interval"]) == (0, None, None, None)


def test_few_answers_have_a_number_and_no_shown_score(office: Office, program: Program) -> None:
    office.hear([0] * 9)
    score = program.read("/score")
    assert (score["n"], score["nps"], score["shown"]) == (9, -100, None)
    office.hear([0, 0, 0, 10])
    assert program.read("/score")["shown"] == "−85"


def test_change_compares_with_the_days_before(office: Office, program: Program) -> None:
    office.hear([0] * 30, submitted_at=AT.replace(month=5, day=10))
    office.hear([10] * 30)
    change = program.read("/score")["change"]
    assert change["delta"] == 200
    assert change["z"] > 3.29
    assert 0 < change["p"] < 0.001
    assert change["verdict"] == "alert"


def test_at_selects_the_last_local_date(office: Office, program: Program) -> None:
    office.hear([10] * 10)
    yesterday = program.read("/score?at=2026-06-09")
    assert (yesterday["n"], yesterday["to"]) == (0, "2026-06-10")
    assert program.read("/score?at=2026-06-10&days=1")["n"] == 10
    assert program.read("/score?scope=company&id=&days=28")["id"] == "1"


def test_every_scope_has_its_own_score_and_clock(office: Office, program: Program) -> None:
    office.hear([10] * 3, attributes={"employee": "Bo"})
    for scope, name in (("site", "Auckland"), ("team", "South"), ("person", "Bo")):
        score = program.read(f"/score?scope={scope}&id={office.ids[name]}")
        assert (score["scope"], score["name"], score["n"]) == (scope, name, 3)
        assert score["id"] == str(office.ids[name])
    with clock.frozen(AT.replace(hour=13)):  # there it is tomorrow already
        assert program.read(f"/score?scope=site&id={office.ids['Auckland']}")["to"] == "2026-06-12"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/score?days=0", 400, "days is 1 to 366"),
        ("/score?days=367", 400, "days is 1 to 366"),
        ("/score?days=many", 422, "days: "),
        ("/score?scope=planet", 422, "scope: "),
        ("/score?scope=team&id=x", 400, "id is one of the ids"),
        ("/score?scope=team", 404, "scope=team needs the id of a team"),
        ("/trend?scope=person&id=", 404, "scope=person needs the id of a person"),
        ("/score?scope=team&id=999", 404, "no team 999"),
        ("/score?at=yesterday", 422, "at: "),
        ("/score?at=9999-12-31", 400, "not a date"),
        ("/trend?points=0", 422, "points: "),
        ("/trend?points=100000", 422, "points: "),
        ("/trend?days=-1", 400, "days is 1 to 366"),
        ("/trend?scope=site&id=999", 404, "no site 999"),
        ("/leaderboard?by=planet", 422, "by: "),
        ("/leaderboard?days=0", 400, "days is 1 to 366"),
        ("/nowhere", 404, "Nothing is at this address"),
    ],
)
def test_a_bad_question_gets_one_sentence(
    office: Office, program: Program, path: str, status: int, words: str
) -> None:
    office.hear([])
    program.refused(path, status, words)


def test_trend_ends_with_the_current_window(office: Office, program: Program) -> None:
    office.hear([10] * 10)
    office.hear([0] * 10, submitted_at=AT.replace(month=5, day=1))
    trend = program.read("/trend?days=7&points=7")
    assert (trend["scope"], trend["days"], trend["next"]) == ("company", 7, None)
    assert [point["n"] for point in trend["items"]] == [0, 10, 0, 0, 0, 0, 10]
    last = trend["items"][-1]
    assert (last["from"], last["to"]) == ("2026-06-04", "2026-06-11")
    assert (last["nps"], last["shown"]) == (100, "+100")
    assert trend["items"][-2]["to"] == "2026-06-04"
    assert len(program.read("/trend")["items"]) == 13


def test_leaderboard_ranks_only_what_differs(office: Office, program: Program) -> None:
    office.hear([10] * 30, attributes={"employee": "Ana Silva"})
    office.hear([0] * 30, attributes={"employee": "Bo"})
    teams = program.read("/leaderboard")
    assert teams["differs"] is True
    assert (teams["items"][0]["rank"], teams["items"][0]["name"]) == (1, "North")
    first = teams["items"][0]
    assert set(first) == {"rank", "id", "name", "n", "nps", "shrunk", "reason"}
    assert (first["id"], first["n"], first["nps"]) == (str(office.ids["North"]), 30, 100)
    assert 0 < first["shrunk"] < 100
    assert "30 promoters" in first["reason"]


def test_equal_teams_have_no_rank(office: Office, program: Program) -> None:
    for name in ("Ana Silva", "Bo"):
        office.hear([10, 9, 8, 2] * 5, attributes={"employee": name})
    teams = program.read("/leaderboard")
    assert teams["differs"] is False
    assert {row["rank"] for row in teams["items"]} == {None}


def test_people_are_listed_only_where_the_company_says_so(office: Office, program: Program) -> None:
    office.hear([10] * 30, attributes={"employee": "Ana Silva"})
    assert program.read("/leaderboard?by=person")["items"] == []
    office.change(individuals=True)
    (row,) = program.read("/leaderboard?by=person")["items"]
    assert row["name"] == "Ana Silva"


def test_a_person_of_few_answers_is_told_to_admins_only(office: Office, program: Program) -> None:
    office.hear([10, 0, 0], attributes={"employee": "Ana Silva"})
    office.change(individuals=True)
    facts = ("promoters", "passives", "detractors", "nps", "shown", "interval")
    with clock.frozen(AT):
        way = f"scope=person&id={office.ids['Ana Silva']}"
        for told in (program.read(f"/score?{way}"), program.read(f"/trend?{way}")["items"][-1]):
            assert told["n"] == 3
            assert {told[fact] for fact in facts} == {None}
        assert program.read(f"/score?{way}", "admin")["promoters"] == 1


def test_the_numbers_of_places_are_whole_however_small(office: Office, program: Program) -> None:
    office.hear([10, 0, 0], attributes={"team": "South"})
    with clock.frozen(AT):
        told = program.read(f"/score?scope=team&id={office.ids['South']}")
    assert (told["n"], told["promoters"], told["detractors"]) == (3, 1, 2)
    assert (told["nps"], told["shown"]) == (-33.3333, None)
