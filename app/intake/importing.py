"""Import: a file's rows into the ledger, in short transactions, beside a server or without one."""

import csv
import gc
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, console, filelock
from app.db import Database
from app.followups import cases
from app.intake import registration, sealing, sourcebook
from app.intake.csvcolumns import Columns
from app.intake.csvfile import Cells, Sheet
from app.intake.history import Findings, Reader
from app.intake.historylines import Lines
from app.live.bus import announce
from app.people import roster
from app.people.roster import Roster
from app.responses import bulk, history
from app.responses.history import Batch, Outcome, Recall
from app.responses.lines import PLACE, Line, moment
from app.responses.voice import Change
from app.scores import tallies
from app.scores.sums import sums_of
from app.stories import candidates
from app.stories.models import Story
from app.text import gate

# Rows that are read ahead while others are written.
BLOCK = 10_000
# A transaction beside a running server is to take at most 200 ms; half of it on a quiet machine.
MOST_SECONDS = 0.1
LEAST_TOGETHER, MOST_TOGETHER = 500, 2_000
# Words that are older make no story any more, and a file must not fill the queue of the leads.
STORY_AGE = timedelta(days=14)
MOST_STORIES = 200
# Two threads take turns; the usual 5 ms would be waited for at every step of the database.
_SWITCH_SECONDS = 0.0002
_SUBMITTED = PLACE["submitted_at"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was looked at: how it is written, what its columns are, what is in them."""

    sheet: Sheet
    columns: Columns
    findings: Findings


@dataclass(slots=True)
class Report:
    """What became of the rows; `errors` is the file with the bad ones, if there are any."""

    added: int = 0
    changed: int = 0
    repeated: int = 0
    erased: int = 0
    bad: int = 0
    stories: int = 0
    errors: Path | None = None
    reasons: list[str] = field(default_factory=list)


class Refused:
    """The bad rows, in a file beside the given one; made when the first comes."""

    def __init__(self, sheet: Sheet, report: Report, *, is_dry: bool) -> None:
        self._sheet = sheet
        self._report = report
        self._is_dry = is_dry
        self._file: Any = None

    def add(self, number: int, reason: str, cells: Cells) -> None:
        """One more; `number` is the row's in a spreadsheet."""
        report = self._report
        report.bad += 1
        if len(report.reasons) < 3:
            report.reasons.append(f"Row {number}: {reason}")
        if self._is_dry:
            return
        if self._file is None:
            path = self._sheet.path.with_name(f"{self._sheet.path.name}.errors.csv")
            self._file = path.open("w", encoding="utf-8-sig", newline="")
            report.errors = path
            csv.writer(self._file).writerow(["row", "reason", *self._sheet.header])
        csv.writer(self._file).writerow([number, reason, *cells])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def enter(
    database: Database, key: bytes, file: File, source: str, show: Callable[..., Iterable[Any]]
) -> Report:
    """Takes the answers of a file in; may be interrupted and run again.

    `show(blocks, doing, total)` passes the blocks on and shows how far it is.
    """
    now = clock.now()
    with database.write.begin() as session:
        row = sourcebook.named(session, source.strip())
        source_id = (row or registration.add(session, key, source, "generic")).id
        people = roster.load(session)
    report = Report()
    recall = Recall(people)
    reader = Reader(file.columns, file.findings, recall, sealing.salt(key), now)
    refused = Refused(file.sheet, report, is_dry=False)
    blocks = _blocks(file, Lines(reader, source_id, now, recall), refused.add)
    total = -(-file.findings.rows // BLOCK)
    desk = Desk(database, people, Batch(source_id, now, ()), report)
    try:
        for block in show(_ahead(blocks), "Importing", total):
            desk.take(block)
    finally:
        refused.close()
    return report


def rehearse(database: Database, key: bytes, file: File) -> Report:
    """Reads every row and writes nothing."""
    with database.read() as session:
        recall = Recall(roster.load(session))
    report, now = Report(), clock.now()
    reader = Reader(file.columns, file.findings, recall, sealing.salt(key), now)
    refused = Refused(file.sheet, report, is_dry=True)
    for block in _blocks(file, Lines(reader, 0, now, recall), refused.add):
        report.added += len(block)
    return report


class Desk:
    """Writes what was read, in transactions that grow and shrink with the time they take."""

    def __init__(self, database: Database, people: Roster, what: Batch, report: Report) -> None:
        self._database = database
        self._people = people
        self._what = what
        self._since = moment(what.at - STORY_AGE)
        self._report = report
        self._most = LEAST_TOGETHER
        self._pause = threading.Event()

    def take(self, lines: Sequence[Line]) -> None:
        """One block, in as many transactions as it takes."""
        start = 0
        while start < len(lines):
            some = lines[start : start + self._most]
            start += len(some)
            began = clock.monotonic()
            self._write(replace(self._what, lines=some))
            self._rest(len(some), clock.monotonic() - began)

    def _rest(self, count: int, took: float) -> None:
        """Leaves room for others, and decides how many lines the next transaction takes."""
        if not self._is_in_company():
            # Pages that many lines share are written once.
            self._most = BLOCK
            return
        # SQLite's lock is no queue: whoever waits must find it free for a while.
        self._pause.wait(min(took, MOST_SECONDS))
        if count == self._most or took > MOST_SECONDS:
            fitting = int(count * MOST_SECONDS / max(took, 0.001))
            self._most = max(LEAST_TOGETHER, min(MOST_TOGETHER, self._most * 2, fitting))

    def _is_in_company(self) -> bool:
        """Whether a server may want to write as well; PostgreSQL does not say."""
        lock = console.server_lock(self._database.url)
        return lock is None or filelock.is_held(lock)

    def _write(self, batch: Batch) -> None:
        with self._database.write.begin() as session:
            outcome = history.record(session, batch, self._people)
            tallies.add(session, sums_of(outcome.voices))
            tallies.apply(session, outcome.changes)
            self._tell(session, outcome)
            if outcome.added or outcome.changes:
                announce(session, "responses")
        report = self._report
        report.added += outcome.added
        report.repeated += outcome.repeated
        report.erased += outcome.erased
        report.changed += sum(1 for change in outcome.changes if not change.is_new)

    def _tell(self, session: Session, outcome: Outcome) -> None:
        """Stories and follow-ups hear of recent answers, and of those that are a story already."""
        since = self._since
        recent = [line for line in outcome.new if line[_SUBMITTED] >= since]
        worthy = [line for line in recent if _is_worth_reading(line)]
        worthy = worthy[: MOST_STORIES - self._report.stories]
        self._report.stories += len(worthy)
        new = history.changes_of(session, recent)
        names = {line[PLACE["external_id"]] for line in worthy}
        read = [change for change in new if change.row["external_id"] in names]
        candidates.consider(session, [*read, *self._moved(session, outcome.changes)])
        cases.follow(session, [*new, *outcome.changes])

    def _moved(self, session: Session, changes: Sequence[Change]) -> list[Change]:
        """Answers that were there already: old words are no story, unless they are one."""
        if not changes:
            return []
        ids = [change.response_id for change in changes]
        theirs = bulk.among(session.connection(), Story.response_id, ids)
        known = set(session.scalars(select(Story.response_id).where(theirs)))
        since = self._what.at - STORY_AGE
        return [
            change
            for change in changes
            if change.response_id in known
            or (
                change.row["submitted_at"] >= since
                and not gate.passed_over(change.row["comment"], change.row["score"])
            )
        ]


def _is_worth_reading(line: Line) -> bool:
    return not gate.passed_over(line[PLACE["comment"]], line[PLACE["score"]])


def _blocks(
    file: File, lines: Lines, refuse: Callable[[int, str, Cells], None]
) -> Iterator[list[Line]]:
    """The answers of the file, many at a time; bad rows are handed to `refuse`."""
    width, number, rows = len(file.sheet.header), file.sheet.first_row, file.sheet.rows()
    while some := list(islice(rows, BLOCK)):
        block = list(lines.of(number, some, width, refuse))
        number += len(some)
        if block:
            yield block


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items, each worked out by another thread while the one before is written."""
    before, end = sys.getswitchinterval(), object()
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.disable()  # a million rows make no circles, and looking for them costs a fifth
    try:
        with ThreadPoolExecutor(1, "import-reader") as pool:
            coming: Future[Any] = pool.submit(next, items, end)
            while (item := coming.result()) is not end:
                coming = pool.submit(next, items, end)
                yield item
    finally:
        gc.enable()
        sys.setswitchinterval(before)
