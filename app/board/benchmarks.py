"""Benchmarks: other people's scores that a ladder may show, each with its year and its source."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.board.models import Benchmark
from app.errors import CheerboardError, NotFoundError
from app.live.bus import announce
from app.people.names import fold
from app.people.wording import label_of

# Rows everybody finds and nobody has filled in: this house invents no number of somebody else's.
KNOWN = ("LEGO",)
# Older ones are drawn dashed and dated: a benchmark is good for eighteen months.
STALE_MONTHS = 18
FIRST_YEAR = 2003  # when the score was published first


@dataclass(frozen=True)
class Figure:
    """`value` is -100 to 100, or None in a row that is there to be filled in."""

    name: str
    value: float | None = None
    year: int | None = None
    source: str = ""

    def is_stale(self, today: date) -> bool:
        """Whether it is older than 18 months; of its year only the end is known."""
        if self.year is None:
            return False
        return (today.year - self.year - 1) * 12 + today.month > STALE_MONTHS


def table(session: Session) -> tuple[Figure, ...]:
    """Every row as the desk lists it, highest first; those to be filled in come last."""
    rows = session.scalars(select(Benchmark).order_by(Benchmark.value.desc(), Benchmark.name))
    filled = [Figure(row.name, row.value, row.year, row.source) for row in rows]
    names = {fold(figure.name) for figure in filled}
    return (*filled, *(Figure(name) for name in KNOWN if fold(name) not in names))


def drawn(session: Session) -> tuple[Figure, ...]:
    """What a wall may draw: rows with a value, highest first."""
    return tuple(figure for figure in table(session) if figure.value is not None)


def put(session: Session, figure: Figure, today: date) -> None:
    """Adds a figure, or replaces the one of that name. Raises CheerboardError for a wrong one."""
    name, source = label_of(figure.name, "benchmark's name"), label_of(figure.source, "source")
    if figure.value is None or not -100 <= figure.value <= 100:
        raise CheerboardError("A benchmark's value is a number from -100 to 100.")
    if figure.year is None or not FIRST_YEAR <= figure.year <= today.year:
        raise CheerboardError(f"A benchmark's year is {FIRST_YEAR} to {today.year}.")
    known = next((one for one in KNOWN if fold(one) == fold(name)), name)
    row = _find(session, name)
    if row is None:
        row = Benchmark(name=known)
        session.add(row)
    row.value, row.year, row.source = figure.value, figure.year, source
    announce(session, "boards")


def remove(session: Session, name: str) -> None:
    """Takes a figure off every ladder. One that is empty already stays so; else NotFoundError."""
    row = _find(session, name)
    if row is not None:
        session.execute(delete(Benchmark).where(Benchmark.id == row.id))
        announce(session, "boards")
    elif fold(name) not in {fold(one) for one in KNOWN}:
        raise NotFoundError(f"There is no benchmark {name!r}.")


def _find(session: Session, name: str) -> Benchmark | None:
    rows = session.scalars(select(Benchmark))
    return next((row for row in rows if fold(row.name) == fold(name)), None)
