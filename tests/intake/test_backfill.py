"""Back-fill from a stub of each API: paged, rate-limited, interrupted, repeated."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app.db import Database, connect
from app.intake.backfilling import Ear
from app.intake.models import Backfill
from app.responses.models import HISTORY, LedgerEntry, Response
from app.scores import rebuild
from tests.intake import door as doors
from tests.intake import recorded, stub
from tests.intake.stub import Said, Stub
from tests.intake.test_recorded import settings
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]

# How many old answers each API knows: more than two of its pages hold.
MANY = 230


@pytest.fixture
def database_url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    opened = connect(sqlite_url)
    doors.company(opened)
    opened.dispose()
    monkeypatch.setenv("CHEERBOARD_SECRET_KEY", doors.KEY.decode())
    monkeypatch.setenv("CHEERBOARD_ALLOW_LOCAL_FETCH", "true")
    return sqlite_url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def api() -> Iterator[Stub]:
    with stub.running() as running:
        yield running


def at(number: int) -> datetime:
    """Two an hour from the first of June 2026 on."""
    return datetime(2026, 6, 1 + number // 48, number // 2 % 24, 30 * (number % 2), tzinfo=UTC)


def typeform(case: dict[str, Any], path: str) -> Any:
    whole = case["form_response"]
    items = [
        {**whole, "token": f"t{number}", "submitted_at": at(number).isoformat()}
        for number in reversed(range(MANY))
    ]
    before = asked(path, "before")
    begin = next((n + 1 for n, one in enumerate(items) if one["token"] == before), 0)
    items = [{key: one[key] for key in one if key != "form_id"} for one in items]
    return {"items": items[begin : begin + int(asked(path, "page_size"))]}


def surveymonkey(_case: dict[str, Any], path: str) -> Any:
    if "/bulk" not in path:
        return None
    whole = stub.recorded("surveymonkey-promoter-comment")
    first = (int(asked(path, "page")) - 1) * 100
    items = [
        {**whole, "id": str(number), "date_created": at(number).isoformat(),
         "date_modified": at(number).isoformat()}
        for number in range(first, min(first + 100, MANY))
    ]  # fmt: skip
    return {"data": items, "links": {"next": "https://example.com/"} if first + 100 < MANY else {}}


def formbricks(case: dict[str, Any], path: str) -> Any:
    first = int(asked(path, "skip"))
    return {
        "data": [
            {**case["data"], "id": f"f{number}", "createdAt": at(number).isoformat(),
             "updatedAt": at(number).isoformat()}
            for number in list(reversed(range(MANY)))[first : first + 100]
        ]
    }  # fmt: skip


def delighted(case: dict[str, Any], path: str) -> Any:
    first = (int(asked(path, "page")) - 1) * 100
    return [
        {**case["event_data"], "id": str(number), "created_at": int(at(number).timestamp()),
         "updated_at": int(at(number).timestamp())}
        for number in range(first, min(first + 100, MANY))
    ]  # fmt: skip


def asked(path: str, name: str) -> str:
    return parse_qs(urlsplit(path).query).get(name, [""])[0]


HISTORIES = {
    "typeform": (typeform, {"access_token": "a-made-up-token"}, "Bearer a-made-up-token"),
    "surveymonkey": (surveymonkey, {"access_token": "a-made-up-token"}, "Bearer a-made-up-token"),
    "formbricks": (formbricks, {"api_key": "a-made-up-token"}, "a-made-up-token"),
    "delighted": (delighted, {}, "Basic dGVzdC1zZWNyZXQtMTIzOg=="),
}


@pytest.fixture
def connected(cheerboard: Command, api: Stub, tmp_path: Path) -> Callable[[str], None]:
    """A source of a platform whose API knows old answers."""

    def connect_it(platform: str) -> None:
        answer, more, _token = HISTORIES[platform]
        case = recorded.case(platform, "promoter-comment")
        body = json.loads(case.body)
        api.documents["/v3/surveys/418200100/details"] = stub.recorded(
            "surveymonkey-survey-418200100-details"
        )

        def known(path: str) -> Said | None:
            found = answer(body, path)
            return None if found is None else Said(found)

        api.mood = known
        file = tmp_path / "settings.json"
        file.write_text(json.dumps({**settings(case), **more, "api_base_url": api.base}))
        done = cheerboard(
            "source", "add", "old", "--platform", platform, "--secret", case.facts["_secret"],
            "--settings", str(file),
        )  # fmt: skip
        assert done.code == 0, done.err

    return connect_it


def stored(database: Database) -> list[Response]:
    with database.read() as session:
        assert not list(rebuild.differences(session))
        return list(session.scalars(select(Response).order_by(Response.submitted_at)))


@pytest.mark.parametrize("platform", HISTORIES)
def test_the_past_comes_in_once_however_often_it_is_fetched(
    cheerboard: Command,
    database: Database,
    api: Stub,
    connected: Callable[[str], None],
    platform: str,
) -> None:
    connected(platform)
    done = cheerboard("source", "backfill", "old", "--since", "2026-06-01", "--json")

    rows = stored(database)
    assert json.loads(done.out)["added"] == len(rows) == MANY
    assert [row.submitted_at for row in rows] == [at(number) for number in range(MANY)]
    wanted = recorded.case(platform, "promoter-comment").expected["responses"][0]
    assert {(row.score, row.comment) for row in rows} == {(wanted["score"], wanted["comment"])}
    assert api.tokens == {HISTORIES[platform][2]}
    again = cheerboard("source", "backfill", "old", "--since", "2026-06-01")
    assert again.out.startswith(f"0 new answers, 0 changed, {MANY} known.")
    assert len(stored(database)) == MANY
    with database.read() as session:
        assert set(session.scalars(select(LedgerEntry.delivery_id))) == {HISTORY}


def test_only_what_was_answered_since_is_taken(
    cheerboard: Command, database: Database, api: Stub, connected: Callable[[str], None]
) -> None:
    connected("formbricks")
    cheerboard("source", "backfill", "old", "--since", "2026-06-04")

    days = [row.answered_on for row in stored(database)]
    assert min(days).isoformat() == "2026-06-04"
    assert len(api.calls) == 1  # newest first: the first page is old enough


def test_it_waits_when_asked_to_and_goes_on_where_it_was_interrupted(
    cheerboard: Command,
    database: Database,
    api: Stub,
    connected: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected("delighted")
    waits: list[float] = []
    ear = Ear.__init__

    def patient(self: Ear, *arguments: Any) -> None:
        ear(self, *arguments)
        monkeypatch.setattr(self, "wait", waits.append)

    monkeypatch.setattr(Ear, "__init__", patient)
    good, said = api.mood, iter([Said({}, 429, {"Retry-After": "7"}), None])

    def limited(path: str) -> Said | None:
        assert good is not None
        if asked(path, "page") == "2":
            return next(said, Said({}, 500)) or good(path)
        return good(path) if asked(path, "page") == "1" else Said({}, 500)

    api.mood = limited
    stopped = cheerboard("source", "backfill", "old", "--since", "2026-06-01")
    assert stopped.code == 2
    assert "Run it again later; it goes on where it stopped." in stopped.err
    assert waits[0] == 7.0
    assert len(stored(database)) == 200
    with database.read() as session:
        (row,) = session.scalars(select(Backfill))
        assert (asked(row.path, "page"), row.taken) == ("3", 200)

    api.mood, api.calls = good, []
    assert cheerboard("source", "backfill", "old", "--since", "2026-06-01").code == 0
    assert [asked(path, "page") for path in api.calls] == ["3"]
    assert len(stored(database)) == MANY


@pytest.mark.parametrize(
    ("status", "words"), [(401, "refuses our token"), (404, "gone"), (302, "redirect")]
)
def test_what_cannot_be_fetched_is_said_in_one_line(
    cheerboard: Command,
    api: Stub,
    connected: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    words: str,
) -> None:
    monkeypatch.setattr("app.intake.backfilling.MOST_FAILURES", 1)
    connected("typeform")
    api.mood = lambda _path: Said({}, status, {"Location": "http://169.254.169.254/"})
    done = cheerboard("source", "backfill", "old", "--since", "2026-06-01")

    assert done.code == 2
    assert words in done.err
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("name", "since", "words"),
    [("old", "June", "no date"), ("old", "2999-01-01", "still to come"),
     ("nobody", "2026-06-01", "no source"), ("shop", "2026-06-01", "cannot be fetched")],
)  # fmt: skip
def test_wrong_usage_is_said_in_one_line(
    cheerboard: Command, connected: Callable[[str], None], name: str, since: str, words: str
) -> None:
    connected("delighted")
    cheerboard("source", "add", "shop", "--platform", "generic")
    cheerboard("source", "backfill", name, "--since", since).refused(words)
