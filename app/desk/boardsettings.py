"""The form of a board's settings: what it shows, and what somebody wrote into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from app.board import options
from app.board.models import Board
from app.board.opening import ALWAYS
from app.errors import CheerboardError
from app.people.models import Site, Team
from app.people.officehours import DAYS
from app.people.wording import label_of

COMPANY = "company"


@dataclass(frozen=True)
class Choice:
    """One setting of a board as the form asks for it: of some words, or (none given) free text.

    `usual` is what holds while nothing was said. Every choice is an option of `board set`.
    """

    name: str
    words: str
    usual: str
    hint: str = ""
    among: tuple[tuple[str, str], ...] = ()


AUDIENCE = Choice(
    "audience",
    "Who can see it",
    "staff",
    among=(
        ("staff", "Staff only: everything that was released"),
        ("visitor", "Visitors too: no ranking, first names at most"),
        ("street", "The street: no names at all"),
    ),
)
LOOK = (
    Choice(
        "theme",
        "Ground",
        "ink",
        among=(("ink", "Ink, dark"), ("paper", "Paper, light"), ("auto", "Paper by day")),
    ),
    Choice("language", "Language", "en", "en, de, nl, da, fr or es; de-CH for Swiss numbers."),
    Choice("hours", "Hours", "site", "mon-fri 08:00-18:00, sat 09:00-13:00; or always, or site."),
    Choice("holidays", "Holidays", "none", "Dates and places: 2026-12-24, DE-BY; or none."),
)
FINE = (
    Choice("dwell", "Seconds for each scene", "auto", "5 to 120; auto: as long as it takes."),
    Choice(
        "motion",
        "Motion",
        "full",
        among=(("full", "Full"), ("calm", "Calm: it fades"), ("off", "Off: nothing moves")),
    ),
    Choice("sound", "Sound", "off", among=(("off", "Off"), ("on", "A short tone"))),
    Choice(
        "orientation",
        "Orientation",
        "auto",
        among=(("auto", "As the TV hangs"), ("landscape", "Landscape"), ("portrait", "Portrait")),
    ),
    Choice("scale", "Scale of the type", "1", "0.75 to 1.5 times; more for a wall seen from afar."),
    Choice("overscan", "Overscan", "0", "0 to 6 percent of the edge that the TV cuts off."),
)
CHOICES = (AUDIENCE, *LOOK, *FINE)


def shown(board: Board) -> dict[str, str]:
    """What the form holds before anybody writes into it."""
    said = {choice.name: _said(choice, board.settings.get(choice.name)) for choice in CHOICES}
    return said | {"audience": board.audience, "title": board.title, "place": place_of(board)}


def place_of(board: Board) -> str:
    """`company`, `site 3` or `team 7`: whose numbers it shows."""
    if board.team_id is not None:
        return f"team {board.team_id}"
    return f"site {board.site_id}" if board.site_id is not None else COMPANY


def read_place(session: Session, text: str) -> tuple[str, int] | None:
    """The same backwards; None is the company. Raises CheerboardError for one there is not."""
    if text in ("", COMPANY):
        return None
    kind, _, number = text.partition(" ")
    table = {"site": Site, "team": Team}.get(kind)
    plain = number.isascii() and number.isdecimal() and len(number) < 18
    if table is not None and plain and session.get(table, int(number)) is not None:
        return kind, int(number)
    raise CheerboardError("Choose the company, a site or a team.")


def put(session: Session, board: Board, fields: Mapping[str, str]) -> dict[str, str]:
    """Sets what was sent; all of it, or nothing and the sentence that stands beside each field."""
    wrong: dict[str, str] = {}
    read: dict[str, Any] = {}
    for name, reader in _readers(session).items():
        if name in fields:
            try:
                read[name] = reader(fields[name].strip())
            except CheerboardError as error:
                wrong[name] = error.sentence
    if wrong:
        return wrong
    board.title = read.get("title", board.title)
    if "place" in read:
        place = read["place"]
        board.site_id = place[1] if place and place[0] == "site" else None
        board.team_id = place[1] if place and place[0] == "team" else None
    options.change(board, {c.name: fields[c.name] for c in CHOICES if c.name in fields})
    return {}


def _readers(session: Session) -> dict[str, Any]:
    return {
        "title": lambda text: label_of(text, "board's title"),
        "place": lambda text: read_place(session, text),
    } | {choice.name: options.option(choice.name) for choice in CHOICES}


def _said(choice: Choice, value: Any) -> str:
    """A kept value as it is written."""
    if value is None:
        return choice.usual
    if choice.name == "hours":
        return _hours(value)
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _hours(hours: Mapping[str, list[str]] | str) -> str:
    """`mon-fri 08:00-18:00, sat 09:00-13:00`: neighbours of the same times in one."""
    if isinstance(hours, str):
        return ALWAYS
    parts = []
    for times, days in groupby(DAYS, hours.get):
        names = list(days)
        if times:
            span = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
            parts.append(f"{span} {'-'.join(times)}")
    return ", ".join(parts)
