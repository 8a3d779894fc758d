"""How the API names things: a source by its name, wherever one is meant."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.intake.models import Source

Named = Annotated[str, Query(max_length=200, description="Only what came through this source.")]


def source_id_of(session: Session, name: str) -> Sequence[int]:
    """The ids of a source's name; removed ones of that name too. Raises NotFoundError."""
    # No name has a NUL, and PostgreSQL would refuse the question instead of finding nothing.
    asked = select(Source.id).where(Source.name == name)
    found = [] if "\x00" in name else session.scalars(asked).all()
    if not found:
        raise NotFoundError(f"There is no source {name!r}.")
    return found
