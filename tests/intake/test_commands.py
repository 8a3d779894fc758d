"""`source …` and `replay` from a terminal: words in; exit code, lines and rows out."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database
from app.intake.models import Delivery, Source
from tests.intake import recorded
from tests.intake.door import SECRET
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]


@pytest.fixture(autouse=True)
def secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEERBOARD_SECRET_KEY", "a made-up secret key")


def sources(database: Database) -> list[Source]:
    with database.read() as session:
        return list(session.scalars(select(Source).order_by(Source.id)))


def written(folder: Path, document: Any) -> str:
    path = folder / "settings.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


def test_a_source_has_a_long_random_hook(cheerboard: Command, database: Database) -> None:
    made = cheerboard("source", "add", "shop", "--platform", "generic", "--json")

    assert made.code == 0
    (row,) = sources(database)
    shown = {"id": str(row.id), "name": "shop", "platform": "generic"}
    assert json.loads(made.out) == {**shown, "hook_path": f"/hooks/{row.key}"}
    assert len(row.key) >= 40
    (listed,) = json.loads(cheerboard("source", "list", "--json").out)
    assert listed.items() >= json.loads(made.out).items()
    assert "shop" in cheerboard("source", "list").out


def test_what_protects_a_source_is_said(cheerboard: Command) -> None:
    add = ("source", "add", "--platform", "generic")
    assert "No secret was given" in cheerboard(*add, "a").out
    assert "?token=<the secret>" in cheerboard(*add, "b", "--secret", "plain").out
    signed = cheerboard(*add, "c", "--secret", SECRET).out
    assert "signed" in signed
    assert SECRET not in signed


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (("--platform", "nobody"), None, "There is no platform 'nobody'; known are asknicely, "),
        (("--platform", "typeform"), {}, "The setting 'score_field_ref' is missing"),
        (("--platform", "generic"), {"scores": 1}, "Unknown setting 'scores'; known are "),
        (("--platform", "generic"), {"mapping": {"score": "s"}}, "an expression for 'response_id'"),
        (("--platform", "generic"), {"mapping": {"response_id": "a[", "score": "s"}}, "JMESPath"),
        (("--platform", "generic"), {"mapping": {"nps": "s"}}, "mapping has no field 'nps'"),
        (("--platform", "generic"), {"attributes": ["store"]}, "attributes is an object"),
        (("--platform", "generic"), {"timezone": "Mars/Base"}, "no IANA time zone"),
        (("--platform", "generic"), {"authentication": {"type": "hmac"}}, "needs a secret"),
        (("--platform", "generic", "--secret", "s"), {"authentication": "hmac"}, "is an object"),
        (("--platform", "generic"), "[1]", "must hold one JSON object"),
        (("--platform", "generic"), "{", "The file is not JSON"),
        (("--platform", "formbricks", "--secret", "x"), {"score_element": "q"}, "whsec_"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_one_line(
    cheerboard: Command,
    database: Database,
    tmp_path: Path,
    arguments: tuple[str, ...],
    settings: Any,
    sentence: str,
) -> None:
    given = () if settings is None else ("--settings", written(tmp_path, settings))
    done = cheerboard("source", "add", "shop", *arguments, *given)

    assert done.code == 2
    assert sentence in done.err
    assert done.err.count("\n") == 1
    assert sources(database) == []


def test_a_name_is_taken_until_its_source_is_removed(cheerboard: Command) -> None:
    add = ("source", "add", "shop", "--platform", "generic")
    assert [cheerboard(*add).code for _ in range(2)] == [0, 2]
    assert cheerboard("source", "remove", "shop").code == 0
    assert cheerboard("source", "remove", "shop").code == 2
    assert cheerboard(*add).code == 0


def test_a_recorded_delivery_is_tried_without_being_stored(
    cheerboard: Command, database: Database, tmp_path: Path
) -> None:
    case = recorded.case("formbricks", "promoter-comment")
    settings = {key: value for key, value in case.facts["_config"].items() if value}
    cheerboard(
        "source", "add", "fb", "--platform", "formbricks", "--secret", case.facts["_secret"],
        "--settings", written(tmp_path, settings),
    )  # fmt: skip
    body = str(recorded.HERE / "formbricks" / case.facts["_body_file"])
    headers = ("--headers", body.replace(".json", ".headers.json"))

    good = cheerboard("source", "test", "fb", body, *headers)
    assert good.code == 0
    found = json.loads(good.out)
    assert (found["authentic"], found["outcome"]) == (True, "processed")
    wanted = {**case.expected["responses"][0], "source": "fb"}
    shown = found["responses"][0]
    times = ("submitted_at", "updated_at")
    assert {key: shown[key] for key in wanted if key not in times} == {
        key: value for key, value in wanted.items() if key not in times
    }

    assert json.loads(cheerboard("source", "test", "fb", body).out)["authentic"] is None
    spoilt = body.replace("promoter-comment", "bad-signature")
    bad = cheerboard(
        "source", "test", "fb", spoilt, "--headers", spoilt.replace(".json", ".headers.json")
    )
    assert (bad.code, json.loads(bad.out)["authentic"]) == (1, False)
    with database.read() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_secrets_are_changed_without_losing_a_delivery(cheerboard: Command) -> None:
    cheerboard("source", "add", "shop", "--platform", "generic", "--secret", "old")
    assert "2 valid secrets" in cheerboard("source", "secret", "shop", "--add", "new").out
    assert "1 valid secret." in cheerboard("source", "secret", "shop", "--drop-old").out
    assert cheerboard("source", "secret", "shop").code == 2
    assert cheerboard("source", "secret", "nobody", "--add", "x").code == 2


def test_replay_marks_what_failed(cheerboard: Command, database: Database) -> None:
    cheerboard("source", "add", "shop", "--platform", "generic")
    with database.write.begin() as session:
        for outcome in ("failed", "failed", "processed", "ignored"):
            session.add(
                Delivery(
                    source_id=1, received_at=clock.now(), headers={}, body=b"", outcome=outcome
                )
            )

    assert cheerboard("replay", "--failed", "--all").code == 2
    assert cheerboard("replay", "--source", "nobody").code == 2
    assert cheerboard("replay", "--source", "shop").out.startswith("2 ")
    assert cheerboard("replay", "--all").out.startswith("2 ")
    with database.read() as session:
        assert set(session.scalars(select(Delivery.outcome))) == {"kept"}
