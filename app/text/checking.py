"""Reads files of comments line by line and says of each what the gate would do. Pure."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from app.errors import CheerboardError
from app.text import gate

# One line of a file; no comment box holds more.
LONGEST_LINE = 200_000
_KEYS = ("id", "score", "comment", "lang")


@dataclass(frozen=True, slots=True)
class Line:
    """One comment of a file; `id` is the line's number where none is given."""

    id: str
    score: int | None
    comment: str
    language: str | None


def lines_of(raw: bytes) -> list[Line]:
    """Every comment of a JSONL file. Raises CheerboardError with the number of the bad line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = raw[: error.start].count(b"\n") + 1
        raise CheerboardError(f"Line {number}: this is not UTF-8.") from None
    return [_line(number, line) for number, line in _numbered(text) if line.strip()]


def roster_of(raw: bytes) -> list[str]:
    """The names of a roster file. Raises CheerboardError when it is no JSON list of names."""
    try:
        names = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CheerboardError("The roster is not JSON.") from None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CheerboardError("The roster must be a JSON list of names.")
    return names


def check(lines: list[Line], names: list[str]) -> Iterator[dict[str, Any]]:
    """What is decided about each comment, in the order of the file."""
    for line in lines:
        verdict = gate.read(
            line.comment, line.score, names=tuple(names), given_language=line.language
        )
        yield {
            "id": line.id,
            "language": verdict.language,
            "redacted": verdict.text,
            "spans": [asdict(span) for span in verdict.spans],
            "publishable": verdict.is_publishable,
            "story_gate": verdict.gate,
            "story_score": verdict.rank,
            "reasons": list(verdict.reasons),
        }


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Lines as JSONL has them: only a line feed ends one."""
    return ((number, line) for number, line in enumerate(text.split("\n"), 1))


def _line(number: int, line: str) -> Line:
    if len(line) > LONGEST_LINE:
        raise CheerboardError(f"Line {number}: longer than {LONGEST_LINE:,} characters.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise CheerboardError(f"Line {number}: this is not JSON.") from None
    if not isinstance(row, dict):
        raise CheerboardError(f"Line {number}: an object with {', '.join(_KEYS)} is needed.")
    score, language = row.get("score"), row.get("lang")
    # null says that there were no words; nothing at all says that the key is another.
    comment = "" if row.get("comment", 0) is None else row.get("comment")
    if not isinstance(comment, str):
        raise CheerboardError(f"Line {number}: comment must be text.")
    is_score = isinstance(score, int) and not isinstance(score, bool) and 0 <= score <= 10
    if score is not None and not is_score:
        raise CheerboardError(f"Line {number}: score must be a whole number from 0 to 10.")
    if language is not None and (not isinstance(language, str) or not language.strip()):
        raise CheerboardError(f"Line {number}: lang must be a language code such as da.")
    given = row.get("id")
    if given is not None and not isinstance(given, str | int):
        raise CheerboardError(f"Line {number}: id must be text or a number.")
    return Line(str(number if given is None else given), score, comment, language)
