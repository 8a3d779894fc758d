"""Sign-in: the same answer for whom we know and whom we do not, slow for guessers, open for all."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from app import clock
from app.db import Database
from app.people.signin import local_path
from tests.people.visitor import PASSWORD, Visitor, house, lead

pytestmark = pytest.mark.pages

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    lead(database)
    return house(database, tmp_path)


def test_the_way_in(app: FastAPI) -> None:
    visitor = Visitor(app)
    assert visitor.get("/").headers["location"] == "/desk"
    assert visitor.get("/desk").headers["location"] == "/signin?next=/desk"
    assert "Sign in" in visitor.get("/signin").text
    assert visitor.sign_in(" UMA@example.com ").headers["location"] == "/desk"
    assert visitor.get("/desk").status_code == 200
    assert visitor.get("/signin").headers["location"] == "/desk"


def test_without_accounts_every_way_leads_to_the_first_start(
    database: Database, tmp_path: Path
) -> None:
    visitor = Visitor(house(database, tmp_path))
    assert visitor.get("/").headers["location"] == "/setup"
    assert visitor.get("/signin").headers["location"] == "/setup"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("uma@example.com", "not her password"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("uma@example.com", ""),
        ("uma@example.com", "\ud800 lone"),
        ("x" * 5000, "y" * 5000),
        ("uma\0@example.org", "a\0b"),
    ],
)
def test_the_same_refusal_for_everything_wrong(app: FastAPI, email: str, password: str) -> None:
    visitor = Visitor(app)
    body = {"email": email, "password": password.encode(errors="replace").decode()}
    refused = visitor.ask("POST", "/signin", data=body)
    assert refused.status_code == 401
    assert "The e-mail or the password is wrong." in refused.text
    assert "set-cookie" not in refused.headers


def test_guessing_at_one_account_is_slowed_and_never_ended(app: FastAPI) -> None:
    """Fewer than 30 tries in the first hour from as many addresses as one likes, then four."""
    tried = [0, 0]
    at = NOON
    while at < NOON + timedelta(hours=2):
        with clock.frozen(at):
            address = f"10.1.{sum(tried)}.{at.second}"
            answer = Visitor(app, address=address).sign_in(password="a guess, a guess")
            tried[at >= NOON + timedelta(hours=1)] += answer.status_code == 401
            at += timedelta(seconds=int(answer.headers.get("retry-after", "0")))
    assert 5 < tried[0] <= 30
    assert 1 < tried[1] <= 5


def test_the_right_password_after_the_wait(app: FastAPI) -> None:
    visitor = Visitor(app)
    for _ in range(5):
        assert visitor.sign_in(password="wrong, wrong").status_code == 401
    refused = visitor.sign_in()
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "2"
    assert "Try again in 2 seconds." in refused.text
    with clock.frozen(NOON + timedelta(seconds=2)):
        assert visitor.sign_in().status_code == 303
        assert visitor.sign_in(password="wrong, wrong").status_code == 401  # starts anew


def test_waits_say_nothing_about_who_exists(app: FastAPI) -> None:
    said: list[list[tuple[int, str]]] = []
    for email in ("uma@example.com", "nobody@example.com"):
        visitor = Visitor(app, address=f"10.9.0.{len(said)}")
        answers = [visitor.sign_in(email, "wrong, wrong") for _ in range(7)]
        said.append([(a.status_code, a.text.replace(email, "")) for a in answers])
    assert said[0] == said[1]


def test_one_address_is_slowed_whatever_accounts_it_guesses(app: FastAPI) -> None:
    visitor = Visitor(app)
    codes = [visitor.sign_in(f"p{n}@example.com", "wrong, wrong").status_code for n in range(17)]
    assert codes == [401] * 15 + [429] * 2


def test_who_signed_in_here_before_is_not_locked_out_by_a_guesser(app: FastAPI) -> None:
    office = Visitor(app, address="10.0.0.1")
    assert office.sign_in().status_code == 303
    guesser = Visitor(app, address="203.0.113.9")
    codes = [guesser.sign_in(password="a guess, a guess").status_code for _ in range(8)]
    assert codes[-1] == 429
    assert Visitor(app, address="10.0.0.1").sign_in().status_code == 303


def test_an_ipv6_network_is_one_guesser(app: FastAPI) -> None:
    codes = [
        Visitor(app, address=f"2001:db8::{n:x}").sign_in(f"p{n}@example.com").status_code
        for n in range(17)
    ]
    assert codes[-1] == 429


def test_another_site_cannot_sign_somebody_in(app: FastAPI) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.test"}):
        fields = {"email": "uma@example.com", "password": PASSWORD}
        refused = Visitor(app).ask("POST", "/signin", data=fields, headers=headers)
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/stories?before=7", "/stories?before=7"),
        ("/", "/"),
        ("https://evil.test/", "/desk"),
        ("//evil.test/", "/desk"),
        ("/\\evil.test/", "/desk"),
        ("\\\\evil.test", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("/a\r\nSet-Cookie: x=1", "/desk"),
        ("/\t/evil.test", "/desk"),
        ("http:///evil.test", "/desk"),
        ("//[", "/desk"),
        ("stories", "/desk"),
        ("", "/desk"),
    ],
)
def test_only_our_own_paths_come_next(text: str, path: str) -> None:
    assert local_path(text) == path
