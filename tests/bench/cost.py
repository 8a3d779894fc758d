"""(b) What one answer costs when 10,000, 1,000,000 or 10,000,000 are stored."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app import clock
from app.db import Database, connect
from app.intake import inbox
from app.intake.inbox import Arrival
from app.intake.processor import Processor
from app.intake.sourcebook import Sourcebook
from app.live.bus import Bus
from app.people import roster
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Entry
from app.scores import summary, tallies
from app.settings import Settings
from tests.bench import stored
from tests.bench.intake import burst
from tests.bench.posts import answers, signed
from tests.bench.serving import cheerboard
from tests.bench.table import Row

SIZES = (10_000, 1_000_000, 10_000_000)
POSTED = 5_000
COUNTED = 1_000
TURNS = 200


@dataclass(frozen=True)
class Cost:
    """Of one answer: CPU in µs, rows written, steps of SQLite's virtual machine, and CPU in µs of
    adding it to the tallies and reading the score.
    """

    cpu: float
    written: float
    steps: float
    arithmetic: float


def measure(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """Everything as a ratio to the smallest database.

    The databases take turns, and each one's best counts: on a machine whose speed changes, and
    which still writes back gigabytes that were just copied, minutes apart compare nothing.
    """
    folders = [stored.folder(size, _prepare) for size in sizes]
    least, *others = _costs(folders)
    rows = []
    for size, cost in zip(sizes[1:], others, strict=True):
        name = f"{size:,} answers / {sizes[0]:,}"
        rows += [
            Row(f"cost: server CPU per answer, {name}", cost.cpu / least.cpu, "<= 1.5",
                f"{cost.cpu:.0f} µs against {least.cpu:.0f} µs"),
            Row(f"cost: rows written, {name}", cost.written / least.written, "<= 1.0",
                f"{cost.written:.2f} an answer"),
            Row(f"cost: SQLite's own steps, {name}", cost.steps / least.steps, "<= 1.1",
                f"{cost.steps:.0f} an answer"),
            Row(f"cost: score and tally arithmetic, {name}", cost.arithmetic / least.arithmetic,
                "<= 1.1", f"{cost.arithmetic:.0f} µs against {least.arithmetic:.0f} µs"),
        ]  # fmt: skip
    return rows


def _costs(folders: Sequence[Path]) -> list[Cost]:
    posted = [[_posted(folder) for folder in folders] for _ in range(3)]
    counted = [_counted(folder) for folder in folders]
    databases = [connect(Settings(data_dir=folder).database) for folder in folders]
    summed = [[_summed(database, turn) for database in databases] for turn in range(TURNS)]
    for database in databases:
        database.dispose()
    cpu = [min(turns) for turns in zip(*posted, strict=True)]
    arithmetic = [1e6 * min(turns) for turns in zip(*summed, strict=True)]
    return [
        Cost(one, written, steps, summing)
        for one, (written, steps), summing in zip(cpu, counted, arithmetic, strict=True)
    ]


def _prepare(folder: Path) -> None:
    with cheerboard(folder):
        pass


def _posted(folder: Path) -> float:
    """End to end: posted, stored, counted; the server's whole CPU."""
    with cheerboard(folder) as served:
        started = served.get("/api/v1/score?scope=company&days=366")["n"]
        _send(served, "warm", 500, started + 500)
        before = served.cpu()
        _send(served, "cost", POSTED, started + 500 + POSTED)
        return (served.cpu() - before) / POSTED * 1e6


def _send(served: object, word: str, count: int, expected: int) -> None:
    prefix = f"{word}-{time.time_ns()}"
    burst(served, signed(served.hook, answers(count, prefix=prefix), prefix=prefix))  # type: ignore[attr-defined, arg-type]
    deadline = time.monotonic() + 120
    while served.get("/api/v1/score?scope=company&days=366")["n"] < expected:  # type: ignore[attr-defined]
        if time.monotonic() > deadline:
            raise TimeoutError("the score never held every answer")
        time.sleep(0.1)


def _counted(folder: Path) -> tuple[float, float]:
    """Rows written and SQLite's steps while one process takes a known batch in."""
    settings = Settings(data_dir=folder)
    database = connect(settings.database)
    Bus(database)
    book = Sourcebook(database, settings.key)
    book.reload()
    processor = Processor(database, book, settings.key, lambda: False)
    _keep(database, "warm")
    while processor.process():
        pass
    _keep(database, "counted")
    steps = _Steps(database)
    while processor.process():
        pass
    found = steps.written() / COUNTED, steps.taken / COUNTED
    database.dispose()
    return found


def _keep(database: Database, word: str) -> None:
    bodies = answers(COUNTED, prefix=f"{word}-{time.time_ns()}")
    kind = '{"content-type":"application/json"}'
    arrivals = [
        Arrival(1, f"{word}-{time.time_ns()}-{number}", clock.now(), kind, body, "kept", None)
        for number, body in enumerate(bodies)
    ]
    with database.write.begin() as session:
        inbox.keep(session.connection(), arrivals)


class _Steps:
    """Counts the virtual machine's steps of every connection, in hundreds, and rows written."""

    def __init__(self, database: Database) -> None:
        self.taken = 0
        self._drivers = []
        for engine in (database.writer, database.reader):
            with engine.connect() as connection:
                driver = connection.connection.dbapi_connection
                driver.set_progress_handler(self._step, 100)  # type: ignore[union-attr]
                self._drivers.append(driver)
        self._before = self._total()

    def written(self) -> int:
        return self._total() - self._before

    def _step(self) -> int:
        self.taken += 100
        return 0

    def _total(self) -> int:
        return sum(driver.total_changes for driver in self._drivers)  # type: ignore[union-attr]


def _summed(database: Database, turn: int) -> float:
    """Seconds of CPU for adding one answer to the tallies and reading the score."""
    answer = Answer(response_id=f"sum-{time.time_ns()}-{turn}", score=10, survey_id="bench")
    with database.write.begin() as session:
        entry = Entry(1, None, clock.now(), answer)
        changes = ledger.record(session, [entry], roster.load(session))
        began = time.process_time()
        tallies.apply(session, changes)
        summary.summary(session, "company", 1, 28)
        return time.process_time() - began
