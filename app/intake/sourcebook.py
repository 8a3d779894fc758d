"""The sources this server knows: how each checks, names and reads what it is sent."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import CheerboardError
from app.intake import mapping, presets, sealing, signatures
from app.intake.models import Source
from app.intake.source import COMMON_KEYS, Api, Document, News, Platform, Setup
from app.people.models import Company
from app.registry import discover

Reader = Callable[[Document, Setup], Iterable[News]]
# An authentication as written in settings, and the secrets it is used with.
Way = tuple[Mapping[str, Any], Sequence[str]]

log = logging.getLogger("cheerboard.intake")

_BASE_URL = re.compile(
    r"https?://([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?/?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """One source, compiled. `check` None: the key in the path is its only secret."""

    id: int
    name: str
    platform: Platform
    check: signatures.Check | None
    read: Reader
    setup: Setup
    delivery_id: str | None
    sees_envelopes: bool
    # Whether the address is part of what is signed; hardly any platform does that.
    signs_url: bool = False
    trouble: str | None = None


class Sourcebook:
    """Looked up for every request, so it lives in memory; replaced whole, never changed."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key
        self.by_key: Mapping[str, KnownSource] = {}
        self.by_id: Mapping[int, KnownSource] = {}

    def reload(self) -> None:
        """Reads every source from the database, removed ones too: their deliveries may wait."""
        with self._database.read() as session:
            zone = ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")
            rows = session.scalars(select(Source)).all()
        known = {row.id: _known(row, self._key, zone) for row in rows}
        self.by_id = known
        self.by_key = {row.key: known[row.id] for row in rows if row.removed_at is None}

    def find(self, key: str) -> KnownSource | None:
        """Looks in the database before a key is called unknown. Blocks: not for the event loop."""
        with self._database.read() as session:
            there = session.scalar(
                select(Source.id).where(Source.key == key, Source.removed_at.is_(None))
            )
        if there is not None:
            self.reload()
        return self.by_key.get(key)


@cache
def platforms() -> Mapping[str, Platform]:
    """Every survey platform, by the name of its module or preset."""
    found = {**discover("app.intake.sources", "platform", Platform), **presets.discover()}
    return dict(sorted(found.items()))


def validate(platform_name: str, settings: Mapping[str, Any], secrets: Sequence[str]) -> None:
    """Raises CheerboardError, one sentence, for what would make this source unusable."""
    if platform_name not in platforms():
        raise CheerboardError(
            f"There is no platform {platform_name!r}; known are {', '.join(platforms())}."
        )
    platform = platforms()[platform_name]
    if not isinstance(settings.get("consent"), bool | None):
        raise CheerboardError("The setting 'consent' is true, false, or absent.")
    try:
        _demand_keys(platform, settings)
        compile_source(platform, settings, secrets)
    except ValueError as error:
        raise CheerboardError(str(error)) from None


def compile_source(
    platform: Platform, settings: Mapping[str, Any], secrets: Sequence[str], zone: str = "UTC"
) -> dict[str, Any]:
    """The compiled parts of a KnownSource. Raises ValueError, one sentence."""
    ways = schemes_in_use(platform, settings, secrets)
    setup = Setup(
        settings=_worded(platform, settings), zone=_zone(settings.get("timezone") or zone),
        secret=secrets[0] if secrets else "",
    )  # fmt: skip
    if platform.api is not None:
        base_url(platform.api, setup)
    elif setup["api_base_url"]:
        _own_base_url(setup["api_base_url"])
    expressions = _expressions(platform, settings)
    named = platform.delivery_id
    is_signed = bool(ways) and all(one.get("type") == "standard_webhooks" for one, _ in ways)
    if named and named.startswith("header:") and not is_signed:
        named = None  # a header that nobody signed must not make a delivery look like a repeat
    return {
        "platform": platform,
        "check": _check(platform, settings, ways),
        "read": mapping.compile_reader(expressions) if expressions else platform.read,
        "setup": setup,
        "delivery_id": named,
        "sees_envelopes": bool(expressions),
        "signs_url": any("{url}" in str(one.get("signed", "")) for one, _ in ways),
    }


def _check(
    platform: Platform, settings: Mapping[str, Any], ways: Sequence[Way]
) -> signatures.Check | None:
    """Any secret in its own way, and every second secret beside it."""
    compiled = [signatures.compile_check(scheme, words, settings) for scheme, words in ways]
    demanded = [signatures.any_of(compiled)] if compiled else []
    if settings.get("authentication") is None:
        demanded += [
            signatures.compile_check(scheme, [settings[name]])
            for name, scheme in platform.second.items()
            if settings.get(name)
        ]
    return signatures.all_of(demanded)


