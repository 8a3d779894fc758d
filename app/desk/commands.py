"""Commands that join rooms: `person set`, `person import` and `hero pick`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from app import clock, console
from app.desk.rosteroptout import take_off_hidden
from app.desk.rosterpeople import show
from app.followups import rescues
from app.heroes import picking
from app.heroes.commands import hero_cli
from app.people import audit, roster, rosterbook, rosterfile, staff
from app.people.audit import OPERATOR
from app.people.commands import Json, person_cli, say_made

# Nothing of its own: what stands here belongs to `cheerboard person` and `cheerboard hero`.
cli = typer.Typer()


@person_cli.command("set")
def person_set(
    name: Annotated[str, typer.Argument(help="Whole name or alias, or #ID.")],
    visibility: Annotated[
        Literal["full", "first-initial", "first", "initials", "hidden"] | None, typer.Option()
    ] = None,
    team: Annotated[str | None, typer.Option()] = None,
    *,
    as_json: Json = False,
) -> None:
    """Change what a wall may show of a person, or their team; who hides leaves every wall."""
    if visibility is None and team is None:
        console.refuse("Say what to change: --visibility or --team.")
    with console.database().write.begin() as session:
        known = roster.load(session)
        person = staff.find_person(session, known, name)
        if team is not None:
            home = staff.find_team(session, known, team)
            rosterbook.change_person(session, OPERATOR, person, {"team_id": home.id})
        if visibility is not None:
            show(session, OPERATOR, person, visibility)
    say_made("person", person.id, person.name, as_json=as_json)


@person_cli.command("import")
def person_import(
    file: Annotated[Path, typer.Argument(help=f"CSV with {', '.join(rosterfile.COLUMNS)}.")],
    *,
    as_json: Json = False,
) -> None:
    """Add or change everybody in a file; it may be read again."""
    database = console.database()
    done = rosterfile.enter(database, rosterfile.read(file.read_bytes()))
    take_off_hidden(database)
    with database.write.begin() as session:
        audit.record(session, OPERATOR, "roster.manage", f"file {file.name}", None, done)
    if as_json:
        console.say_json(done)
    else:
        console.say(", ".join(f"{count} {what}" for what, count in done.items()) + ".")


@hero_cli.command("pick")
def hero_pick() -> None:
    """Keep every pick that is due now; the running server does so by itself."""
    made = picking.pick(console.database(), clock.now(), rescues.won_back)
    console.say("1 new pick." if made == 1 else f"{made} new picks.")
