"""`cheerboard import`: history and invitations from a CSV file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app import console
from app.errors import CheerboardError
from app.intake import csvcolumns, csvfile, history, importing, invitationfile, strictjson
from app.intake.csvdates import DAY_FIRST, MONTH_FIRST
from app.intake.importing import File, Report
from app.intake.strictjson import JSONRefusedError
from app.settings import Settings

_ORDERS = {"dmy": DAY_FIRST, "mdy": MONTH_FIRST}


def import_file(  # noqa: PLR0913 - one for each word of the command
    file: Annotated[Path, typer.Argument(help="A CSV file with a line of column names.")],
    source: Annotated[str, typer.Option(help="Whose answers these are; made if absent.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="A JSON file: our names and the file's.")
    ] = None,
    kind: Annotated[Literal["answers", "invitations"], typer.Option()] = "answers",
    dates: Annotated[
        Literal["dmy", "mdy"] | None,
        typer.Option(help="Day or month first, where the file leaves it open."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Such as cp1252, where the guess is wrong.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Take in a file of old answers, or of invitations; it may be given again."""
    found = _looked_at(file, _mapping_in(mapping), kind, encoding, _ORDERS.get(dates or ""))
    settings = Settings()
    database = console.database(settings)
    if not as_json:
        for line in _described(found, kind):
            console.say(line)
    if kind == "invitations":
        report = invitationfile.enter(database, found, is_dry=dry_run)
    elif dry_run:
        report = importing.rehearse(database, settings.key, found)
    else:
        report = importing.enter(database, settings.key, found, source, console.progress)
    if as_json:
        console.say_json(_document(found, report, is_dry=dry_run))
        return
    for line in _told(report, is_dry=dry_run):
        console.say(line)


def _looked_at(
    path: Path, mapping: dict[str, Any] | None, kind: str, encoding: str | None, order: str | None
) -> File:
    sheet = csvfile.read(path, encoding)
    if kind == "invitations":
        columns = csvcolumns.find(sheet.header, mapping, csvcolumns.INVITATIONS)
        history.refuse_without(columns, ("date", "invited"), sheet)
    else:
        columns = csvcolumns.find(sheet.header, mapping, csvcolumns.ANSWERS)
        history.refuse_without(columns, ("score",), sheet)
    return File(sheet, columns, history.survey(sheet, columns, order))


def _described(file: File, kind: str) -> Sequence[str]:
    """What was found out, shown before anything is written."""
    sheet, columns = file.sheet, file.columns
    separator = csvfile.NAMES.get(sheet.separator, repr(sheet.separator))
    lines = [
        f"{sheet.path.name}: {file.findings.rows:,} rows, {sheet.encoding}, separated by "
        f"{separator}.",
        *(f"  {ours} is the column {theirs!r}" for ours, theirs in columns.named.items()),
        *(f"  {ours}: dates as {look.form}" for ours, look in file.findings.dates.items()),
    ]
    if columns.left_out:
        lines.append(f"  not taken: {', '.join(columns.left_out)}")
    if kind == "answers" and "submitted_at" not in columns.places:
        lines.append("  no date: every answer counts as of today")
    if kind == "answers" and "response_id" not in columns.places:
        lines.append("  no id: a row is known again by its cells")
    return lines


def _told(report: Report, *, is_dry: bool) -> Sequence[str]:
    if is_dry:
        lines = [f"{report.added:,} rows can be taken in, {report.bad:,} cannot. Nothing written."]
    else:
        lines = [
            f"{report.added:,} added, {report.changed:,} changed, {report.repeated:,} known "
            f"already, {report.bad:,} bad."
        ]
    if report.erased:
        lines.append(f"{report.erased:,} were erased before and stay away.")
    lines += report.reasons
    if report.errors:
        lines.append(f"The bad rows are in {report.errors}.")
    return lines


def _document(file: File, report: Report, *, is_dry: bool) -> dict[str, Any]:
    return {
        "file": str(file.sheet.path),
        "encoding": file.sheet.encoding,
        "delimiter": file.sheet.separator,
        "columns": dict(file.columns.named),
        "left_out": list(file.columns.left_out),
        "dates": {name: look.form for name, look in file.findings.dates.items()},
        "rows": file.findings.rows,
        "added": report.added,
        "changed": report.changed,
        "repeated": report.repeated,
        "erased": report.erased,
        "bad": report.bad,
        "reasons": report.reasons,
        "errors": str(report.errors) if report.errors else None,
        "dry_run": is_dry,
    }


def _mapping_in(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = strictjson.loads(path.read_bytes())
    except JSONRefusedError as error:
        sentence = str(error).replace("The body", "The file", 1)
        raise CheerboardError(f"{path}: {sentence}") from None
    if not isinstance(found, dict):
        raise CheerboardError(f"{path}: The file must hold one JSON object.")
    return found
