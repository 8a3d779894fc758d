"""The company's dignity settings: what may be switched, within which bounds, and written down."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.errors import CheerboardError
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor
from app.people.models import Company

# A personal score of fewer answers is noise, and a colleague could guess the customers.
LEAST = (10, 1000)
# Below four weeks the window of the wall itself would be cut; above ten years it is for ever.
KEPT_DAYS = (28, 3650)


def set_dignity(session: Session, actor: Actor, fields: Mapping[str, str]) -> Company:
    """Switches `individuals` (on, off), `least` answers and `kept` days (empty: no end).

    Raises CheerboardError for a number out of bounds, or when there is no company yet.
    """
    company = session.get(Company, 1, with_for_update=True)
    if company is None:
        raise CheerboardError("There is no company yet; it is set first.", status=409)
    facts: dict[str, Any] = {
        "individuals": fields.get("individuals", "") == "on",
        "least_personal": _within(LEAST, fields.get("least", ""), "The least number of answers"),
        "people_days": _within(KEPT_DAYS, fields.get("kept", ""), "The number of days")
        if fields.get("kept", "").strip()
        else None,
    }
    before = {name: getattr(company, name) for name in facts}
    for name, value in facts.items():
        setattr(company, name, value)
    if before != facts:
        audit.record(session, actor, "dignity.set", "company", before, facts)
        announce(session, "company", "people", "heroes")
    return company


def _within(bounds: tuple[int, int], text: str, what: str) -> int:
    low, high = bounds
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high):
        raise CheerboardError(f"{what} is a whole number from {low} to {high}.")
    return int(text)
