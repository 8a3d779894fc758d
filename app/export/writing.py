"""Writing rows as CSV that is safe to open in a spreadsheet, or as JSON lines. Pure."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any

# A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text
# (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def as_csv(file: IO[str], columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes the rows with a line of column names; how many. Numbers stay numbers."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([cell(row[name]) for name in columns])
        count += 1
    return count


def as_json_lines(file: IO[str], columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes each row as one JSON object on a line of its own; how many."""
    count = 0
    for row in rows:
        document = {name: _plain(row[name]) for name in columns}
        file.write(json.dumps(document, ensure_ascii=False) + "\n")
        count += 1
    return count


def cell(value: Any) -> str | int | float:
    """One cell: numbers as they are, times in ISO 8601, objects as JSON, no text as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    plain = _plain(value)
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
