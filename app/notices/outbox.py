"""Outbox: notices are kept in the transaction that has something to tell, and sent afterwards.

Each is tried until it arrives or a day is over. A process that ends in between sends one twice
rather than never; a webhook's id then stays the same.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock, mail, metrics
from app.db import Database
from app.errors import UnavailableError
from app.notices import webhook
from app.notices.models import Notice
from app.settings import Settings

log = logging.getLogger("cheerboard.notices")

# How long to wait after the first, second, … failure.
BACK_OFF = tuple(timedelta(seconds=one) for one in (20, 60, 300, 900, 3600))
GIVEN_UP_AFTER = timedelta(days=1)
KEPT_FOR = timedelta(days=7)
TOGETHER = 50


def is_set_up(settings: Settings) -> bool:
    """Whether there is any way to tell somebody outside."""
    return mail.is_set_up(settings) or webhook.is_set_up(settings)


def put_mail(
    session: Session, settings: Settings, to: Iterable[str], subject: str, body: str
) -> None:
    """Keeps a mail for each address; nothing without a mail server."""
    if mail.is_set_up(settings):
        session.add_all(_notice("mail", one, subject, body, None) for one in to)


def put_event(session: Session, settings: Settings, kind: str, data: Mapping[str, Any]) -> None:
    """Keeps an event for the webhook; nothing when none is set. `kind` is such as `screen.lost`."""
    if webhook.is_set_up(settings):
        said = {"type": kind, "timestamp": clock.now().isoformat(), "data": dict(data)}
        session.add(_notice("webhook", "", kind, "", said))


def send_due(database: Database, settings: Settings) -> int:
    """Sends what is due, outside of any transaction; how many arrived. Blocks as long as it takes.

    Whoever takes a notice first sends it, in whichever process.
    """
    now = clock.now()
    with database.read() as session:
        due = session.scalars(
            select(Notice)
            .where(Notice.ended_at.is_(None), Notice.due_at <= now)
            .order_by(Notice.due_at, Notice.id)
            .limit(TOGETHER)
        ).all()
    return sum(_send(database, settings, one) for one in due if _claim(database, one))


def sweep(database: Database) -> None:
    """Deletes notices that ended a week ago."""
    with database.write.begin() as session:
        session.execute(delete(Notice).where(Notice.ended_at < clock.now() - KEPT_FOR))


def _notice(
    channel: str, address: str, subject: str, body: str, event: dict[str, Any] | None
) -> Notice:
    now = clock.now()
    return Notice(
        channel=channel, address=address, subject=subject[:200], body=body, event=event,
        made_at=now, due_at=now, tries=0,
    )  # fmt: skip


def _claim(database: Database, one: Notice) -> bool:
    """Takes the next try, and says when the one after it would be."""
    wait = BACK_OFF[min(one.tries, len(BACK_OFF) - 1)]
    with database.write.begin() as session:
        taken: Any = session.execute(
            update(Notice)
            .where(Notice.id == one.id, Notice.tries == one.tries, Notice.ended_at.is_(None))
            .values(tries=one.tries + 1, due_at=clock.now() + wait)
        )
    return bool(taken.rowcount)


def _send(database: Database, settings: Settings, one: Notice) -> bool:
    try:
        _WAYS[one.channel](settings, one)
    except UnavailableError as error:
        is_over = clock.now() - one.made_at >= GIVEN_UP_AFTER
        metrics.notices.labels("given up" if is_over else "retried").inc()
        log.warning("A notice (%s) did not arrive: %s", one.channel, error.sentence)
        _note(database, one, trouble=error.sentence[:200], is_over=is_over)
        return False
    metrics.notices.labels("sent").inc()
    _note(database, one, trouble=None, is_over=True)
    return True


def _note(database: Database, one: Notice, *, trouble: str | None, is_over: bool) -> None:
    with database.write.begin() as session:
        session.execute(
            update(Notice)
            .where(Notice.id == one.id)
            .values(trouble=trouble, ended_at=clock.now() if is_over else None)
        )


def _by_mail(settings: Settings, one: Notice) -> None:
    mail.send(settings, [one.address], one.subject, one.body)


def _by_webhook(settings: Settings, one: Notice) -> None:
    webhook.post(settings, f"msg_{one.id}", one.event or {})


_WAYS: Mapping[str, Callable[[Settings, Notice], None]] = {
    "mail": _by_mail,
    "webhook": _by_webhook,
}
