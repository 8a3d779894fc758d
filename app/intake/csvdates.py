"""Dates as people write them: which form a whole column has, and reading one cell of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.errors import CheerboardError
from app.intake import coercion

# What a reader makes of a cell: a time, without a zone where the cell names none; None: no date.
Reader = Callable[[str], datetime | None]

DAY_FIRST, MONTH_FIRST = "D/M/Y", "M/D/Y"
_PARTS = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)"
    r"(?:,?[ T]+(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,]\d+)?)?(?:\s*([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)
_YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})(.*)", re.ASCII | re.DOTALL)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
# Excel counts days from here, its 29 February 1900 included. The range is 1954 to 2119.
_SERIAL_FROM, _SERIAL_EPOCH = (20_000, 80_000), datetime(1899, 12, 30)  # noqa: DTZ001 - no zone yet
_UTC = ZoneInfo("UTC")


class Survey:
    """Looks at every cell of one column, then says how it is to be read."""

    def __init__(self) -> None:
        self.forms: dict[str, int] = {}
        self.most_first = 0
        self.most_second = 0
        self.differ = False
        self.example = ""

    def see(self, cell: str) -> None:
        """Takes one cell into account; blank ones say nothing."""
        if cell[4:5] == "-" and cell[7:8] == "-":
            form = "ISO"
        elif (cell := cell.strip()) and (parts := _PARTS.fullmatch(cell)):
            form = "D.M.Y" if parts[2] == "." else "slashes"
            if form == "slashes":
                self._compare(int(parts[1]), int(parts[3]), cell)
        elif cell:
            form = _form(cell)
        else:
            return
        self.forms[form] = self.forms.get(form, 0) + 1

    def decide(self, column: str, chosen: str | None = None) -> "Dates":
        """How this column is read. Raises CheerboardError when it could be read in two ways."""
        if not self.forms.keys() - {"unknown"}:
            if self.forms:
                raise CheerboardError(f"No date of the column {column!r} can be read.")
            return Dates("none", DAY_FIRST)
        order = chosen or self._order(column)
        shown = [order if form == "slashes" else form for form in self.forms if form != "unknown"]
        return Dates(" and ".join(sorted(shown)), order)

    def _compare(self, first: int, second: int, cell: str) -> None:
        self.most_first = max(self.most_first, first)
        self.most_second = max(self.most_second, second)
        if first != second and not self.differ:
            self.differ, self.example = True, cell

    def _order(self, column: str) -> str:
        if self.most_first > 12 and self.most_second > 12:
            raise CheerboardError(
                f"The column {column!r} has dates with the day first and dates with the month "
                "first; write them all alike."
            )
        if self.most_first > 12 or self.most_second > 12 or not self.differ:
            return MONTH_FIRST if self.most_second > 12 else DAY_FIRST
        raise CheerboardError(
            f"In the column {column!r} every date could have the day or the month first, such as "
            f"{self.example!r}; say --dates dmy or --dates mdy."
        )


@dataclass(frozen=True, slots=True)
class Dates:
    """The form of a column, as shown to a person, and the order of day and month in it."""

    form: str
    order: str

    def reader(self) -> Reader:
        """Reads cells of this column; remembers days, of which there are few."""
        days: dict[str, date | None] = {}
        is_month_first = self.order == MONTH_FIRST

        def read(cell: str) -> datetime | None:
            if cell[4:5] == "-":
                try:
                    return datetime.fromisoformat(cell)
                except ValueError:
                    pass
            cell = cell.strip()
            head, gap, tail = cell.partition(" ")
            if gap and head in days and len(tail) in (5, 8) and tail[2] == ":":
                day, at = days[head], _time(tail)
                return datetime.combine(day, at) if day and at else None
            found = _read(cell, is_month_first=is_month_first)
            if len(days) < 50_000 and gap and found is not None and _PARTS.fullmatch(head):
                days[head] = found.date()
            return found

        return read


def _form(cell: str) -> str:
    if _YEAR_FIRST.fullmatch(cell):
        return "ISO"
    if _serial(cell) is not None:
        return "Excel's count of days"
    return "ISO" if coercion.moment(cell, _UTC) else "unknown"


def _read(cell: str, *, is_month_first: bool) -> datetime | None:
    parts = _PARTS.fullmatch(cell)
    if parts is not None:
        return _assembled(parts, is_month_first=is_month_first and parts[2] != ".")
    if year_first := _YEAR_FIRST.fullmatch(cell):
        year, _, month, day, rest = year_first.groups()
        cell = f"{year}-{int(month):02}-{int(day):02}{rest}"
    serial = _serial(cell)
    if serial is not None:
        return serial
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return coercion.moment(cell, _UTC)


def _assembled(parts: re.Match[str], *, is_month_first: bool) -> datetime | None:
    first, _, second, year, hour, minute, seconds, half = parts.groups()
    day, month = (second, first) if is_month_first else (first, second)
    full = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 70 else 1900)
    clock = int(hour or 0)
    if half:
        if not 1 <= clock <= 12:
            return None
        clock = clock % 12 + (12 if half in "pP" else 0)
    try:
        return datetime(full, int(month), int(day), clock, int(minute or 0), int(seconds or 0))  # noqa: DTZ001 - the site's zone follows
    except ValueError:
        return None


def _serial(cell: str) -> datetime | None:
    if not _SERIAL.fullmatch(cell):
        return None
    days = float(cell.replace(",", "."))
    if not _SERIAL_FROM[0] <= days < _SERIAL_FROM[1]:
        return None
    return _SERIAL_EPOCH + timedelta(seconds=round(days * 86_400))


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
