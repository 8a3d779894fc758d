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
from app.responses.answer import AHEAD, Answer
from app.responses.history import Recall

DATES = ("submitted_at", "updated_at", "date")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
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
    """Turns rows into answers, one after the other; remembers what comes again and again."""

    def __init__(
        self, columns: Columns, findings: Findings, recall: Recall, salt: bytes, now: datetime
    ) -> None:
        self.places = columns.places
        self._most = max(columns.places.values()) + 1
        self._attributes = tuple(columns.attributes)
        # Where the cells stand on which the attributes depend.
        self.keyed = (*columns.attributes.values(), *_at(columns.places, "attributes"))
        self._dates = {name: dates.reader() for name, dates in findings.dates.items()}
        self._twins = findings.twins
        self._recall = recall
        self._salt = salt
        self._latest = now + AHEAD
        self._equal: Counter[str] = Counter()
        self._zones: dict[str, ZoneInfo] = {}

    def answer(self, cells: Cells) -> Answer:
        """The answer in a row. Raises BadRowError, as everything here does."""
        if len(cells) < self._most:
            cells = cells + [""] * (self._most - len(cells))
        attributes = self.attributes(tuple([cells[at] for at in self.keyed]))
        zone = self.zone(attributes)

        def cell(name: str) -> str:
            at = self.places.get(name)
            return "" if at is None else cells[at]

        updated_at = self.moment("updated_at", cell("updated_at"), zone)
        return Answer(
            score=self.score(cell("score")),
            comment=self.text(cell("comment"), coercion.MAX_COMMENT),
            email=self.text(cell("email"), 320),
            name=self.text(cell("name"), 200),
            submitted_at=self.moment("submitted_at", cell("submitted_at"), zone),
            updated_at=updated_at,
            version=None if updated_at is None else self.version(updated_at),
            survey_id=self.text(cell("survey_id"), 255),
            channel=self.text(cell("channel"), 64),
            consent=self.consent(cell("consent")),
            attributes=attributes,
            response_id=self.identity(cells),
        )

    def identity(self, cells: Cells) -> str:
        """The file's own id, or the hash of the cells and how often they came before.

        Asked once for each row that is good.
        """
        at = self.places.get("response_id")
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

    def score(self, cell: str) -> int:
        """0 to 10, in any writing of a whole number."""
        try:
            return coercion.score(cell.strip().replace(",", "."))
        except IgnoredError:
            said = cell.strip()[:40]
            reason = f"Its score is {said!r}, not a whole number from 0 to 10."
            raise BadRowError(reason if said else "It has no score.") from None

    def text(self, cell: str, most: int) -> str | None:
        """Of at most so many characters; what a careful export put before a formula is gone."""
        return coercion.text(cell[1:] if cell.startswith(_DEFUSED) else cell, most)

    def consent(self, cell: str) -> bool | None:
        """Whether a yes or a no stands there, in the words of a file."""
        found = coercion.flag(cell)
        return _YES.get(cell.strip().lower()) if found is None else found

    def moment(self, name: str, cell: str, zone: str) -> datetime | None:
        """A time in UTC; where the cell names no time zone it is this one's. None: blank."""
        cell = cell.strip()
        if not cell:
            if name == "submitted_at" and name in self.places:
                raise BadRowError("It has no date.")
            return None
        found = self._dates[name](cell)
        if found is None:
            raise BadRowError(f"Its date {cell[:40]!r} cannot be read.")
        try:
            if found.tzinfo is None:
                found = found.replace(tzinfo=self._zone(zone))
            found = found.astimezone(UTC)
        except OverflowError:
            raise BadRowError(f"Its date {cell[:40]!r} cannot be read.") from None
        if found.year < 1970 or found > self._latest:
            raise BadRowError(f"Its date {cell[:40]!r} is no time at which somebody answered.")
        return found

    def version(self, updated_at: datetime) -> float:
        """What orders updates: microseconds since 1970."""
        return float((updated_at - _EPOCH) // _MICROSECOND)

    def zone(self, attributes: Mapping[str, str]) -> str:
        """The time zone of the site that a row is about."""
        get = attributes.get
        place = self._recall.place(get("employee"), get("team"), get("store") or get("site"))
        return place.timezone

    def attributes(self, cells: tuple[str, ...]) -> dict[str, str]:
        """From the cells on which they depend, in the order of `keyed`."""
        own = zip(self._attributes, cells, strict=False)
        raw = _object_in(cells[-1]) if "attributes" in self.places else {}
        raw |= {name: cell for name, cell in own if cell.strip()}
        kept: dict[str, str] = {}
        for name, value in raw.items():
            key, found = coercion.text(name, 64), coercion.text(value, 500)
            if key is not None and found is not None and len(kept) < coercion.MAX_ATTRIBUTES:
                kept[key] = found[1:] if found.startswith(_DEFUSED) else found
        return sealing.hashed(self._salt, kept)

    def _zone(self, name: str) -> ZoneInfo:
        zone = self._zones.get(name)
        if zone is None:
            zone = self._zones[name] = ZoneInfo(name)
        return zone


def _at(places: Mapping[str, int], name: str) -> tuple[int, ...]:
    return (places[name],) if name in places else ()


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
