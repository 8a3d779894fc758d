"""The company's own settings, and its sites."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import CheerboardError
from app.live.bus import announce
from app.people.models import Company, Site
from app.people.names import fold
from app.people.wording import label_of, timezone_of

# The first site, when `company set` made it; `site add` made the others.
HEAD_OFFICE = "Head office"
UNNAMED = "Our company"
TARGET_RANGE = (-100, 100)
WINDOW_RANGE = (1, 366)
# The heaviest that one answer may weigh; more would let a few speak for all.
HEAVIEST = 10.0
MOST_WEIGHTS, LONGEST_CHANNEL = 20, 100
# What becomes of a pick.
PICKS = ("suggest", "automatic", "off")


def set_company(session: Session, facts: Mapping[str, Any]) -> Company:
    """Changes what is given of the company's columns: its name, timezone, target and so on.

    What is not given, or None, stays. The first call makes the company, in UTC unless it says
    otherwise, and its first site. That site goes on following the company's time zone as long as
    `company set` made it and it has the company's zone; another site never does. Old answers keep
    the date they were given. Raises CheerboardError for a value that will not do.
    """
    facts = {name: _checked(name, value) for name, value in facts.items() if value is not None}
    company = session.get(Company, 1)
    if company is None:
        company = Company(id=1, **{"name": UNNAMED, "timezone": "UTC"} | facts)
        session.add(company)
        session.flush()
    timezone = company.timezone
    for name, value in facts.items():
        setattr(company, name, value)
    _keep_first_site(session, timezone, company.timezone)
    announce(session, "company")
    return company


def weights_of(text: str) -> dict[str, float]:
    """What answers of each channel weigh, from `sms=0.5, email=2`; a weight of 1 is left out.

    Raises CheerboardError when it is written otherwise, or beyond 0 to 10.
    """
    found: dict[str, float] = {}
    for pair in (one for one in text.split(",") if one.strip()):
        channel, _, weight = pair.rpartition("=")
        try:
            number = float(weight)
        except ValueError:
            number = -1.0
        if not channel.strip() or len(channel) > LONGEST_CHANNEL or not 0 <= number <= HEAVIEST:
            raise CheerboardError(
                f"A weight is written channel=weight, from 0 to {HEAVIEST:g}, such as sms=0.5."
            )
        found[label_of(channel, "channel").casefold()] = number
    if len(found) > MOST_WEIGHTS:
        raise CheerboardError(f"At most {MOST_WEIGHTS} channels have a weight.")
    return found


def add_site(session: Session, name: str, timezone: str) -> Site:
    """A new site. Raises CheerboardError when the name is taken or the zone unknown."""
    name, timezone = label_of(name, "site's name"), timezone_of(timezone)
    for taken in session.scalars(select(Site.name)):
        if fold(taken) == fold(name):
            raise CheerboardError(f"There is a site named {taken!r} already.", status=409)
    site = Site(name=name, timezone=timezone)
    session.add(site)
    session.flush()
    announce(session, "people")
    return site


def _keep_first_site(session: Session, before: str, timezone: str) -> None:
    first = session.scalar(select(Site).order_by(Site.id).limit(1))
    if first is None:
        session.add(Site(name=HEAD_OFFICE, timezone=timezone))
        session.flush()
    elif first.name == HEAD_OFFICE and first.timezone == before:
        first.timezone = timezone


def _checked(name: str, value: Any) -> Any:
    check = _CHECKS.get(name)
    return check(value) if check else value


def _within(allowed: tuple[int, int], value: int, what: str) -> int:
    low, high = allowed
    if not low <= value <= high:
        raise CheerboardError(f"The {what} from {low} to {high}, not {value}.")
    return value


def _picks(value: str) -> str:
    if value not in PICKS:
        raise CheerboardError(f"Heroes are one of {', '.join(PICKS)}, not {value!r}.")
    return value


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "name": lambda value: label_of(value, "company's name"),
    "timezone": timezone_of,
    "domain": lambda value: label_of(value, "domain").casefold(),
    "target": lambda value: _within(TARGET_RANGE, value, "target is a score"),
    "window_days": lambda value: _within(WINDOW_RANGE, value, "window is a number of days"),
    "heroes": _picks,
    # A weight of 1 is none.
    "weights": lambda value: {name: weight for name, weight in value.items() if weight != 1},
}
