"""The API keeps what its description promises, whatever is asked within it and beside it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings, strategies
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from starlette.types import Receive, Scope, Send

from app import clock
from app.api import routes
from app.db import connect
from app.live.hub import Hub
from tests.api.program import AT, STORY, Office, Program
from tests.people.visitor import house

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - how the tests are run

# What is asked with; the application hears the token of the test at hand instead.
KNOWN = "Bearer known"


class Standing:
    """Stands for the application of the test at hand, which the description must not wait for."""

    app: Any = None
    token = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = {b"authorization": b"Bearer " + self.token}
        headers = [
            (name, told.get(name, value) if value == KNOWN.encode() else value)
            for name, value in scope["headers"]
        ]
        await self.app({**scope, "headers": headers}, receive, send)


standing = Standing()
generation = GenerationConfig(modes=list(GenerationMode), database="none")
config = SchemathesisConfig(
    seed=1,
    projects=ProjectsConfig(
        default=ProjectConfig(generation=generation, headers={"Authorization": KNOWN})
    ),
)
# What a person writes: no characters that cleaning drops.
schemathesis.openapi.format(
    "sentence", strategies.text(strategies.characters(categories=["L", "N"]), min_size=10)
)
schema = schemathesis.openapi.from_dict(routes.openapi(), config=config)
schema.app = standing


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An office that has heard a few answers; how it is stored is no matter."""
    database = connect(sqlite_url)
    opened = Office(database)
    with clock.frozen(AT):
        opened.open()
        opened.hear([9, 3, 10, 7], comment=STORY)
    app = house(database, tmp_path, routes.router)
    app.state.hub = Hub("a build")
    monkeypatch.setattr(standing, "app", app)
    monkeypatch.setattr(standing, "token", Program(app, database)._token("admin").encode())
    yield
    database.dispose()


@pytest.mark.faults
@pytest.mark.timeout(1_800 if LONG else 120)
@pytest.mark.usefixtures("office")
@schema.parametrize()
@settings(
    max_examples=300 if LONG else 5, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_the_description_is_kept(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate()
