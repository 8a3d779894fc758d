"""History's rows as lines of the ledger: a column at a time where rows are plain, else with care.

What comes out is what `Reader` and `history.prepare` make of each row; a row with a cell that is
not plain goes their way.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from app import clock
from app.intake import coercion
from app.intake.csvfile import Cells
from app.intake.history import BadRowError, Reader
from app.responses import history
from app.responses.answer import Answer
from app.responses.history import Recall
from app.responses.lines import COLUMNS, PLACE, Line, moment
from app.responses.revision import cut

Refuse = Callable[[int, str, Cells], None]
Column = Sequence[Any]
Key = TypeVar("Key")
Value = TypeVar("Value")

# In place of a value: somebody has to look at the row.
UNPLAIN: Any = object()
_LENGTHS = {"comment": coercion.MAX_COMMENT, "email": 320, "name": 200}
# Of these a file has few different ones.
_WORDS = {"survey_id": 255, "channel": 64}
_MOST_REMEMBERED = 50_000
# What may follow the hour: minutes and seconds, and how they are stored.
_RESTS = {f":{n // 60:02}:{n % 60:02}": f":{n // 60:02}:{n % 60:02}.000000" for n in range(3600)}


class Known(dict[Key, Value]):
    """Remembers what a function made of a key; looked up a column at a time."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Value:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        found = self[key] = self._make(key)
        return found

    def of(self, column: Iterable[Key]) -> list[Value]:
        """What was made of every one of them."""
        return list(map(self.__getitem__, column))


class Spot(NamedTuple):
    """What the attributes of a row come to: as stored, and where they put the answer."""

    attributes: Any
    site_id: int | None = None
    team_id: int | None = None
    person_id: int | None = None
    timezone: str = "UTC"


