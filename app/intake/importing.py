"""Import: a file's rows into the ledger, in short transactions, beside a server or without one."""

import csv
import gc
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from app.intake.history import BadRowError, Findings, Reader, numbered
from app.live.bus import announce
from app.people import roster
from app.people.roster import Roster
from app.responses import bulk, history
from app.responses.history import Outcome, Past, Recall
from app.responses.voice import Change
from app.scores import tallies
from app.scores.sums import sums_of
from app.stories import candidates
from app.stories.models import Story
from app.text import gate

# Rows that are read ahead while others are written.
BLOCK = 2_000
# A transaction beside a running server is to take at most 200 ms; half of it on a quiet machine.
MOST_SECONDS = 0.1
LEAST_TOGETHER = 500
# Words that are older make no story any more, and a file must not fill the queue of the leads.
STORY_AGE = timedelta(days=14)
MOST_STORIES = 200
# Two threads take turns; the usual 5 ms would be waited for at every step of the database.
_SWITCH_SECONDS = 0.0002

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
    blocks = _blocks(file, reader, refused.add)
    ready = (
        history.prepare(block, source_id, now, recall, is_sqlite=database.is_sqlite)
        for block in blocks
    )
    total = -(-file.findings.rows // BLOCK)
    desk = Desk(database, people, now, report)
    try:
        for pasts in show(_ahead(ready), "Importing", total):
            desk.take(pasts)
    finally:
        refused.close()
    return report


def rehearse(database: Database, key: bytes, file: File) -> Report:
    """Reads every row and writes nothing."""
    with database.read() as session:
        recall = Recall(roster.load(session))
    report = Report()
    reader = Reader(file.columns, file.findings, recall, sealing.salt(key), clock.now())
    for block in _blocks(file, reader, Refused(file.sheet, report, is_dry=True).add):
        report.added += len(block)
    return report


class Desk:
    """Writes what was read, in transactions that grow and shrink with the time they take."""

    def __init__(self, database: Database, people: Roster, now: datetime, report: Report) -> None:
        self._database = database
        self._people = people
        self._since = now - STORY_AGE
        self._report = report
        self._most = 500
        self._pause = threading.Event()
        lock = console.server_lock(database.url)
        self._is_beside_server = lock is not None and filelock.is_held(lock)

    def take(self, pasts: Sequence[Past]) -> None:
        """One block, in as many transactions as it takes."""
        start = 0
        while start < len(pasts):
            some = pasts[start : start + self._most]
            start += len(some)
            began = clock.monotonic()
            self._write(some)
            took = clock.monotonic() - began
            if self._is_beside_server:
                # SQLite's lock is no queue: whoever waits must find it free for a while.
                self._pause.wait(min(took, MOST_SECONDS))
            if len(some) == self._most or took > MOST_SECONDS:
                fitting = int(len(some) * MOST_SECONDS / max(took, 0.001))
                self._most = max(LEAST_TOGETHER, min(BLOCK, self._most * 2, fitting))

    def _write(self, pasts: Sequence[Past]) -> None:
        fresh = self._story_worthy(pasts)
        with self._database.write.begin() as session:
            outcome = history.record(session, pasts, self._people)
            tallies.add(session, sums_of(outcome.voices))
            tallies.apply(session, outcome.changes)
            told = self._told(session, outcome, {past.row["external_id"] for past in fresh})
            candidates.consider(session, told)
            unhappy = [row for row in outcome.new if cases.is_fresh(row)]
            cases.follow(session, [*history.changes_of(session, unhappy), *outcome.changes])
            if outcome.added or outcome.changes:
                announce(session, "responses")
        report = self._report
        report.added += outcome.added
        report.repeated += outcome.repeated
        report.erased += outcome.erased
        report.changed += sum(1 for change in outcome.changes if not change.is_new)

    def _story_worthy(self, pasts: Sequence[Past]) -> list[Past]:
        return [
            past
            for past in pasts
            if past.row["submitted_at"] >= self._since
            and not gate.passed_over(past.row["comment"], past.row["score"])
        ]

    def _told(self, session: Session, outcome: Outcome, fresh: set[str]) -> list[Change]:
        """What the stories hear of: recent words, and answers that are a story already."""
        report = self._report
        new = [row for row in outcome.new if row["external_id"] in fresh]
        new = new[: MOST_STORIES - report.stories]
        report.stories += len(new)
        ids = [change.response_id for change in outcome.changes]
        if not ids:
            return history.changes_of(session, new)
        known = set(
            session.scalars(
                select(Story.response_id).where(
                    bulk.among(session.connection(), Story.response_id, ids)
                )
            )
        )
        old = [
            change
            for change in outcome.changes
            if change.response_id in known or change.row["external_id"] in fresh
        ]
        return [*history.changes_of(session, new), *old]


def _blocks(
    file: File, reader: Reader, refuse: Callable[[int, str, Cells], None]
) -> Iterator[list[Any]]:
    """The answers of the file, many at a time; bad rows are handed to `refuse`."""
    width = len(file.sheet.header)
    block: list[Any] = []
    for number, cells in numbered(file.sheet):
        try:
            if len(cells) > width and any(cells[width:]):
                raise BadRowError(f"It has {len(cells)} cells for {width} columns.")
            block.append(reader.answer(cells))
        except BadRowError as error:
            refuse(number, str(error), cells)
        if len(block) >= BLOCK:
            yield block
            block = []
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
