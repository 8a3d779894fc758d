"""What every command shares: the database, JSON on stdout, one clear line on stderr."""

import json
import sys
from typing import Any, NoReturn

import typer

from app.db import Database, connect
from app.settings import Settings


def database(settings: Settings | None = None) -> Database:
    """The configured database."""
    return connect((settings or Settings()).database)


def say(sentence: str) -> None:
    """One line for a person, on stdout."""
    typer.echo(sentence)


def say_json(document: Any) -> None:
    """One JSON document on stdout and nothing else."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def refuse(sentence: str) -> NoReturn:
    """Wrong usage or bad input: one clear line on stderr, exit 2."""
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
