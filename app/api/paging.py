"""Lists in pages: `{"items": […], "next": cursor or null}`; a cursor is opaque to its reader."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Row, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import CheerboardError

Item = TypeVar("Item")
AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]
Limit = Annotated[int, Query(ge=1, le=500, description="Most items of one page.")]
# What a cursor looks like, for programs that read the description: `after:` and digits in base64.
_TWO = "([MN][DTjz]|O[DT])[AEIMQUYcgk]"
_CURSOR = f"^(YWZ0ZXI6({_TWO}[w-z0-5]){{0,5}}(([MN][AQgw]|O[AQ])|{_TWO}|{_TWO}[w-z0-5]))?$"
After = Annotated[
    str,
    Query(
        max_length=64,
        description="`next` of the page before.",
        json_schema_extra={"pattern": _CURSOR},
    ),
]


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` is null at its end."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True)
class Turn:
    """Where a page begins (after which id), how long it is, and its order."""

    after: int | None
    limit: int
    newest_first: bool


def page(
    session: Session,
    query: AnySelect,
    by: InstrumentedAttribute[int],
    shape: Callable[[AnyRow], Item],
    turn: Turn,
) -> Page[Item]:
    """The rows after the cursor, ordered by id: oldest first, or newest first."""
    if turn.after is not None:
        query = query.where(by < turn.after if turn.newest_first else by > turn.after)
    query = query.order_by(by.desc() if turn.newest_first else by).limit(turn.limit + 1)
    rows = session.execute(query.add_columns(by.label("cursor"))).all()
    return cut([(row.cursor, shape(row)) for row in rows], turn.limit)


def oldest_first(after: After = "", limit: Limit = 100) -> Turn:
    return Turn(_read(after), limit, newest_first=False)


def newest_first(after: After = "", limit: Limit = 100) -> Turn:
    return Turn(_read(after), limit, newest_first=True)


def id_of(text: str, what: str = "id") -> int:
    """An id as it came in an address. Raises CheerboardError when it cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise CheerboardError(f"{what} is one of the ids that a list gives.")
    return int(text)


def cut(found: Sequence[tuple[int, Item]], limit: int) -> Page[Item]:
    """A page of (id, item) pairs, of which there may be one too many."""
    following = _written(found[limit - 1][0]) if len(found) > limit else None
    return Page(items=[item for _, item in found[:limit]], next=following)


def _written(last: int) -> str:
    return base64.urlsafe_b64encode(b"after:%d" % last).decode().rstrip("=")


def _read(cursor: str) -> int | None:
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    word, _, number = text.partition(":")
    if word != "after":
        raise CheerboardError("after is the `next` of the page before.")
    return id_of(number, "after")
