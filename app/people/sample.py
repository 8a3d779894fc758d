"""Sample: invented answers to look round in, for a company that has none of its own yet.

Whoever invents lies above every other room, so the command that starts the server hands it in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.orm import Session

from app.db import Database
from app.people.authorize import Actor
from app.settings import Settings

# What authorize() is asked, and under which the audit log keeps it.
ACTION = "sample.manage"


@dataclass(frozen=True, slots=True)
class Sample:
    """`fill` takes a second or two and its account owns what is released.

    `clear` takes away whatever was invented, and nothing else; it returns how many answers went
    and raises NotFoundError when there are none. `is_there` is what a page may ask each time.
    """

    fill: Callable[[Database, Settings, int], None]
    clear: Callable[[Database, Actor], int]
    is_there: Callable[[Session], bool]


def of(request: Request) -> Sample | None:
    """What this server may offer; None where nothing is invented, as in the demo itself."""
    found: Sample | None = getattr(request.app.state, "sample", None)
    return found
