"""`cheerboard export`: answers, heroes or stories as a file."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from app import console
from app.export import listing, writing

cli = typer.Typer()

What = Annotated[Literal["responses", "heroes", "stories"], typer.Argument()]


@cli.command()
def export(
    what: What,
    form: Annotated[
        Literal["csv", "jsonl"], typer.Option("--format", help="For spreadsheets or programs.")
    ] = "csv",
    output: Annotated[Path | None, typer.Option(help="A file instead of stdout.")] = None,
) -> None:
    """Write all there is, with the columns of the API."""
    database = console.database()
    write = writing.as_csv if form == "csv" else writing.as_json_lines
    rows, columns = listing.rows(database, what), listing.COLUMNS[what]
    if output is None:
        write(sys.stdout, columns, rows)
        return
    # Excel takes a file for UTF-8 only when it begins with the mark.
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    with output.open("w", encoding=encoding, newline="") as file:
        count = write(file, columns, rows)
    console.say(f"{count:,} {what} are in {output}.")
