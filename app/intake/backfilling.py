"""Back-fill: what a platform still knows of the past, fetched page by page into the ledger."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from app import clock
from app.db import Database
from app.errors import CheerboardError, NotFoundError
from app.intake import patience, reading, sealing
from app.intake.asking import Asking
from app.intake.importing import Desk, Report
from app.intake.models import Backfill, Source
from app.intake.rest import Client, LaterError, RefusedError
from app.intake.source import (
    Document,
    DoubtfulError,
    Fetched,
    History,
    IgnoredError,
    Setup,
    UnreadableError,
    WantedError,
)
from app.intake.sourcebook import KnownSource, Sourcebook
from app.people import roster
from app.registry import discover
from app.responses.answer import Answer
from app.responses.history import Batch, Recall, prepare
from app.settings import Settings

# So often in a row an API may fail before whoever watches is told to come back later.
MOST_FAILURES = 8
LONGEST_WAIT = 900.0

Show = Callable[[Iterable[Any], str], Iterable[Any]]
Say = Callable[[str], None]


@cache
def histories() -> Mapping[str, History]:
    """Every platform whose past can be fetched, by the name of its module."""
    return discover("app.intake.histories", "history", History)


def backfill(
    database: Database, settings: Settings, name: str, since: datetime, show: Show, say: Say
) -> Report:
    """Takes the answers since a moment in; may be interrupted and run again with the same moment.

    `show(pages, doing)` passes the pages on and shows that it goes on; `say` tells of every wait.
    Raises CheerboardError, one sentence, when the platform cannot or will not be asked.
    """
    source = _find(database, settings, name)
    history = _history_of(database, source, name)
    with database.read() as session:
        people = roster.load(session)
    report, recall, now = Report(), Recall(people), clock.now()
    desk = Desk(database, people, Batch(source.id, now, ()), report)
    with asyncio.Runner() as runner:
        walk = Walk(database, source, history, since, Ear(runner, settings, say))
        for told in show(walk.pages(), f"Fetching answers of {source.name}"):
            answers = list(walk.answers(told, report, sealing.salt(settings.key)))
            desk.take(prepare(answers, source.id, now, recall))
            walk.remember(len(answers))
        runner.run(walk.ear.client.close())
    return report


class Ear:
    """Asks until it is answered, or until it has asked in vain too often."""

    def __init__(self, runner: asyncio.Runner, settings: Settings, say: Say) -> None:
        self.client = Client(allow_local=settings.allow_local_fetch)
        self._asking = Asking(self.client)
        self._runner = runner
        self._say = say
        self.wait = time.sleep

    def hear(self, source: KnownSource, history: History, path: str) -> Any:
        """What the API answers. Raises CheerboardError."""
        for failures in range(1, MOST_FAILURES + 1):
            try:
                return self._runner.run(self._asking.get(source, path, history.api))
            except RefusedError as error:
                raise CheerboardError(str(error)) from None
            except LaterError as error:
                seconds = patience.back_off(failures) if error.after is None else error.after
                if failures == MOST_FAILURES or seconds > LONGEST_WAIT:
                    raise CheerboardError(
                        f"{error} Run it again later; it goes on where it stopped."
                    ) from None
                self._say(f"{error} Asking again in {seconds:.0f} s.")
                self.wait(seconds)
        raise AssertionError


@dataclass
class Walk:
    """The way through the pages, remembered in the database."""

    database: Database
    source: KnownSource
    history: History
    since: datetime
    ear: Ear
    _next: str | None = None

    def pages(self) -> Iterator[list[Document]]:
        with self.database.read() as session:
            before = session.get(Backfill, (self.source.id, self.since))
        path: str | None = before.path if before else self._first()
        while path is not None:
            document = self.ear.hear(self.source, self.history, path)
            try:
                told, self._next = self.history.page(document, path, self.source.setup)
            except (DoubtfulError, IgnoredError) as error:
                raise CheerboardError(str(error)) from None
            yield list(told)
            path = self._next

    def answers(self, told: list[Document], report: Report, salt: bytes) -> Iterator[Answer]:
        """The answers of a page; what is none is counted with its reason."""
        fetched: dict[str, Fetched] = {}
        oldest = self.since
        for document in told:
            try:
                said = self._said(document, fetched, salt)
            except (IgnoredError, UnreadableError, DoubtfulError) as error:
                report.bad += 1
                if str(error) not in report.reasons and len(report.reasons) < 3:
                    report.reasons.append(str(error))
                continue
            for one in said:
                at = one.submitted_at
                oldest = min(oldest, at) if at else oldest
                if at is None or at >= self.since:
                    yield one
        if self.history.is_newest_first and oldest < self.since:
            self._next = None

    def remember(self, taken: int) -> None:
        """From here on it goes on when it is run again; at the end nothing is remembered."""
        key = (self.source.id, self.since)
        with self.database.write.begin() as session:
            row = session.get(Backfill, key)
            if self._next is None:
                if row is not None:
                    session.delete(row)
                return
            before = row.taken if row else 0
            session.merge(
                Backfill(source_id=key[0], since=key[1], path=self._next, taken=before + taken)
            )

    def _first(self) -> str:
        try:
            return self.history.first(self.source.setup, self.since)
        except IgnoredError as error:
            raise CheerboardError(str(error)) from None

    def _said(self, document: Document, fetched: dict[str, Fetched], salt: bytes) -> list[Answer]:
        while True:
            setup: Setup = replace(self.source.setup, fetched=fetched)
            try:
                news = reading.said(replace(self.source, setup=setup), document, salt)
            except WantedError as error:
                path = error.call.path
                found = self.ear.hear(self.source, self.history, path)
                fetched[path] = Fetched(found)
                continue
            return [one for one in news if isinstance(one, Answer)]


def _find(database: Database, settings: Settings, name: str) -> KnownSource:
    book = Sourcebook(database, settings.key)
    book.reload()
    source = next((one for one in book.by_key.values() if one.name == name.strip()), None)
    if source is None:
        raise NotFoundError(f"There is no source {name!r}.")
    if source.trouble:
        raise CheerboardError(source.trouble)
    return source


def _history_of(database: Database, source: KnownSource, name: str) -> History:
    with database.read() as session:
        platform = session.get_one(Source, source.id).platform
    found = histories().get(platform)
    if found is None:
        raise CheerboardError(
            f"The past of {platform} cannot be fetched; export it there and use "
            f"`cheerboard import FILE.csv --source {name}`. It can for {', '.join(histories())}."
        )
    return found
