"""What a survey platform is to us: how it signs, what names a delivery, how its body is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from app.responses.answer import Answer, Withdrawal

Document = Mapping[str, Any]
News = Answer | Withdrawal

UTC = ZoneInfo("UTC")
# What `authentication` may override on every platform, and what names the zone of bare times.
COMMON_KEYS = frozenset({"attributes", "mapping", "authentication", "timezone"})


# The default where a platform signs nothing: a secret, when there is one, comes in the address.
URL_TOKEN: Mapping[str, Any] = {"type": "url_token", "parameter": "token"}


class IgnoredError(Exception):
    """Genuine, readable, and no answer for us; the message is the reason, one sentence."""


class UnreadableError(Exception):
    """Genuine, but not as the settings say it should look; kept as failed, for replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The settings of one source, ready for reading its deliveries."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = UTC

    def __getitem__(self, key: str) -> Any:
        """A setting, or None when it is not set."""
        return self.settings.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One survey platform; each module in `sources/` defines one as `platform`.

    `read` turns one document into answers; a preset gives `expressions` (JMESPath, from the
    settings) instead. `authentication` is the scheme used with a secret, written as in
    settings; `plain` the one for a secret that is not `whsec_…`, where both are usual.
    `delivery_id` is a path in the body, or `header:<name>`; None: deliveries have no id.
    `settings` are the keys it understands beside the common ones, `required` those it cannot do
    without, `sealed` those that are stored encrypted. `json_fields` of a form hold JSON.
    """

    title: str
    read: Callable[[Document, Setup], Iterable[News]] | None = None
    expressions: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    authentication: Mapping[str, Any] = field(default_factory=lambda: URL_TOKEN)
    plain: Mapping[str, Any] | None = None
    delivery_id: str | None = None
    settings: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    json_fields: tuple[str, ...] = ()

    @property
    def plain_authentication(self) -> Mapping[str, Any]:
        return self.plain or self.authentication


def place(document: Any, path: str) -> Any:
    """The value at a dotted path (`hidden.store`), or None. Keys with dots win over steps."""
    if not isinstance(document, Mapping):
        return None
    if path in document:
        return document[path]
    step, _, rest = path.partition(".")
    return place(document.get(step), rest) if rest else None


def section(document: Any, path: str) -> Document:
    """The object at a dotted path; a missing or other thing is an empty one."""
    found = place(document, path)
    return found if isinstance(found, Mapping) else {}


def attributes(document: Any, setup: Setup) -> dict[str, Any]:
    """The raw values at the places that the setting `attributes` names."""
    wanted = setup["attributes"] or {}
    return {name: place(document, path) for name, path in wanted.items()}
