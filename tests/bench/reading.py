"""(i) What reading one comment costs, and the memory that the rules of all languages take.

Every labelled comment of the tests three times over, in processor time of one core; the memory is
what a process holds more that has the web and the database already.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.table import Row

TEXTS = Path(__file__).parent.parent / "text"
FILES = ("comments.jsonl", "hostile.jsonl", "everyday.jsonl", "fresh.jsonl")
ROUNDS = 3


def measure() -> list[Row]:
    """In a fresh process, so that nothing is warm but what a start warms up."""
    done = subprocess.run(
        [sys.executable, "-c", "from tests.bench import reading; reading.tell()"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    made_of = f"{told['n']:,} comments, six languages"
    return [
        Row("reading a comment, median ms", told["median"], "<= 2", made_of),
        Row("reading a comment, p99 ms", told["p99"], "<= 25", made_of),
        Row("reading: memory when warm, MB", told["warm"], "<= 40", "rules, model, phones"),
        Row("reading: memory after all, MB", told["after"], "", made_of),
    ]


def tell() -> None:
    """Prints the figures as JSON."""
    import time  # noqa: PLC0415 - in the measured process only

    from app import db, web  # noqa: F401, PLC0415 - what every server holds without any comment

    rows = [json.loads(line) for name in FILES for line in (TEXTS / name).read_text().splitlines()]
    before = _megabytes()
    from app.text import gate  # noqa: PLC0415 - its weight is what is measured

    gate.warm_up()
    warm = _megabytes() - before
    names = tuple(json.loads((TEXTS / "roster.json").read_text()))
    took = []
    for row in rows * ROUNDS:
        began = time.process_time_ns()
        gate.read(row["text"], row["score"], names=names)
        took.append((time.process_time_ns() - began) / 1e6)
    took.sort()
    found = {"n": len(took), "median": took[len(took) // 2], "p99": took[len(took) * 99 // 100]}
    print(json.dumps(found | {"warm": warm, "after": _megabytes() - before}))


def _megabytes() -> float:
    """What the process holds in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
