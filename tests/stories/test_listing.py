"""What each audience may read of a story."""

from typing import Any

import pytest
from sqlalchemy import select

from app.errors import NotFoundError
from app.people.models import Alias, Person
from app.stories import listing
from app.stories.listing import StoryView
from app.stories.models import Story
from app.stories.release import release
from tests.stories.house import OTHER, STORY, House, answer


def released(house: House, audience: str = "staff", **scope: Any) -> list[StoryView]:
    with house.database.read() as session:
        return listing.released(session, audience, **scope)


def release_all(house: House) -> None:
    with house.database.write.begin() as session:
        for story_id in session.scalars(select(Story.id)).all():
            release(session, story_id, None)


def set_visibility(house: House, visibility: str) -> None:
    with house.database.write.begin() as session:
        session.get_one(Person, house.ana).visibility = visibility


def test_the_queue_begins_with_the_best(house: House) -> None:
    plain = "They repaired our old heater and were so kind, thank you, we shall be back."
    house.take(answer(1, plain, attributes={}), answer(2), answer(3, OTHER))
    with house.database.read() as session:
        waiting = listing.waiting(session)
        assert [one.text for one in listing.waiting(session, limit=1)] == [waiting[0].text]
    assert len(waiting) == 3
    assert waiting[-1].text == plain
    first = next(one for one in waiting if one.text == STORY)
    assert (first.person, first.team, first.site, first.score) == (
        "Ana Silva", "Shop", "Head office", 10,
    )  # fmt: skip
    assert first.picked_because.startswith("score 10, 92 characters, names an employee: Ana")


def test_only_what_was_released_reaches_a_wall(house: House) -> None:
    house.take(answer(1), answer(2, OTHER))
    assert released(house) == []
    with house.database.write.begin() as session:
        release(session, house.stories()[1].id, None)
    assert [one.text for one in released(house)] == [OTHER]


@pytest.mark.parametrize(
    ("audience", "person", "team", "site"),
    [
        ("desk", "Ana Silva", "Shop", "Head office"),
        ("staff", "Ana S.", "Shop", "Head office"),
        ("visitor", "Ana", None, None),
        ("street", None, None, None),
    ],
)
def test_each_audience_reads_what_it_may(
    house: House, audience: str, person: str | None, team: str | None, site: str | None
) -> None:
    house.take(answer(consent=True))
    release_all(house)
    (view,) = released(house, audience)
    assert (view.person, view.team, view.site) == (person, team, site)
    assert view.person_id == (house.ana if person else None)


def test_the_street_reads_agreed_words_without_names(house: House) -> None:
    house.take(answer(1, consent=True), answer(2, OTHER))
    release_all(house)
    (view,) = released(house, "street")
    assert view.text == STORY.replace("Ana", "[name]")


@pytest.mark.parametrize("visibility", ["hidden", "initials"])
def test_who_hides_is_not_called_by_name_in_any_text(house: House, visibility: str) -> None:
    house.take(answer(1), answer(2, STORY.replace("Ana", "ANNIE")))
    release_all(house)
    with house.database.write.begin() as session:
        session.add(Alias(text="Annie", folded="annie", person_id=house.ana))
    set_visibility(house, visibility)
    for view in released(house):
        assert view.text == STORY.replace("Ana", "[name]")
        assert view.person == (None if visibility == "hidden" else "A. S.")
    assert "Ana" in released(house, "desk")[1].text


def test_scopes(house: House) -> None:
    house.take(answer(1), answer(2, OTHER, attributes={}))
    release_all(house)
    assert len(released(house)) == 2
    team = released(house, scope="team", scope_id=1)
    assert [one.text for one in team] == [STORY]
    assert len(released(house, scope="site", scope_id=1)) == 2
    assert len(released(house, scope="person", scope_id=house.ben)) == 0
    assert len(released(house, limit=1)) == 1


def test_pages(house: House) -> None:
    house.take(*[answer(number) for number in range(5)])
    with house.database.read() as session:
        first = listing.page(session, "staff", limit=2)
        rest = listing.page(session, "staff", before=first[-1].id, state="candidate")
        assert listing.page(session, "staff", state="recalled") == []
    numbers = [one.id for one in (*first, *rest)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 5


def test_one(house: House) -> None:
    house.take(answer())
    story_id = house.story().id
    with house.database.read() as session:
        assert listing.one(session, story_id).text == STORY
        with pytest.raises(NotFoundError):
            listing.one(session, story_id + 1)
