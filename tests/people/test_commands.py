"""The roster, accounts and tokens from a terminal: words in; exit code, lines and rows out."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.people.accounts import check_credentials
from app.people.keys import digest
from app.people.models import (
    Account,
    AccountTeam,
    Alias,
    ApiToken,
    AuditEntry,
    Company,
    Person,
    Site,
    Team,
)
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]
NORTHWIND = ("company", "set", "--name", "Northwind", "--timezone", "Europe/Zurich")


def rows(database: Database, table: type[Any]) -> list[Any]:
    with database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_the_company_and_its_first_site(cheerboard: Command, database: Database) -> None:
    for _ in range(2):  # the second time changes nothing
        assert cheerboard(*NORTHWIND, "--target", "50", "--individuals", "on").code == 0
    (company,) = rows(database, Company)
    assert (company.id, company.name, company.timezone) == (1, "Northwind", "Europe/Zurich")
    assert (company.target, company.window_days, company.individuals) == (50, 28, True)
    assert [(site.name, site.timezone) for site in rows(database, Site)] == [
        ("Head office", "Europe/Zurich")
    ]


def test_what_is_not_given_stays(cheerboard: Command, database: Database) -> None:
    cheerboard(*NORTHWIND, "--target", "50", "--window", "91", "--individuals", "on")
    cheerboard("company", "set", "--individuals", "off", "--domain", "Northwind.Example")
    (company,) = rows(database, Company)
    assert (company.name, company.target, company.window_days) == ("Northwind", 50, 91)
    assert (company.individuals, company.domain) == (False, "northwind.example")


def test_the_first_site_follows_the_company_until_it_is_its_own(
    cheerboard: Command, database: Database
) -> None:
    cheerboard(*NORTHWIND)
    cheerboard("site", "add", "Basel", "--timezone", "Europe/Zurich")
    cheerboard("company", "set", "--timezone", "asia/tokyo")
    assert [s.timezone for s in rows(database, Site)] == ["Asia/Tokyo", "Europe/Zurich"]
    with database.write.begin() as session:
        session.get_one(Site, 1).timezone = "Europe/Oslo"
    cheerboard("company", "set", "--timezone", "UTC")
    assert [s.timezone for s in rows(database, Site)] == ["Europe/Oslo", "Europe/Zurich"]


def test_a_site_made_first_is_nobodys_follower(cheerboard: Command, database: Database) -> None:
    cheerboard("site", "add", "Basel", "--timezone", "UTC")
    cheerboard("company", "set", "--name", "Northwind")
    cheerboard("company", "set", "--timezone", "Asia/Tokyo")
    assert [(s.name, s.timezone) for s in rows(database, Site)] == [("Basel", "UTC")]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--window", "0"), "from 1 to 366"),
        (("--window", "367"), "from 1 to 366"),
        (("--target", "101"), "from -100 to 100"),
        (("--timezone", "Mars/Base"), "not an IANA time zone"),
        (("--timezone", "../etc/passwd"), "not an IANA time zone"),
        (("--individuals", "maybe"), "'on', 'off'"),
        (("--name", "  "), "name is empty"),
        (("--name", "a\x00b"), "cannot be shown"),
        (("--name", "x" * 201), "longer than 200"),
    ],
)
def test_a_company_that_cannot_be(
    cheerboard: Command, database: Database, words: tuple[str, ...], why: str
) -> None:
    cheerboard("company", "set", *words).refused(why)
    assert rows(database, Company) == []


@pytest.mark.parametrize("days", ["1", "366"])
def test_the_ends_of_the_window(cheerboard: Command, days: str) -> None:
    assert cheerboard("company", "set", "--window", days).code == 0


def test_weights_of_channels_are_given_one_by_one(cheerboard: Command, database: Database) -> None:
    assert cheerboard(*NORTHWIND, "--weight", "sms=0.5").code == 0
    assert cheerboard("company", "set", "--weight", "Email=2", "--weight", "sms=1").code == 0
    (company,) = rows(database, Company)
    assert company.weights == {"email": 2}
    cheerboard("company", "set", "--weight", "email=11").refused("from 0 to 10")


def test_the_roster(cheerboard: Command, database: Database) -> None:
    cheerboard(*NORTHWIND)
    site = cheerboard("site", "add", "Basel", "--timezone", "Europe/Zurich", "--json")
    team = cheerboard("team", "add", "Checkout", "--site", "basel", "--json")
    words = ["person", "add", " Ana  Sánchez", "--team", "CHECKOUT", "--alias", "A. Sánchez"]
    person = cheerboard(*words, "--alias", "agent-7", "--email", "Ana@Example.com", "--json")
    assert site.document == {"id": "2", "name": "Basel"}
    assert team.document == {"id": "1", "name": "Checkout"}
    assert person.document == {"id": "1", "name": "Ana Sánchez"}
    assert rows(database, Team)[0].site_id == 2
    (ana,) = rows(database, Person)
    assert (ana.team_id, ana.email, ana.visibility) == (1, "ana@example.com", "first-initial")
    assert {a.folded for a in rows(database, Alias)} == {"a. sánchez", "agent-7"}


def test_a_person_is_found_by_alias_and_changed(cheerboard: Command, database: Database) -> None:
    for team in ("Claims", "Checkout"):
        cheerboard("team", "add", team)
    cheerboard("person", "add", "Ana", "--team", "Claims", "--alias", "agent-7")
    assert cheerboard("person", "set", "AGENT-7", "--visibility", "hidden").code == 0
    assert cheerboard("person", "set", "ana", "--team", "checkout").code == 0
    (ana,) = rows(database, Person)
    assert (ana.visibility, ana.team_id) == ("hidden", 2)


def test_two_people_of_one_name(cheerboard: Command, database: Database) -> None:
    for team in ("Claims", "Checkout"):
        cheerboard("team", "add", team)
        cheerboard("person", "add", "Ana", "--team", team)
    cheerboard("person", "add", "ana", "--team", "Claims").refused("already")
    cheerboard("person", "set", "Ana", "--visibility", "first").refused("say #1 or #2")
    assert cheerboard("person", "set", "#2", "--visibility", "first").code == 0
    assert [p.visibility for p in rows(database, Person)] == ["first-initial", "first"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("site add Basel --timezone Nowhere", "not an IANA time zone"),
        ("site add basel --timezone UTC", "already"),
        ("team add CLAIMS", "already"),
        ("team add New --site Mars", "no site named 'Mars'"),
        ("person add Ana --team Mars", "no team named 'Mars'"),
        ("person add Ana --team Claims --email nonsense", "not an e-mail"),
        ("person set Nobody --visibility full", "no person named"),
        ("person set #99 --visibility full", "no person named"),
        ("person set Bo", "Say what to change"),
        ("person set Bo --visibility naked", "'naked'"),
        ("person import /nowhere.csv", "No such file"),
    ],
)
def test_refused(cheerboard: Command, words: str, why: str) -> None:
    cheerboard("site", "add", "Basel", "--timezone", "UTC")
    cheerboard("team", "add", "Claims")
    cheerboard("person", "add", "Bo", "--team", "Claims")
    cheerboard(*words.split()).refused(why)


def test_an_account_with_a_password_from_stdin(
    cheerboard: Command, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("lead", "add", " Uma@Example.com ", "--name", "Uma", "--role", "lead")
    monkeypatch.setattr("sys.stdin", io.StringIO("nine lives and a hat\n"))
    ended = cheerboard(*words, "--password-stdin")
    assert ended.code == 0, ended.err
    assert "nine lives" not in ended.out
    (uma,) = rows(database, Account)
    assert (uma.email, uma.role) == ("uma@example.com", "lead")
    assert check_credentials(database, "UMA@example.com", "nine lives and a hat")
    monkeypatch.setattr("sys.stdin", io.StringIO("nine lives and a hat\n"))
    cheerboard(*words, "--password-stdin").refused("already")


def test_a_lead_of_teams(
    cheerboard: Command, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheerboard("team", "add", "Service")
    words = ("lead", "add", "uma@example.com", "--name", "Uma", "--team")
    for role, team, why in (("lead", "Claims", "no team named"), ("viewer", "Service", "Only a")):
        monkeypatch.setattr("sys.stdin", io.StringIO("nine lives and a hat\n"))
        cheerboard(*words, team, "--role", role, "--password-stdin").refused(why)
    assert rows(database, Account) == []
    monkeypatch.setattr("sys.stdin", io.StringIO("nine lives and a hat\n"))
    ended = cheerboard(*words, "service", "--role", "lead", "--password-stdin")
    assert ended.code == 0, ended.err
    with database.read() as session:
        (led,) = session.scalars(select(AccountTeam))
    assert (led.account_id, led.team_id) == (1, 1)
    made, entry = rows(database, AuditEntry)
    assert (made.who, made.thing) == ("command line", "team 1")
    assert (entry.who, entry.after["teams"]) == ("command line", ["Service"])


def test_a_password_is_made_and_shown_once(
    cheerboard: Command, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ended = cheerboard("lead", "add", "bo@example.com", "--name", "Bo", "--role", "admin")
    password = ended.out.split("shown this once: ")[1].strip()
    assert check_credentials(database, "bo@example.com", password)
    again = cheerboard("lead", "password", "bo@example.com")
    other = again.out.split("shown this once: ")[1].strip()
    assert other != password
    assert not check_credentials(database, "bo@example.com", password)
    assert check_credentials(database, "bo@example.com", other)
    assert cheerboard("lead", "close", "bo@example.com").code == 0
    assert not check_credentials(database, "bo@example.com", other)


@pytest.mark.parametrize(
    ("email", "role", "password", "why"),
    [
        ("uma@example.com", "lead", "short", "10 characters or more"),
        ("uma@example.com", "lead", "uma@example.com", "not be the e-mail"),
        ("uma@example.com", "chief", "nine lives and a hat", "'chief'"),
        ("uma", "lead", "nine lives and a hat", "not an e-mail"),
        ("uma@example.com", "lead", "", "10 characters or more"),
    ],
)
def test_an_account_that_cannot_be(
    cheerboard: Command, monkeypatch: pytest.MonkeyPatch,
    email: str, role: str, password: str, why: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    words = ("--name", "Uma", "--role", role, "--password-stdin")
    cheerboard("lead", "add", email, *words).refused(why)


def test_no_account_of_that_name(cheerboard: Command) -> None:
    cheerboard("lead", "close", "uma@example.com").refused("no account for uma@example.com")


def test_a_token_is_shown_once_and_kept_as_a_hash(cheerboard: Command, database: Database) -> None:
    made = cheerboard("token", "add", "report", "--scope", "read", "--json").document
    assert set(made) == {"name", "scope", "token"}
    assert (made["name"], made["scope"]) == ("report", "read")
    (kept,) = rows(database, ApiToken)
    assert kept.token_hash == digest(made["token"])
    assert made["token"] not in json.dumps(str(vars(kept)))
    cheerboard("token", "add", "report", "--scope", "admin").refused("already")
    cheerboard("token", "add", "other", "--scope", "write").refused("'write'")


def test_import_adds_changes_and_leaves_alone(
    cheerboard: Command, database: Database, tmp_path: Path
) -> None:
    cheerboard("site", "add", "Basel", "--timezone", "Europe/Zurich")
    file = tmp_path / "roster.csv"
    file.write_bytes(
        "\ufeffName;Team;Alias;E-mail;Visibility;Site\r\n"
        "Ana Sánchez;Checkout;agent-7|A.S.;ana@example.com;first;Basel\r\n"
        "\r\n"
        '"Frei; Reto";Checkout;;;;\r\n'.encode()
    )
    words = ("person", "import", str(file), "--json")
    assert cheerboard(*words).document == {"added": 2, "changed": 0, "unchanged": 0}
    assert cheerboard(*words).document == {"added": 0, "changed": 0, "unchanged": 2}
    file.write_text("name,team,email\nAna Sánchez-Frei,Claims,ANA@example.com\n")
    assert cheerboard(*words).document == {"added": 0, "changed": 1, "unchanged": 0}
    ana, reto = rows(database, Person)
    assert (ana.name, ana.team_id, ana.visibility) == ("Ana Sánchez-Frei", 2, "first")
    assert (reto.name, reto.team_id) == ("Frei; Reto", 1)
    assert [(t.name, t.site_id) for t in rows(database, Team)] == [
        ("Checkout", 1),
        ("Claims", None),
    ]
    assert len(rows(database, Alias)) == 2


def test_import_of_many(cheerboard: Command, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("name,team\n" + "".join(f"Person {n},Team {n % 7}\n" for n in range(1000)))
    assert cheerboard("person", "import", str(file)).out.startswith("1000 added")
    assert len(rows(database, Person)) == 1000
    assert len(rows(database, Team)) == 7


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no column name and no column team"),
        (b"name\nAna\n", "no column team"),
        (b"name,team,salary\nAna,Claims,1\n", "'salary' is no column"),
        (b"name,team\nAna,Claims\n,Claims\n", "Line 3: The person's name is empty."),
        (b"name,team\nAna\n", "Line 2: The team's name is empty."),
        (b"name,team,email\nAna,Claims,x\n", "Line 2: 'x' is not an e-mail"),
        (b"name,team,visibility\nAna,Claims,naked\n", "Line 2: A visibility is one of"),
        (b"name,team,site\nAna,Claims,Mars\n", "Line 2: there is no site named 'Mars'"),
        (b"name,team\nA\xffna,Claims\n", "not UTF-8"),
        (b"name,team\nA\x00na,Claims\n", "Line 2"),
        (b"name,team\n" + b"x" * 200_000 + b",Claims\n", "Line 2"),
    ],
)
def test_a_bad_file_imports_nothing(
    cheerboard: Command, database: Database, tmp_path: Path, raw: bytes, why: str
) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(raw)
    cheerboard("person", "import", str(file)).refused(why)
    assert rows(database, Person) == []
    assert rows(database, Team) == []
