"""The queue of stories: released and recalled by people who may, once, whatever they press."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app import clock
from app.db import Database
from app.stories.models import Story
from app.stories.pages import SHOWN
from tests import make
from tests.desk import scenery
from tests.people.visitor import Visitor, house, lead

pytestmark = pytest.mark.pages


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    with database.write.begin() as session:
        scenery.northwind(session)
    return house(database, tmp_path)


def at_the_queue(app: FastAPI, database: Database, role: str = "lead") -> Visitor:
    lead(database, role=role)
    visitor = Visitor(app)
    visitor.sign_in()
    visitor.get("/stories")
    return visitor


def states(database: Database) -> dict[int, str]:
    with database.read() as session:
        return {story.id: story.state for story in session.scalars(select(Story))}


def test_released_then_recalled_then_released_again(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.story(session)
    uma = at_the_queue(app, database)
    for action, state, said in [
        ("release", "released", "Released."),
        ("recall", "recalled", "Taken off."),
        ("release", "released", "Released."),
    ]:
        pressed = uma.press(f"/stories/1/{action}")
        assert pressed.status_code == 303
        assert states(database) == {1: state}
        assert said in uma.get(pressed.headers["location"]).text


def test_a_double_tap_releases_once(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.story(session)
    uma = at_the_queue(app, database)
    proof = uma.csrf
    assert uma.press("/stories/1/release").status_code == 303
    with database.read() as session:
        first = session.get_one(Story, 1)
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        again = uma.ask("POST", "/stories/1/release", data={"csrf": proof})
    assert again.status_code == 303
    with database.read() as session:
        second = session.get_one(Story, 1)
    assert first.released_at == second.released_at
    assert second.released_by == 1


def test_a_candidate_is_turned_down(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.story(session)
    uma = at_the_queue(app, database)
    assert "Turn down" in uma.last.text
    uma.press("/stories/1/recall")
    assert states(database) == {1: "recalled"}


def test_what_a_lead_sees(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        ana = make.person(session, "Ana Sánchez", make.team(session, "Field service"))
        scenery.story(session, score=9, person=ana)
        scenery.story(session, "Second, and newer.", reasons=("one", "two"))
    text = at_the_queue(app, database).last.text
    assert scenery.TEXT in text
    assert "Score 9" in text
    assert "Field service" in text
    assert "Picked: one, two" in text
    assert text.index("Second, and newer.") < text.index(scenery.TEXT)  # newest first


def test_a_viewer_sees_and_cannot_press(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.story(session)
        scenery.story(session, state="released")
    viewer = at_the_queue(app, database, "viewer")
    assert scenery.TEXT in viewer.last.text
    assert "/release" not in viewer.last.text
    assert "/recall" not in viewer.last.text
    before = states(database)
    assert viewer.press("/stories/1/release").status_code == 403
    viewer.get("/stories")
    assert viewer.press("/stories/2/recall").status_code == 403
    assert states(database) == before


def test_nobody_is_sent_to_sign_in_and_back_to_the_queue(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.story(session)
    sent = Visitor(app).ask(
        "POST", "/stories/1/release", headers={"referer": "http://wall.test/stories?before=9"}
    )
    assert sent.headers["location"] == "/signin?next=/stories%3Fbefore%3D9"
    assert states(database) == {1: "candidate"}


def test_without_our_proof_nothing_happens(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.story(session)
    uma = at_the_queue(app, database)
    assert uma.ask("POST", "/stories/1/release").status_code == 403
    assert states(database) == {1: "candidate"}


@pytest.mark.parametrize("number", ["99", "0", "-1", "abc", "9" * 40, "1.5", "%00"])
def test_a_story_that_is_not_there(app: FastAPI, database: Database, number: str) -> None:
    uma = at_the_queue(app, database)
    assert uma.press(f"/stories/{number}/release").status_code == 404
    assert "<h1>" in uma.last.text


def test_what_may_not_be_shown_is_refused_in_words(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.story(session, "Bad.", score=3)
    uma = at_the_queue(app, database)
    refused = uma.press("/stories/1/release")
    assert refused.status_code == 409
    assert "This story cannot be released" in refused.text


def test_empty(app: FastAPI, database: Database) -> None:
    text = at_the_queue(app, database).last.text
    assert "None waits." in text
    assert "No story is out." in text
    assert "Taken off" not in text


def test_older_ones_on_the_next_page(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        for number in range(SHOWN + 3):
            scenery.story(session, f"Story number {number}.")
    uma = at_the_queue(app, database)
    shown = re.findall(r"<blockquote[^>]*>Story number (\d+)", uma.last.text)
    assert shown == [str(n) for n in range(SHOWN + 2, 2, -1)]
    older = re.search(r'href="(/stories\?before=\d+)"', uma.last.text)
    assert older
    uma.get(older[1])
    assert re.findall(r"<blockquote[^>]*>Story number (\d+)", uma.last.text) == ["2", "1", "0"]


def test_those_longer_on_the_wall_can_still_be_taken_off(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        for number in range(SHOWN + 1):
            scenery.story(session, f"Story number {number}.", state="released")
    uma = at_the_queue(app, database)
    further = re.search(r'href="(/stories\?out=\d+)"', uma.last.text)
    assert further
    uma.get(further[1])
    assert re.findall(r"<blockquote[^>]*>Story number (\d+)", uma.last.text) == ["0"]
    assert "<h1" in uma.last.text
    assert ">Recall<" in uma.last.text
    assert "None waits" not in uma.last.text


def test_all_that_were_put_aside_can_be_taken_up_again(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        for number in range(SHOWN + 1):
            scenery.story(session, f"Story number {number}.", held_at=clock.now())
    uma = at_the_queue(app, database)
    assert f"Held ({SHOWN + 1})" in uma.last.text
    assert len(re.findall(r"<blockquote[^>]*>Story number (\d+)", uma.last.text)) == SHOWN + 1


def test_a_full_queue_is_no_heavier_than_a_phone_likes(app: FastAPI, database: Database) -> None:
    """Of the 150 KB of a first load 100 are letters, styles and scripts."""
    with database.write.begin() as session:
        for state in ("candidate", "released", "recalled"):
            for number in range(SHOWN + 1):
                scenery.story(session, f"{scenery.TEXT} {number}", state=state)
    assert 25_000 < len(at_the_queue(app, database).last.content) < 50_000


@pytest.mark.parametrize("made_up", ["before=0", "out=x", f"before={'9' * 30}"])
def test_a_made_up_page(app: FastAPI, database: Database, made_up: str) -> None:
    assert at_the_queue(app, database).get(f"/stories?{made_up}").status_code == 422


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    '<p hx-get="/x" hx-trigger="load">',
    "\u202edlrow olleh",
    "x" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_is_text(app: FastAPI, database: Database, text: str) -> None:
    with database.write.begin() as session:
        scenery.story(session, text)
    page = at_the_queue(app, database).last.text.split("</head>")[1]
    assert "<script" not in page
    assert "<img" not in page
    assert "<p hx-get" not in page
    assert "onerror=alert(1)>" not in page
    assert 'dir="auto"' in page
