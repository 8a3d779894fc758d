"""Steps: take, try, reach, solve, drop, reopen a case; compare-and-set, so one of two is first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError, ForbiddenError, NotFoundError
from app.followups import cases
from app.followups.models import LIVE, STATES, Case
from app.followups.promise import Promise
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor
from app.people.models import Account
from app.responses.models import Response
from app.text.clean import clean

LONGEST_NOTE = 1000
NOBODY_REACHED = "nobody could be reached"
UNREACHED = ("open", "tried")


@dataclass(frozen=True, slots=True)
class Step:
    """`past` is how one says that it was done; `becomes` None leaves the state."""

    past: str
    of: tuple[str, ...]
    becomes: str | None


STEPS: Mapping[str, Step] = {
    "take": Step("took it", LIVE, None),
    "try": Step("tried to ring", UNREACHED, "tried"),
    "reach": Step("reached the customer", UNREACHED, "reached"),
    "solve": Step("solved it", ("reached",), "solved"),
    "drop": Step("gave it up", UNREACHED, "dropped"),
    "reopen": Step("opened it again", ("solved", "dropped"), "open"),
    "note": Step("wrote a note", STATES, None),
}


def step(session: Session, actor: Actor, case_id: int, name: str, seen: int) -> bool:
    """Does one step of STEPS; false when somebody else was first and nothing was changed.

    `seen` is the version of the case that the actor looked at. The same person's second press
    changes nothing and is true. Raises NotFoundError for an unknown case, ForbiddenError for a
    program, and a 409 for a step that this case cannot take.
    """
    case = find(session, case_id)
    if case.version != seen:
        return _is_again(case, actor, name, seen)
    one = STEPS[name]
    if case.state not in one.of:
        raise CheerboardError(
            f"This case is {case.state}: that cannot be done with it.", status=409
        )
    now = clock.now()
    return _write(session, actor, case, name, _effect(session, actor, case, name, now))


def write_note(session: Session, actor: Actor, case_id: int, text: str, seen: int) -> bool:
    """Puts a note in the place of the old one; false when somebody wrote or did something first.

    Raises CheerboardError for more than 1,000 characters, and as `step` does.
    """
    text = tidy(text)
    if len(text) > LONGEST_NOTE:
        raise CheerboardError(f"A note has {LONGEST_NOTE:,} characters at most, not {len(text):,}.")
    case = find(session, case_id)
    if case.version != seen:
        return case.note == text and _is_again(case, actor, "note", seen)
    return _write(session, actor, case, "note", {"note": text})


def tidy(text: str) -> str:
    """The lines of a note, each without hidden signs and with single spaces."""
    lines = [clean(one).text for one in text.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip()


def find(session: Session, case_id: int) -> Case:
    """The case as it is now. Raises NotFoundError."""
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFoundError("There is no such case.")
    return case


def _is_again(case: Case, actor: Actor, name: str, seen: int) -> bool:
    """Whether it was this very press that changed the case: a double tap, a repeated request."""
    return case.version == seen + 1 and (case.last_id, case.last_step) == (actor.account_id, name)


def _effect(session: Session, actor: Actor, case: Case, name: str, now: datetime) -> dict[str, Any]:
    """The columns that a step changes. Whoever does something with a case nobody has takes it."""
    becomes = STEPS[name].becomes
    effect: dict[str, Any] = {"state": becomes} if becomes else {}
    if name == "take" or case.owner_id is None:
        effect["owner_id"] = actor.account_id
    if name == "try":
        effect["tries"] = case.tries + 1
    elif name == "reach":
        effect["reached_at"] = now
    elif name in ("solve", "drop"):
        effect |= {"closed_at": now, "reason": NOBODY_REACHED if name == "drop" else None}
    elif name == "reopen":
        effect |= _anew(session, case, now)
    return effect


def _anew(session: Session, case: Case, now: datetime) -> dict[str, Any]:
    answer = session.get_one(Response, case.response_id)
    row = {"status": answer.status, "score": answer.score}
    if not cases.is_unhappy(row):
        raise CheerboardError(f"There is nothing to do: {cases.why_not(row)}.", status=409)
    due_at = Promise.load(session).due(now, answer.site_id)
    return {"closed_at": None, "reached_at": None, "reason": None, "tries": 0,
            "opened_at": now, "due_at": due_at}  # fmt: skip


def _write(
    session: Session, actor: Actor, case: Case, name: str, effect: Mapping[str, Any]
) -> bool:
    if actor.account_id is None:
        raise ForbiddenError("A case is worked on by a person who is signed in.")
    before = _facts(session, case)
    done: Any = session.execute(
        update(Case)
        .where(Case.id == case.id, Case.version == case.version)
        .values(
            **effect,
            version=case.version + 1,
            last_step=name,
            last_by=actor.name[:200],
            last_id=actor.account_id,
            last_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(case)
    if not done.rowcount:
        return False
    audit.record(session, actor, "followups.work", f"case {case.id}", before, _facts(session, case))
    announce(session, "followups")
    return True


def _facts(session: Session, case: Case) -> dict[str, Any]:
    """What the audit log may know: never the note's words, which are about a customer."""
    owner = session.scalar(select(Account.name).where(Account.id == case.owner_id))
    return {"state": case.state, "owner": owner, "tries": case.tries, "note": len(case.note)}
