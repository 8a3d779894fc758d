"""What leads decide: once each, undone for ten seconds; who comes second hears who was first."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app import clock
from app.db import Database, connect
from app.people.models import Account, AccountTeam, AuditEntry
from app.responses.models import Response
from app.stories.models import Story
from tests import make
from tests.desk import scenery
from tests.people.visitor import Visitor, house, lead


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    with database.write.begin() as session:
        scenery.northwind(session)
        scenery.story(session)
    return house(database, tmp_path)


def someone(app: FastAPI, database: Database, email: str = "uma@example.com") -> Visitor:
    lead(database, email)
    visitor = Visitor(app)
    visitor.sign_in(email)
    visitor.get("/stories")
    return visitor


def story(database: Database, number: int = 1) -> Story:
    with database.read() as session:
        return session.get_one(Story, number)


def press(visitor: Visitor, what: str, seen: str = "waiting", **fields: str) -> str:
    """Presses, follows the answer, and gives back what the page says then."""
    pressed = visitor.press(f"/stories/1/{what}", {"seen": seen, **fields})
    assert pressed.status_code == 303, pressed.text
    page = visitor.get(pressed.headers["location"]).text
    said = re.search(r'role="status">\s*<p>(.*?)</p>', page)
    return said[1] if said else ""


def test_held_is_out_of_the_queue_until_taken_back(app: FastAPI, database: Database) -> None:
    uma = someone(app, database)
    assert press(uma, "hold").startswith("Put aside.")
    assert story(database).held_at is not None
    assert "None waits." in uma.get("/stories").text
    assert "Held (1)" in uma.last.text
    assert press(uma, "wait", "held").startswith("Back in the queue.")
    assert "None waits." not in uma.last.text
    press(uma, "release")
    assert uma.press("/stories/1/hold", {"seen": "released"}).status_code == 409


def test_a_cut_story_shows_its_ellipsis_and_may_have_all_words_again(
    app: FastAPI, database: Database
) -> None:
    uma = someone(app, database)
    refused = uma.press(
        "/stories/1/cut", {"left": "The technician found another fault. Thank you!"}
    )
    assert refused.status_code == 400
    assert "can only be cut: &#39;another&#39;" in refused.text
    uma.get("/stories/1")
    assert press(uma, "cut", left="The technician found the fault … Thank you!").startswith("Cut.")
    assert "The technician … found the fault … Thank you!</blockquote>" in uma.last.text
    uma.press("/stories/1/cut", {"left": scenery.TEXT})
    assert story(database).cut is None


def test_undone_for_ten_seconds_by_the_same_hand(app: FastAPI, database: Database) -> None:
    uma, ben = someone(app, database), someone(app, database, "ben@example.com")
    at = clock.now()
    with clock.frozen(at):
        press(uma, "release")
        assert "/stories/1/undo" in uma.last.text
    with clock.frozen(at + timedelta(seconds=9)):
        assert "Uma released it first" in press(ben, "undo")
        assert story(database).state == "released"
        assert press(uma, "undo").startswith("Undone.")
    now = story(database)
    assert (now.state, now.released_at, now.released_by) == ("candidate", None, None)
    with clock.frozen(at + timedelta(minutes=1)):
        press(uma, "recall")
    with clock.frozen(at + timedelta(minutes=1, seconds=13)):
        late = uma.press("/stories/1/undo")
        assert (late.status_code, story(database).state) == (409, "recalled")


def test_what_may_not_hang_any_more_is_not_put_back_by_an_undo(
    app: FastAPI, database: Database
) -> None:
    uma = someone(app, database)
    press(uma, "release")
    press(uma, "recall", "released")
    with database.write.begin() as session:
        session.get_one(Response, story(database).response_id).consent = False
    assert uma.press("/stories/1/undo").status_code == 409
    assert story(database).state == "recalled"


def test_two_leads_one_effect_and_the_second_hears_who_was_first(
    app: FastAPI, database: Database
) -> None:
    uma, ben = someone(app, database), someone(app, database, "ben@example.com")
    press(uma, "release")
    first = story(database).released_at
    assert "Uma released it first" in press(ben, "release")
    # Ben's page still shows it waiting: his other presses undo nothing of hers.
    for what in ("hold", "recall"):
        assert "Uma released it first" in press(ben, what)
    assert (story(database).state, story(database).released_at) == ("released", first)
    assert press(ben, "recall", "released").startswith("Taken off.")
    assert "Ben took it off first" in press(uma, "release")


def test_a_lead_sees_and_steers_own_teams(app: FastAPI, database: Database) -> None:
    uma = someone(app, database)
    with database.write.begin() as session:
        own, other = make.team(session, "Service"), make.team(session, "Claims")
        scenery.story(session, "Ours, thank you!", person=make.person(session, "Ana", own))
        scenery.story(session, "Theirs, thank you!", person=make.person(session, "Bo", other))
        account = session.scalars(select(Account)).one()
        session.add(AccountTeam(account_id=account.id, team_id=own.id))
    page = uma.get("/stories").text
    assert "Ours, thank you!" in page
    assert "Theirs, thank you!" not in page
    assert scenery.TEXT in page  # of no team
    assert uma.get("/stories/2").status_code == 200
    assert uma.get("/stories/3").status_code == 403
    uma.get("/stories")
    assert uma.press("/stories/3/hold").status_code == 403
    assert uma.get("/stories/99").status_code == 404


def test_every_decision_is_written_down_without_a_customers_word(
    app: FastAPI, database: Database
) -> None:
    uma = someone(app, database)
    press(uma, "cut", left="The technician found the fault")
    press(uma, "release")
    press(uma, "undo", "released")
    with database.read() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.thing == "story 1")).all()
    assert [(one.who, (one.after or {}).get("what")) for one in found] == [
        ("Uma", "cut"), ("Uma", "release"), ("Uma", "undo"),
    ]  # fmt: skip
    assert (found[0].before, found[0].after) == (
        {"what": None, "words": 25}, {"what": "cut", "words": 7},
    )  # fmt: skip
    assert (found[1].before or {})["state"] == "candidate"


def test_the_page_of_a_story_tells_what_each_audience_reads(
    app: FastAPI, database: Database
) -> None:
    uma = someone(app, database)
    page = uma.get("/stories/1").text
    assert page.count("</blockquote>") == 3
    assert "has not agreed to be shown in public" in page
    assert 'data-whole="The technician' in page