class Lines:
    """Turns the rows of one file into lines."""

    def __init__(self, reader: Reader, source_id: int, now: datetime, recall: Recall) -> None:
        self._reader = reader
        self._source_id = source_id
        self._now = now
        self._recall = recall
        self._at = reader.places
        self._known = {
            "score": Known(self._score),
            "consent": Known(reader.consent),
            **{name: Known(self._word(most)) for name, most in _WORDS.items()},
        }
        self._spots = Known(self._spot)
        self._hours = Known(self._hour)
        self._today: Known[str, str] = Known(lambda zone: clock.day_in(zone, now).isoformat())

    def of(self, first: int, rows: Sequence[Cells], width: int, refuse: Refuse) -> Iterator[Line]:
        """The lines of some rows, in their order; bad rows are handed to `refuse`.

        `first` is the number that a spreadsheet shows beside the first of them.
        """
        plain = [row for row in rows if len(row) == width]
        swift = self._swift(plain) if plain else iter(())
        for number, row in enumerate(rows, first):
            line = next(swift) if len(row) == width else None
            if line is None and any(row):
                line = self._slow(number, row, width, refuse)
            if line is not None:
                yield line

    def _slow(self, number: int, row: Cells, width: int, refuse: Refuse) -> Line | None:
        try:
            if len(row) > width and any(row[width:]):
                raise BadRowError(f"It has {len(row)} cells for {width} columns.")
            answer = self._reader.answer(row)
        except BadRowError as error:
            refuse(number, str(error), row)
            return None
        return history.prepare([answer], self._source_id, self._now, self._recall)[0]

    def _swift(self, rows: Sequence[Cells]) -> Iterator[Line | None]:
        """A line for each row; None where somebody has to look."""
        cells = list(zip(*rows, strict=True))
        columns = self._columns(cells, len(rows))
        looks = {
            place
            for name in ("external_id", "score", "attributes", "submitted_at", "updated_at")
            if UNPLAIN in columns[name]
            for place, value in enumerate(columns[name])
            if value is UNPLAIN
        }
        if "response_id" not in self._at:
            # Counts how often a row came, so whoever looks at one must be the first to ask.
            columns["external_id"] = [
                None if place in looks else self._reader.identity(row)
                for place, row in enumerate(rows)
            ]
        is_dated = repeat("submitted_at" in self._at)
        lines = zip(*(columns[name] for name in COLUMNS), is_dated, strict=False)
        if not looks:
            return iter(lines)
        return (None if place in looks else line for place, line in enumerate(lines))

    def _columns(self, cells: Sequence[Column], count: int) -> dict[str, Column]:
        nothing = [None] * count
        columns: dict[str, Column] = dict.fromkeys(COLUMNS, nothing)
        columns |= {
            "source_id": [self._source_id] * count,
            "status": ["counted"] * count,
            "stored_at": [moment(self._now)] * count,
        }
        for name, at in self._at.items():
            if name in _LENGTHS:
                columns[name] = self._texts(name, cells[at])
            elif name in self._known:
                columns[name] = self._known[name].of(cells[at])
            elif name == "response_id":
                columns["external_id"] = _names(cells[at])
        *spots, zones = self._placed(cells, count)
        columns |= dict(zip(("attributes", "site_id", "team_id", "person_id"), spots, strict=True))
        return columns | self._timed(cells, zones)

    def _placed(self, cells: Sequence[Column], count: int) -> Iterator[Column]:
        keyed = self._reader.keyed
        keys = zip(*(cells[at] for at in keyed), strict=True) if keyed else repeat((), count)
        return zip(*self._spots.of(keys), strict=True)

    def _timed(self, cells: Sequence[Column], zones: Column) -> dict[str, Column]:
        found: dict[str, Column] = {}
        if "submitted_at" in self._at:
            given = self._moments(cells[self._at["submitted_at"]], zones)
            found["submitted_at"], found["answered_on"] = zip(*given, strict=True)
        else:
            found["submitted_at"] = [moment(self._now)] * len(zones)
            found["answered_on"] = self._today.of(zones)
        if "updated_at" in self._at:
            versions = map(self._version, cells[self._at["updated_at"]], zones)
            found["updated_at"], found["version"] = zip(*versions, strict=True)
        return found

    def _texts(self, name: str, column: Column) -> Column:
        most, careful = _LENGTHS[name], self._word(_LENGTHS[name])
        found = [
            (cell.strip() or None)
            if len(cell) <= most and cell.isascii() and cell[:1] != "'"
            else careful(cell)
            for cell in column
        ]
        if name == "email":
            return [text if text is None else cut(text.casefold(), most) for text in found]
        return found

    def _word(self, most: int) -> Callable[[str], str | None]:
        return lambda cell: cut(self._reader.text(cell, most), most)

    def _moments(self, column: Column, zones: Column) -> Iterator[tuple[Any, Any]]:
        """When, and on which day there; whatever is the same for an hour is worked out once."""
        hours, rests = self._hours, _RESTS
        for cell, zone in zip(column, zones, strict=True):
            rest = rests.get(cell[13:19])
            hour = hours[cell[:13], cell[19:], zone] if rest else None
            yield (hour[0] + rest, hour[1]) if hour and rest else self._moment(cell, zone)

    def _hour(self, key: tuple[str, str, str]) -> tuple[str, str] | None:
        """Of a whole hour: how its times begin, and its day; None when there are several."""
        head, tail, zone = key
        first, day = self._moment(f"{head}:00:00{tail}", zone)
        last, other = self._moment(f"{head}:59:59{tail}", zone)
        if first is UNPLAIN or last is UNPLAIN or day != other:
            return None
        is_whole = first[13:] == ":00:00.000000" and last == f"{first[:13]}:59:59.000000"
        return (first[:13], day) if is_whole else None

    def _moment(self, cell: str, zone: str) -> tuple[Any, Any]:
        try:
            at = self._reader.moment("submitted_at", cell, zone)
        except BadRowError:
            at = None
        if at is None:
            return UNPLAIN, UNPLAIN
        return moment(at), clock.day_in(zone, at).isoformat()

    def _version(self, cell: str, zone: str) -> tuple[Any, Any]:
        try:
            at = self._reader.moment("updated_at", cell, zone)
        except BadRowError:
            return UNPLAIN, UNPLAIN
        return (None, None) if at is None else (moment(at), self._reader.version(at))

    def _score(self, cell: str) -> Any:
        try:
            return self._reader.score(cell)
        except BadRowError:
            return UNPLAIN

    def _spot(self, key: tuple[str, ...]) -> Spot:
        try:
            attributes = self._reader.attributes(key)
        except BadRowError:
            return Spot(UNPLAIN)
        if self._recall.spans and "employee" in attributes:
            # The day of the answer has a say in whom it is about.
            return Spot(UNPLAIN)
        answer = Answer(response_id="-", score=0, submitted_at=self._now, attributes=attributes)
        line = history.prepare([answer], self._source_id, self._now, self._recall)[0]
        at, zone = PLACE, self._reader.zone(attributes)
        return Spot(line[at["attributes"]], line[at["site_id"]], line[at["team_id"]],
                    line[at["person_id"]], zone)  # fmt: skip


def _names(column: Column) -> Column:
    return [
        name if (name := cell.strip()) and name.isascii() and len(name) <= 255 else UNPLAIN
        for cell in column
    ]
