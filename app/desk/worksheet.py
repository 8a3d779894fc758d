"""/worksheet: one page for a works council, printed, made from the settings as they are now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock, mail, web
from app.desk import dignity
from app.intake.models import Source
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import VISIBILITIES, Account, Company, Person
from app.responses.models import Response as Answer
from app.settings import Settings

router = APIRouter(prefix="/worksheet", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data about employees: what, why, until when."""

    what: str
    purpose: str
    until: str


@router.get("")
def worksheet(
    request: Request, db: web.Db, actor: Annotated[Actor, Depends(May("dignity.read"))]
) -> Response:
    with db.read() as session:
        company = session.get(Company, 1)
        return web.page(
            request,
            "people/worksheet.html",
            actor=actor,
            here="worksheet",
            company=company,
            at=_local(company),
            counts=_counts(session),
            sources=session.scalars(select(Source.platform).distinct()).all(),
            kept=kept(company, request.app.state.settings),
            switched=switches(company, by_mail=mail.is_set_up(request.app.state.settings)),
            audiences=dignity.audiences(session),
            readers=dignity.readers(),
            checks=dignity.checks(session),
        )


def kept(company: Company | None, settings: Settings) -> list[Kept]:
    """What is kept about employees, why, and for how long, by the settings of this server."""
    days = company.people_days if company else None
    aged = f"{days} days, then the name is taken off" if days else "until somebody deletes it"
    raw = settings.raw_retention_days
    return [
        Kept(
            "Name, names on platforms, e-mail, team, first and last day, how walls may call them",
            "to know whom a customer means",
            "until taken off the roster",
        ),
        Kept("Which answers name them", "score of the team, heroes, stories", aged),
        Kept(
            "Picks and nominations, with reason and the numbers behind a pick",
            "thanks in public",
            f"{days} days" if days else "until somebody deletes it",
        ),
        Kept("Deliveries of the survey platforms as they came", "to mend mistakes", f"{raw} days"),
        Kept("Appeals against an answer", "to be right", "as long as the answer is about them"),
        Kept(
            "Accounts of leads: name, e-mail, sessions; who changed what and when",
            "security, and to undo",
            "account until closed; the log stays",
        ),
    ]


def switches(company: Company | None, *, by_mail: bool) -> list[tuple[str, bool]]:
    """What is on and off, in the words of a works council."""
    individuals = bool(company and company.individuals)
    heroes = company.heroes if company else "off"
    return [
        ("Scores and ranks of teams", True),
        ("Scores and ranks of single employees", individuals),
        ("Thanks to a hero picked by the software", heroes != "off"),
        ("Signs that a score may be gamed, for leads only, changing no score", True),
        ("Lists of the weakest", False),
        ("Unhappy customers' words beside an employee's name", False),
        ("Working times, presence, location, voice or video", False),
        ("Decisions by the software to anybody's disadvantage", False),
        ("Mail to leads, through the company's own server", by_mail),
        ("Pages that load anything from another host", False),
    ]


def _counts(session: Session) -> dict[str, object]:
    by_visibility = {
        row[0]: row[1]
        for row in session.execute(
            select(Person.visibility, func.count()).group_by(Person.visibility)
        )
    }
    named = select(func.count()).select_from(Answer).where(Answer.person_id.is_not(None))
    accounts = select(func.count()).select_from(Account).where(Account.disabled_at.is_(None))
    return {
        "people": sum(by_visibility.values()),
        "by_visibility": [(one, by_visibility.get(one, 0)) for one in VISIBILITIES],
        "named": session.scalar(named) or 0,
        "accounts": session.scalar(accounts) or 0,
    }


def _local(company: Company | None) -> datetime:
    return clock.now().astimezone(ZoneInfo(company.timezone if company else "UTC"))
