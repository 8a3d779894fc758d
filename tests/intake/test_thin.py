"""Thin platforms beside a stub of their API: from an empty database to a counted answer."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database, connect
from app.intake import deliveries
from app.intake.models import Delivery, FetchPause
from tests.intake import door as doors
from tests.intake import recorded, stub
from tests.intake.door import KEY, Door, answer
from tests.intake.recorded import Recorded
from tests.intake.stub import Said, Stub
from tests.intake.test_recorded import expected, facts, settings
from tests.patience import PATIENCE
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]

THIN = [case for case in recorded.everything() if case.is_thin]
TOKENS = {"surveymonkey": "access_token", "qualtrics": "api_token", "hubspot": "access_token"}
MAPPING = {"response_id": "ResponseID", "score": "score"}
OUTCOMES = {
    "fetch": ["processed"], "fetch_then_ignore": ["ignored"], "ignore": ["ignored"], "reject": [],
    "signature_ok": ["failed"],
}  # fmt: skip


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite for what says nothing else: only waiting in a queue differs between dialects."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
def api() -> Iterator[Stub]:
    with stub.running() as running:
        yield running


@pytest.fixture
def thin_door(sqlite_url: str) -> Iterator[Door]:
    database = connect(sqlite_url)
    doors.company(database)
    with doors.opened(database, allow_local_fetch=True) as opened:
        yield opened
    database.dispose()


def source(door: Door, api: Stub, case: Recorded, name: str = "survey") -> str:
    wanted = {**settings(case), TOKENS[case.platform]: "a-made-up-token", "api_base_url": api.base}
    secrets = [case.facts["_secret"]] if case.facts["_secret"] else []
    return door.source(name, case.platform, *secrets, settings=wanted)


def tell(door: Door, api: Stub, path: str, case: Recorded) -> int:
    """Posts what the platform hints at, and lets its API know the answer."""
    known(api, case)
    with clock.frozen(case.at):
        return door.send("POST", path, content=case.body, headers=case.headers).status_code


def known(api: Stub, case: Recorded) -> None:
    for one in case.facts["_fetch"]:
        api.documents[one["path"]] = stub.recorded(one["fixture"])


def settled(door: Door, names: int = 1) -> list[Delivery]:
    """Waits until nothing is kept any more."""
    return until(
        door, lambda found: len(found) >= names and all(o.outcome != "kept" for o in found)
    )


def until(door: Door, is_so: Any) -> list[Delivery]:
    deadline = time.monotonic() + PATIENCE
    while True:
        door.reception.fetcher.wake()
        with door.database.read() as session:
            found = list(session.scalars(select(Delivery).order_by(Delivery.id)))
        if is_so(found):
            return found
        assert time.monotonic() < deadline, [(o.outcome, o.error, o.fetch_at) for o in found]
        time.sleep(0.02)


def while_time_passes(door: Door, begin: datetime, is_so: Any) -> list[Delivery]:
    """A call that fails late is put off from then: a clock that stood still would wait for ever."""
    deadline, at = time.monotonic() + PATIENCE, begin
    while True:
        with clock.frozen(at):
            door.reception.fetcher.wake()
            time.sleep(0.05)
        with door.database.read() as session:
            found = list(session.scalars(select(Delivery).order_by(Delivery.id)))
        if is_so(found):
            return found
        assert time.monotonic() < deadline, [(o.outcome, o.error, o.fetch_at) for o in found]
        at += timedelta(minutes=1)


def put_off(found: list[Delivery]) -> bool:
    return bool(found) and all(one.attempts for one in found)


def in_vain(found: list[Delivery]) -> int:
    return sum(one.attempts for one in found)


def held(api: Stub) -> threading.Event:
    """The API answers only once the returned event is set."""
    gate = threading.Event()

    def wait(_path: str) -> None:
        gate.wait(PATIENCE)

    api.mood = wait
    return gate


@pytest.mark.parametrize("case", THIN, ids=lambda case: case.stem)
def test_a_recorded_hint_becomes_what_its_sidecar_says(
    thin_door: Door, api: Stub, case: Recorded
) -> None:
    status = tell(thin_door, api, source(thin_door, api, case), case)

    wanted = case.expected
    assert status == (202 if wanted["http_status"] == 200 else wanted["http_status"])
    outcomes = OUTCOMES[wanted["action"]]
    found = settled(thin_door, len(outcomes))
    assert [one.outcome for one in found] == outcomes
    stored = thin_door.responses()
    assert [facts(row) for row in stored] == [expected(one) for one in wanted["responses"]]
    for row, one in zip(stored, wanted["responses"], strict=True):
        assert row.submitted_at == recorded.moment(one["submitted_at"])


@pytest.mark.parametrize(
    ("platform", "token"),
    [("surveymonkey", "Bearer a-made-up-token"), ("qualtrics", "a-made-up-token"),
     ("hubspot", "Bearer a-made-up-token")],
)  # fmt: skip
def test_the_token_goes_to_the_api_and_lies_nowhere_in_clear(
    thin_door: Door, api: Stub, platform: str, token: str
) -> None:
    case = recorded.case(platform, "promoter-comment")
    path = source(thin_door, api, case)
    tell(thin_door, api, path, case)
    settled(thin_door)

    assert api.tokens == {token}
    row = doors.find(thin_door.database, path)
    assert "a-made-up-token" not in f"{row.settings} {row.secrets}"


def test_a_sequence_ends_in_the_newest_state(thin_door: Door, api: Stub) -> None:
    first, second = (recorded.case("surveymonkey", name) for name in ("promoter-comment", "update"))
    path = source(thin_door, api, first)
    with clock.frozen(first.at):
        assert [tell(thin_door, api, path, first) for _ in range(2)] == [202, 200]
        settled(thin_door)
        tell(thin_door, api, path, second)
        settled(thin_door, 2)

    (row,) = thin_door.responses()
    assert (row.score, row.comment) == (4, "On reflection: too slow.")
    details = "/v3/surveys/418200100/details"
    assert api.calls.count(details) == 1  # its choices were kept


def test_hints_at_one_response_that_waited_together_need_one_call(
    thin_door: Door, api: Stub
) -> None:
    case = recorded.case("qualtrics", "promoter-comment")
    path = source(thin_door, api, case)
    api.mood = lambda _path: Said({}, 503)
    with clock.frozen(case.at):
        tell(thin_door, api, path, case)
        until(thin_door, put_off)
        for _ in range(5):
            tell(thin_door, api, path, case)
    api.mood, api.calls = None, []
    with clock.frozen(case.at + timedelta(hours=2)):
        found = settled(thin_door, 6)

    assert {one.outcome for one in found} == {"processed", "repeated"}
    assert len(api.calls) == 1


def test_a_response_that_was_deleted_is_withdrawn_without_asking(
    thin_door: Door, api: Stub
) -> None:
    case = recorded.case("surveymonkey", "promoter-comment")
    path = thin_door.source(
        "survey", "surveymonkey",
        settings={"score_question_id": "9001", "access_token": "t", "api_base_url": api.base},
    )  # fmt: skip
    tell(thin_door, api, path, case)
    settled(thin_door)
    asked = len(api.calls)
    hint = case.body.replace(b"response_completed", b"response_deleted")
    hint = hint.replace(b"10011220001", b"10011220098")
    thin_door.post(path, hint.replace(b"2026-06-10T09:15", b"2026-06-11T09:15"))
    settled(thin_door, 2)

    assert [row.status for row in thin_door.responses()] == ["withdrawn"]
    assert len(api.calls) == asked


def test_an_unknown_choice_makes_the_survey_be_read_anew(thin_door: Door, api: Stub) -> None:
    first, second = (recorded.case("surveymonkey", name) for name in ("promoter-comment", "zero"))
    path = source(thin_door, api, first)
    with clock.frozen(first.at):
        tell(thin_door, api, path, first)
        settled(thin_door)
    known(api, second)
    lowest, survey = "95000", "/v3/surveys/418200100/details"
    changed = stub.recorded("surveymonkey-survey-418200100-details")
    changed["pages"][0]["questions"][1]["answers"]["choices"][0]["id"] = lowest
    response = stub.recorded("surveymonkey-zero")
    response["pages"][0]["questions"][1]["answers"][0]["choice_id"] = lowest
    api.documents |= {survey: changed, second.facts["_fetch"][0]["path"]: response}
    with clock.frozen(second.at + timedelta(hours=1)):
        thin_door.send("POST", path, content=second.body, headers=second.headers)
        settled(thin_door, 2)

    assert [row.score for row in thin_door.responses()] == [9, 0]
    assert api.calls.count(survey) == 2


HUGE = b'{"id": "' + b"x" * (6 * 1024 * 1024) + b'"}'
OTHER = {**stub.recorded("surveymonkey-passive"), "id": "118800000002"}
LIES = {
    "down": (Said({}, 503), "answered 503"),
    "no JSON": (Said(b"<html>Sign in</html>"), "cannot be read"),
    "not ours": (Said(OTHER), "another response"),
    "huge": (Said(HUGE), "more than 5,242,880 bytes"),
    "to the cloud's metadata": (Said({}, 302, {"Location": "http://169.254.169.254/"}), "redirect"),
    "to ourselves": (Said({}, 307, {"Location": "http://localhost:1/"}), "redirect"),
    "of another kind": (Said([1, 2, 3]), "another response"),
}


@pytest.mark.parametrize(("said", "words"), LIES.values(), ids=list(LIES))
def test_whatever_an_api_says_for_an_hour_loses_no_answer(
    thin_door: Door, api: Stub, said: Said, words: str
) -> None:
    case = recorded.case("surveymonkey", "promoter-comment")
    path = source(thin_door, api, case)
    api.mood = lambda _path: said
    with clock.frozen(case.at):
        tell(thin_door, api, path, case)
        (row,) = until(thin_door, put_off)
        assert (row.outcome, row.attempts) == ("kept", 1)
        assert words in (row.error or "")
        assert row.fetch_at is not None
        assert row.fetch_at > case.at
        assert len(api.calls) == 1  # and none to where it led
    api.mood = None
    with clock.frozen(case.at + timedelta(hours=1)):
        settled(thin_door)

    assert [row.score for row in thin_door.responses()] == [9]


@pytest.fixture
def afternoon() -> Iterator[datetime]:
    """Between two set times it is never the machine's own: that lies months away."""
    case = recorded.case("qualtrics", "promoter-comment")
    with clock.frozen(case.at):
        yield case.at


