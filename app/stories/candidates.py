"""From answers to stories that wait for a lead; and back, when the customer takes words back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.live.bus import announce
from app.people import roster as people
from app.people.roster import Roster
from app.responses.answer import Answer, Withdrawal
from app.responses.ledger import Change
from app.stories.models import Story
from app.text import gate
from app.text.gate import Verdict
from app.text.known import Known

STORY = cast("Table", Story.__table__)
CHUNK = 500

_CHANGED = ("state", "text", "language", "rank", "reasons", "rule", "recalled_at")
_UPDATE = (
    update(STORY)
    .where(STORY.c.id == bindparam("story_id"))
    .values({column: bindparam(column) for column in _CHANGED})
)


class Facts(NamedTuple):
    """All that a verdict depends on, beside the roster."""

    score: int | None
    comment: str | None
    name: str | None
    email: str | None


Verdicts = Mapping[Facts, Verdict]
Row = Mapping[str, Any]
NONE_YET: Verdicts = MappingProxyType({})
RECALLED = "recalled: "


@dataclass(slots=True)
class Moves:
    """What a batch does to the table; `is_seen`: something on a wall changes with it."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    is_seen: bool = False


def judge(answers: Iterable[Answer | Withdrawal], roster: Roster) -> Verdicts:
    """Reads the comments of a batch; costs time, so do it before the transaction begins.

    First names of the roster stay visible. What is no story at first sight is left out.
    """
    verdicts: dict[Facts, Verdict] = {}
    for answer in answers:
        if isinstance(answer, Answer) and not gate.passed_over(answer.comment, answer.score):
            facts = Facts(answer.score, answer.comment, answer.name, answer.email)
            verdicts[facts] = _verdict(facts, roster.names)
    return verdicts


def consider(session: Session, changes: Sequence[Change], verdicts: Verdicts) -> None:
    """Follows the answers, inside their transaction.

    A promoter's words that pass the gate become a candidate; a candidate follows its answer. A
    released story is recalled at once when its words, its score or its right to be shown changed,
    and has to be released anew.
    """
    stories = _stories(session, [change.response_id for change in changes if not change.is_new])
    judged = {one.response_id: verdict_of(session, one.row, verdicts) for one in changes}
    moves = _moves(changes, judged, stories, clock.now())
    connection = session.connection()
    if moves.new:
        connection.execute(_insert(session), moves.new)
    if moves.changed:
        connection.execute(_UPDATE, moves.changed)
    if moves.gone:
        connection.execute(delete(STORY).where(STORY.c.id.in_(moves.gone)))
    if moves.is_seen:
        announce(session, "stories")


def why_not(row: Row, verdict: Verdict | None) -> str | None:
    """Why an answer with these columns may not be shown (any more); None: it may."""
    if row["status"] != "counted":
        return {
            "withdrawn": "the answer was withdrawn",
            "superseded": "a newer answer of the same customer took its place",
        }.get(row["status"], "the answer does not count")
    if row["consent"] is False:
        return "the customer does not want it shown"
    if row["score"] < gate.LOWEST_SCORE:
        return f"the score is {row['score']} now"
    return None if verdict and verdict.gate != "none" else "the words are no story any more"


def verdict_of(session: Session, row: Row, verdicts: Verdicts = NONE_YET) -> Verdict | None:
    """What the gate says of a stored answer; None: not worth reading.

    An answer put together from several deliveries was not judged before; that is rare.
    """
    if gate.passed_over(row["comment"], row["score"]):
        return None
    facts = Facts(row["score"], row["comment"], row["name"], row["email"])
    return verdicts.get(facts) or _verdict(facts, people.load(session).names)


def _verdict(facts: Facts, names: Sequence[str]) -> Verdict:
    return gate.judge(facts.comment, facts.score, Known(facts.name, facts.email), names)


def _stories(session: Session, response_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The stories of these responses, locked where the database knows locks."""
    found: dict[int, dict[str, Any]] = {}
    for at in range(0, len(response_ids), CHUNK):
        wanted = STORY.c.response_id.in_(response_ids[at : at + CHUNK])
        rows = session.connection().execute(
            select(STORY).where(wanted).order_by(STORY.c.id).with_for_update()
        )
        found.update({row["response_id"]: dict(row) for row in rows.mappings()})
    return found


def _moves(
    changes: Sequence[Change],
    judged: Mapping[int, Verdict | None],
    stories: Mapping[int, dict[str, Any]],
    at: datetime,
) -> Moves:
    moves = Moves()
    for change in changes:
        story, verdict = stories.get(change.response_id), judged[change.response_id]
        reason = why_not(change.row, verdict)
        told = _told(verdict) if verdict and not reason else {}
        if story is None:
            if told:
                moves.new.append(_candidate(change.response_id, told, at))
        elif story["state"] == "candidate" and reason:
            moves.gone.append(story["id"])
        else:
            new = _followed(story, told, reason, at)
            if new != story:
                moves.changed.append({"story_id": story["id"], **{k: new[k] for k in _CHANGED}})
            if story["state"] == "released":
                moved = change.before != change.after
                moves.is_seen = moves.is_seen or moved or new["state"] != "released"
    return moves


def _followed(
    story: dict[str, Any], told: dict[str, Any], reason: str | None, at: datetime
) -> dict[str, Any]:
    """A story after its answer changed; `reason` says why the answer may not be shown."""
    new = {**story, **told}
    recalls = [one for one in story["reasons"] if one.startswith(RECALLED)]
    if story["state"] == "released" and (reason or new["text"] != story["text"]):
        new |= {"state": "recalled", "recalled_at": at}
        recalls = [f"{RECALLED}{reason or 'the customer changed the words'}"]
    facts = [one for one in new["reasons"] if not one.startswith(RECALLED)]
    return {**new, "reasons": [*facts, *recalls]}


def _candidate(response_id: int, told: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "response_id": response_id,
        "state": "candidate",
        "created_at": at,
        **told,
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "text": verdict.text,
        "language": verdict.language,
        "rank": verdict.rank,
        "reasons": list(verdict.reasons),
        "rule": gate.RULE,
    }


def _insert(session: Session) -> Any:
    """A story that another process made meanwhile stays as it is."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement: Any = (sqlite.insert if is_sqlite else postgresql.insert)(STORY)
    return statement.on_conflict_do_nothing(index_elements=[STORY.c.response_id])
