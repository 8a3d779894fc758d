"""`cheerboard source …` and `replay`: the ways in, and processing kept deliveries again."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app import console
from app.errors import CheerboardError
from app.intake import (
    backfillcommand,
    bookkeeping,
    deliveries,
    filecommand,
    overview,
    registration,
    rehearsal,
    report,
    sourcebook,
    strictjson,
)
from app.intake.models import Source
from app.intake.strictjson import JSONRefusedError
from app.people.audit import OPERATOR
from app.settings import Settings

cli = typer.Typer()
source_cli = typer.Typer(help="Survey platforms that send answers.", no_args_is_help=True)
cli.add_typer(source_cli, name="source")
cli.command("import")(filecommand.import_file)
source_cli.command("backfill")(backfillcommand.backfill_source)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@source_cli.command("add")
def source_add(
    name: str,
    platform: Annotated[str, typer.Option(help="Such as generic, typeform, formbricks.")],
    secret: Annotated[str, typer.Option(help="What the platform signs with.")] = "",
    settings: Annotated[Path | None, typer.Option(help="A JSON file.")] = None,
    as_json: Json = False,  # noqa: FBT002 - Typer makes it a flag
) -> None:
    """Make a hook for one survey."""
    config = Settings()
    chosen, secrets = _settings_in(settings), [secret] if secret else []
    with console.database(config).write.begin() as session:
        row = registration.add(session, config.key, name, platform, chosen, secrets)
        bookkeeping.note(session, OPERATOR, row, None)
        shown = _shown(row)
    if as_json:
        console.say_json(shown)
        return
    console.say(f"Let it post to {console.address(config, shown['hook_path'])}")
    console.say(_protection(platform, chosen, secrets))


@source_cli.command("set")
def source_set(
    name: str,
    settings: Annotated[Path, typer.Option(help="A JSON file; null takes a setting away.")],
) -> None:
    """Change settings of a source, a token for instance; its hook and its secrets stay."""
    config = Settings()
    chosen = _settings_in(settings)
    with console.database(config).write.begin() as session:
        row = registration.find(session, name)
        before = bookkeeping.facts_of(row)
        registration.change_settings(session, config.key, name, chosen)
        bookkeeping.note(session, OPERATOR, row, before)
    console.say(f"Changed {name}. What failed before: cheerboard replay --source {name}")


@source_cli.command("list")
def source_list(as_json: Json = False) -> None:  # noqa: FBT002 - Typer makes it a flag
    """Every source, its hook, and whether answers arrive."""
    with console.database().read() as session:
        states = overview.states(session)
    if as_json:
        console.say_json([report.document(one) for one in states])
        return
    for one in states:
        for line in report.lines(one):
            console.say(line)


@source_cli.command("remove")
def source_remove(name: str) -> None:
    """Close a hook; the answers that came through it stay."""
    with console.database().write.begin() as session:
        row = registration.find(session, name)
        before = bookkeeping.facts_of(row)
        registration.remove(session, name)
        bookkeeping.note(session, OPERATOR, row, before)
    console.say(f"Removed {name}; its answers stay.")


@source_cli.command("secret")
def source_secret(
    name: str,
    add: Annotated[str, typer.Option(help="A further secret, valid beside the others.")] = "",
    drop_old: Annotated[bool, typer.Option("--drop-old", help="Keep only the newest.")] = False,  # noqa: FBT002 - Typer makes it a flag
) -> None:
    """Change secrets without losing a delivery: add the new one, switch over, drop the old."""
    if not add and not drop_old:
        raise CheerboardError("Say --add SECRET or --drop-old.")
    config = Settings()
    with console.database(config).write.begin() as session:
        valid = registration.change_secrets(
            session, config.key, name, added=add or None, drop_old=drop_old
        )
        bookkeeping.note_secrets(session, OPERATOR, registration.find(session, name), valid)
    console.say(f"{name} has {valid} valid secret{'' if valid == 1 else 's'}.")


@source_cli.command("test")
def source_test(
    name: str,
    file: Annotated[Path, typer.Argument(help="A recorded body, byte for byte.")],
    headers: Annotated[Path | None, typer.Option(help="Its headers, a JSON file.")] = None,
) -> None:
    """Verify and read a recorded delivery, and print what would be stored."""
    config = Settings()
    facts = None if headers is None else _object_in(headers)
    found = rehearsal.rehearse(
        console.database(config), config.key, name, file.read_bytes(), facts,
        allow_local=config.allow_local_fetch,
    )  # fmt: skip
    console.say_json(found)
    if found["authentic"] is False or found["outcome"] == "failed":
        console.deny(found["reason"])


@cli.command()
def replay(
    source: Annotated[str, typer.Option(help="Only what this source sent.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="What failed (the default).")] = False,  # noqa: FBT002 - Typer makes it a flag
    everything: Annotated[bool, typer.Option("--all", help="All that was kept.")] = False,  # noqa: FBT002 - as above
) -> None:
    """Let the server process kept deliveries again, after a mapping or a setting was mended."""
    if failed and everything:
        raise CheerboardError("Say --failed or --all, not both.")
    database = console.database()
    source_id = None
    if source:
        with database.read() as session:
            source_id = registration.find(session, source).id
    outcomes = ("failed", "processed", "ignored", "repeated") if everything else ("failed",)
    marked = deliveries.replay(database, source_id, outcomes)
    console.say(f"{marked} deliveries wait to be processed again.")


def _shown(row: Source) -> dict[str, str]:
    return {
        "id": str(row.id),
        "name": row.name,
        "platform": row.platform,
        "hook_path": f"/hooks/{row.key}",
    }


def _protection(platform: str, settings: Mapping[str, Any], secrets: Sequence[str]) -> str:
    """One line about what keeps strangers out."""
    ways = sourcebook.schemes_in_use(sourcebook.platforms()[platform], settings, secrets)
    if not ways:
        return (
            "No secret was given: whoever knows this address can post answers, so keep it to "
            "yourself, or add one with `cheerboard source secret`."
        )
    scheme = ways[0][0]
    kind = scheme.get("type")
    if kind == "carried":
        return "Every delivery must bring the secret, as ?token=<the secret> or in a header."
    if kind == "url_token":
        return f"Every delivery must bring ?{scheme.get('parameter') or 'token'}=<the secret>."
    if kind in ("standard_webhooks", "hmac"):
        return "Only deliveries signed with the secret are taken."
    return "Only deliveries that bring the secret in their header are taken."


def _settings_in(path: Path | None) -> dict[str, Any]:
    return {} if path is None else _object_in(path)


def _object_in(path: Path) -> dict[str, Any]:
    try:
        found = strictjson.loads(path.read_bytes())
    except JSONRefusedError as error:
        sentence = str(error).replace("The body", "The file", 1)
        raise CheerboardError(f"{path}: {sentence}") from None
    if not isinstance(found, dict):
        raise CheerboardError(f"{path}: The file must hold one JSON object.")
    return found
