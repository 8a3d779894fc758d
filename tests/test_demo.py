"""The demo: a company out of nothing, signed deliveries to the real hook, no trace afterwards."""

import os
import random
import re
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from standardwebhooks import Webhook

from app import clock
from app.db import connect
from app.demo import company, history, platform, voices
from app.heroes.models import Hero
from app.migrations import migrate
from app.responses.models import Response
from app.scores.leaderboard import leaderboard
from app.scores.summary import summary
from app.settings import Settings
from app.stories.models import Story
from tests.patience import PATIENCE
from tests.ports import free_port
from tests.server import COMMAND, Running, running

AT = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
# The suite ends it as a person does; as a machine does it only `make faults` and the server's test.
LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - how the tests are run
ENDS = [signal.SIGINT, signal.SIGTERM] if LONG else [signal.SIGINT]
SECRET = "whsec_" + "bWFkZSB1cCBmb3IgYSB0ZXN0IG9ubHkh"


def test_the_past_of_the_company_is_worth_a_wall(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'demo.db'}")
    database = connect(settings.database)
    migrate(database)
    with clock.frozen(AT):
        keys = company.found(database, settings)
        count = history.write(database, keys, random.Random(7))
        with database.read() as session:
            counted = session.scalar(select(func.count()).select_from(Response))
            score = summary(session, "company", 1, 28)
            teams = leaderboard(session, "team", score.window.until, 28)
            states = Counter(session.scalars(select(Story.state)))
            heroes = session.scalars(
                select(Hero).where(Hero.scope == "company", Hero.period == "week")
            ).all()
            sites = session.scalars(
                select(Response.site_id).where(Response.status == "counted").distinct()
            ).all()
    database.dispose()
    assert counted == count > 2000
    assert score.tally.n > 500
    assert score.shown is not None
    assert score.shown.startswith("+")
    assert teams.differs
    assert len(teams.rows) == 5
    assert states["released"] == history.RELEASED
    assert states["candidate"] > 0
    assert {"pick", "team"} & {hero.kind for hero in heroes}
    assert len(sites) == 2


def test_customers_say_all_kinds_of_things() -> None:
    dice = random.Random(1)
    scores = Counter(voices.score(dice, 0.6) for _ in range(2000))
    assert set(scores) <= set(range(11))
    assert {0, 10} <= set(scores)
    comments = {
        voices.comment(dice, given, "Ana Silva") for given in (0, 7, 10) for _ in range(800)
    }
    assert None in comments
    assert set(voices.HOSTILE) <= comments
    assert all(name not in (words or "") for words in comments for name in ("{name}", "Silva"))


def test_what_it_posts_is_signed_as_the_standard_says() -> None:
    body = b'{"response_id": "r-1", "score": 9}'
    headers = platform.signed(body, "msg_1", SECRET, int(time.time()))
    assert Webhook(SECRET).verify(body, headers) == {"response_id": "r-1", "score": 9}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "temporary"
    path.mkdir()
    return path


@pytest.mark.faults
@pytest.mark.parametrize("how", ENDS)
def test_it_moves_and_leaves_nothing_behind(folder: Path, how: signal.Signals) -> None:
    port = free_port()
    words = [*COMMAND, "demo", "--port", str(port), "--speed", "20"]
    environment = {"TMPDIR": str(folder), "CHEERBOARD_DATABASE_URL": "postgresql://nobody@nowhere/"}
    with running(words, port, environment) as demo:
        demo.wait_until_ready()
        processed = _processed(demo)
        deadline = time.monotonic() + PATIENCE
        while _processed(demo) <= processed and time.monotonic() < deadline:
            time.sleep(0.1)
        assert _processed(demo) > processed
        printed = "".join(demo.out)
        address = re.search(r"TV +http://localhost:\d+(/tv/\S+)", printed)
        assert address, printed
        board = demo.get(address[1])
        assert board.status_code == 200
        assert company.NAME in board.text
        assert re.search(r"Sign in +\S+@\S+ +password \S+", printed)
        assert any(folder.iterdir())
        assert demo.end(how) == 0
    assert list(folder.iterdir()) == []
    assert "Traceback" not in "".join(demo.err)


def _processed(demo: Running) -> float:
    found = re.search(
        r'^cheerboard_deliveries_total{outcome="processed"} (\S+)', demo.get("/metrics").text, re.M
    )
    return float(found[1]) if found else 0.0
