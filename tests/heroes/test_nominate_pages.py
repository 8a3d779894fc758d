"""Nominating through the front door: a lead's form, a stranger's link, a program; no script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.api.routes import router as api
from app.board.onair import Live
from app.board.routes import router as boards
from app.db import Database, connect
from app.heroes import honours, houserules, pages
from app.heroes.nominationmodels import Nomination
from app.live.bus import Bus
from app.people import sessions
from app.people.authorize import Actor
from app.people.doors import SESSION_COOKIE
from app.people.models import Account, Person
from app.people.tokens import add_token
from tests import make
from tests.desk import scenery
from tests.people.visitor import Visitor, house, lead

WHY = "Stayed until the lift worked."
HOSTILE = "<script>alert('1')</script> {{ 7*7 }} & more"


@dataclass
class Hall:
    """A company with a lead and an admin at the desk, Ana in a team, and a wall for staff."""

    app: FastAPI
    database: Database

    def visitor(self, email: str = "", address: str = "10.0.0.1") -> Visitor:
        """A browser, signed in as somebody; the door itself has tests of its own."""
        made = Visitor(self.app, address=address)
        if email:
            with self.database.write.begin() as session:
                account = session.scalar(select(Account.id).where(Account.email == email))
                assert account
                made.cookies.set(SESSION_COOKIE, sessions.open_session(session, account))
        return made

    def link(self, slug: str = "hall") -> str:
        with self.database.read() as session:
            rules = houserules.load(session)
        return f"/nominate/{houserules.link_of(self.app.state.settings.key, slug, rules)}"

    def rule(self, **facts: object) -> None:
        with self.database.write.begin() as session:
            houserules.change(session, Actor("admin", "Root"), **facts)

    def states(self) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(select(Nomination.state).order_by(Nomination.id)))

    def wall(self) -> list[str]:
        with self.database.read() as session:
            return [one.reason for one in honours.on_show(session, "staff")]


@pytest.fixture
def hall(sqlite_url: str, tmp_path: Path) -> Iterator[Hall]:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        make.company(session)
        team = make.team(session, "Service")
        ana = make.person(session, "Ana Silva", team)
        make.person(session, "Ben Okoro", team)
        make.person(session, "Hidden Hans", team, visibility="hidden")
        scenery.board(session, "hall", "Hall")
        scenery.board(session, "door", "Door", "street")
        scenery.story(session, person=ana)
    lead(database)
    lead(database, "max@example.com", "admin")
    app = house(database, tmp_path, boards, api, pages.router)
    app.state.live = Live.of(database, Bus(database))
    yield Hall(app, database)
    database.dispose()


def test_three_taps_and_some_words_put_somebody_on_the_wall(hall: Hall) -> None:
    uma = hall.visitor("uma@example.com")
    assert 'href="/nominations"' in uma.get("/desk").text  # the first tap
    person = re.search(r'href="(/nominations/for/\d+)"><bdi>Ana', uma.get("/nominations").text)
    assert person
    assert "Hans" not in uma.last.text
    form = uma.get(person[1])  # the second
    assert "took his shoes off" in form.text
    sent = uma.press(person[1], {"reason": WHY, "badge": "Kindness", "story": "1"})  # the third
    assert sent.headers["location"] == "/nominations?done=shown"
    assert WHY in uma.get("/nominations?done=shown").text
    assert hall.wall() == [WHY]
    uma.press("/nominations/1/withdraw")
    assert hall.wall() == []
    assert hall.states() == ["withdrawn"]


def test_search_finds_a_part_of_a_name_or_a_team(hall: Hall) -> None:
    uma = hall.visitor("uma@example.com")
    for asked, found in [("oko", ["Ben"]), ("SERV", ["Ana", "Ben"]), ("hans", []), ("%", [])]:
        page = uma.get("/nominations", params={"q": asked}).text
        assert re.findall(r'for/\d+"><bdi>(\w+)', page) == found, asked


def test_what_was_typed_stays_with_what_is_wrong(hall: Hall) -> None:
    uma = hall.visitor("uma@example.com")
    uma.get("/nominations/for/1")
    answer = uma.press("/nominations/for/1", {"reason": "Nice <b>"})
    assert answer.status_code == 422
    assert "10 characters or more" in answer.text
    assert "Nice &lt;b&gt;</textarea>" in answer.text
    assert uma.press("/nominations/for/3", {"reason": WHY}).status_code == 404  # hides
    assert hall.states() == []


def test_a_look_at_the_real_scene_before_it_is_sent(hall: Hall) -> None:
    uma = hall.visitor("uma@example.com")
    uma.get("/nominations/for/1")
    page = uma.press("/nominations/for/1", {"reason": HOSTILE, "badge": "Kindness", "look": "1"})
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    frame = re.search(r'src="(/look/nomination\?[^"]+)"', page.text)
    assert frame
    seen = uma.get(frame[1].replace("&amp;", "&"))
    assert "frame-ancestors 'self'" in seen.headers["content-security-policy"]
    assert 'id="scene-hero"' in seen.text
    assert "Kindness" in seen.text
    assert "&lt;script&gt;" in seen.text
    assert "alert('1')</script>" not in seen.text
    assert hall.states() == []
    # What a page elsewhere shows may be framed by nobody.
    assert "frame-ancestors 'none'" in uma.get("/desk").headers["content-security-policy"]


def test_two_leads_at_once_and_the_other_sees_who_was_first(hall: Hall) -> None:
    hall.rule(second_lead=True)
    uma, maxi = hall.visitor("uma@example.com"), hall.visitor("max@example.com")
    with hall.database.write.begin() as session:
        make.nomination(session, session.get_one(Person, 1), state="waiting")
    uma.get("/nominations")
    maxi.get("/nominations")
    done = uma.press("/nominations/1/approve")
    assert done.headers["location"] == "/nominations?done=approved"
    late = maxi.press("/nominations/1/decline")
    assert late.status_code == 409
    assert "Uma approved it first, at " in late.text
    assert hall.states() == ["shown"]
    uma.get("/nominations/1")
    assert uma.press("/nominations/1/edit", {"reason": "In other words now.", "version": "1"}
                     ).headers["location"] == "/nominations?done=edited"  # fmt: skip
    assert hall.states() == ["waiting"]
    assert "In other words now." in uma.get("/nominations/1").text
    maxi.get("/nominations")
    maxi.press("/nominations/1/decline")
    assert "Turned down by <bdi>Max</bdi>" in uma.get("/nominations/history").text


def test_a_colleague_without_an_account_puts_somebody_forward(hall: Hall) -> None:
    hall.rule(open_link=True)
    stranger, uma = hall.visitor(), hall.visitor("uma@example.com")
    assert stranger.get(hall.link()).status_code == 200
    assert "Ana" not in stranger.last.text  # the roster is nobody's to read
    wrong = stranger.press(hall.link(), {"person": "Ana", "reason": "short"})
    assert (wrong.status_code, "10 characters or more" in wrong.text) == (422, True)
    told = {"person": HOSTILE, "reason": HOSTILE, "website": ""}
    for person in (HOSTILE, "Ana Silva", "Hidden Hans"):
        answer = stranger.press(hall.link(), told | {"person": person})
        assert answer.headers["location"].endswith("?done=thanks")  # the same for everybody
    assert hall.states() == ["waiting", "waiting"]
    assert hall.wall() == []
    page = uma.get("/nominations").text
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    uma.press("/nominations/1/approve", {"person": "2"})
    assert hall.wall() == [HOSTILE]


def test_what_a_machine_fills_in_is_thanked_and_forgotten(hall: Hall) -> None:
    hall.rule(open_link=True)
    answer = hall.visitor().press(
        hall.link(), {"person": "Ana", "reason": WHY, "website": "http://example.com"}
    )
    assert answer.headers["location"].endswith("?done=thanks")
    assert hall.states() == []


def test_strangers_are_slowed_by_address_and_by_board(hall: Hall) -> None:
    hall.rule(open_link=True)
    told = {"person": "Ana", "reason": WHY}
    heard = [hall.visitor().press(hall.link(), told).status_code for _ in range(6)]
    assert heard == [303] * 5 + [429]
    other = hall.visitor(address="10.0.0.2").press(hall.link(), told)
    assert other.status_code == 303
    with hall.database.write.begin() as session:
        ana = session.get_one(Person, 1)
        for _ in range(20):
            make.nomination(session, ana, state="declined", board_slug="hall")
    full = hall.visitor(address="10.0.0.3").press(hall.link(), told)
    assert full.status_code == 429
    assert "try again later" in full.text


def test_a_link_is_worth_nothing_where_none_is_asked(hall: Hall) -> None:
    maxi = hall.visitor("max@example.com")
    assert hall.visitor().get(hall.link()).status_code == 404  # switched off
    assert maxi.get("/tv/hall/nominate.svg").status_code == 404
    hall.rule(open_link=True)
    link = hall.link()
    code = maxi.get("/tv/hall/nominate.svg")
    assert (code.status_code, code.headers["content-type"]) == (200, "image/svg+xml")
    assert "/nominate.svg" in maxi.get("/tv/hall?scene=hero").text
    assert "/nominate.svg" not in maxi.get("/tv/door?scene=hero").text
    for gone in (hall.link("door"), hall.link("nowhere"), link[:-1], "/nominate/%00.x"):
        assert hall.visitor().get(gone).status_code == 404, gone
    assert hall.visitor().get("/tv/hall/nominate.svg").status_code in (303, 401)
    maxi.get("/nominations/rules")
    maxi.press("/nominations/rules/links")
    assert hall.visitor().get(link).status_code == 404
    assert hall.visitor().get(hall.link()).status_code == 200


def test_an_admin_keeps_the_rules_and_the_badges(hall: Hall) -> None:
    maxi = hall.visitor("max@example.com")
    maxi.get("/nominations/rules")
    for wrong in ("0", "100", "-1", "x", ""):
        assert maxi.press("/nominations/rules", {"per_month": wrong}).status_code == 400
    maxi.press("/nominations/rules", {"per_month": "2", "second_lead": "on"})
    maxi.get("/nominations/rules")
    maxi.press("/nominations/rules/badges", {"name": "  Iced <tea> ", "figure": "wave"})
    maxi.get("/nominations/rules")
    assert "Iced &lt;tea&gt;" in maxi.last.text
    maxi.press("/nominations/rules/badges", {"remove": "Kindness"})
    maxi.get("/nominations/rules")
    for bad in ({"name": "x" * 41, "figure": "wave"}, {"name": "New", "figure": "emoji"}, {}):
        assert maxi.press("/nominations/rules/badges", bad).status_code == 400
    with hall.database.read() as session:
        rules = houserules.load(session)
    assert (rules.per_month, rules.second_lead, rules.open_link) == (2, True, False)
    assert rules.badges["Iced <tea>"] == "wave"
    assert "Kindness" not in rules.badges
    uma = hall.visitor("uma@example.com")
    assert uma.get("/nominations/rules").status_code == 403


def test_a_program_nominates_once_however_often_it_asks(hall: Hall) -> None:
    with hall.database.write.begin() as session:
        key = add_token(session, "chat", "admin")
        reader = add_token(session, "reader", "read")
    program = hall.visitor()

    def ask(method: str, path: str = "", key: str = key, **how: object) -> tuple[int, object]:
        headers = {"authorization": f"Bearer {key}"}
        answer = program.ask(method, f"/api/v1/nominations{path}", headers=headers, **how)
        return answer.status_code, answer.json()

    body = {"person": "1", "reason": WHY, "badge": "Kindness"}
    assert ask("POST", key=reader, json=body)[0] == 403
    first, second = ask("POST", json=body), ask("POST", json=body)
    assert first == second
    assert first[0] == 200
    assert isinstance(first[1], dict)
    assert (first[1]["state"], first[1]["person"], first[1]["giver"]) == (
        "shown", "Ana Silva", "chat",
    )  # fmt: skip
    assert hall.wall() == [WHY]
    for wrong, status in [({"person": "3"}, 404), ({"person": "99"}, 404), ({"reason": "x"}, 422),
                          ({"story": "7"}, 409), ({"badge": "None"}, 409)]:  # fmt: skip
        assert ask("POST", json=body | wrong)[0] == status, wrong
    gone = ask("POST", "/1/withdraw"), ask("POST", "/1/withdraw")
    assert gone[0] == gone[1]
    assert hall.wall() == []
