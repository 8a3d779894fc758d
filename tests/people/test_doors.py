"""Cookies and tokens at the door: who is recognised, for how long, and what a browser is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.people.accounts import close_account, set_password
from app.people.authorize import Actor
from app.people.doors import SCREEN_COOKIE, Acting, May, ScreenPass, csrf_of
from app.people.keys import digest
from app.people.models import Account, AccountSession, ApiToken
from app.people.tokens import add_token
from tests.people.visitor import Visitor, house, lead

pytestmark = pytest.mark.pages

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
router = APIRouter()


@router.get("/who")
def who(actor: Acting) -> str:
    return f"{actor.role} {actor.name}"


@router.get("/api/v1/numbers")
def numbers(actor: Annotated[Actor, Depends(May("scores.read"))]) -> str:
    return actor.role


@router.get("/api/v1/answers")
def answers(actor: Annotated[Actor, Depends(May("responses.read"))]) -> str:
    return actor.role


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    lead(database)
    return house(database, tmp_path, router)


@pytest.fixture
def uma(app: FastAPI) -> Visitor:
    visitor = Visitor(app)
    assert visitor.sign_in().status_code == 303
    return visitor


def test_signed_in_and_out(uma: Visitor, database: Database) -> None:
    assert uma.get("/who").json() == "lead Uma"
    uma.get("/desk")
    key = uma.cookies["cheerboard"]
    assert uma.press("/signout").headers["location"] == "/signin"
    assert "cheerboard" not in uma.cookies
    uma.cookies.set("cheerboard", key)  # a copy of the cookie opens nothing either
    assert uma.get("/who").json() == "nobody "
    with database.read() as session:
        assert session.scalars(select(AccountSession)).all() == []


def test_only_a_hash_of_the_key_is_kept(uma: Visitor, database: Database) -> None:
    key = uma.cookies["cheerboard"]
    assert len(key) >= 43  # 256 bits
    with database.read() as session:
        kept = session.scalars(select(AccountSession)).one()
    assert kept.token_hash == digest(key) != key


def test_the_cookie_on_plain_http(app: FastAPI) -> None:
    cookie = Visitor(app).sign_in().headers["set-cookie"].lower()
    assert cookie.startswith("cheerboard=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    assert "domain" not in cookie


def test_the_cookie_on_https(database: Database, tmp_path: Path) -> None:
    lead(database)
    app = house(database, tmp_path, router, base_url="https://wall.test")
    visitor = Visitor(app, base_url="https://wall.test")
    cookie = visitor.sign_in().headers["set-cookie"].lower()
    assert cookie.startswith("__host-cheerboard=")
    assert "; secure" in cookie
    assert visitor.get("/who").json() == "lead Uma"


def test_signing_in_again_ends_the_session_before(uma: Visitor, database: Database) -> None:
    before = uma.cookies["cheerboard"]
    uma.sign_in()
    assert uma.cookies["cheerboard"] != before
    with database.read() as session:
        assert len(session.scalars(select(AccountSession)).all()) == 1


@pytest.mark.parametrize(
    ("pauses", "role"),
    [
        ([timedelta(hours=11, minutes=59)], "lead"),
        ([timedelta(hours=12)], "nobody"),
        ([timedelta(hours=11)] * 30, "lead"),  # used every eleven hours
        ([timedelta(hours=11)] * 31, "nobody"),  # past fourteen days, whatever the use
    ],
)
def test_sessions_run_out(uma: Visitor, pauses: list[timedelta], role: str) -> None:
    at = NOON
    for pause in pauses:
        at += pause
        with clock.frozen(at):
            seen = uma.get("/who").json()
    assert seen.split()[0] == role


def test_reading_pages_does_not_write_each_time(uma: Visitor, database: Database) -> None:
    def seen_at() -> datetime:
        with database.read() as session:
            return session.scalars(select(AccountSession.seen_at)).one()

    for minutes, written in [(4, 0), (5, 5), (9, 5), (10, 10)]:
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            uma.get("/who")
        assert seen_at() == NOON + timedelta(minutes=written)


def test_another_password_signs_out_everywhere(uma: Visitor, database: Database) -> None:
    set_password(database, "uma@example.com", "another long password")
    assert uma.get("/who").json() == "nobody "
    assert uma.sign_in().status_code == 401
    assert uma.sign_in(password="another long password").status_code == 303


def test_a_closed_account_is_out_and_stays_out(uma: Visitor, database: Database) -> None:
    close_account(database, "UMA@example.com")
    assert uma.get("/who").json() == "nobody "
    assert uma.sign_in().status_code == 401


def test_an_account_closed_by_hand_is_out_too(uma: Visitor, database: Database) -> None:
    with database.write.begin() as session:
        session.scalars(select(Account)).one().disabled_at = NOON
    assert uma.get("/who").json() == "nobody "


@pytest.mark.parametrize(("scope", "role"), [("read", "viewer"), ("admin", "admin")])
def test_tokens(app: FastAPI, database: Database, scope: str, role: str) -> None:
    with database.write.begin() as session:
        key = add_token(session, "report", scope)
    program = Visitor(app)
    bearer = {"authorization": f"Bearer {key}"}
    assert program.get("/who", headers=bearer).json() == f"{role} report"
    assert program.get("/api/v1/numbers", headers=bearer).status_code == 200
    allowed = program.get("/api/v1/answers", headers=bearer).status_code
    assert allowed == (200 if scope == "admin" else 403)
    with database.write.begin() as session:
        session.scalars(select(ApiToken)).one().revoked_at = NOON
    assert program.get("/who", headers=bearer).status_code == 401


def test_a_token_that_is_not_known_is_refused_even_beside_a_cookie(uma: Visitor) -> None:
    for key in ("cheer_made-up", "", "\u00ff"):
        refused = uma.get("/who", headers={b"authorization": b"Bearer " + key.encode("latin-1")})
        assert refused.status_code == 401


def test_a_proxy_may_use_the_header_for_itself(uma: Visitor) -> None:
    seen = uma.get("/who", headers={"authorization": "Basic cHJveHk6cHJveHk="})
    assert seen.json() == "lead Uma"


def test_a_screen_is_known_by_its_own_cookie(app: FastAPI) -> None:
    def door(_session: Session, key: str) -> ScreenPass | None:
        return ScreenPass(7, "Lobby", "lobby") if key == "k" else None

    screen = Visitor(app)
    screen.cookies.set(SCREEN_COOKIE, "k")
    assert screen.get("/who").json() == "nobody "  # nobody told this application of screens
    app.state.screen_door = door
    assert screen.get("/who").json() == "screen Lobby"
    assert screen.get("/").headers["location"] == "/tv/lobby"
    assert screen.get("/desk").status_code == 403
    screen.cookies.set(SCREEN_COOKIE, "other")
    assert screen.get("/who").json() == "nobody "


def test_a_lead_on_a_screens_browser_is_a_lead(app: FastAPI, uma: Visitor) -> None:
    app.state.screen_door = lambda *_: ScreenPass(7, "Lobby", "lobby")
    uma.cookies.set(SCREEN_COOKIE, "k")
    assert uma.get("/who").json() == "lead Uma"


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/desk", "/signin?next=/desk"),
        ("/stories?before=7", "/signin?next=/stories%3Fbefore%3D7"),
    ],
)
def test_a_person_is_led_to_sign_in_and_back(app: FastAPI, path: str, location: str) -> None:
    visitor = Visitor(app)
    assert visitor.get(path).status_code == 303
    assert visitor.last.headers["location"] == location
    visitor.get(location)
    assert f'name="next" value="{path}"' in visitor.last.text


def test_a_program_is_told_instead(app: FastAPI) -> None:
    program = Visitor(app)
    refused = program.get("/api/v1/numbers")
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Sign in first.",
    }
    assert program.get("/desk", headers={"accept": "*/*"}).status_code == 401


def test_a_fragment_sends_the_whole_page_to_sign_in(app: FastAPI) -> None:
    asked = {"hx-request": "true", "referer": "http://wall.test/stories"}
    refused = Visitor(app).get("/stories", headers=asked)
    assert refused.status_code == 401
    assert refused.headers["hx-redirect"] == "/signin?next=/stories"


def test_the_proof_belongs_to_its_key() -> None:
    assert csrf_of("a") != csrf_of("b")
    assert csrf_of("a") != digest("a")