def _worded(platform: Platform, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Ids are texts, also where somebody wrote them as numbers."""
    return {
        name: str(value) if name in platform.settings and isinstance(value, int) else value
        for name, value in settings.items()
    }


def base_url(api: Api, setup: Setup) -> str:
    """Scheme and host of the API in use. Raises ValueError, one sentence, when it cannot be."""
    own = setup["api_base_url"]
    return _own_base_url(own) if own else api.host(setup)


def _own_base_url(own: str) -> str:
    if not _BASE_URL.fullmatch(own):
        raise ValueError("api_base_url is scheme and host only, such as https://api.example.com.")
    return own.rstrip("/")


def seal_settings(
    key: bytes, platform: Platform, settings: Mapping[str, Any], secrets: Sequence[str]
) -> tuple[dict[str, Any], str]:
    """The settings that may stand in clear, and everything else sealed."""
    hidden = {name: value for name, value in settings.items() if name in platform.sealed}
    clear = {name: value for name, value in settings.items() if name not in hidden}
    sealed = {"secrets": list(secrets), "settings": hidden}
    return clear, sealing.seal(key, sealed) if secrets or hidden else ""


def unseal_settings(key: bytes, row: Source) -> tuple[dict[str, Any], list[str]]:
    """All settings and all secrets of a source. Raises CheerboardError with another key."""
    sealed = sealing.unseal(key, row.secrets)
    return {**row.settings, **sealed.get("settings", {})}, list(sealed.get("secrets", []))


def named(session: Session, name: str) -> Source | None:
    """The source of this name that was not removed."""
    return session.scalar(select(Source).where(Source.name == name, Source.removed_at.is_(None)))


def _known(row: Source, key: bytes, zone: ZoneInfo) -> KnownSource:
    try:
        platform = platforms()[row.platform]
        settings, secrets = unseal_settings(key, row)
        parts = compile_source(platform, settings, secrets, zone.key)
    except (CheerboardError, ValueError, KeyError) as error:
        log.error("source %d cannot be used: %s", row.id, error)
        return _unusable(row, str(error))
    return KnownSource(id=row.id, name=row.name, **parts)


def _unusable(row: Source, trouble: str) -> KnownSource:
    platform = platforms().get(row.platform) or platforms()["generic"]
    return KnownSource(
        id=row.id, name=row.name, platform=platform, check=None, read=lambda _document, _setup: (),
        setup=Setup(), delivery_id=None, sees_envelopes=False, trouble=trouble,
    )  # fmt: skip


def schemes_in_use(
    platform: Platform, settings: Mapping[str, Any], secrets: Sequence[str]
) -> list[Way]:
    """Each authentication in use with its secrets; none when only the key in the path protects."""
    own = settings.get("authentication")
    if own is not None:
        if not isinstance(own, Mapping):
            raise ValueError("authentication is an object with a `type`.")
        return [(own, secrets)]
    if platform.plain is None:
        return [(platform.authentication, secrets)] if secrets else []
    # While a sender moves from a plain secret to a signing one, each is known in its own way.
    standard = [secret for secret in secrets if secret.startswith("whsec_")]
    plain = [secret for secret in secrets if secret not in standard]
    ways = [(platform.authentication, standard), (platform.plain, plain)]
    return [(scheme, words) for scheme, words in ways if words]


def _expressions(platform: Platform, settings: Mapping[str, Any]) -> Mapping[str, Any] | None:
    own = settings.get("mapping")
    if own is not None and not isinstance(own, Mapping):
        raise ValueError("mapping is an object of fields and JMESPath expressions.")
    if own and platform.api is not None:
        raise ValueError(
            f"{platform.title} only hints that there is an answer, so there is nothing that a "
            "mapping could read; leave it out."
        )
    if platform.expressions is None:
        return own
    return {**platform.expressions(settings), **(own or {})}


def _demand_keys(platform: Platform, settings: Mapping[str, Any]) -> None:
    known = platform.settings | COMMON_KEYS
    for name, value in settings.items():
        if name not in known:
            raise ValueError(f"Unknown setting {name!r}; known are {', '.join(sorted(known))}.")
        is_word = isinstance(value, str | int) and not isinstance(value, bool)
        if name in platform.settings and value is not None and not is_word:
            raise ValueError(f"The setting {name!r} must be a text.")
    wanted = settings.get("attributes") or {}
    if not isinstance(wanted, Mapping) or not all(isinstance(at, str) for at in wanted.values()):
        raise ValueError("attributes is an object of our names and places in the payload.")
    missing = sorted(name for name in platform.required if not settings.get(name))
    if missing and not settings.get("mapping"):
        raise ValueError(f"The setting {missing[0]!r} is missing; this platform needs it.")


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, TypeError, OSError, ZoneInfoNotFoundError):
        raise ValueError(f"timezone {name!r:.60} is no IANA time zone.") from None
