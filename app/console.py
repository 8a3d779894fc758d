"""What every command shares: the database, JSON on stdout, one clear line on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer
from rich.progress import track
from sqlalchemy import event, make_url

from app import filelock
from app.db import SAFE_SQLITE, Database, connect, sqlite_is_safe
from app.errors import CheerboardError
from app.settings import Settings

Item = TypeVar("Item")


_opened: list[Database] = []


def database(settings: Settings | None = None) -> Database:
    """The configured database. Writing is refused where it could harm a running server's file."""
    opened = connect((settings or Settings()).database)
    _opened.append(opened)
    if opened.is_sqlite and not sqlite_is_safe():
        event.listen(opened.writer, "begin", lambda _: _refuse_beside_server(opened.url))
    return opened


def close() -> None:
    """Closes what this command opened."""
    while _opened:
        _opened.pop().dispose()


def server_lock(url: str) -> Path | None:
    """The file a server holds while it serves this SQLite database; None for PostgreSQL."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(f"{address.database}.server")


def address(settings: Settings, path: str) -> str:
    """The absolute address of a path: under BASE_URL, else on the machine that serves."""
    if settings.base_url:
        return settings.base_url.rstrip("/") + path
    host = "localhost" if settings.host in {"", "0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not listened on
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}{path}"


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


def deny(sentence: str) -> NoReturn:
    """The answer is no (a check found something): one clear line on stderr, exit 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def progress(items: Iterable[Item], doing: str, total: int | None = None) -> Iterator[Item]:
    """The items, with a progress bar on a terminal and one plain line elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415 - slow to import, for terminals only

        yield from track(items, doing, total=total, console=Console(stderr=True))
    else:
        typer.echo(f"{doing} …", err=True)
        yield from items


def _refuse_beside_server(url: str) -> None:
    lock = server_lock(url)
    if lock and filelock.is_held(lock):
        safe = ".".join(map(str, SAFE_SQLITE))
        raise CheerboardError(
            f"The server is running and this SQLite is older than {safe}, so nothing was "
            "written: stop the server first."
        )
