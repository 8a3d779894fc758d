"""Gathering: the answers of 120 days as the signals want them, and what else a case needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.integrity.evidence import DAYS, Asking, Case, Said, Totals, totals
from app.integrity.models import ExemptKey
from app.people.models import Account, Company, Person
from app.responses.models import Asked, Response
from app.scores import nps, ranking
from app.scores.nps import Tally
from app.text import lexicon, unsafe
from app.text.clean import clean
from app.text.folding import tokens
from app.text.language import language

Who = tuple[str, int]
SCOPES = ("person", "team")
# The newest answers that are looked at, and the seconds that reading comments may take.
MOST = 200_000
SECONDS = 60.0
# A share of fewer customers says nothing.
FEWEST_ELIGIBLE = 20
KEY_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything of one night. `unread` comments were left out because time was up."""

    now: Sequence[Said]
    before: Sequence[Said]
    insiders: frozenset[str]
    domain: str | None
    exempt: frozenset[str]
    asking: Mapping[Who, Asking]
    unread: int


def gather(session: Session, seconds: float = SECONDS) -> Inputs:
    """Reads what a night looks at; blocks, so call it in a thread."""
    night = clock.now()
    first, zero = night - timedelta(days=DAYS), night - timedelta(days=2 * DAYS)
    until = clock.monotonic() + seconds
    now: list[Said] = []
    before: list[Said] = []
    unread = 0
    for row in _rows(session, zero, night):
        if row.submitted_at < first:
            before.append(_said(row, begs=None))
            continue
        in_time = clock.monotonic() < until
        unread += bool(row.comment) and not in_time
        now.append(_said(row, begs=_begs(row.comment) if row.comment and in_time else None))
    domain = session.scalar(select(Company.domain))
    return Inputs(
        now, before, _staff(session), domain.casefold() if domain else None,
        frozenset(session.scalars(select(ExemptKey.digest))), _asking(session, first), unread,
    )  # fmt: skip


def cases(inputs: Inputs) -> Iterator[tuple[Who, Case]]:
    """Everybody with answers in the window: people, then teams."""
    everybody, earlier = totals(inputs.now), totals(inputs.before)
    company = tally_of(inputs.now)
    for scope in SCOPES:
        old = _by(inputs.before, scope)
        for key, own in sorted(_by(inputs.now, scope).items()):
            who = (scope, key)
            yield who, Case(
                own, old.get(key, []), everybody, earlier, inputs.insiders, inputs.domain,
                inputs.exempt, inputs.asking.get(who), _peers(inputs.asking, who),
                _lead(own, company),
            )  # fmt: skip


def mute(inputs: Inputs) -> dict[str, str]:
    """The signals that cannot speak, each with what it lacks."""
    everybody: Totals = totals(inputs.now)
    lacking: dict[str, str] = {}
    if not any(said.comment for said in inputs.now):
        lacking["begging"] = lacking["silent tens"] = "no answer came with words"
    if not everybody.users:
        lacking["same source"] = "no answer came with a device, an address (ip) or an e-mail"
    if not sum(everybody.placed.values()):
        lacking["on the spot"] = "no answer came with transaction_at or network"
    if not any(ask.eligible >= FEWEST_ELIGIBLE for ask in inputs.asking.values()):
        lacking["chosen customers"] = "no invitations of people or teams were imported"
    if not inputs.before:
        lacking["nines became tens"] = "there are no 60 days before to compare with"
    if not inputs.domain and not inputs.insiders:
        lacking["copies and colleagues"] = (
            "no company domain and no staff e-mail is set, so only copies are looked for"
        )
    return lacking


def keys_of(email: str | None, attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """What an answer may share with another; device and address are salted hashes already."""
    keys = [f"{name}:{attributes[name]}" for name in ("device", "ip") if attributes.get(name)]
    keys += [f"mail:{email.casefold()}"] if email else []
    return tuple(key[:KEY_LENGTH] for key in keys)


def tally_of(answers: Iterable[Said]) -> Tally:
    """The counts of some answers."""
    return sum((nps.one(said.score) for said in answers), Tally())


def _rows(session: Session, start: datetime, end: datetime) -> Iterable[Any]:
    columns = ("id", "submitted_at", "score", "site_id", "channel", "team_id", "person_id",
               "comment", "email", "attributes")  # fmt: skip
    query = (
        select(*(getattr(Response, name) for name in columns))
        .where(Response.status == "counted", Response.submitted_at >= start)
        .where(Response.submitted_at < end)
        .order_by(Response.submitted_at.desc(), Response.id.desc())
        .limit(MOST)
    )
    return session.execute(query, execution_options={"yield_per": 1000})


def _said(row: Any, *, begs: bool | None) -> Said:
    attributes = row.attributes or {}
    email = row.email.casefold() if row.email else None
    return Said(
        row.id, row.submitted_at, row.score, row.site_id, row.channel or "", row.team_id,
        row.person_id, row.comment, begs, email, keys_of(email, attributes),
        attributes.get("network"), _moment(attributes.get("transaction_at")),
    )  # fmt: skip


def _moment(text: Any) -> datetime | None:
    """What a till wrote; without a zone nobody knows which two minutes are meant."""
    try:
        found = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _begs(comment: str) -> bool:
    plain = clean(comment[:1000]).text
    known = lexicon.lexicons()
    code = language(plain, known).nearest
    own = [known[code]] if code and code in known else list(known.values())
    words = tokens(plain)
    hits = [hit for one in own for hit in one.index.hits(words)]
    return any(hit.section == "begging" for hit in unsafe.dangers(hits))


def _staff(session: Session) -> frozenset[str]:
    found = [*session.scalars(select(Person.email)), *session.scalars(select(Account.email))]
    return frozenset(one.casefold() for one in found if one)


def _asking(session: Session, first: datetime) -> dict[Who, Asking]:
    found: dict[Who, Asking] = {}
    for scope in SCOPES:
        column: Any = getattr(Asked, f"{scope}_id")
        rows = session.execute(
            select(column, func.sum(Asked.eligible), func.sum(Asked.invited))
            .where(column.is_not(None), Asked.eligible.is_not(None), Asked.day >= first.date())
            .group_by(column)
        )
        found |= {(scope, row[0]): Asking(int(row[1]), int(row[2])) for row in rows}
    return found


def _peers(asking: Mapping[Who, Asking], who: Who) -> tuple[float, ...]:
    """The rates of three others at least; who is asked about seldom has no peers."""
    if who not in asking or asking[who].eligible < FEWEST_ELIGIBLE:
        return ()
    rates = tuple(
        ask.rate for other, ask in asking.items()
        if other[0] == who[0] and other != who and ask.eligible >= FEWEST_ELIGIBLE
    )  # fmt: skip
    return rates if len(rates) >= 3 else ()


def _lead(own: Sequence[Said], company: Tally) -> float:
    """Points of the shrunken score above everybody else."""
    mine = tally_of(own)
    others = nps.nps(company - mine)
    if others is None:
        return 0.0
    return ranking.shrink(mine, company, ranking.WEIGHT_DEFAULT).nps - float(others)


def _by(answers: Iterable[Said], scope: str) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for said in answers:
        key = getattr(said, f"{scope}_id")
        if key is not None:
            found.setdefault(key, []).append(said)
    return found
