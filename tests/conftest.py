"""A migrated database for every test, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from app.db import Database, connect
from app.migrations import migrate
from app.people import passwords
from tests import postgres, sharing
from tests.slate import Slate

sharing.share_statements()
sharing.keep_folders_in_memory()


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
