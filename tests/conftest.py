"""A migrated database for every test, on SQLite and on PostgreSQL; how much is asked."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from app.db import Database, connect
from app.migrations import migrate
from app.people import passwords
from tests import kinds, patience, postgres, sharing
from tests.slate import Slate

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
# These begin: whoever takes one up last keeps everybody waiting.
LONGEST = {
    "test_demo.py", "test_import.py", "test_kill.py", "test_protocol_budget.py", "test_readme.py",
    "test_server.py", "test_two_browsers.py", "test_wall.py",
}  # fmt: skip

sharing.share_statements()
sharing.keep_folders_in_memory()
patience.make_clients_patient()


def pytest_configure() -> None:
    """A busy machine is slow, which proves nothing; the long form asks ten times as much."""
    for name, examples in (("suite", 30), ("long", 300)):
        settings.register_profile(
            name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        )
    settings.load_profile("long" if LONG else "suite")


@pytest.hookimpl(tryfirst=True)  # before `-m faults` looks at the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What `tests.kinds` leaves to the long form is counted as deselected."""
    kept, left = kinds.chosen(items)
    if LONG:
        for item in left:
            item.add_marker("faults")
    elif left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    sharing.keep_what_was_imported()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that each test copies."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = connect(f"sqlite:///{path}")
    migrate(database)
    database.dispose()  # the last connection to close folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def slate() -> Iterator[Slate]:
    with postgres.server() as url:
        opened = Slate(url)
        yield opened
        opened.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "cheerboard.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(slate: Slate) -> str:
    return slate.wiped()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty, migrated database; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashed with the least that argon2id knows; what it takes in earnest has tests of its own."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
