"""The server's own storage, for the wall that this box shows; a stage for its agent."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import agent
from kiosk.agent import Config
from kiosk.tests.staging import FakeServer, Stage
from tests.conftest import quick_passwords, sqlite_template, sqlite_url

__all__ = ["config", "quick_passwords", "server", "sqlite_template", "sqlite_url", "stage"]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    thread = threading.Thread(target=fake.server.serve_forever, args=(0.01,))
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()
    thread.join()


@pytest.fixture
def config(server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(agent, "link", lambda: (True, "Office Wi-Fi"))
    monkeypatch.setattr(agent, "address", lambda: (True, "192.0.2.7"))
    return Config(server.url, f"{server.url}/screen?token=k", "hall-1", run=tmp_path)


@pytest.fixture
def stage(config: Config, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(config, monkeypatch)
