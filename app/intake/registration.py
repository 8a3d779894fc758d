"""Adding, changing and removing sources: what is stored is always usable."""

import secrets as dice
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError, NotFoundError
from app.intake import sourcebook
from app.intake.models import Source
from app.live.bus import announce
from app.stories import consent


def add(
    session: Session,
    key: bytes,
    name: str,
    platform: str,
    settings: Mapping[str, Any] | None = None,
    secrets: Sequence[str] = (),
) -> Source:
    """A new source with a hook of its own. Raises CheerboardError, one sentence."""
    name = name.strip()
    if not 0 < len(name) <= 200:
        raise CheerboardError("A source needs a name of at most 200 characters.")
    sourcebook.validate(platform, settings or {}, secrets)
    if sourcebook.named(session, name) is not None:
        raise CheerboardError(f"There is a source {name!r} already.", status=409)
    known = sourcebook.platforms()[platform]
    clear, sealed = sourcebook.seal_settings(key, known, settings or {}, secrets)
    row = Source(
        name=name, platform=platform, key=dice.token_urlsafe(32), secrets=sealed, settings=clear,
        created_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    consent.set_rule(session, row.id, silence_agrees=clear.get("consent"))
    announce(session, "sources")
    return row


def remove(session: Session, name: str) -> None:
    """Its hook is unknown from now on; its answers and deliveries stay."""
    find(session, name).removed_at = clock.now()
    announce(session, "sources")


def change_secrets(
    session: Session, key: bytes, name: str, *, added: str | None, drop_old: bool
) -> int:
    """Adds a newest secret, or leaves only the newest; how many are valid then."""
    row = find(session, name)
    settings, secrets = sourcebook.unseal_settings(key, row)
    if added is not None:
        secrets = [added, *(one for one in secrets if one != added)]
    if drop_old:
        secrets = secrets[:1]
    sourcebook.validate(row.platform, settings, secrets)
    platform = sourcebook.platforms()[row.platform]
    row.settings, row.secrets = sourcebook.seal_settings(key, platform, settings, secrets)
    announce(session, "sources")
    return len(secrets)


def change_settings(session: Session, key: bytes, name: str, own: Mapping[str, Any]) -> None:
    """Puts these settings in the place of the same ones; null takes one away. The hook stays."""
    row = find(session, name)
    settings, secrets = sourcebook.unseal_settings(key, row)
    changed = {key: value for key, value in {**settings, **own}.items() if value is not None}
    sourcebook.validate(row.platform, changed, secrets)
    platform = sourcebook.platforms()[row.platform]
    row.settings, row.secrets = sourcebook.seal_settings(key, platform, changed, secrets)
    consent.set_rule(session, row.id, silence_agrees=changed.get("consent"))
    announce(session, "sources")


def find(session: Session, name: str) -> Source:
    """The source of this name. Raises NotFoundError."""
    row = sourcebook.named(session, name.strip())
    if row is None:
        raise NotFoundError(f"There is no source {name!r}.")
    return row
