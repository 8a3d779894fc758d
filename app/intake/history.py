"""History: the rows of a file as answers; what is wrong with a row is said in a sentence."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.errors import CheerboardError
from app.intake import coercion, sealing, strictjson
from app.intake.csvcolumns import Columns
from app.intake.csvdates import Dates, Survey
from app.intake.csvfile import Cells, Sheet
from app.intake.source import IgnoredError
from app.intake.strictjson import JSONRefusedError
from app.responses.answer import Answer
from app.responses.history import Recall

DATES = ("submitted_at", "updated_at", "date")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Clocks differ a little; what was answered later than this was not.
_AHEAD = timedelta(days=1)
_MOST_REMEMBERED = 50_000
_YES = {"yes": True, "y": True, "no": False, "n": False}
# What a careful export puts before a formula, to be taken away again.
_DEFUSED = ("'=", "'+", "'-", "'@", "'\t", "'\r")


class BadRowError(Exception):
    """A row that is no answer; the message is the reason, one sentence."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a first look at every row found: how many, how dates are written, who comes twice."""

    rows: int
    dates: Mapping[str, Dates]
    twins: frozenset[int]


def survey(sheet: Sheet, columns: Columns, order: str | None = None) -> Findings:
    """Looks at the whole file once. Raises CheerboardError when dates could be read in two ways."""
    seen = {name: Survey() for name in DATES if name in columns.places}
    places = [(look.see, columns.places[name]) for name, look in seen.items()]
    has_id = "response_id" in columns.places
    # Rows that may be equal are found with one bit each; which are is counted later.
    bits, twins = bytearray(1 if has_id else 1 << 24), set()
    rows = 0
    for cells in sheet.rows():
        rows += 1
        for see, at in places:
            if at < len(cells):
                see(cells[at])
        if not has_id:
            mark = hash(tuple(cells))
            byte, bit = (mark >> 3) & 0xFFFFFF, 1 << (mark & 7)
            if bits[byte] & bit:
                twins.add(mark)
            bits[byte] |= bit
    found = {name: look.decide(columns.named[name], order) for name, look in seen.items()}
    return Findings(rows, found, frozenset(twins))


