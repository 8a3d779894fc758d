"""Words wait unseen until they are read; what reading makes of them; consent; the two lanes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from app import clock
from app.errors import NotFoundError
from app.people.models import Company, Person
from app.responses.models import Response
from app.stories import candidates, consent, freshness, lessons, listing, slips, unread
from app.stories.models import Story, StoryDecision
from app.stories.reader import Reader
from app.stories.release import recall, release
from tests.stories.house import AT, OTHER, STORY, House, answer

# Plain praise of a named colleague, without a problem: the automatic lane's own kind.
PLAIN = (
    "Ana helped us for two hours and explained everything in a friendly way. "
    "Great service and a wonderful evening for the whole family!"
)
KIND = (
    "Ana answered every question in ten minutes, gave us excellent advice and was friendly. "
    "The kids loved the visit!"
)
GLOWING = (
    "Wonderful service, excellent advice, and the friendliest people I have ever met. "
    "Ana helped me choose and I am delighted, thank you so much!"
)
COMPLAINT = (
    "Terrible service, rude staff and a broken phone after two days. I waited for hours and "
    "nobody helped me, it was a complete waste of money."
)


def words(house: House) -> dict[str, str]:
    return {story.text: story.state for story in house.stories()}


def open_lane(house: House, **facts: Any) -> None:
    with house.database.write.begin() as session:
        session.get_one(Company, 1).automatic_stories = True
        for name, value in facts.items():
            setattr(session.get_one(Person, house.ana), name, value)


def test_words_wait_unseen_until_they_are_read(house: House) -> None:
    with clock.frozen(AT):
        house.hear(answer(1), answer(2, "Great!"), answer(3, "x" * 80, score=5))
    story = house.story()
    assert (story.state, story.text, story.reasons, story.created_at) == ("unread", "", [], AT)
    with house.database.read() as session:
        assert listing.page(session, listing.DESK) == []
        with pytest.raises(NotFoundError):
            listing.one(session, story.id)
    for press in (release, recall):
        with house.database.write.begin() as session, pytest.raises(NotFoundError):
            press(session, story.id)
    assert house.read() == 1
    story = house.story()
    assert (story.state, story.text, story.created_at) == ("candidate", STORY, AT)
    assert story.rule
    assert house.read() == 0


def test_what_is_no_story_is_gone_once_it_was_read(house: House) -> None:
    house.hear(answer(comment="It is a shop like any other shop and I was there on some Tuesday."))
    assert house.story().state == "unread"
    house.read()
    assert house.stories() == []


@pytest.mark.parametrize("later", [{"score": 5}, {"comment": "No."}, {"consent": False}])
def test_unread_words_go_with_their_answer(house: House, later: dict[str, Any]) -> None:
    house.hear(answer(version=1))
    house.hear(answer(version=2, **later))
    assert house.stories() == []


def test_words_that_change_while_they_are_read_are_read_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.hear(answer(version=1))
    judge = unread._judge

    def slowly(*arguments: Any) -> Any:
        judged = judge(*arguments)
        monkeypatch.undo()
        house.hear(answer(comment=OTHER, version=2))
        return judged

    monkeypatch.setattr(unread, "_judge", slowly)
    unread.read_some(house.database)
    assert words(house) == {"": "unread"}
    house.read()
    assert words(house) == {OTHER: "candidate"}


def test_one_comment_that_cannot_be_read_holds_up_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = candidates.read

    def stumbles(facts: Any, names: Any) -> Any:
        if facts.comment == OTHER:
            raise LookupError(facts.comment)
        return read(facts, names)

    monkeypatch.setattr(candidates, "read", stumbles)
    house.hear(answer(1, OTHER), answer(2))
    house.read()
    assert words(house) == {STORY: "candidate"}
    assert "Ben" not in caplog.text


def test_what_a_killed_reader_left_is_read_by_the_next(house: House) -> None:
    house.hear(*(answer(number, comment=f"{STORY} {number}!") for number in range(3)))
    reader = Reader(house.database, lambda: False)
    reader.start()
    for _ in range(400):
        with house.database.read() as session:
            if not unread.count(session):
                break
        reader._stopping.wait(0.01)
    reader.stop()
    with house.database.read() as session:
        assert unread.count(session) == 0
    assert {story.state for story in house.stories()} == {"candidate"}


def test_nearly_the_same_words_are_told_once(house: House) -> None:
    house.hear(answer(1), answer(2, f"{STORY}!"), answer(3, OTHER))
    house.read()
    assert sorted(words(house)) == sorted([STORY, OTHER])
    story_id = next(story.id for story in house.stories() if story.text == STORY)
    with house.database.write.begin() as session:
        recall(session, story_id)
    house.hear(answer(4, STORY.upper()), answer(5, STORY))
    house.read()
    assert len(house.stories()) == 2


def test_a_colleague_who_was_on_the_wall_this_week_comes_later(house: House) -> None:
    house.take(answer(1))
    with clock.frozen(AT), house.database.write.begin() as session:
        release(session, house.story().id)
    with clock.frozen(AT + timedelta(days=2)):
        house.hear(answer(2, PLAIN))
        house.read()
    second = house.stories()[1]
    assert "a story on a wall this week: 10 points less" in second.reasons[-1]
    with clock.frozen(AT + timedelta(days=9)):
        house.hear(answer(3, KIND))
        house.read()
    assert all("this week" not in reason for reason in house.stories()[2].reasons)


def test_a_wall_tells_of_nobody_twice_a_week(house: House) -> None:
    house.take(answer(1), answer(2, PLAIN), answer(3, OTHER, attributes={"employee": "Ben Okoro"}))
    days = {STORY: 0, PLAIN: 3, OTHER: 4}
    for story in house.stories():
        at = AT + timedelta(days=days[story.text])
        with clock.frozen(at), house.database.write.begin() as session:
            release(session, story.id)
    with house.database.read() as session:
        hung = listing.released(session, "staff")
    assert [story.text for story in freshness.once_a_week(hung)] == [OTHER, PLAIN]


@pytest.mark.parametrize(("comment", "score"), [(GLOWING, 0), (COMPLAINT, 10)])
def test_words_against_the_score_go_to_a_lead(house: House, comment: str, score: int) -> None:
    house.hear(answer(1, comment, score), answer(2, score=9), answer(3, None, 3))
    with clock.frozen(AT):
        house.read()
        odd = next(story for story in house.stories() if story.text != STORY)
        assert (odd.state, odd.is_against_score) == ("candidate", True)
        assert "upside down" in odd.reasons[0]
        with house.database.read() as session:
            doubt = slips.doubt(session, AT.date(), 28)
    assert doubt.count == 1
    assert doubt.all.n - doubt.without.n == 1
    assert doubt.says.startswith("1 answer says the opposite")


def test_glowing_words_of_a_zero_are_never_hung(house: House) -> None:
    house.hear(answer(comment=GLOWING, score=0))
    house.read()
    with house.database.write.begin() as session, pytest.raises(Exception, match="the score is 0"):
        release(session, house.story().id)


def rule(house: House, *, silence_agrees: bool | None) -> None:
    with house.database.write.begin() as session:
        consent.set_rule(session, house.source_id, silence_agrees=silence_agrees)


def test_a_source_says_what_silence_means(house: House) -> None:
    rule(house, silence_agrees=False)
    house.hear(answer(1), answer(2, OTHER, 9, consent=True))
    house.read()
    assert words(house) == {OTHER: "candidate"}
    with house.database.write.begin() as session:
        release(session, house.story().id)
    rule(house, silence_agrees=True)
    house.hear(answer(3), answer(4, PLAIN, consent=False))
    house.read()
    assert sorted(words(house)) == sorted([OTHER, STORY])
    with house.database.write.begin() as session:
        for story in session.scalars(select(Story).where(Story.text == STORY)).all():
            release(session, story.id)
    with house.database.read() as session:
        assert len(listing.released(session, "street")) == 2
    rule(house, silence_agrees=None)
    with house.database.read() as session:
        assert [story.score for story in listing.released(session, "street")] == [9]
        assert len(listing.released(session, "staff")) == 2


def test_a_stricter_rule_takes_silent_customers_off_at_once(house: House) -> None:
    house.take(answer(1), answer(2, OTHER, consent=True), answer(3, PLAIN))
    for story in house.stories()[:2]:
        with house.database.write.begin() as session:
            release(session, story.id)
    house.hear(answer(4, GLOWING))
    house.ear.news()
    rule(house, silence_agrees=False)
    assert house.ear.news() == {"stories"}
    assert words(house) == {STORY: "recalled", OTHER: "released"}
    assert house.stories()[0].reasons[-1].startswith("recalled: ")
    with house.database.write.begin() as session, pytest.raises(Exception, match="does not want"):
        release(session, house.stories()[0].id)


def test_the_automatic_lane_is_shut_until_the_company_opens_it(house: House) -> None:
    house.hear(answer(1, PLAIN))
    house.read()
    assert house.story().state == "candidate"
    with house.database.write.begin() as session:
        session.execute(delete(Story))
    open_lane(house)
    house.hear(answer(2, PLAIN))
    house.ear.news()
    with clock.frozen(AT):
        house.read()
    story = house.story()
    assert (story.state, story.released_at, story.released_by) == ("released", AT, None)
    assert story.reasons[-1] == unread.UNASKED
    assert house.ear.news() == {"stories"}
    with house.database.read() as session:
        kept = session.scalars(select(StoryDecision)).one()
        assert (kept.decision, kept.account_id, kept.text) == ("automatic", None, PLAIN)


@pytest.mark.parametrize(
    "change",
    [
        {"attributes": {}},
        {"attributes": {"employee": "Ben Okoro"}},
        {"name": "Uma", "comment": f"{PLAIN} Regards, Uma"},
        {"comment": STORY},
        {"consent": False},
    ],
)
def test_the_automatic_lane_is_strict(house: House, change: dict[str, Any]) -> None:
    open_lane(house)
    house.hear(answer(1, **{"comment": PLAIN, **change}))
    house.read()
    assert all(story.state == "candidate" for story in house.stories())


@pytest.mark.parametrize("facts", [{"visibility": "hidden"}, {"left_on": AT.date()}])
def test_who_hides_or_left_is_not_shown_unread(house: House, facts: dict[str, Any]) -> None:
    open_lane(house, **facts)
    house.hear(answer(1, PLAIN))
    house.read()
    assert house.story().state == "candidate"


def test_a_colleague_who_was_begged_for_waits_for_a_reader(house: House) -> None:
    open_lane(house)
    house.hear(answer(1, "Ana asked me to give her a 10, so here is the ten she asked me for.", 9))
    house.hear(answer(2, PLAIN))
    with clock.frozen(AT):
        house.read()
    assert words(house) == {PLAIN: "candidate"}


def test_the_second_story_of_a_week_waits_for_a_reader(house: House) -> None:
    open_lane(house)
    with clock.frozen(AT):
        house.hear(answer(1, PLAIN), answer(2, KIND))
        house.read()
    assert sorted(words(house).values()) == ["candidate", "released"]


def test_decisions_are_kept_with_what_can_be_learned_and_go_with_the_answer(house: House) -> None:
    house.take(answer())
    with house.database.write.begin() as session:
        story = session.scalars(select(Story)).one()
        lessons.keep(session, story, house.account_id, "release")
    with house.database.write.begin() as session:
        kept = session.scalars(select(StoryDecision)).one()
        assert (kept.account_id, kept.text) == (house.account_id, STORY)
        assert kept.features["words"] == 18
        assert kept.features["rank"] > 0
        assert lessons.count(session) == {"release": 1}
        session.execute(delete(Response))
    with house.database.read() as session:
        assert session.scalars(select(StoryDecision)).all() == []
