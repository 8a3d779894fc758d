"""What a survey platform is to us: how it signs, what names a delivery, how its body is read."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.responses.answer import Answer, Withdrawal

Document = Mapping[str, Any]
News = Answer | Withdrawal

UTC = ZoneInfo("UTC")
# What `authentication` may override on every platform, what names the zone of bare times, and what
# it means when a customer says nothing about being shown.
COMMON_KEYS = frozenset({"attributes", "mapping", "authentication", "timezone", "consent"})


# The default where a platform signs nothing: a secret, when there is one, must be carried along, in
# the address or in a header, because each of these platforms lets its user set only one of them.
CARRIED: Mapping[str, Any] = {"type": "carried", "parameter": "token"}


class IgnoredError(Exception):
    """Genuine, readable, and no answer for us; the message is the reason, one sentence."""


class UnreadableError(Exception):
    """Genuine, but not as the settings say it should look; kept as failed, for replay."""


class DoubtfulError(Exception):
    """What the platform's API answered cannot be true or whole; it is asked again later."""


@dataclass(frozen=True, slots=True)
class Call:
    """One GET under a platform's API. `is_kept`: what it answers changes seldom and is kept for
    hours; `is_anew`: what was kept does not fit any more.
    """

    path: str
    is_kept: bool = False
    is_anew: bool = False


class WantedError(Exception):
    """A call has to be made before the delivery can be read."""

    def __init__(self, call: Call) -> None:
        super().__init__(f"It waits for GET {call.path}")
        self.call = call


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a call brought; with a `refusal`, a sentence, the API will never answer it."""

    document: Any = None
    refusal: str | None = None
    is_fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The settings of one source, ready for reading its deliveries."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = UTC
    # The newest secret: some platforms also let it fetch.
    secret: str = field(default="", repr=False)
    # What was fetched for the delivery at hand, by path.
    fetched: Mapping[str, Fetched] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        """A setting, or None when it is not set."""
        return self.settings.get(key)

    def get(self, path: str, *, is_kept: bool = False) -> Any:
        """What the platform's API says at this path: pure, because it was fetched before.

        Raises WantedError when it was not; reading begins again after it has been.
        """
        found = self.fetched.get(path)
        if found is None:
            raise WantedError(Call(path, is_kept))
        if found.refusal is not None:
            raise UnreadableError(found.refusal)
        return found.document

    def misfit(self, path: str, sentence: str) -> Exception:
        """What to raise when something kept does not fit: look anew, then say the sentence."""
        if self.fetched[path].is_fresh:
            return UnreadableError(sentence)
        return WantedError(Call(path, is_kept=True, is_anew=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A platform's REST API. `host` is scheme and host, unless the setting `api_base_url` says
    otherwise; `headers` prove who asks. Both raise ValueError, one sentence, for settings that
    cannot work. At most `per_minute` calls a minute are made for one source.
    """

    host: Callable[[Setup], str]
    headers: Callable[[Setup], Mapping[str, str]]
    per_minute: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How a platform's old answers are fetched; each module in `histories/` defines one.

    `first` is the path that begins, since a moment; `page` turns what a path answered into
    documents as the platform's `read` takes them, and the path that follows. With
    `is_newest_first` a page with something older than the moment is the last.
    """

    api: Api
    first: Callable[[Setup, datetime], str]
    page: Callable[[Any, str, Setup], tuple[Sequence[Document], str | None]]
    is_newest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One survey platform; each module in `sources/` defines one as `platform`.

    `read` turns one document into answers; a preset gives `expressions` (JMESPath, from the
    settings) instead. `authentication` is the scheme used with a secret, written as in
    settings; `plain` the one for a secret that is not `whsec_…`, where both are usual; `second`
    the schemes of further secrets, by the setting that holds one, demanded beside the first.
    `delivery_id` is a path in the body, or `header:<name>`; None: deliveries have no id.
    `settings` are the keys it understands beside the common ones, `required` those it cannot do
    without, `sealed` those that are stored encrypted. `json_fields` of a form hold JSON.
    A thin platform has an `api`, and its `read` says `setup.get(path)` where it needs the answer.
    """

    title: str
    read: Callable[[Document, Setup], Iterable[News]] | None = None
    expressions: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    authentication: Mapping[str, Any] = field(default_factory=lambda: CARRIED)
    plain: Mapping[str, Any] | None = None
    second: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    delivery_id: str | None = None
    settings: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    json_fields: tuple[str, ...] = ()
    api: Api | None = None


_STEP = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


def step(value: Any, what: str) -> str:
    """An id as one step of a path. Raises IgnoredError when it could lead somewhere else."""
    found = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _STEP.fullmatch(found):
        raise IgnoredError(f"It has no usable {what}.")
    return found


def bearer(name: str) -> Callable[[Setup], Mapping[str, str]]:
    """The headers that bring the token in this setting."""

    def headers(setup: Setup) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token(setup, name)}"}

    return headers


def token(setup: Setup, name: str) -> str:
    """The token in this setting. Raises ValueError when there is none that fits into a header."""
    found = str(setup[name] or "")
    if not re.fullmatch(r"[\x21-\x7e]{1,4096}", found):
        raise ValueError(f"The setting {name!r} holds no token to fetch answers with.")
    return found


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


def demand_same(wanted: Any, found: Any, what: str) -> None:
    """Ignores what another form or survey sent; ids are compared as text, where one is set."""
    if wanted is not None and str(found) != str(wanted):
        raise IgnoredError(f"It is about another {what}.")


def attributes(document: Any, setup: Setup) -> dict[str, Any]:
    """The raw values at the places that the setting `attributes` names."""
    wanted = setup.settings.get("attributes")
    return {name: place(document, path) for name, path in wanted.items()} if wanted else {}
