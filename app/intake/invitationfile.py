"""A file of invitations: how many customers of a day and place could be asked, and were."""

from datetime import date
from typing import Any

from app.db import Database
from app.intake.csvfile import Cells
from app.intake.history import BadRowError, numbered
from app.intake.importing import File, Refused, Report
from app.live.bus import announce
from app.people import roster
from app.people.roster import Roster
from app.responses import invitations

# Rows in one transaction: a server beside us must not wait for its turn to write.
TOGETHER = 500
_NAMES = ("site", "team", "employee")
_MOST = 1_000_000_000

Row = dict[str, Any]


def enter(database: Database, file: File, *, is_dry: bool) -> Report:
    """Stores the file's counts; those of a day and place that are there already are replaced.

    Rows of one day and place within the file are added up.
    """
    with database.read() as session:
        people = roster.load(session)
    report = Report()
    refused = Refused(file.sheet, report, is_dry=is_dry)
    found: dict[tuple[Any, ...], Row] = {}
    read = file.findings.dates["date"].reader()
    try:
        for number, cells in numbered(file.sheet):
            try:
                row = _row(file, cells, people, read)
            except BadRowError as error:
                refused.add(number, str(error), cells)
            else:
                _add(found, row)
                report.added += 1
    finally:
        refused.close()
    rows = list(found.values())
    for start in range(0, 0 if is_dry else len(rows), TOGETHER):
        with database.write.begin() as session:
            invitations.put(session, rows[start : start + TOGETHER])
            announce(session, "responses")
    return report


def _add(found: dict[tuple[Any, ...], Row], row: Row) -> None:
    known = found.setdefault(tuple(row[name] for name in invitations.KEY), row)
    if known is not row:
        known["invited"] += row["invited"]
        if row["eligible"] is not None:
            known["eligible"] = (known["eligible"] or 0) + row["eligible"]


def _row(file: File, cells: Cells, people: Roster, read: Any) -> Row:
    def cell(name: str) -> str:
        at = file.columns.places.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    names = {name: cell(name)[:200] for name in _NAMES}
    at = read(cell("date")) if cell("date") else None
    if at is None:
        raise BadRowError(f"Its date {cell('date')[:40]!r} cannot be read.")
    day: date = at.date()
    place = people.place(names["employee"] or None, names["team"] or None, names["site"] or None)
    eligible = _count(cell("eligible"), "eligible") if cell("eligible") else None
    invited = _count(cell("invited"), "invited")
    if eligible is not None and invited > eligible:
        raise BadRowError(f"It has {invited} invited of {eligible} eligible customers.")
    return {
        "day": day,
        **names,
        "site_id": place.site_id,
        "team_id": place.team_id,
        "person_id": place.person_id,
        "eligible": eligible,
        "invited": invited,
    }


def _count(cell: str, what: str) -> int:
    # A spreadsheet with decimals may write a whole number as 12,0.
    digits = cell.removesuffix(",0").removesuffix(".0")
    if not digits.isascii() or not digits.isdecimal() or int(digits[:12]) > _MOST:
        raise BadRowError(f"Its {what} {cell[:40]!r} is no count.")
    return int(digits)
