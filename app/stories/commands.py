"""`cheerboard text check`: what the story gate makes of a file of comments, without a database."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app import console
from app.errors import CheerboardError
from app.text import checking, gate

cli = typer.Typer()
text_cli = typer.Typer(help="What comments say, and what may be shown of them.")
cli.add_typer(text_cli, name="text")


@text_cli.callback()
def _text() -> None:
    """Keeps `check` a word of its own while it is the only one."""


@text_cli.command("check")
def text_check(
    file: Path,
    roster: Annotated[Path | None, typer.Option(help="A JSON list of names.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Reads comments, one JSON object a line, and says what may be shown and why."""
    lines = checking.lines_of(_read(file))
    names = checking.roster_of(_read(roster)) if roster else []
    gate.warm_up()
    items = list(checking.check(lines, names))
    if as_json:
        console.say_json({"items": items})
        return
    for item in items:
        console.say(_sentence(item))


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise CheerboardError(f"{path}: there is no such file.")
    return path.read_bytes()


def _sentence(item: dict[str, Any]) -> str:
    safe = "may be shown" if item["publishable"] else "must not be shown"
    facts = f"{item['language'] or 'language unknown'}, {item['story_gate']}, {safe}"
    return f"{item['id']}: {facts}; {'; '.join(item['reasons'])}\n    {item['redacted']}"
