"""House rules: how many nominations a giver has, who approves, and which badges there are."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.errors import CheerboardError
from app.heroes.badges import DEFAULTS
from app.heroes.nominationmodels import NominationRules
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor

PER_MONTH = (1, 99)
# Hex digits of a board's link that prove it was made here: 80 bits, in a code that phones read.
_PROOF = 20


@dataclass(frozen=True)
class HouseRules:
    """`per_month` nominations for each giver; with `second_lead` another lead approves each.

    With `open_link` boards for staff show a QR code by which colleagues without an account put
    somebody forward; a new `generation` makes every older link worthless.
    """

    per_month: int = 5
    second_lead: bool = False
    open_link: bool = False
    generation: int = 1
    badges: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULTS))


def load(session: Session) -> HouseRules:
    """The company's own rules, or those it starts with."""
    row = session.get(NominationRules, 1)
    if row is None:
        return HouseRules()
    return HouseRules(
        per_month=row.per_month,
        second_lead=row.second_lead,
        open_link=row.open_link,
        generation=row.generation,
        badges=row.badges,
    )


def change(session: Session, actor: Actor, **facts: Any) -> HouseRules:
    """Changes what is given and writes it down. Raises CheerboardError for what will not do."""
    before = load(session)
    after = HouseRules(**(asdict(before) | facts))
    low, high = PER_MONTH
    if not low <= after.per_month <= high:
        raise CheerboardError(f"A giver has from {low} to {high} nominations a month.")
    session.merge(NominationRules(id=1, **asdict(after)))
    told = [
        asdict(one) | {"badges": [f"{name}: {figure}" for name, figure in one.badges.items()]}
        for one in (before, after)
    ]
    audit.record(session, actor, "nominations.rule", "nominations", *told)
    announce(session, "heroes")
    return after


def link_of(secret: bytes, slug: str, rules: HouseRules) -> str:
    """What a board's QR code carries: its slug, and the proof that it was made here."""
    return f"{slug}.{_proof(secret, slug, rules)}"


def slug_of(secret: bytes, link: str, rules: HouseRules) -> str | None:
    """The board of a link; None when it was not made here, is out of date or switched off."""
    slug, _, proof = link.rpartition(".")
    genuine = hmac.compare_digest(
        proof.encode(errors="replace"), _proof(secret, slug, rules).encode()
    )
    return slug if genuine and rules.open_link else None


def _proof(secret: bytes, slug: str, rules: HouseRules) -> str:
    said = f"nominate {rules.generation} {slug}".encode(errors="replace")
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:_PROOF]
