"""(g) Import of a long history against rows one after the other through the ledger."""

import csv
import json
import random
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from app.db import connect
from app.migrations import migrate
from app.people import roster
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.voice import Entry
from app.scores import tallies
from app.scores.rebuild import differences
from tests import make
from tests.bench.table import Row
from tests.server import COMMAND, ROOT, with_settings

START = datetime(2023, 1, 1, tzinfo=UTC)
COLUMNS = ("response_id", "score", "comment", "email", "submitted_at", "channel", "employee")
TOGETHER = 500


def measure(count: int = 1_000_000, rival_count: int = 20_000) -> list[Row]:
    """A file of `count` answers through the command, and the plain way: batches of the ledger.

    The rival is what a script on top of the intake's own functions would do.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ours = _ours(place, count)
        rival = _rival(place, rival_count)
    rate = count / ours["seconds"]
    return [
        Row("import: seconds for 1,000,000 rows", 1_000_000 / rate, "< 60",
            f"{count:,} rows, {rate:,.0f}/s"),
        Row("import: peak memory, MB", ours["peak_mb"], "< 300"),
        Row("import: rows/s, ours / the ledger in batches of 500", rate / rival, "",
            f"{rate:,.0f}/s against {rival:,.0f}/s"),
    ]  # fmt: skip


def said(number: int) -> dict[str, Any]:
    """One invented answer; the same each time."""
    dice = random.Random(number)
    return {
        "response_id": f"r-{number}",
        "score": dice.choice((10, 10, 9, 9, 9, 8, 7, 6, 3, 0)),
        "comment": dice.choice((None, "They knew my name and my bike.", "Slow; had to wait")),
        "email": f"c{dice.randrange(10**6)}@example.com",
        "submitted_at": START + timedelta(seconds=95 * number),
        "channel": dice.choice(("email", "web")),
        "employee": f"Person {dice.randrange(40)}",
    }


def _ours(place: Path, count: int) -> dict[str, float]:
    path, url = place / "history.csv", _fresh(place / "ours.db")
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(said(number) for number in range(count))
    settings = {"CHEERBOARD_DATABASE_URL": url, "CHEERBOARD_DATA_DIR": str(place)}
    words = [
        *with_settings(settings),
        *COMMAND,
        "import",
        str(path),
        "--source",
        "survey",
        "--json",
    ]
    began, peak = time.perf_counter(), 0
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        watched = psutil.Process(run.pid)
        while run.poll() is None:
            try:
                peak = max(peak, watched.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.05)
        assert run.stdout is not None
        added = json.load(run.stdout)["added"]
    seconds = time.perf_counter() - began
    assert added == count, "the import lost rows"
    database = connect(url)
    with database.read() as session:
        assert differences(session) == [], "the tallies are not what the responses say"
    database.dispose()
    return {"seconds": seconds, "peak_mb": peak / 1e6}


def _rival(place: Path, count: int) -> float:
    database = connect(_fresh(place / "rival.db"))
    began = time.perf_counter()
    with database.read() as session:
        people = roster.load(session)
    for start in range(0, count, TOGETHER):
        with database.write.begin() as session:
            answers = [_answer(number) for number in range(start, start + TOGETHER)]
            entries = [Entry(1, None, START, one) for one in answers]
            tallies.apply(session, ledger.record(session, entries, people))
    rate = count / (time.perf_counter() - began)
    database.dispose()
    return rate


def _answer(number: int) -> Answer:
    facts = said(number)
    employee = facts.pop("employee")
    return Answer(**facts, attributes={"employee": employee})


def _fresh(path: Path) -> str:
    url = f"sqlite:///{path}"
    database = connect(url)
    migrate(database)
    with database.write.begin() as session:
        make.company(session)
        crew = make.team(session, "Crew")
        for number in range(40):
            make.person(session, f"Person {number}", crew)
        make.source(session, "survey")
    database.dispose()
    return url