@pytest.mark.usefixtures("afternoon")
def test_an_api_that_is_down_is_not_asked_for_every_answer(thin_door: Door, api: Stub) -> None:
    case = recorded.case("qualtrics", "promoter-comment")
    path = source(thin_door, api, case)
    api.mood = lambda _path: Said({}, 500)
    with clock.frozen(case.at):
        for _ in range(40):
            tell(thin_door, api, path, case)
        until(thin_door, lambda found: in_vain(found) == len(api.calls) > 0)
        other = thin_door.source("other")
        thin_door.post(other, answer("r-1", 7))
        until(thin_door, lambda found: found[-1].outcome == "processed")
        # Four at once, and four more by a look that began before the first failure was stored.
        assert len(api.calls) <= 8
    for hour in range(1, 4):
        asked = len(api.calls)  # counted before the clock lets the next one go out
        while_time_passes(
            thin_door, case.at + timedelta(hours=hour),
            lambda _found, asked=asked: len(api.calls) > asked,
        )  # fmt: skip
    api.mood = None
    found = while_time_passes(
        thin_door, case.at + timedelta(hours=5),
        lambda found: all(one.outcome != "kept" for one in found),
    )  # fmt: skip

    assert sorted({one.outcome for one in found}) == ["processed", "repeated"]
    assert [row.score for row in thin_door.responses() if row.external_id != "r-1"] == [9]
    with thin_door.database.read() as session:
        assert session.scalars(select(FetchPause)).all() == []


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_retry_after_is_obeyed_and_survives_a_restart(database: Database, api: Stub) -> None:
    doors.company(database)
    case = recorded.case("qualtrics", "promoter-comment")
    api.mood = lambda _path: Said({}, 429, {"Retry-After": "7200"})
    with clock.frozen(case.at), doors.opened(database, allow_local_fetch=True) as door:
        tell(door, api, source(door, api, case), case)
        (row,) = until(door, put_off)
    assert row.fetch_at is not None
    assert row.fetch_at >= case.at + timedelta(hours=2)
    api.mood = None
    early, late = (case.at + timedelta(hours=hours) for hours in (1, 3))
    with clock.frozen(early), doors.opened(database, allow_local_fetch=True) as door:
        door.post(door.source("other"), answer("r-1", 7))
        until(door, lambda found: found[-1].outcome == "processed")
        assert len(api.calls) == 1
    with clock.frozen(late), doors.opened(database, allow_local_fetch=True) as door:
        settled(door)
        assert [row.score for row in door.responses()] == [7, 9]


