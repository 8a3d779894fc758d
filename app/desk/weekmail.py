"""Week mail: on Monday morning the weekly report goes to leads and admins who have not said no."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, mail
from app.db import Database
from app.integrity import nights
from app.integrity.models import Night
from app.notices import outbox
from app.people.models import Account, Company
from app.scores import weekly
from app.settings import Settings

WHAT = "week mail"
# By the company's clock. A server that slept through Monday still says it on Tuesday.
HOUR = 8
DAYS = 2


def tell(database: Database, settings: Settings) -> int:
    """Keeps the mails when they are due and nobody did before; how many. Sends nothing itself."""
    if not mail.is_set_up(settings):
        return 0
    with database.read() as session:
        monday = _due(session)
        if monday is None or session.get(Night, (WHAT, monday)) is not None:
            return 0
        found = weekly.report(session, monday)
    with database.write.begin() as session:
        if not nights.claim(session, WHAT, monday):
            return 0
        to = _readers(session) if found.company.n else []
        outbox.put_mail(session, settings, to, *_mail(settings, found))
        nights.note(session, WHAT, monday, {"mails": len(to)})
    return len(to)


def _due(session: Session) -> date | None:
    """The Monday whose report is due now, else None."""
    zone = session.scalar(select(Company.timezone))
    if zone is None:
        return None
    local = clock.now().astimezone(ZoneInfo(zone))
    monday = local.date() - timedelta(days=local.weekday())
    begins = datetime(monday.year, monday.month, monday.day, HOUR, tzinfo=ZoneInfo(zone))
    return monday if begins <= local and local.date() < monday + timedelta(days=DAYS) else None


def _readers(session: Session) -> list[str]:
    wants = select(Account.email).where(
        Account.disabled_at.is_(None), Account.role.in_(("lead", "admin")), Account.week_mail
    )
    return list(session.scalars(wants.order_by(Account.id)))


def _mail(settings: Settings, found: weekly.Report) -> tuple[str, str]:
    """The text of /week/text; numbers only, no customer's word and no person's name."""
    lines = [weekly.as_text(found)]
    if settings.base_url:
        desk = settings.base_url.rstrip("/")
        lines.append(f"The same with what it rests on: {desk}/week")
        lines.append(f"No such mail any more: {desk}/account")
    return f"The week to {found.until.day} {found.until:%b %Y}", "\n\n".join(lines) + "\n"
