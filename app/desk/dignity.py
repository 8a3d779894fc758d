"""/dignity: what protects the people the answers are about; each switch with its proof."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import web
from app.board.models import Board
from app.desk import rosterretention
from app.errors import CheerboardError
from app.heroes.models import Hero
from app.people import dignity
from app.people.authorize import MAY, Actor
from app.people.doors import May
from app.people.models import Company, Person
from app.people.names import shown_name
from app.people.signin import Fields
from app.responses.models import Response as Answer
from app.scores import nps
from app.stories.models import Story
from app.text import gate

router = APIRouter(prefix="/dignity", include_in_schema=False)
EXAMPLE = "Ana Sánchez"
AUDIENCES = {
    "staff": "Everything that was released.",
    "visitor": "No ranking, first names at most, stories without team and site.",
    "street": "Score and dots; stories only where the customer agreed; no names.",
}
# What may be read about people, and the action that decides who.
READS: tuple[tuple[str, str], ...] = (
    ("What the walls show", "boards.watch"),
    ("Scores at the desk", "scores.read"),
    ("Stories with whole names", "stories.read"),
    ("The roster with e-mail addresses", "roster.read"),
    ("The words behind a number, without whose they are", "answers.read"),
    ("Single answers as they came", "responses.read"),
    ("Who changed what", "audit.read"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What always holds, and the tests that say so; `page` shows it at work."""

    words: str
    effect: str
    tests: tuple[str, ...]
    page: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Counted just now in the company's own data; anything but 0 is a broken promise."""

    words: str
    count: int


ALWAYS = (
    Rule(
        "No bottom",
        "A ranking shows its upper half, five at most, and equals as equals. Where the differences "
        "are no larger than chance there is no ranking.",
        (
            "tests/board/test_scenes.py::test_teams_that_differ_are_ranked_without_a_bottom",
            "tests/scores/test_leaderboard.py::test_when_nobody_differs_there_is_no_ranking",
        ),
    ),
    Rule(
        "No unhappy words with a name",
        f"Only customers who gave {gate.LOWEST_SCORE} or 10 are quoted. A lead reads first, unless "
        "the company lets what passes the strictest rules out by itself.",
        ("tests/text/test_gate.py::test_only_nine_and_ten_tell_stories",),
        "/stories",
    ),
    Rule(
        "Whoever opts out leaves no trace",
        "No name, no rank, no gap; stories, picks and nominations leave every wall within two "
        "seconds. Everybody can do it alone, by their own link.",
        (
            "tests/desk/test_roster.py::test_who_opts_out_leaves_no_trace",
            "tests/scores/test_leaderboard.py::test_who_is_hidden_or_gone_leaves_no_gap",
            "tests/stories/test_listing.py::test_who_hides_is_not_called_by_name_in_any_text",
        ),
        "/roster",
    ),
    Rule(
        "Audience classes",
        "Every board is for staff, visitors or the street, and shows no more than that.",
        ("tests/people/test_names.py::test_each_audience_sees_its_share",),
    ),
    Rule(
        "Every change is written down",
        "Who, what, when, before and after, these settings included.",
        (
            "tests/people/test_waysin.py::test_the_audit_log_is_written_with_the_change_or_not_at_all",
        ),
        "/audit",
    ),
)
SWITCH_TESTS = {
    "individuals": "tests/scores/test_leaderboard.py::"
    "test_people_are_listed_only_where_the_company_wants_it",
    "least": "tests/people/test_dignity.py::test_nobody_below_the_least_number_is_ranked",
    "kept": "tests/people/test_dignity.py::test_old_answers_forget_whom_they_named",
}


@router.get("")
def dignity_page(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("dignity.read"))],
    done: str = "",
) -> Response:
    return _page(request, db, actor, said="Kept." if done else "")


@router.post("")
def set_dignity(
    request: Request,
    db: web.Db,
    fields: Fields,
    actor: Annotated[Actor, Depends(May("dignity.set"))],
) -> Response:
    try:
        with db.write.begin() as session:
            dignity.set_dignity(session, actor, fields)
    except CheerboardError as error:
        return _page(request, db, actor, error=error)
    return RedirectResponse("/dignity?done=kept", 303)


def checks(session: Session) -> list[Check]:
    """Promises, counted now."""
    low = select(func.count()).select_from(Story).join(Answer).where(Story.state == "released")
    hidden = (
        select(func.count())
        .select_from(Hero)
        .join(Person)
        .where(Person.visibility == "hidden", Hero.withdrawn_at.is_(None))
    )
    told = low.join(Person, Person.id == Answer.person_id).where(Person.visibility == "hidden")
    counted: list[tuple[str, Callable[[], int | None]]] = [
        (
            f"stories on walls from a score below {gate.LOWEST_SCORE}",
            lambda: session.scalar(low.where(Answer.score < gate.LOWEST_SCORE)),
        ),
        ("picks on walls of people who opted out", lambda: session.scalar(hidden)),
        ("stories on walls about people who opted out", lambda: session.scalar(told)),
        ("answers kept with a name for too long", lambda: rosterretention.overdue(session)),
    ]
    return [Check(words, count() or 0) for words, count in counted]


def audiences(session: Session) -> list[tuple[str, str, str, list[str]]]:
    """Each audience, what it sees, what it calls Ana Sánchez as she begins, and its boards."""
    boards = session.scalars(select(Board).order_by(Board.title)).all()
    return [
        (
            name,
            words,
            shown_name(EXAMPLE, "first-initial", name) or "nobody",
            [board.title for board in boards if board.audience == name],
        )
        for name, words in AUDIENCES.items()
    ]


def readers() -> list[tuple[str, str]]:
    """What may be read about people, and by whom."""
    order = ("screen", "viewer", "lead", "admin")
    return [
        (words, ", ".join(role for role in order if role in MAY[action])) for words, action in READS
    ]


def _page(
    request: Request,
    db: web.Db,
    actor: Actor,
    *,
    said: str = "",
    error: CheerboardError | None = None,
) -> Response:
    with db.read() as session:
        return web.page(
            request,
            "people/dignity.html",
            status=error.status if error else 200,
            actor=actor,
            here="dignity",
            company=session.get(Company, 1),
            always=ALWAYS,
            tests=SWITCH_TESTS,
            checks=checks(session),
            audiences=audiences(session),
            readers=readers(),
            example=EXAMPLE,
            least=nps.MIN_SHOWN,
            said=said,
            error=error.sentence if error else "",
        )