class Reader:
    """Turns rows into answers; remembers what comes again and again."""

    def __init__(
        self, columns: Columns, findings: Findings, recall: Recall, salt: bytes, now: datetime
    ) -> None:
        self._at = columns.places
        self._most = max(columns.places.values()) + 1
        self._attributes = columns.attributes
        self._dates = {name: dates.reader() for name, dates in findings.dates.items()}
        self._twins = findings.twins
        self._recall = recall
        self._salt = salt
        self._latest = now + _AHEAD
        self._equal: Counter[str] = Counter()
        self._scores: dict[str, int] = {}
        self._known: dict[tuple[str, ...], dict[str, str]] = {}
        self._zones: dict[str, ZoneInfo] = {}

    def answer(self, cells: Cells) -> Answer:
        """The answer in a row. Raises BadRowError."""
        if len(cells) < self._most:
            cells = cells + [""] * (self._most - len(cells))
        attributes = self._attributes_in(cells)
        updated_at = self._moment("updated_at", cells, attributes)
        return Answer(
            response_id=self._identity(cells),
            score=self._score(cells),
            comment=self._text("comment", cells, coercion.MAX_COMMENT),
            email=self._text("email", cells, 320),
            name=self._text("name", cells, 200),
            submitted_at=self._moment("submitted_at", cells, attributes),
            updated_at=updated_at,
            version=None if updated_at is None else float((updated_at - _EPOCH) // _MICROSECOND),
            survey_id=self._text("survey_id", cells, 255),
            channel=self._text("channel", cells, 64),
            consent=self._consent(cells),
            attributes=attributes,
        )

    def _identity(self, cells: Cells) -> str:
        """The file's own id, or the hash of the cells and how often they came before."""
        at = self._at.get("response_id")
        if at is not None:
            found = coercion.identifier(cells[at])
            if found is None:
                raise BadRowError("It has no response id.")
            return found
        said = "\x1f".join(cells).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(said).hexdigest()[:40]
        if hash(tuple(cells)) in self._twins:
            self._equal[digest] += 1
            return f"row:{digest}:{self._equal[digest]}"
        return f"row:{digest}:1"

    def _score(self, cells: Cells) -> int:
        cell = cells[self._at["score"]]
        found = self._scores.get(cell)
        if found is None:
            try:
                found = coercion.score(cell.strip().replace(",", "."))
            except IgnoredError:
                said = cell.strip()[:40]
                reason = f"Its score is {said!r}, not a whole number from 0 to 10."
                raise BadRowError(reason if said else "It has no score.") from None
            self._scores[cell] = found
        return found

    def _text(self, name: str, cells: Cells, most: int) -> str | None:
        at = self._at.get(name)
        if at is None or not (cell := cells[at]):
            return None
        if cell[0] == "'" and cell.startswith(_DEFUSED):
            cell = cell[1:]
        return coercion.text(cell, most)

    def _consent(self, cells: Cells) -> bool | None:
        at = self._at.get("consent")
        if at is None:
            return None
        found = coercion.flag(cells[at])
        return _YES.get(cells[at].strip().lower()) if found is None else found

    def _moment(self, name: str, cells: Cells, attributes: Mapping[str, str]) -> datetime | None:
        at = self._at.get(name)
        if at is None or not (cell := cells[at].strip()):
            if at is not None and name == "submitted_at":
                raise BadRowError("It has no date.")
            return None
        found = self._dates[name](cell)
        if found is None:
            raise BadRowError(f"Its date {cell[:40]!r} cannot be read.")
        try:
            if found.tzinfo is None:
                found = found.replace(tzinfo=self._zone(attributes))
            found = found.astimezone(UTC)
        except OverflowError:
            raise BadRowError(f"Its date {cell[:40]!r} cannot be read.") from None
        if found.year < 1970 or found > self._latest:
            raise BadRowError(f"Its date {cell[:40]!r} is no time at which somebody answered.")
        return found

    def _zone(self, attributes: Mapping[str, str]) -> ZoneInfo:
        """Of the site that the row is about."""
        get = attributes.get
        name = self._recall.place(
            get("employee"), get("team"), get("store") or get("site")
        ).timezone
        zone = self._zones.get(name)
        if zone is None:
            zone = self._zones[name] = ZoneInfo(name)
        return zone

    def _attributes_in(self, cells: Cells) -> dict[str, str]:
        if not self._attributes and "attributes" not in self._at:
            return {}
        key = tuple([cells[at] for at in self._attributes.values()])
        whole = self._at.get("attributes")
        if whole is not None:
            key = (*key, cells[whole])
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._read_attributes(cells)
        return found

    def _read_attributes(self, cells: Cells) -> dict[str, str]:
        raw = _object_in(cells[self._at["attributes"]]) if "attributes" in self._at else {}
        raw |= {name: cells[at] for name, at in self._attributes.items() if cells[at].strip()}
        kept: dict[str, str] = {}
        for name, value in raw.items():
            key, found = coercion.text(name, 64), coercion.text(value, 500)
            if key is not None and found is not None and len(kept) < coercion.MAX_ATTRIBUTES:
                kept[key] = found[1:] if found.startswith(_DEFUSED) else found
        return sealing.hashed(self._salt, kept)


def _object_in(cell: str) -> dict[str, object]:
    if not cell.strip():
        return {}
    try:
        found = strictjson.loads(cell.encode("utf-8", "surrogatepass"))
    except JSONRefusedError:
        found = None
    if not isinstance(found, dict):
        raise BadRowError("Its attributes are not a JSON object.")
    return found


def numbered(sheet: Sheet) -> Iterator[tuple[int, Cells]]:
    """Each row that is not blank, with the number a spreadsheet shows beside it."""
    for number, cells in enumerate(sheet.rows(), sheet.first_row):
        if cells and any(cells):
            yield number, cells


def refuse_without(columns: Columns, wanted: Sequence[str], sheet: Sheet) -> None:
    """Raises CheerboardError when a column is missing without which nothing can be read."""
    for name in wanted:
        if name not in columns.places:
            there = ", ".join(found for found in sheet.header if found)
            raise CheerboardError(
                f"The file has no column {name!r}; it has {there[:500]}. Say which is meant with "
                "--map."
            )
