"""First start, invitations, own account, accounts of others, and what the audit log says of it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app import clock
from app.db import Database, connect
from app.people import audit, auditlog, firststart
from app.people.authorize import MAY, Actor
from app.people.models import Account, AccountTeam, AuditEntry, Company, Invitation, Site, Team
from tests import make
from tests.people.visitor import PASSWORD, Visitor, house, lead

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    return house(database, tmp_path)


@pytest.fixture
def admin(app: FastAPI, database: Database) -> Visitor:
    lead(database, "ada@example.com", "admin")
    with database.write.begin() as session:
        make.company(session)
        make.team(session, "Service")
    visitor = Visitor(app)
    visitor.sign_in("ada@example.com")
    return visitor


def first(app: FastAPI, **other: str) -> dict[str, str]:
    said = {
        "company": "Northwind", "timezone": "europe/zurich", "team": "Service", "name": "Ada",
        "email": "Ada@example.com", "password": PASSWORD,
        "code": firststart.code(app.state.settings),
    }  # fmt: skip
    return said | other


def log(database: Database) -> list[str]:
    with database.read() as session:
        return [f"{e.who}: {e.action} {e.thing}" for e in session.scalars(select(AuditEntry))]


def test_the_first_start_and_never_again(app: FastAPI, database: Database) -> None:
    visitor = Visitor(app)
    assert "make demo" in visitor.get("/setup").text
    typed = firststart.code(app.state.settings).lower().replace("-", " ")
    assert visitor.ask("POST", "/setup", data=first(app, code=typed)).status_code == 303
    assert visitor.get("/desk").status_code == 200
    with database.read() as session:
        assert session.scalars(select(Company.timezone)).one() == "Europe/Zurich"
        assert session.scalars(select(Team.name)).one() == "Service"
        assert session.scalars(select(Site.timezone)).one() == "Europe/Zurich"
        assert session.scalars(select(Account.role)).one() == "admin"
    assert Visitor(app).get("/setup").headers["location"] == "/signin"
    assert Visitor(app).ask("POST", "/setup", data=first(app)).status_code == 404
    assert "Ada: company.set company" in log(database)


@pytest.mark.parametrize(
    ("field", "value", "status", "why"),
    [
        ("code", "AAAA-BBBB-CCCC", 403, "not the code"),
        ("code", "", 403, "not the code"),
        ("timezone", "Mars/Base", 400, "not an IANA time zone"),
        ("timezone", " ", 400, "Say the time zone"),
        ("company", "", 400, "name is empty"),
        ("team", "  ", 400, "name is empty"),
        ("email", "ada", 400, "not an e-mail"),
        ("password", "short", 400, "10 characters"),
    ],
)
def test_a_first_start_that_cannot_be_makes_nothing(
    app: FastAPI, database: Database, field: str, value: str, status: int, why: str
) -> None:
    answer = Visitor(app).ask("POST", "/setup", data=first(app, **{field: value}))
    assert (answer.status_code, why in answer.text) == (status, True)
    assert PASSWORD not in answer.text
    with database.read() as session:
        assert firststart.is_fresh(session)
        assert session.get(Company, 1) is None


def test_the_code_is_guessed_slowly_and_logged_while_fresh(
    app: FastAPI, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "cheerboard")
    firststart.log_code(database, app.state.settings)
    assert firststart.code(app.state.settings) in caplog.text
    visitor = Visitor(app)
    wrong = first(app, code="x")
    codes = [visitor.ask("POST", "/setup", data=wrong).status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]
    lead(database)
    caplog.clear()
    firststart.log_code(database, app.state.settings)
    assert caplog.text == ""


def invited(admin: Visitor, **fields: str) -> str:
    """The path of a new invitation's link."""
    admin.get("/accounts")
    page = admin.press("/invitations", fields)
    assert page.status_code == 200, page.text
    assert "data:image/svg+xml" in page.text
    found = re.search(r"http://wall.test(/invited/[\w-]+)", page.text)
    assert found
    return found[1]


def test_an_invitation_makes_one_account_once(
    app: FastAPI, database: Database, admin: Visitor
) -> None:
    path = invited(admin, role="lead", team="1")
    guest = Visitor(app)
    assert "a lead of <bdi>Service</bdi>" in guest.get(path).text
    said = {"name": "Bo", "email": "bo@example.com", "password": PASSWORD}
    assert guest.ask("POST", path, data=said | {"password": "x"}).status_code == 400
    assert guest.ask("POST", path, data=said).status_code == 303
    assert guest.get("/desk").status_code == 200
    with database.read() as session:
        bo = session.scalars(select(Account).where(Account.name == "Bo")).one()
        assert bo.role == "lead"
        assert session.scalars(select(AccountTeam.team_id)).all() == [1]
        assert path.split("/")[2] not in str(vars(session.scalars(select(Invitation)).one()))
    assert Visitor(app).get(path).status_code == 404
    again = said | {"email": "eve@example.com"}
    assert Visitor(app).ask("POST", path, data=again).status_code == 404
    assert "Bo (invitation 1): accounts.manage account bo@example.com" in log(database)


def test_invitations_end(app: FastAPI, admin: Visitor) -> None:
    late, withdrawn = invited(admin, role="viewer"), invited(admin, role="viewer")
    admin.get("/accounts")
    assert admin.press("/invitations/2/withdraw").status_code == 303
    assert Visitor(app).get(withdrawn).status_code == 404
    assert Visitor(app).get(late).status_code == 200
    with clock.frozen(NOON + timedelta(days=7)):
        assert Visitor(app).get(late).status_code == 404