def test_a_slow_api_delays_no_other_source_and_no_2xx(thin_door: Door, api: Stub) -> None:
    case = recorded.case("qualtrics", "promoter-comment")
    slow = source(thin_door, api, case, "slow")
    gate = held(api)
    with stub.running() as quick:
        fast = source(thin_door, quick, case, "fast")
        for _ in range(8):
            assert tell(thin_door, api, slow, case) == 202
        tell(thin_door, quick, fast, case)
        thin_door.post(thin_door.source("other"), answer("r-1", 7))
        until(thin_door, lambda found: [o.outcome for o in found[-2:]] == ["processed"] * 2)
        assert len(api.calls) <= 4
    gate.set()
    settled(thin_door)
    assert len(thin_door.responses()) == 3


@pytest.mark.parametrize(
    ("status", "words"), [(401, "refuses our token"), (403, "refuses our token"), (404, "gone")]
)
def test_what_the_api_refuses_has_failed_and_can_be_replayed(
    thin_door: Door, api: Stub, status: int, words: str
) -> None:
    case = recorded.case("hubspot", "list")
    path = source(thin_door, api, case)
    api.mood = lambda at: Said({}, status) if "390000005" in at else None
    tell(thin_door, api, path, case)
    (row,) = settled(thin_door)
    assert row.outcome == "failed"
    assert words in (row.error or "")
    assert [one.external_id for one in thin_door.responses()] == ["390000007"]

    api.mood = None
    deliveries.replay(thin_door.database, None, ["failed"])
    thin_door.reception.processor.wake()
    until(thin_door, lambda found: found[0].outcome == "processed")
    assert len(thin_door.responses()) == 2


