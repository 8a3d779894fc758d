"""Which answers become stories, and what becomes of stories when their answers change."""

from typing import Any

import pytest

from app import clock
from app.people import roster
from app.people.models import Alias
from app.responses import ledger
from app.responses.answer import Answer, Withdrawal
from app.stories import candidates
from app.stories.release import recall, release
from tests.stories.house import AT, OTHER, STORY, House, answer


def released(house: House, **facts: Any) -> int:
    """A released story; what was announced so far is forgotten."""
    house.take(answer(**facts))
    story_id = house.story().id
    with house.database.write.begin() as session:
        release(session, story_id, house.account_id)
    house.ear.news()
    return story_id


def test_a_promoters_story_waits_for_a_lead(house: House) -> None:
    with clock.frozen(AT):
        house.take(answer())
    story = house.story()
    assert (story.state, story.text, story.created_at) == ("candidate", STORY, AT)
    assert story.reasons[:3] == ["score 10", "92 characters", "names an employee: Ana"]
    assert story.rule
    assert story.released_at is None
    assert house.ear.news() == set()


@pytest.mark.parametrize(
    "facts",
    [
        {"score": 8},
        {"comment": None},
        {"comment": "Great!"},
        {"consent": False},
        {"excluded": "spam"},
    ],
)
def test_others_do_not(house: House, facts: dict[str, Any]) -> None:
    house.take(answer(**facts))
    assert house.stories() == []


def test_what_points_at_the_customer_is_never_kept_in_a_story(house: House) -> None:
    comment = f"{STORY} Uma Carter, uma@example.com, 07700 900123."
    house.take(answer(comment=comment, name="Uma Carter", email="uma@example.com"))
    assert house.story().text == f"{STORY} [name], [e-mail], [phone]."


def test_nor_what_the_attributes_say_of_them_but_their_colleague_stays(house: House) -> None:
    comment = f"{STORY} Mine was 77-1204 B."
    said = {"employee": "Ana Silva", "order_id": "771204B", "contact_name": "Ana Bell"}
    house.take(answer(comment=comment, attributes=said))
    assert house.story().text == f"{STORY} Mine was [number]."
    assert house.story().reasons[2] == "names an employee: Ana"


def test_a_repeat_changes_nothing(house: House) -> None:
    house.take(answer())
    house.take(answer())
    assert len(house.stories()) == 1


def test_a_batch_makes_each_story_once(house: House) -> None:
    house.take(answer(1), answer(2, OTHER), answer(3, "Too short."), answer(1))
    assert [story.text for story in house.stories()] == [STORY, OTHER]


def test_score_first_and_words_later_make_a_story_too(house: House) -> None:
    house.take(answer(comment=None, version=1))
    assert house.stories() == []
    house.take(answer(score=None, version=2))
    assert house.story().state == "unread"
    house.read()
    assert house.story().state == "candidate"


def test_a_candidate_follows_its_answer(house: House) -> None:
    house.take(answer(version=1))
    house.take(answer(comment=OTHER, score=9, version=2))
    story = house.story()
    assert (story.state, story.text) == ("candidate", OTHER)
    assert story.reasons[0] == "score 9"
    assert house.ear.news() == set()


@pytest.mark.parametrize(
    "later", [{"score": 3}, {"comment": "Not so good."}, {"consent": False}, {"excluded": "a test"}]
)
def test_a_candidate_goes_with_its_words(house: House, later: dict[str, Any]) -> None:
    house.take(answer(version=1))
    house.take(answer(version=2, **later))
    assert house.stories() == []


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        ({"score": 6}, "the score is 6 now"),
        ({"comment": "Not so good."}, "the words are no story any more"),
        ({"comment": OTHER}, "the customer changed the words"),
        ({"consent": False}, "the customer does not want it shown"),
        ({"excluded": "a test"}, "the answer does not count"),
    ],
)
def test_a_released_story_is_recalled_when_its_answer_changes(
    house: House, later: dict[str, Any], reason: str
) -> None:
    released(house, version=1)
    with clock.frozen(AT):
        house.take(answer(version=2, **later))
    story = house.story()
    assert (story.state, story.recalled_at) == ("recalled", AT)
    assert story.reasons[-1] == f"recalled: {reason}"
    assert house.ear.news() == {"stories"}


def test_a_withdrawn_answer_recalls_its_story(house: House) -> None:
    released(house, version=1)
    house.take(Withdrawal(response_id="r-1", version=2))
    assert house.story().reasons[-1] == "recalled: the answer was withdrawn"
    assert house.ear.news() == {"stories"}


def test_an_excluded_answer_recalls_its_story(house: House) -> None:
    released(house)
    house.turn(ledger.exclude, [house.story().response_id], "a test of ours")
    assert house.story().state == "recalled"


def test_changed_words_wait_to_be_released_anew(house: House) -> None:
    story_id = released(house, version=1)
    house.take(answer(comment=OTHER, version=2))
    assert house.story().text == OTHER
    with house.database.write.begin() as session:
        release(session, story_id, None)
    story = house.story()
    assert (story.state, story.recalled_at) == ("released", None)
    assert not any(reason.startswith("recalled") for reason in story.reasons)


def test_a_ten_that_becomes_a_nine_stays(house: House) -> None:
    released(house, version=1)
    house.take(answer(score=9, version=2))
    story = house.story()
    assert (story.state, story.reasons[0]) == ("released", "score 9")


def test_a_turned_down_story_stays_down(house: House) -> None:
    house.take(answer(version=1))
    with house.database.write.begin() as session:
        recall(session, house.story().id)
    house.take(answer(comment=OTHER, version=2))
    story = house.story()
    assert (story.state, story.text) == ("recalled", OTHER)
    assert story.reasons[-1] == "recalled: a lead took it off"


def test_a_story_that_moves_to_another_person_is_drawn_again(house: House) -> None:
    released(house, attributes={"employee": "Bennie"})
    with house.database.write.begin() as session:
        session.add(Alias(text="Bennie", folded="bennie", person_id=house.ben))
    with house.database.read() as session:
        people = roster.load(session)
    house.turn(ledger.reassign, [house.story().response_id], people)
    assert house.story().state == "released"
    assert house.ear.news() == {"stories"}


def test_reading_needs_no_database_and_skips_what_is_no_story(house: House) -> None:
    with house.database.read() as session:
        people = roster.load(session)
    said: list[Answer | Withdrawal] = [answer(1), answer(2, score=3), answer(3, "ok")]
    said.append(Withdrawal(response_id="r-9"))
    verdicts = candidates.judge(said, people)
    assert [facts.comment for facts in verdicts] == [STORY]
    assert next(iter(verdicts.values())).gate == "review"