def test_an_invitation_for_one_is_for_nobody_else(app: FastAPI, admin: Visitor) -> None:
    path = invited(admin, role="viewer", email="Bo@example.com")
    said = {"name": "Eve", "email": "eve@example.com", "password": PASSWORD}
    guest = Visitor(app)
    guest.ask("POST", path, data=said)
    assert guest.get("/account").status_code == 200
    assert "bo@example.com" in guest.last.text
    assert "eve@example.com" not in guest.last.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"role": "chief"}, 400),
        ({"role": "lead", "team": "99"}, 404),
        ({"role": "lead", "email": "x"}, 400),
        ({"role": "viewer", "email": "ada@example.com"}, 409),
    ],
)
def test_invitations_that_cannot_be(admin: Visitor, fields: dict[str, str], status: int) -> None:
    admin.get("/accounts")
    assert admin.press("/invitations", fields).status_code == status


def test_roles_change_at_once_and_the_last_admin_stays(
    app: FastAPI, database: Database, admin: Visitor
) -> None:
    bo_id = lead(database, "bo@example.com", "admin")
    bo = Visitor(app)
    bo.sign_in("bo@example.com")
    admin.get("/accounts")
    assert admin.press(f"/accounts/{bo_id}/role", {"role": "lead", "team": "1"}).status_code == 303
    assert bo.get("/accounts").status_code == 403
    assert bo.get("/desk").status_code == 200
    for what, fields in (("role", {"role": "viewer"}), ("close", {})):
        admin.get("/accounts")
        assert admin.press(f"/accounts/1/{what}", fields).status_code == 409
    admin.get("/accounts")
    assert admin.press(f"/accounts/{bo_id}/close").status_code == 303
    assert bo.get("/desk").status_code == 303
    admin.get("/accounts")
    assert admin.press(f"/accounts/{bo_id}/open").status_code == 303
    assert bo.sign_in("bo@example.com").status_code == 303
    text = admin.get("/audit?action=accounts").text
    assert "teams <b>Service</b>" in text
    assert "closed <b>True</b>" in text


def test_ones_own_password(app: FastAPI, database: Database, admin: Visitor) -> None:
    elsewhere = Visitor(app)
    elsewhere.sign_in("ada@example.com")
    admin.get("/account")
    wrong = admin.press("/account/password", {"old": "wrong, wrong", "password": "a long new one"})
    assert wrong.status_code == 403
    weak = admin.press("/account/password", {"old": PASSWORD, "password": "short"})
    assert weak.status_code == 400
    done = admin.press("/account/password", {"old": PASSWORD, "password": "a long new one"})
    assert done.headers["location"] == "/account?done=password"
    assert admin.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert "a long new one" not in "".join(log(database))


def test_browsers_are_listed_and_signed_out(app: FastAPI, admin: Visitor) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/130.0 Mobile Safari/537"
    phone = Visitor(app)
    fields = {"email": "ada@example.com", "password": PASSWORD}
    phone.ask("POST", "/signin", data=fields, headers={"user-agent": agent})
    page = admin.get("/account").text
    assert "Chrome on Android" in page
    found = re.search(r"/account/sessions/(\d+)/close", page)
    assert found
    assert admin.press(f"/account/sessions/{found[1]}/close").status_code == 303
    assert phone.get("/account").status_code == 303
    phone.sign_in("ada@example.com")
    admin.get("/account")
    assert admin.press("/account/signout").headers["location"] == "/signin"
    assert phone.get("/account").status_code == 303


def test_nobody_signs_anybody_else_out(app: FastAPI, database: Database, admin: Visitor) -> None:
    lead(database, "eve@example.com", "viewer")
    eve = Visitor(app)
    eve.sign_in("eve@example.com")
    eve.get("/account")
    eve.press("/account/sessions/1/close")
    assert admin.get("/account").status_code == 200


def test_the_audit_log_is_written_with_the_change_or_not_at_all(database: Database) -> None:
    def change() -> None:
        with database.write.begin() as session:
            facts = {"a": 1, "same": "x"}
            audit.record(session, Actor("lead", "Uma"), "a.b", "thing", facts, facts | {"a": None})
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        change()
    assert log(database) == []
    with database.write.begin() as session:
        audit.record(session, Actor("lead", "Uma"), "a.b", "x" * 500, {"a": 1, "s": 2}, {"s": 2})
    with database.read() as session:
        (entry,) = session.scalars(select(AuditEntry))
    assert (entry.before, entry.after, len(entry.thing)) == ({"a": 1}, {}, 200)


def test_the_audit_log_is_filtered_and_turned(admin: Visitor, database: Database) -> None:
    with database.write.begin() as session:
        for n in range(60):
            audit.record(session, Actor("lead", "<Uma>"), "stories.release", f"story {n}")
    page = admin.get("/audit?who=%3CUma%3E").text
    assert "story 59" in page
    assert "story 9<" not in page
    assert "&lt;Uma&gt;" in page
    assert "Story decided · <bdi>story 59" in page
    older = re.search(r'href="(/audit\?before=[^"]+)"', page)
    assert older
    assert "story 9<" in admin.get(older[1].replace("&amp;", "&")).text
    assert "story" not in admin.get("/audit?action=accounts").text.split("</form>")[-1]


def test_whatever_is_written_down_has_words() -> None:
    """Looks are kept only where words are shown that are nobody else's."""
    looks = {"view", "read", "watch"}
    written = {action for action in MAY if action.partition(".")[2] not in looks}
    kept = {"followups.read", "integrity.read", "tokens.make"}
    assert auditlog.WORDS.keys() == written | kept
