"""Mutated deliveries of every platform: never a 500, and no genuine one is lost."""

import asyncio
import json
import os
import time
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.intake import deliveries, sourcebook
from app.intake.models import Delivery
from app.intake.routes import hook
from app.responses.models import Response
from tests.intake import mutation, recorded
from tests.intake.door import Door
from tests.intake.mutation import Sent

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - how the tests are run
TOGETHER = 200 if LONG else 100
ROUNDS = 200_000 // TOGETHER if LONG else 25
CASES = [
    case
    for case in recorded.everything()
    if sourcebook.platforms()[case.platform].api is None and case.expected["action"] != "reject"
]
# What hypothesis decides itself it can shrink; in earnest there is no time for that.
DICE = st.integers(0, 2**64).map(Random) if LONG else st.randoms(use_true_random=False)
SURPRISES = ("It could not be read: ", "It could not be taken in: ")


@pytest.fixture(scope="module")
def paths(open_door: Door) -> list[str]:
    """The path of a source for each case; cases that are set up alike share one."""
    made: dict[str, str] = {}
    found = []
    for case in CASES:
        chosen = {key: value for key, value in case.facts["_config"].items() if value is not None}
        secret = case.facts["_secret"]
        alike = json.dumps([case.platform, secret, chosen])
        if alike not in made:
            name = f"{case.platform}-{len(made)}"
            made[alike] = open_door.source(name, case.platform, secret, settings=chosen)
        found.append(made[alike])
    return found


@pytest.mark.faults
@pytest.mark.timeout(3_600 if LONG else 120)
@settings(
    max_examples=ROUNDS, deadline=None, derandomize=not LONG, database=None,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(random=DICE)
def test_whatever_is_sent_is_answered_and_what_is_genuine_is_kept(
    open_door: Door, paths: list[str], random: Random
) -> None:
    chosen = [random.randrange(len(CASES)) for _ in range(TOGETHER)]
    sent = [mutation.mutated(CASES[at], random.randrange) for at in chosen]
    with open_door.database.read() as session:
        before = session.scalar(select(func.max(Delivery.id))) or 0

    statuses = post(open_door, [paths[at] for at in chosen], sent)

    for status, one in zip(statuses, sent, strict=True):
        allowed = {200, 202, 400} if one.is_genuine else {200, 202, 400, 401, 413, 415}
        assert status in allowed, (status, one)
    settle(open_door)
    with open_door.database.read() as session:
        rows = session.execute(
            select(Delivery.outcome, Delivery.error, Delivery.body).where(Delivery.id > before)
        ).all()
        assert not session.scalar(select(Response.id).where(~Response.score.between(0, 10)))
    # One that is broken and was kept before is answered 400 again.
    assert statuses.count(202) <= len(rows) <= statuses.count(202) + statuses.count(400)
    for outcome, error, body in rows:
        assert outcome in {"processed", "ignored", "repeated", "failed"}
        assert not str(error).startswith(SURPRISES), (error, body)


def post(door: Door, paths: list[str], sent: list[Sent]) -> list[int]:
    """All at once, past every client that would mend what is sent; the statuses."""
    application = hook(door.reception)

    async def one(path: str, what: Sent) -> int:
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
            "query_string": what.query.encode(), "headers": list(what.headers.items()),
        }  # fmt: skip
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": what.body}

        async def send(message: Any) -> None:
            said.append(message)

        await application(scope, receive, send)
        return int(said[0]["status"])

    async def together() -> list[int]:
        return await asyncio.gather(*map(one, paths, sent))

    return door.portal.call(together)


def settle(door: Door) -> None:
    deadline = time.monotonic() + 60
    while True:
        with door.database.read() as session:
            if deliveries.count_waiting(session) == 0:
                return
        assert time.monotonic() < deadline
        time.sleep(0.005)
