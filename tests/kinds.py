"""Which tests ask both kinds of database in the suite; with CHEERBOARD_FAULTS=long all of them do.

A test whose marker is `pages` looks at what is said and who may: no dialect can change that, so
SQLite alone answers. Elsewhere PostgreSQL answers the first example of each test, as another
example of a rule speaks the same SQL; in the ROOMS where the SQL is the rule it answers every one.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

ROOMS = ("responses", "scores", "live", "integrity")


def chosen(items: Iterable[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """(what the suite runs, what it leaves to the long form), each in their order."""
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    seen: set[tuple[Path, str]] = set()
    for item in items:
        rule = item.path, getattr(item, "originalname", item.name)
        is_more = _is_on_postgres(item) and (
            item.get_closest_marker("pages") is not None
            or (item.path.parent.name not in ROOMS and rule in seen)
        )
        if _is_on_postgres(item):
            seen.add(rule)
        (left if is_more else kept).append(item)
    return kept, left


def _is_on_postgres(item: pytest.Item) -> bool:
    example = getattr(item, "callspec", None)
    return example is not None and example.params.get("database_url") == "postgres"
