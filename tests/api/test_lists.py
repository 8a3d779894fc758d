"""Lists: responses, deliveries, stories, heroes, screens; shapes, pages, doors and presses."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.heroes.models import Hero
from app.intake.models import Delivery
from app.people.keys import digest
from app.people.models import AuditEntry, Person
from app.responses import ledger
from app.responses.answer import Withdrawal
from app.responses.models import LedgerEntry
from app.screens.models import Screen
from app.stories.models import Story, StoryDecision
from tests import make
from tests.api.program import AT, STORY, Office, Program


def test_a_response_has_the_agreed_shape(office: Office, program: Program) -> None:
    office.take(
        office.answer(
            response_id="r-0",
            score=0,
            comment="No.",
            email="uma@example.com",
            name="Uma",
            survey_id="shop",
            channel="sms",
            attributes={"employee": "Bo", "colour": "red"},
            updated_at=datetime(2026, 6, 10, 9, 30, tzinfo=UTC),
        )
    )
    page = program.read("/responses", "admin")
    (item,) = page["items"]
    assert page["next"] is None
    assert item.pop("id").isdigit()
    assert item == {
        "source": "survey",
        "response_id": "r-0",
        "survey_id": "shop",
        "channel": "sms",
        "score": 0,
        "category": "detractor",
        "comment": "No.",
        "email": "uma@example.com",
        "name": "Uma",
        "submitted_at": "2026-06-10T09:00:00Z",
        "updated_at": "2026-06-10T09:30:00Z",
        "attributes": {"employee": "Bo", "colour": "red"},
        "person": "Bo",
        "team": "South",
        "site": "Auckland",
        "status": "counted",
        "reason": None,
    }


def test_responses_tell_their_status_and_leave_out_what_has_no_score(
    office: Office, program: Program
) -> None:
    office.hear([9, 8, 7, 0])
    office.take(office.answer(score=None), Withdrawal(response_id="r-2"))
    with office.database.write.begin() as session:
        ledger.exclude(session, [3], "a test of ours")
    found = program.read("/responses", "admin")["items"]
    assert {one["response_id"]: (one["status"], one["category"]) for one in found} == {
        "r-1": ("counted", "promoter"),
        "r-2": ("withdrawn", "passive"),
        "r-3": ("excluded", "passive"),
        "r-4": ("counted", "detractor"),
    }
    assert {one["reason"] for one in found if one["status"] == "excluded"} == {"a test of ours"}


def test_responses_come_in_pages_that_hold_still(office: Office, program: Program) -> None:
    office.hear([9] * 5)
    first = program.read("/responses?limit=2", "admin")
    office.hear([1] * 2)  # while somebody reads
    seen = [one["response_id"] for one in first["items"]]
    following = first["next"]
    while following is not None:
        page = program.read(f"/responses?limit=2&after={following}", "admin")
        seen += [one["response_id"] for one in page["items"]]
        following = page["next"]
    assert seen == [f"r-{number}" for number in range(1, 8)]


def test_source_filters_by_name(office: Office, program: Program) -> None:
    office.hear([9])
    with office.database.write.begin() as session:
        make.source(session, "other")
    assert len(program.read("/responses?source=survey", "admin")["items"]) == 1
    assert program.read("/responses?source=other", "admin")["items"] == []
    program.refused("/responses?source=nobody", 404, "no source 'nobody'", "admin")


@pytest.mark.parametrize("path", ["/responses", "/deliveries", "/deliveries/1"])
def test_answers_and_deliveries_are_for_admins(office: Office, program: Program, path: str) -> None:
    office.hear([9])
    program.refused(path, 403)
    program.refused(path, 401, scope="")


@pytest.mark.parametrize(
    "path", ["/score", "/trend", "/leaderboard", "/heroes", "/stories", "/screens"]
)
def test_nobody_reads_without_a_token(program: Program, path: str) -> None:
    program.refused(path, 401, scope="")
    wrong = program.ask(path, "", headers={"authorization": "Bearer cheer_guess"})
    assert wrong.status_code == 401
    assert wrong.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("after=nonsense", 400, "after is the `next`"),
        ("after=YWZ0ZXI6eA", 400, "after is one of the ids"),
        ("limit=0", 422, "limit: "),
        ("limit=501", 422, "limit: "),
        ("limit=all", 422, "limit: "),
    ],
)
def test_a_bad_page_is_one_sentence(program: Program, query: str, status: int, words: str) -> None:
    program.refused(f"/responses?{query}", status, words, "admin")


def kept(office: Office, **facts: Any) -> int:
    usual: dict[str, Any] = {
        "source_id": office.source_id,
        "received_at": AT,
        "headers": {"content-type": "application/json"},
        "body": b'{"score": 9}',
        "outcome": "processed",
    }
    with office.database.write.begin() as session:
        made = Delivery(**{**usual, **facts})
        session.add(made)
        session.flush()
        return made.id


def test_deliveries_newest_first_without_bodies(office: Office, program: Program) -> None:
    kept(office, external_id="msg_1", processed_at=AT)
    failed = kept(office, outcome="failed", error="It is no JSON.")
    newest, oldest = program.read("/deliveries", "admin")["items"]
    assert newest == {
        "id": str(failed),
        "source": "survey",
        "platform": "generic",
        "delivery_id": None,
        "received_at": "2026-06-10T09:00:00Z",
        "processed_at": None,
        "outcome": "failed",
        "error": "It is no JSON.",
        "next_attempt_at": None,
    }
    assert (oldest["delivery_id"], oldest["processed_at"]) == ("msg_1", "2026-06-10T09:00:00Z")
    (only,) = program.read("/deliveries?outcome=failed&source=survey", "admin")["items"]
    assert only["id"] == str(failed)
    page = program.read("/deliveries?limit=1", "admin")
    (second,) = program.read(f"/deliveries?limit=1&after={page['next']}", "admin")["items"]
    assert second == oldest
    program.refused("/deliveries?outcome=eaten", 422, "outcome: ", "admin")


def test_kept_deliveries_say_when_they_are_fetched_next(office: Office, program: Program) -> None:
    kept(office)
    kept(office, outcome="kept")
    kept(office, outcome="kept", fetch_at=AT, attempts=2, error="The API answered 503.")
    items = program.read("/deliveries?outcome=kept", "admin")["items"]
    found = [(one["next_attempt_at"], one["error"]) for one in items]
    assert found == [("2026-06-10T09:00:00Z", "The API answered 503."), (None, None)]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"name": "Zoë"}'.encode(), {"body": '{"name": "Zoë"}', "encoding": "utf-8"}),
        (b"\xff\x00", {"body": "/wA=", "encoding": "base64"}),
    ],
)
def test_one_delivery_with_its_body(
    office: Office, program: Program, body: bytes, told: Mapping[str, str]
) -> None:
    delivery = program.read(f"/deliveries/{kept(office, body=body)}", "admin")
    assert {key: delivery[key] for key in told} == told
    assert delivery["headers"] == {"content-type": "application/json"}


@pytest.mark.parametrize("number", ["99", "0", "x", "9" * 30])
def test_no_such_delivery(program: Program, number: str) -> None:
    program.refused(f"/deliveries/{number}", 404, scope="admin")


def a_story(office: Office) -> str:
    office.take(office.answer(score=10, comment=STORY, attributes={"employee": "Ana Silva"}))
    with office.database.read() as session:
        return str(session.scalars(select(Story.id)).one())


def test_a_story_has_the_agreed_shape(office: Office, program: Program) -> None:
    story_id = a_story(office)
    (story,) = program.read("/stories?state=candidate")["items"]
    assert story.pop("picked_because")
    assert story.pop("language") in {"en", None}
    assert story == {
        "id": story_id,
        "state": "candidate",
        "text": STORY,
        "score": 10,
        "person": "Ana Silva",
        "team": "North",
    }
    assert program.read("/stories?state=released") == {"items": [], "next": None}
    program.refused("/stories?state=lost", 422, "state: ")


def test_a_second_press_answers_the_same(office: Office, program: Program) -> None:
    story_id = a_story(office)
    answers = {}
    for press in ("release", "recall"):
        first, second = (
            program.ask(f"/stories/{story_id}/{press}", "admin", "POST") for _ in range(2)
        )
        assert first.status_code == 200
        assert first.json() == second.json()
        answers[press] = first.json()["state"]
    assert answers == {"release": "released", "recall": "recalled"}
    (story,) = program.read("/stories?state=recalled")["items"]
    assert story["id"] == story_id
    with office.database.read() as session:
        kept = session.scalars(select(StoryDecision).order_by(StoryDecision.id)).all()
        who = session.scalars(select(AuditEntry.who).where(AuditEntry.thing == f"story {story_id}"))
        assert [one.decision for one in kept] == ["release", "recall"]
        assert who.all() == ["admin", "admin"]


def test_who_only_reads_releases_nothing(office: Office, program: Program) -> None:
    story_id = a_story(office)
    for press in ("release", "recall"):
        assert program.ask(f"/stories/{story_id}/{press}", "read", "POST").status_code == 403
        assert program.ask(f"/stories/999/{press}", "admin", "POST").status_code == 404
    assert program.read("/stories")["items"][0]["state"] == "candidate"


def test_stories_come_in_pages(office: Office, program: Program) -> None:
    for _ in range(3):
        office.take(office.answer(score=10, comment=STORY))
    page = program.read("/stories?limit=2")
    rest = program.read(f"/stories?limit=2&after={page['next']}")
    ids = [int(story["id"]) for story in page["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert rest["next"] is None


def a_hero(office: Office, name: str, starts_on: date) -> None:
    with office.database.write.begin() as session:
        hero = Hero(
            kind="week",
            starts_on=starts_on,
            person_id=office.ids[name],
            team_id=None,
            reason="12 promoters and no detractor in 12 answers.",
            rule="week-1",
            numbers={
                "n": 12,
                "promoters": 12,
                "reason_with_score": "12 customers, 12 of them delighted: +77.",
                "field": [
                    {"person_id": one} for one in (office.ids["Ana Silva"], office.ids["Bo"])
                ],
            },
            picked_at=AT,
        )
        session.add(hero)


def test_heroes_newest_first_and_nobody_who_hides(office: Office, program: Program) -> None:
    a_hero(office, "Bo", date(2026, 6, 1))
    a_hero(office, "Ana Silva", date(2026, 6, 8))
    newest, oldest = program.read("/heroes")["items"]
    assert newest["person"] == "Ana Silva"
    assert newest["starts_on"] == "2026-06-08"
    assert newest["picked_at"] == "2026-06-10T09:00:00Z"
    assert newest["numbers"] == {"promoters": 12}
    assert "12 promoters" in newest["reason"]
    assert oldest["person"] == "Bo"
    with office.database.write.begin() as session:
        session.get_one(Person, office.ids["Bo"]).visibility = "hidden"
    assert [hero["person"] for hero in program.read("/heroes")["items"]] == ["Ana Silva"]


def test_personal_scores_and_who_else_stood_there_are_an_admins(
    office: Office, program: Program
) -> None:
    a_hero(office, "Ana Silva", date(2026, 6, 8))

    def numbers(scope: str) -> dict[str, Any]:
        (hero,) = program.read("/heroes", scope)["items"]
        told: dict[str, Any] = hero["numbers"]
        return told

    def field(scope: str) -> list[int]:
        return [one["person_id"] for one in numbers(scope)["field"]]

    both = [office.ids["Ana Silva"], office.ids["Bo"]]
    assert numbers("read") == {"promoters": 12}
    assert field("admin") == both
    office.change(individuals=True)
    assert numbers("read") == numbers("admin")
    with office.database.write.begin() as session:
        session.get_one(Person, office.ids["Bo"]).visibility = "hidden"
    assert field("read") == both[:1]
    assert field("admin") == both


def test_screens_are_listed_and_told(office: Office, program: Program) -> None:
    with office.database.write.begin() as session:
        screen = Screen(
            name="TV", board_slug="hall", token_hash=digest("k"), created_at=clock.now()
        )
        session.add(screen)
        session.flush()
        screen_id = screen.id
    (listed,) = program.read("/screens")["items"]
    assert listed == {"id": str(screen_id), "name": "TV", "board": "hall", "connected": False}
    for what in ("reload", "identify", "blank"):
        told = program.ask(f"/screens/{screen_id}/{what}", "admin", "POST")
        assert told.json() == {"id": str(screen_id), "asked": what, "connected": False}
    with office.database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.thing == "screen 1")).all()
    assert [(entry.who, entry.after) for entry in entries] == [
        ("admin", {"did": what}) for what in ("reload", "identify", "blank")
    ]
    assert program.ask(f"/screens/{screen_id}/explode", "admin", "POST").status_code in {404, 422}
    assert program.ask("/screens/99/reload", "admin", "POST").status_code == 404
    assert program.ask(f"/screens/{screen_id}/reload", "read", "POST").status_code == 403


def test_the_description_names_every_address_and_needs_nobody_else(program: Program) -> None:
    answer = program.ask("/openapi.json", "")
    described = answer.json()
    agreed = ["score", "trend", "leaderboard", "heroes", "stories", "responses", "deliveries"]
    assert {f"/api/v1/{noun}" for noun in agreed} <= set(described["paths"])
    assert "/api/v1/stories/{story_id}/release" in described["paths"]
    score = described["components"]["schemas"]["Score"]["properties"]
    assert {"from", "to", "nps", "shown", "interval", "change"} <= set(score)
    assert "http" not in answer.text.replace('"type":"http"', "").replace("HTTPValidation", "")


def test_no_ledger_row_is_made_by_reading(office: Office, program: Program) -> None:
    office.hear([9])
    program.read("/responses", "admin")
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 1
