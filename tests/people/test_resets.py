"""Another password by mail: for whom we know, without telling anybody whom we know."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from app import clock, mail
from app.db import Database, connect
from app.errors import UnavailableError
from app.people.accounts import close_account
from app.settings import Settings
from tests.people.visitor import PASSWORD, Visitor, house, lead
from tests.postbox import Postbox, postbox

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def post() -> Iterator[Postbox]:
    with postbox() as opened:
        yield opened


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = connect(sqlite_url)
    lead(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def app(database: Database, post: Postbox, tmp_path: Path) -> FastAPI:
    return house(database, tmp_path, base_url="http://wall.test", **post.settings)


def ask(app: FastAPI, email: str, address: str = "10.0.0.1", host: str = "wall.test") -> Visitor:
    visitor = Visitor(app, address=address)
    visitor.ask("POST", "/forgotten", data={"email": email}, headers={"host": host})
    return visitor


def link(post: Postbox) -> str:
    found = re.search(r"http://wall\.test(/reset/[\w-]+)", post.letters[-1].get_content())
    assert found
    return found[1]


def test_a_link_sets_another_password_once(app: FastAPI, post: Postbox) -> None:
    signed_in = Visitor(app)
    signed_in.sign_in()
    ask(app, " UMA@example.com ", host="evil.test")  # the link leads to us all the same
    (letter,) = post.letters
    assert letter["To"] == "uma@example.com"
    assert letter["From"] == "Cheerboard <wall@example.com>"
    visitor = Visitor(app)
    assert "uma@example.com" in visitor.get(link(post)).text
    assert visitor.ask("POST", link(post), data={"password": "short"}).status_code == 400
    answer = visitor.ask("POST", link(post), data={"password": "another long one"})
    assert answer.headers["location"] == "/signin?done=reset"
    assert signed_in.get("/desk").status_code == 303
    assert visitor.sign_in(password="another long one").status_code == 303
    assert visitor.sign_in(password=PASSWORD).status_code == 401
    assert visitor.get(link(post)).status_code == 404
    assert visitor.ask("POST", link(post), data={"password": "a third long one"}).status_code == 404


def test_nobody_learns_who_has_an_account(app: FastAPI, post: Postbox, database: Database) -> None:
    lead(database, "gone@example.com")
    close_account(database, "gone@example.com")
    answers = {
        (visitor.last.status_code, visitor.last.text)
        for visitor in (
            ask(app, email, address=f"10.0.1.{n}")
            for n, email in enumerate(["uma@example.com", "no@example.com", "gone@example.com", ""])
        )
    }
    assert len(answers) == 1
    assert [letter["To"] for letter in post.letters] == ["uma@example.com"]


def test_a_link_ends_after_an_hour_and_with_the_next_one(app: FastAPI, post: Postbox) -> None:
    ask(app, "uma@example.com")
    before = link(post)
    ask(app, "uma@example.com")
    assert Visitor(app).get(before).status_code == 404
    assert Visitor(app).get(link(post)).status_code == 200
    with clock.frozen(NOON + timedelta(hours=1)):
        assert Visitor(app).get(link(post)).status_code == 404


def test_a_mailbox_is_not_flooded_and_signing_in_goes_on(app: FastAPI, post: Postbox) -> None:
    codes = [ask(app, "uma@example.com", f"10.0.2.{n}").last.status_code for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert len(post.letters) == 5
    assert Visitor(app).sign_in().status_code == 303


def test_without_mail_or_a_public_address_the_command_is_named(
    database: Database, post: Postbox, tmp_path: Path
) -> None:
    for settings in ({"base_url": "http://wall.test"}, post.settings):
        visitor = Visitor(house(database, tmp_path, **settings))
        assert "cheerboard lead password" in visitor.get("/forgotten").text
        assert "cheerboard lead password" in visitor.get("/signin").text
        assert visitor.ask("POST", "/forgotten", data={"email": "x@y.z"}).status_code == 404


def test_a_mail_server_that_refuses_tells_the_same(
    app: FastAPI, post: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    post.refuses = True
    assert ask(app, "uma@example.com").last.status_code == 200
    assert "A mail was not sent" in caplog.text
    assert "uma@" not in caplog.text


def test_mail_says_what_is_wrong(post: Postbox) -> None:
    with pytest.raises(UnavailableError):
        mail.send(Settings(), ["uma@example.com"], "Hello", "you")
    settings = Settings(**post.settings)
    with pytest.raises(UnavailableError):
        mail.send(settings, ["uma@example.com"], "Hello\r\nBcc: eve@example.com", "you")
    mail.send(settings, ["uma@example.com", "bo@example.com"], "Hällo", "Grüße\n.\nEnd")
    assert [one["To"] for one in post.letters] == ["uma@example.com", "bo@example.com"]
    assert post.letters[0]["Subject"] == "Hällo"
    assert "Grüße\n.\nEnd" in post.letters[0].get_content().replace("\r\n", "\n")
