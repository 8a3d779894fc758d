"""`cheerboard source backfill`: what a platform still knows of the past."""

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select

from app import clock, console
from app.db import Database
from app.errors import CheerboardError
from app.intake import backfilling
from app.intake.importing import Report
from app.people.models import Company
from app.settings import Settings


def backfill_source(
    name: str,
    since: Annotated[str, typer.Option(help="The first day, such as 2026-01-31.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,  # noqa: FBT002 - Typer makes it a flag
) -> None:
    """Fetch the answers that a platform kept from before it was connected; may be run again."""
    settings = Settings()
    database = console.database(settings)
    begin = _beginning(database, since)
    report = backfilling.backfill(database, settings, name, begin, console.progress, _say)
    if as_json:
        console.say_json(
            {key: asdict(report)[key] for key in ("added", "changed", "repeated", "erased")}
            | {"ignored": report.bad, "reasons": report.reasons}
        )
        return
    for line in _told(report):
        console.say(line)


def _beginning(database: Database, day: str) -> datetime:
    """The midnight at the company with which a day begins."""
    try:
        first = datetime.strptime(day.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a date has none
    except ValueError:
        raise CheerboardError(f"--since {day!r} is no date such as 2026-01-31.") from None
    with database.read() as session:
        zone = session.scalar(select(Company.timezone)) or "UTC"
    begin = datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)
    if begin > clock.now():
        raise CheerboardError(f"--since {day} is still to come.")
    if begin.year < 1990:
        raise CheerboardError(f"--since {day} is before any survey.")
    return begin


def _told(report: Report) -> list[str]:
    lines = [
        f"{report.added:,} new answers, {report.changed:,} changed, {report.repeated:,} known.",
    ]
    if report.bad:
        lines.append(f"{report.bad:,} are no answers for us: {' '.join(report.reasons)}")
    if report.erased:
        lines.append(f"{report.erased:,} were erased on request and stay away.")
    return lines


def _say(sentence: str) -> None:
    typer.echo(sentence, err=True)
