"""Commands: company, site, team, person, lead, token."""

import secrets
import sys
from typing import Annotated, Any, Literal

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import console
from app.people import accounts, audit, company, staff
from app.people.audit import OPERATOR
from app.people.models import Company, Person, Site, Team
from app.people.tokens import add_token

cli = typer.Typer()
company_cli = typer.Typer(help="The company's settings.", no_args_is_help=True)
site_cli = typer.Typer(help="Places, each with its own clock.", no_args_is_help=True)
team_cli = typer.Typer(help="Teams.", no_args_is_help=True)
person_cli = typer.Typer(help="People on the roster.", no_args_is_help=True)
lead_cli = typer.Typer(help="Accounts at the desk.", no_args_is_help=True)
token_cli = typer.Typer(help="API tokens.", no_args_is_help=True)
for _name, _group in {
    "company": company_cli,
    "site": site_cli,
    "team": team_cli,
    "person": person_cli,
    "lead": lead_cli,
    "token": token_cli,
}.items():
    cli.add_typer(_group, name=_name)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@company_cli.command("set")
def company_set(  # noqa: PLR0913, PLR0917 - an option for each setting of the company
    name: Annotated[str | None, typer.Option()] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as Europe/Berlin.")] = None,
    target: Annotated[int | None, typer.Option(help="The score to reach, -100 to 100.")] = None,
    window: Annotated[int | None, typer.Option(help="Days of the rolling score, 1 to 366.")] = None,
    individuals: Annotated[
        Literal["on", "off"] | None,
        typer.Option(help="Whether personal scores and ranks are shown."),
    ] = None,
    domain: Annotated[str | None, typer.Option(help="The company's own mail domain.")] = None,
    heroes: Annotated[
        Literal["suggest", "automatic", "off"] | None,
        typer.Option(
            help="Whether picks are confirmed by a lead first, shown at once, or not made."
        ),
    ] = None,
    stories: Annotated[
        Literal["review", "automatic"] | None,
        typer.Option(help="Whether the plainest praise may reach a wall before a lead read it."),
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL=WEIGHT", help="What an answer of a channel weighs beside; repeatable."
        ),
    ] = None,
) -> None:
    """Change what is given, keep the rest; the first time, make the company and its first site."""
    facts: dict[str, Any] = {
        "name": name,
        "timezone": timezone,
        "target": target,
        "window_days": window,
        "individuals": None if individuals is None else individuals == "on",
        "domain": domain,
        "heroes": heroes,
        "automatic_stories": None if stories is None else stories == "automatic",
    }
    weights = company.weights_of(",".join(weight or ()))
    with console.database().write.begin() as session:
        if weights:
            facts["weights"] = (session.scalar(select(Company.weights)) or {}) | weights
        made = company.set_company(session, facts)
        said = {name: value for name, value in facts.items() if value is not None}
        audit.record(session, OPERATOR, "company.set", "company", None, said)
    console.say(f"{made.name}: time zone {made.timezone}, window {made.window_days} days.")


@site_cli.command("add")
def site_add(name: str, timezone: Annotated[str, typer.Option()], *, as_json: Json = False) -> None:
    """A new site."""
    with console.database().write.begin() as session:
        made = company.add_site(session, name, timezone)
        _added(session, made)
    say_made("site", made.id, made.name, as_json=as_json)


@team_cli.command("add")
def team_add(
    name: str, site: Annotated[str | None, typer.Option()] = None, *, as_json: Json = False
) -> None:
    """A new team."""
    with console.database().write.begin() as session:
        made = staff.add_team(session, name, site)
        _added(session, made)
    say_made("team", made.id, made.name, as_json=as_json)


@person_cli.command("add")
def person_add(
    name: str,
    team: Annotated[str, typer.Option()],
    alias: Annotated[
        list[str] | None, typer.Option(help="What a platform calls this person; repeatable.")
    ] = None,
    email: Annotated[str | None, typer.Option()] = None,
    *,
    as_json: Json = False,
) -> None:
    """A new person."""
    with console.database().write.begin() as session:
        made = staff.add_person(session, name, team, alias or (), email)
        _added(session, made)
    say_made("person", made.id, made.name, as_json=as_json)


@lead_cli.command("add")
def lead_add(
    email: str,
    name: Annotated[str, typer.Option()],
    role: Annotated[Literal["admin", "lead", "viewer"], typer.Option()],
    team: Annotated[
        list[str] | None,
        typer.Option(help="A team this lead leads, repeatable; without any, all teams."),
    ] = None,
    *,
    password_stdin: FromStdin = False,
) -> None:
    """A new account; without a terminal and without a password, one is made and shown once."""
    if team and role != "lead":
        console.refuse("Only a lead has teams: leave --team away.")
    password, is_made = _password(from_stdin=password_stdin)
    accounts.add_account(console.database(), email, name, role, password, team or ())
    console.say(f"{email} may sign in as {role}.")
    if is_made:
        console.say(f"Password, shown this once: {password}")


@lead_cli.command("password")
def lead_password(email: str, *, password_stdin: FromStdin = False) -> None:
    """Another password; whoever was signed in with the old one is signed out."""
    password, is_made = _password(from_stdin=password_stdin)
    accounts.set_password(console.database(), email, password)
    console.say(f"{email} has another password.")
    if is_made:
        console.say(f"Password, shown this once: {password}")


@lead_cli.command("close")
def lead_close(email: str) -> None:
    """Close an account: signed out everywhere, and nobody signs in with it any more."""
    accounts.close_account(console.database(), email)
    console.say(f"{email} may not sign in any more.")


@token_cli.command("add")
def token_add(
    name: str, scope: Annotated[Literal["read", "admin"], typer.Option()], *, as_json: Json = False
) -> None:
    """A new API token, shown this once."""
    with console.database().write.begin() as session:
        key = add_token(session, name, scope)
        audit.record(session, OPERATOR, "tokens.make", f"token {name}", None, {"scope": scope})
    if as_json:
        console.say_json({"name": name, "scope": scope, "token": key})
    else:
        console.say(f"Token, shown this once: {key}")


def _added(session: Session, made: Person | Team | Site) -> None:
    thing = f"{made.__tablename__} {made.id}"
    audit.record(session, OPERATOR, "roster.manage", thing, None, {"name": made.name})


def say_made(kind: str, made_id: int, name: str, *, as_json: bool) -> None:
    if as_json:
        console.say_json({"id": str(made_id), "name": name})
    else:
        console.say(f"The {kind} {name} is on the roster.")


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    """A password, and whether we made it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked, False
    return secrets.token_urlsafe(15), True
