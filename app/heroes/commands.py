"""Commands: hero."""

from typing import Annotated

import typer
from sqlalchemy import select

from app import console
from app.heroes import explaining
from app.heroes.models import Hero

cli = typer.Typer()
hero_cli = typer.Typer(help="Who is celebrated, and why.", no_args_is_help=True)
cli.add_typer(hero_cli, name="hero")


@hero_cli.command("list")
def hero_list(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """The latest picks, newest first."""
    with console.database().read() as session:
        found = session.scalars(select(Hero).order_by(Hero.id.desc()).limit(50)).all()
        said = [
            {
                "id": str(one.id),
                "kind": one.kind,
                "period": one.period,
                "scope": one.scope,
                "starts_on": one.starts_on.isoformat(),
                "state": "withdrawn" if one.withdrawn_at else one.state,
                "reason": one.reason,
            }
            for one in found
        ]
    if as_json:
        console.say_json(said)
        return
    for one in said:
        console.say("  ".join((one["id"], one["starts_on"], one["kind"], one["reason"])))


@hero_cli.command("explain")
def hero_explain(
    hero_id: Annotated[int, typer.Argument(metavar="ID")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """What a pick rests on, who came after, and whether the same comes out when done again.

    Exit code 1 when it does not.
    """
    with console.database().read() as session:
        found = explaining.explain(session, hero_id)
    if as_json:
        console.say_json(found.document)
    else:
        console.say(f"{found.who}: {found.hero.reason}")
        for sentence in found.sentences:
            console.say(sentence)
        console.say(f"Runners-up: {', '.join(found.runners_up) or 'nobody'}.")
        again = "comes out the same" if found.is_same else "comes out differently"
        console.say(f"Rule {found.hero.rule}; done again from what was kept, it {again}.")
    return 0 if found.is_same else 1
