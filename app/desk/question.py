"""Question: which number somebody asks about, as an address says it, and whether they may."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.errors import ForbiddenError, NotFoundError
from app.people.models import Company, Person
from app.scores.models import SCOPES
from app.scores.summary import Summary, seen, summary
from app.scores.window import MAX_DAYS

WINDOWS = (7, 28, 91, 365)


@dataclass(frozen=True, slots=True)
class Question:
    """`days` is 0 for the company's own window; `until` is None for today, where that is."""

    scope: str
    id: int
    days: int
    until: date | None

    @classmethod
    def asked(
        cls,
        scope: str = "company",
        id: Annotated[int, Query(ge=1, le=web.BIGGEST)] = 1,
        days: Annotated[int, Query(ge=0, le=MAX_DAYS)] = 0,
        until: date | None = None,
    ) -> "Question":
        if scope not in SCOPES:
            raise NotFoundError(f"A number is about {', '.join(SCOPES)}.")
        return cls(scope, id, days, until)

    def address(self, page: str = "/numbers", **other: object) -> str:
        """The same question, or one that differs, at a page."""
        facts = {"scope": self.scope, "id": self.id, "days": self.days, "until": self.until} | other
        return f"{page}?{urlencode({name: one for name, one in facts.items() if one})}"


Asked = Annotated[Question, Depends(Question.asked)]


def answered(session: Session, question: Question) -> tuple[Company, Summary]:
    """The company and the number, as far as it may be shown.

    A person's exists only where the company shows individuals.

    Raises NotFoundError for what is not there, ForbiddenError for a person's number that nobody is
    shown, and CheerboardError for an impossible window.
    """
    company = session.get(Company, 1)
    if company is None:
        raise NotFoundError("Nothing is set up yet.")
    if question.scope == "person" and not _is_shown(session, company, question.id):
        raise ForbiddenError("This company shows no personal scores, or not this person's.")
    days = question.days or company.window_days
    found = summary(session, question.scope, question.id, days, question.until)
    return company, seen(session, found)


def _is_shown(session: Session, company: Company, person_id: int) -> bool:
    seen = select(Person.visibility).where(Person.id == person_id)
    return company.individuals and session.scalar(seen) not in (None, "hidden")
