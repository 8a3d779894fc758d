"""What the audit log hears of sources, from the desk and from commands: no secret, no address."""

from typing import Any

from sqlalchemy.orm import Session

from app.intake import sourcebook
from app.intake.models import Source
from app.people import audit
from app.people.authorize import Actor

ACTION = "sources.manage"


def facts_of(row: Source) -> dict[str, Any]:
    """What may be known of a source; of an authentication only its kind."""
    platform = sourcebook.platforms().get(row.platform)
    known = platform.settings if platform else frozenset()
    plain = {key: value for key, value in row.settings.items() if key in known}
    for key in ("attributes", "mapping", "timezone"):
        if row.settings.get(key):
            plain[key] = row.settings[key]
    way = row.settings.get("authentication")
    if isinstance(way, dict):
        plain["authentication"] = way.get("type")
    return {"name": row.name, "platform": row.platform, **plain}


def note(session: Session, actor: Actor, row: Source, before: dict[str, Any] | None) -> None:
    """A source was made, changed or removed; `before` is None for a new one."""
    after = facts_of(row) if row.removed_at is None else None
    audit.record(session, actor, ACTION, f"source {row.name}", before, after)


def note_secrets(session: Session, actor: Actor, row: Source, valid: int) -> None:
    """Its secrets were changed; so many are valid now."""
    audit.record(session, actor, ACTION, f"source {row.name}", None, {"valid secrets": valid})


def note_replay(session: Session, actor: Actor, name: str, what: str) -> None:
    """Deliveries were marked to be processed again."""
    audit.record(session, actor, ACTION, f"source {name}", None, {"replayed": what})
