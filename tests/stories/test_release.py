"""A lead releases and recalls; a second press changes nothing; words taken back stay down."""

import threading
from typing import Any

import pytest

from app import clock
from app.db import connect
from app.errors import CheerboardError, NotFoundError
from app.responses.answer import Withdrawal
from app.stories.release import recall, release
from tests.stories.house import AT, House, answer


def press(house: House, verb: str, story_id: int) -> None:
    with house.database.write.begin() as session:
        if verb == "release":
            release(session, story_id, house.account_id)
        else:
            recall(session, story_id)


def test_release_and_recall(house: House) -> None:
    house.take(answer())
    story_id = house.story().id
    with clock.frozen(AT):
        press(house, "release", story_id)
    story = house.story()
    assert (story.state, story.released_at, story.released_by) == ("released", AT, house.account_id)
    assert house.ear.news() == {"stories"}
    with clock.frozen(AT):
        press(house, "recall", story_id)
    story = house.story()
    assert (story.state, story.recalled_at) == ("recalled", AT)
    assert story.reasons[-1] == "recalled: a lead took it off"
    assert house.ear.news() == {"stories"}


@pytest.mark.parametrize("verb", ["release", "recall"])
def test_a_second_press_changes_nothing(house: House, verb: str) -> None:
    house.take(answer())
    story_id = house.story().id
    with clock.frozen(AT):
        press(house, verb, story_id)
    before = vars(house.story())
    house.ear.news()
    press(house, verb, story_id)
    after = vars(house.story())
    del before["_sa_instance_state"], after["_sa_instance_state"]
    assert after == before
    assert house.ear.news() == set()


def test_a_recalled_story_may_be_released_again(house: House) -> None:
    house.take(answer())
    story_id = house.story().id
    for verb in ("release", "recall", "release"):
        press(house, verb, story_id)
    story = house.story()
    assert (story.state, story.recalled_at) == ("released", None)
    assert story.reasons[:2] == ["score 10", "92 characters"]
    assert not any(reason.startswith("recalled") for reason in story.reasons)


@pytest.mark.parametrize("verb", ["release", "recall"])
def test_an_unknown_story_is_not_found(house: House, verb: str) -> None:
    with pytest.raises(NotFoundError):
        press(house, verb, 7)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"score": 2}, "the score is 2 now"),
        ({"comment": "Meh."}, "the words are no story any more"),
        ({"consent": False}, "the customer does not want it shown"),
    ],
)
def test_words_taken_back_cannot_be_released(
    house: House, facts: dict[str, Any], reason: str
) -> None:
    house.take(answer(version=1))
    story_id = house.story().id
    press(house, "release", story_id)
    house.take(answer(version=2, **facts))
    house.ear.news()
    with pytest.raises(CheerboardError, match=reason) as caught:
        press(house, "release", story_id)
    assert caught.value.status == 409
    assert house.story().state == "recalled"
    assert house.ear.news() == set()


def test_a_withdrawn_answer_cannot_be_released(house: House) -> None:
    house.take(answer(version=1))
    story_id = house.story().id
    press(house, "release", story_id)
    house.take(Withdrawal(response_id="r-1", version=2))
    with pytest.raises(CheerboardError, match="withdrawn"):
        press(house, "release", story_id)


def test_many_leads_at_once_release_once(house: House) -> None:
    house.take(answer())
    story_id = house.story().id
    house.ear.news()
    start = threading.Barrier(4)
    own = [connect(house.database.url) for _ in range(4)]

    def lead(number: int) -> None:
        start.wait()
        with own[number].write.begin() as session:
            release(session, story_id, house.account_id)

    threads = [threading.Thread(target=lead, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in own:
        database.dispose()
    assert house.story().state == "released"
