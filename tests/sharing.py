"""What thousands of small databases have in common, so that no test pays for it again."""

import gc
import os
import shutil
from contextlib import suppress
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from app import db

MEMORY = "/dev/shm"  # noqa: S108 - pytest makes a folder of its user there
ROOM = 2 << 30


def share_statements() -> None:
    """A statement is compiled once per kind of database, not once per database.

    The server has one database for its whole life, and so compiles each statement once as well.
    """
    shared = LRUCache[Any, Any](10_000)
    make = vars(db)["create_engine"]

    def make_sharing(url: str, **facts: Any) -> Engine:
        engine: Engine = make(url, **facts)
        engine._compiled_cache = shared
        return engine

    vars(db)["create_engine"] = make_sharing
    # The caches know a dialect by its equality.
    DefaultDialect.__eq__ = _is_alike  # type: ignore[method-assign, assignment]
    DefaultDialect.__hash__ = _kind_of  # type: ignore[method-assign, assignment]


def keep_what_was_imported() -> None:
    """The collector no longer walks over modules and collected tests, which stay anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def keep_folders_in_memory() -> None:
    """Where there is room: what a power cut would lose is no question of these tests."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free > ROOM:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)  # noqa: TID251 - pytest's own


def _is_alike(one: DefaultDialect, other: object) -> bool:
    return type(one) is type(other) and one.dbapi is getattr(other, "dbapi", None)


def _kind_of(dialect: DefaultDialect) -> int:
    return hash(type(dialect))
