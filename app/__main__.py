"""The command line."""

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app import console
from app.errors import CheerboardError
from app.settings import Settings

cli = typer.Typer(
    name="cheerboard",
    help="Hangs the customer's voice on the office wall.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
) -> None:
    """Migrate, then serve until SIGTERM."""
    from app import server  # noqa: PLC0415 - a short command need not load the server
    from app.demo.offer import SAMPLE  # noqa: PLC0415 - nor what a server may invent

    given: dict[str, Any] = {"host": host, "port": port}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    server.serve(settings, sample=SAMPLE)


@cli.command()
def demo(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
    speed: Annotated[
        float, typer.Option(min=0.1, max=1000, help="How many times faster customers answer.")
    ] = 1.0,
) -> None:
    """An invented company and its customers, on a throw-away database."""
    from app.demo.running import run  # noqa: PLC0415 - a short command need not load the demo

    run(port=port, speed=speed)


@cli.command()
def migrate() -> None:
    """Bring the schema to head."""
    from app import migrations  # noqa: PLC0415 - only this command needs Alembic

    migrations.migrate(console.database())
    console.say("The schema is at head.")


def _rooms() -> list[str]:
    """Every room with commands, found by its place."""
    here = Path(__file__).parent
    return sorted(path.parent.name for path in here.glob("*/commands.py"))


for _room in _rooms():
    cli.add_typer(importlib.import_module(f"app.{_room}.commands").cli)


def main() -> None:
    """Runs `cheerboard …`, also `python -m app …`.

    Exit 0 done, 1 the answer is no, 2 wrong usage or bad input with one clear line on stderr.
    """
    try:
        code = cli(standalone_mode=False)
    except typer.TyperException as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        _leave(said.replace("Value error, ", "", 1))  # pydantic's words, not ours
    except CheerboardError as error:
        _leave(error.sentence)
    except ValidationError as error:
        _leave(_setting_trouble(error))
    except (DBAPIError, PoolTimeoutError) as error:
        _leave(_database_trouble(error))
    except ArgumentError:  # not repeated: it may carry a password
        _leave(
            "CHEERBOARD_DATABASE_URL is not the address of a database that can be used; one begins "
            "with sqlite:/// or postgresql+psycopg://."
        )
    except OSError as error:
        _leave(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except typer.Abort:
        sys.exit(130)
    finally:
        console.close()
    sys.exit(code if isinstance(code, int) else 0)


def _leave(sentence: str) -> None:
    typer.echo(" ".join(sentence.split()), err=True)  # one line, whoever wrote it
    sys.exit(2)


def _setting_trouble(error: ValidationError) -> str:
    """Which setting is wrong, and why; never its value, which may be a secret."""
    first: Any = error.errors(include_input=False, include_url=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    return f"CHEERBOARD_{name}: {first['msg']}."


def _database_trouble(error: Exception) -> str:
    first = " ".join(str(getattr(error, "orig", error)).split("\n")[0].split())
    if "no such table" in first or "no such column" in first or "does not exist" in first:
        return "The database has no schema, or an old one: run `cheerboard migrate`."
    if "locked" in first or isinstance(error, PoolTimeoutError):
        return "The database is busy: try again."
    return f"The database does not answer: {first}."


if __name__ == "__main__":
    main()