def test_without_a_token_it_has_failed_in_words(thin_door: Door, api: Stub) -> None:
    case = recorded.case("qualtrics", "promoter-comment")
    path = thin_door.source("s", "qualtrics", case.facts["_secret"], settings=settings(case))
    tell(thin_door, api, path, case)
    (row,) = settled(thin_door)
    assert (row.outcome, api.calls) == ("failed", [])
    assert row.error == "The setting 'api_token' holds no token to fetch answers with."


def test_after_three_days_in_vain_it_has_failed(thin_door: Door, api: Stub) -> None:
    case = recorded.case("qualtrics", "promoter-comment")
    path = source(thin_door, api, case)
    api.mood = lambda _path: Said({}, 500)
    with clock.frozen(case.at):
        tell(thin_door, api, path, case)
        until(thin_door, put_off)
    with clock.frozen(case.at + timedelta(days=4)):
        (row,) = settled(thin_door)
    assert row.outcome == "failed"
    assert "in vain for 3 days" in (row.error or "")


def test_no_private_address_is_asked_unless_allowed(sqlite_door: Door, api: Stub) -> None:
    case = recorded.case("qualtrics", "promoter-comment")
    with clock.frozen(datetime.fromisoformat("2026-06-10T09:16:00Z")):
        path = source(sqlite_door, api, case)
        tell(sqlite_door, api, path, case)
        (row,) = settled(sqlite_door)
    assert "must begin with https://" in (row.error or "")
    assert api.calls == []


