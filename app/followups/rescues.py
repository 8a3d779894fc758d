"""Rescues: whose call made an unhappy customer a solved case, for whoever celebrates colleagues."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.followups.models import Case
from app.people.models import Account, Company, Person
from app.responses.models import Response

A_DAY = timedelta(days=1)
# Cases looked at: a bound, not a number that a company reaches.
MOST = 5_000


def won_back(session: Session, since: date, until: date) -> Iterator[tuple[int, str]]:
    """Each person and each customer they won back, by solving the case between two local dates.

    The person is the colleague with the e-mail address of the account that had the case. The
    customer is known by e-mail, so that one who also came back delighted is not counted twice.
    An answer that was withdrawn, or that the customer made better by themselves before anybody
    reached them, is nobody's rescue: only cases that went from reached to solved count.
    """
    timezone = session.scalar(select(Company.timezone).where(Company.id == 1)) or "UTC"
    query = (
        select(Person.id, Case.response_id, Case.closed_at, Response.email)
        .join(Account, Account.id == Case.owner_id)
        .join(Person, func.lower(Person.email) == Account.email)
        .join(Response, Response.id == Case.response_id)
        .where(Case.state == "solved", Case.reached_at.is_not(None))
        .where(Case.closed_at >= datetime.combine(since - A_DAY, time(), UTC))
        .where(Case.closed_at < datetime.combine(until + 2 * A_DAY, time(), UTC))
        .where(Response.status.in_(("counted", "superseded")), Person.left_on.is_(None))
        .order_by(Case.closed_at, Case.id)
        .limit(MOST)
    )
    for row in session.execute(query):
        if since <= clock.day_in(timezone, row.closed_at) <= until:
            yield row.id, row.email or f"answer {row.response_id}"
