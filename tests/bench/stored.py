"""A database that already holds many answers, made by SQL so that it takes minutes, not hours."""

import shutil
import sqlite3
import sys
from pathlib import Path

from tests.bench.serving import ROOT, tell

KEPT = ROOT / "build" / "bench"
# Raw deliveries are deleted after 30 days, so even ten million answers keep no more than these.
DELIVERIES = 1_000_000

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
# A score of 9, 10, 8, 7 or 3, spread over 364 days and three teams; a comment on every fifth.
RESPONSES = f"""{NUMBERS}
INSERT INTO response (id, source_id, external_id, survey_id, score, comment, email, attributes,
                      submitted_at, answered_on, site_id, team_id, person_id, status, stored_at)
SELECT i, 1, 'h-' || lower(hex(randomblob(8))), 'bench',
       CASE i % 10 WHEN 0 THEN 10 WHEN 1 THEN 9 WHEN 2 THEN 9 WHEN 3 THEN 8 WHEN 4 THEN 10
                   WHEN 5 THEN 7 WHEN 6 THEN 6 WHEN 7 THEN 10 WHEN 8 THEN 3 ELSE 9 END,
       CASE WHEN i % 5 = 0 THEN 'Quick and friendly, number ' || i END,
       'h' || i || '@example.com', '{{}}',
       datetime('now', '-' || ((:count - i) * 31449600 / :count) || ' seconds') || '.000000',
       date('now', '-' || ((:count - i) * 31449600 / :count) || ' seconds'),
       1, i % 3 + 1, i % 3 + 1, 'counted', datetime('now') || '.000000'
FROM n"""
LEDGER = """INSERT INTO ledger (response_id, at, delivery_id, before, after)
SELECT id, stored_at, NULL, NULL,
       json_object('score', score, 'day', answered_on, 'site_id', site_id, 'team_id', team_id,
                   'person_id', person_id, 'survey_id', survey_id, 'channel', NULL)
FROM response"""
DELIVERED = f"""{NUMBERS}
INSERT INTO delivery (source_id, external_id, received_at, headers, body, outcome, processed_at)
SELECT 1, 'h-' || lower(hex(randomblob(8))), datetime('now') || '.000000', '{{}}',
       randomblob(300), 'processed', datetime('now') || '.000000'
FROM n"""


def folder(count: int, prepare: object) -> Path:
    """A fresh copy of a data folder with `count` answers; the original is kept for next time."""
    kept = KEPT / str(count)
    if not (kept / "done").exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        prepare(kept)  # type: ignore[operator]
        _fill(kept / "cheerboard.db", count)
        env = {"CHEERBOARD_DATA_DIR": str(kept)}
        tell(env, "rebuild")
        (kept / "done").touch()
    copy = KEPT / f"{count}-run"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(kept, copy)
    return copy


def _fill(path: Path, count: int) -> None:
    print(f"storing {count} answers …", file=sys.stderr, flush=True)
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
        database.execute(f"PRAGMA {pragma}")
    # Filling tables without their indexes and sorting once is many times faster.
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('response', 'ledger', 'delivery')"
    ).fetchall()
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    database.execute("BEGIN")
    database.execute(RESPONSES, {"count": count})
    database.execute(LEDGER)
    database.execute(DELIVERED, {"count": min(count, DELIVERIES)})
    for _, sql in indexes:
        database.execute(sql)
    database.execute("COMMIT")
    database.execute("ANALYZE")
    database.execute("PRAGMA journal_mode=WAL")
    database.close()
