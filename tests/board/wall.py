"""Walls with people, answers and stories on them, from nothing at all to far too much."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.board.models import Benchmark, Board
from app.followups.models import Case
from app.heroes.models import Hero
from app.intake.models import Source
from app.people import roster
from app.people.models import Person, Team
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Entry
from app.scores import tallies
from app.stories.models import Story
from app.text import themes
from app.themes.models import ThemeReport
from tests import make

# A Sunday afternoon; the tests' company lives in Berlin.
NOON = datetime(2026, 11, 22, 13, 2, tzinfo=UTC)
STATES = ("empty", "few", "normal", "many")
SCENES = ["pulse", "tide", "leaderboard", "hero", "story", "ladder", "week", "today"]
# Those that stand on a board only where somebody chose them.
CHOSEN = ["themes", "loop"]
LONG_NAME = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunter"
LONG_PERSON = "Maximiliane-Alexandra Freifrau von Hohenzollern-Sigmaringen"
# A language that only tests speak; see tests/board/pseudo.py.
RIGHT_TO_LEFT = "ar"
HOSTILE = (
    "<script>alert('x')</script> שירות מעולה \u202eתודה\u202c \U0001f389\U0001f389 & <b>bold</b> "
    + "Donaudampfschifffahrtsgesellschaft" * 12
)
WORDS = (
    "The technician took his shoes off, found the fault two others missed, and stayed to show my "
    "mother how to reset it herself."
)
THANKS = "She found the missing policy from 1998 while I was still on the line, and called back."

_ids = count(1)


def board(session: Session, slug: str = "hall", **facts: Any) -> Board:
    """A board that shows every scene."""
    made = Board(
        slug=slug,
        title=facts.pop("title", "Northwind · Claims"),
        scenes=SCENES,
        audience=facts.pop("audience", "staff"),
        settings={},
        **facts,
    )
    session.add(made)
    session.flush()
    return made


def hear(
    session: Session,
    scores: Iterable[int],
    *,
    at: datetime | None = None,
    comment: str | None = None,
    consent: bool | None = None,
    attributes: Mapping[str, str] | None = None,
) -> list[int]:
    """Customers answer, a minute apart, the last one at that moment; the ids of their responses."""
    source = _source(session)
    scores = list(scores)
    last = at or clock.now()
    entries = [
        Entry(
            source,
            None,
            last,
            Answer(
                response_id=f"r-{next(_ids)}",
                score=score,
                comment=comment,
                consent=consent,
                submitted_at=last - timedelta(minutes=len(scores) - 1 - nth),
                attributes=attributes or {},
            ),
        )
        for nth, score in enumerate(scores)
    ]
    changes = ledger.record(session, entries, roster.load(session))
    tallies.apply(session, changes)
    return [change.response_id for change in changes]


def _source(session: Session) -> int:
    found = session.query(Source.id).first()
    return found[0] if found else make.source(session).id


def tell(session: Session, text: str, score: int = 10, **facts: Any) -> Story:
    """A released story of a customer who said just that."""
    (response_id,) = hear(session, [score], comment=text, **facts)
    story = Story(
        response_id=response_id,
        state="released",
        text=text,
        language="en",
        rank=80,
        reasons=[],
        rule="test",
        created_at=clock.now(),
        released_at=clock.now() + timedelta(seconds=next(_ids)),
    )
    session.add(story)
    session.flush()
    return story


def celebrate(session: Session, person: Person, promoters: int = 27, weeks_ago: int = 0) -> Hero:
    today = clock.day_in("Europe/Berlin") - timedelta(weeks=weeks_ago)
    hero = Hero(
        kind="pick",
        starts_on=today - timedelta(days=today.weekday()),
        person_id=person.id,
        team_id=person.team_id,
        reason=f"{promoters} delighted customers in four weeks.",
        rule="test",
        numbers={"promoters": promoters},
        picked_at=clock.now(),
    )
    session.add(hero)
    session.flush()
    return hero


def mixed(number: int, pattern: Sequence[int] = (10, 9, 8, 10, 3, 9, 7, 10, 9, 6)) -> list[int]:
    scores = cycle(pattern)
    return [next(scores) for _ in range(number)]


def fill(session: Session, state: str, language: str | None = None) -> None:
    """A company in one of the states every scene must have: empty, few, normal, many."""
    long = state == "many"
    make.company(session, target=None if state == "empty" else 50)
    hung = board(session, title=LONG_NAME if long else "Northwind · Claims")
    hung.settings = {"language": language} if language else {}
    if state == "empty":
        return
    _measure(session, long=long)
    teams = ["Field service", "Gothenburg", "Claims night team", "Pensions", "Onboarding"]
    if language == RIGHT_TO_LEFT:
        teams = ["خدمة العملاء", "فريق الليل", "المعاشات", "الاستقبال", "الصيانة"]
    if long:
        teams = [LONG_NAME, "שירות לקוחות", "A", "Customer care of the north and the isles", "B"]
    places = [make.team(session, name) for name in teams]
    if state == "few":
        _wait_for_a_call(session, [timedelta(hours=3), timedelta(hours=30)])
        hear(session, [10, 9, 7, 3, 10, 9, 8], attributes={"team": teams[0]})
        return
    person = make.person(session, LONG_PERSON if long else "Ana Muster", places[0])
    if long:
        person.visibility = "full"
    for week in range(16):
        at = clock.now() - timedelta(weeks=week)
        _week(session, places, at, detractors_only=long)
    celebrate(session, person, promoters=400 if long else 27)
    last_week = clock.now() - timedelta(days=9)
    tell(session, HOSTILE if long else THANKS, at=last_week, attributes={"team": teams[0]})
    celebrate(session, person, promoters=400 if long else 27, weeks_ago=1)
    tell(session, HOSTILE if long else WORDS, attributes={"team": teams[0]})
    _follow_up(session, 120 if long else 9)
    _explain(session, 1_284_567 if long else 34)


def _follow_up(session: Session, number: int) -> None:
    """So many customers wait, the first of them overdue; twelve more were heard, two just now."""
    _wait_for_a_call(session, [timedelta(hours=6 * nth - 4) for nth in range(number)])
    for nth, case in enumerate(_wait_for_a_call(session, [timedelta(hours=9)] * 12)):
        case.state, case.closed_at = "solved", clock.now() - timedelta(minutes=10 * nth)
    session.flush()


def _wait_for_a_call(session: Session, due_in: Iterable[timedelta]) -> list[Case]:
    """Unhappy customers of weeks ago, each promised a call so long from now."""
    promised = list(due_in)
    answers = hear(session, [2] * len(promised), at=clock.now() - timedelta(weeks=20))
    return [
        make.case(
            session,
            answer,
            opened_at=clock.now() + left - timedelta(hours=48),
            due_at=clock.now() + left,
        )
        for answer, left in zip(answers, promised, strict=True)
    ]


def _explain(session: Session, most: int) -> None:
    """What passives wrote about, as a night would have counted it."""
    named = [
        {"theme": theme, "passives": most // (nth + 1)}
        for nth, theme in enumerate(sorted(themes.taxonomies()["en"].names)[:5])
    ]
    facts = {"wrote": {"promoter": 0, "passive": most * 2, "detractor": 0}, "themes": named}
    session.add(ThemeReport(scope="company", scope_id=1, until=clock.day_in("UTC"), facts=facts))


def _measure(session: Session, *, long: bool) -> None:
    """Rungs of a ladder; one is too old to count for much."""
    rungs = [
        ("Apple", 61, 2020, "brand, as quoted by CustomerGauge"),
        ("Retail", 29, 2026, "22 US industries, XM Institute"),
        (LONG_NAME if long else "Insurance", 39, 2025, "Association of insurers"),
    ]
    for name, value, year, source in rungs:
        session.add(Benchmark(name=name, value=value, year=year, source=source))


def _week(session: Session, teams: list[Team], at: datetime, *, detractors_only: bool) -> None:
    for nth, team in enumerate(teams):
        scores = [0] * 40 if detractors_only else mixed(12 - nth, (10,) * (6 - nth) + (3, 8))
        hear(session, scores, at=at - timedelta(hours=nth), attributes={"team": team.name})