def test_a_recorded_hint_is_tried_with_what_the_api_says(
    cheerboard: Command, api: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEERBOARD_SECRET_KEY", "a made-up secret key")
    monkeypatch.setenv("CHEERBOARD_ALLOW_LOCAL_FETCH", "true")
    case = recorded.case("surveymonkey", "promoter-comment")
    known(api, case)
    file = tmp_path / "settings.json"
    file.write_text(
        json.dumps({**settings(case), "access_token": "made-up", "api_base_url": api.base})
    )
    cheerboard(
        "source", "add", "sm", "--platform", "surveymonkey", "--secret", case.facts["_secret"],
        "--settings", str(file),
    )  # fmt: skip
    assert "made-up" not in cheerboard("source", "list", "--json").out
    body = recorded.HERE / "surveymonkey" / case.facts["_body_file"]
    words = ("source", "test", "sm", str(body), "--headers", str(body.with_suffix(".headers.json")))

    tried = cheerboard(*words)
    assert tried.code == 0, tried.err
    found = json.loads(tried.out)
    assert (found["authentic"], found["outcome"]) == (True, "processed")
    assert [one["score"] for one in found["responses"]] == [9]
    api.mood = lambda _path: Said({}, 503)
    assert "answered 503" in cheerboard(*words).err


def test_a_new_token_is_given_without_a_new_hook(
    cheerboard: Command, api: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEERBOARD_SECRET_KEY", KEY.decode())
    monkeypatch.setenv("CHEERBOARD_ALLOW_LOCAL_FETCH", "true")
    file, case = tmp_path / "settings.json", recorded.case("hubspot", "promoter-comment")
    file.write_text(json.dumps({"access_token": "old", "api_base_url": api.base}))
    cheerboard("source", "add", "hs", "--platform", "hubspot", "--settings", str(file))
    (before,) = cheerboard("source", "list", "--json").document
    file.write_text(json.dumps({"access_token": "new"}))
    assert cheerboard("source", "set", "hs", "--settings", str(file)).code == 0
    file.write_text(json.dumps({"token": "new"}))
    cheerboard("source", "set", "hs", "--settings", str(file)).refused("Unknown setting 'token'")

    (after,) = cheerboard("source", "list", "--json").document
    assert after["hook_path"] == before["hook_path"]
    known(api, case)
    cheerboard("source", "test", "hs", str(recorded.HERE / "hubspot" / case.facts["_body_file"]))
    assert api.tokens == {"Bearer new"}


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"api_base_url": "https://api.example.com/v3"}, "scheme and host only"),
        ({"api_base_url": "https://me@api.example.com"}, "scheme and host only"),
        ({"api_base_url": "ftp://api.example.com"}, "scheme and host only"),
        ({"datacenter": "evil.example/x#"}, "'datacenter' is missing"),
        ({"datacenter": ""}, "'datacenter' is missing"),
        (
            {"datacenter": "fra1", "api_token": "t", "survey_id": "SV_1", "mapping": MAPPING},
            "nothing that a mapping could read",
        ),
    ],
)
def test_an_api_that_cannot_be_asked_is_refused_at_once(
    cheerboard: Command, tmp_path: Path, own: dict[str, Any], words: str
) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"score_key": "QID9", **own}))
    cheerboard("source", "add", "q", "--platform", "qualtrics", "--settings", str(file)).refused(
        words
    )
