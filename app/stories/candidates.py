"""From answers to stories that wait for a lead; and back, when the customer takes words back.

Reading costs more than everything else an answer needs, so a new one is only put in line here (it
is `unread`); `unread.py` reads it when nobody waits.
"""

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
from app.stories import consent
from app.stories.consent import NO_RULES, Rules
from app.stories.models import Story
from app.text import details, gate
from app.text.details import Detail
from app.text.gate import Verdict
from app.text.known import Known

STORY = cast("Table", Story.__table__)
CHUNK = 500

_CHANGED = (
    "state", "text", "language", "rank", "reasons", "rule", "is_against_score", "recalled_at",
    "cut", "held_at",
)  # fmt: skip
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
    details: tuple[Detail, ...] = ()


Verdicts = Mapping[Facts, Verdict]
Row = Mapping[str, Any]
NONE_YET: Verdicts = MappingProxyType({})
# What an unread story says of itself.
_UNREAD: Row = MappingProxyType(
    {"text": "", "language": None, "rank": 0.0, "reasons": [], "rule": "",
     "is_against_score": False}
)  # fmt: skip
RECALLED = "recalled: "


@dataclass(slots=True)
class Moves:
    """What a batch does to the table; `is_seen`: something on a wall changes with it."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    is_seen: bool = False


def judge(answers: Iterable[Answer | Withdrawal], roster: Roster) -> Verdicts:
    """Reads comments before their transaction begins, for whoever has the time: an import.

    First names of the roster stay visible. What is no story at first sight is left out.
    """
    verdicts: dict[Facts, Verdict] = {}
    for answer in answers:
        if isinstance(answer, Answer) and is_worth_reading(answer.comment, answer.score):
            known = details.personal(answer.attributes)
            facts = Facts(answer.score, answer.comment, answer.name, answer.email, known)
            verdicts[facts] = read(facts, roster.names)
    return verdicts


def is_worth_reading(comment: str | None, score: int | None) -> bool:
    """Whether there may be a story, or words against the score. Under a microsecond."""
    if score is not None and score <= gate.LOW_SCORE:
        return gate.passed_over(comment, gate.LOWEST_SCORE) is None
    return gate.passed_over(comment, score) is None


def consider(session: Session, changes: Sequence[Change], verdicts: Verdicts = NONE_YET) -> None:
    """Follows the answers, inside their transaction.

    New words worth reading wait for the reader, or become a candidate when their verdict is known;
    a candidate follows its answer. A released story is recalled at once when its words, its score
    or its right to be shown changed, and has to be released anew.
    """
    stories = _stories(session, [change.response_id for change in changes if not change.is_new])
    talking = [
        one
        for one in changes
        if one.response_id in stories or is_worth_reading(one.row["comment"], one.row["score"])
    ]
    if not talking:
        return
    rules = consent.rules(session)
    judged = {
        one.response_id: verdict_of(session, one.row, verdicts)
        for one in talking
        if _is_read(stories.get(one.response_id)) or facts_of(one.row) in verdicts
    }
    moves = _moves(talking, judged, stories, rules, clock.now())
    connection = session.connection()
    if moves.new:
        connection.execute(_insert(session), moves.new)
    if moves.changed:
        connection.execute(_UPDATE, moves.changed)
    if moves.gone:
        connection.execute(delete(STORY).where(STORY.c.id.in_(moves.gone)))
    if moves.is_seen:
        announce(session, "stories")


def refusal(session: Session, row: Row) -> str | None:
    """Why an answer with these columns may not hang on a wall now; None: it may. Reads it anew."""
    return why_not(row, verdict_of(session, row), consent.rules(session))


def why_not(row: Row, verdict: Verdict | None, rules: Rules = NO_RULES) -> str | None:
    """Why an answer with these columns may not be shown (any more); None: it may."""
    if reason := _why_silent(row, rules):
        return reason
    if row["score"] < gate.LOWEST_SCORE:
        return f"the score is {row['score']} now"
    return None if verdict and verdict.gate != "none" else "the words are no story any more"


def why_no_candidate(row: Row, verdict: Verdict | None, rules: Rules) -> str | None:
    """As `why_not`, but words against their score are for a lead to look at, whatever the score."""
    if verdict and verdict.is_against_score:
        return _why_silent(row, rules)
    return why_not(row, verdict, rules)


def _why_silent(row: Row, rules: Rules) -> str | None:
    if row["status"] != "counted":
        return {
            "withdrawn": "the answer was withdrawn",
            "superseded": "a newer answer of the same customer took its place",
        }.get(row["status"], "the answer does not count")
    return None if consent.may_show(row, rules) else "the customer does not want it shown"


def verdict_of(session: Session, row: Row, verdicts: Verdicts = NONE_YET) -> Verdict | None:
    """What the gate says of a stored answer; None: not worth reading.

    An answer put together from several deliveries was not judged before; that is rare.
    """
    if not is_worth_reading(row["comment"], row["score"]):
        return None
    facts = facts_of(row)
    return verdicts.get(facts) or read(facts, people.load(session).names)


def read(facts: Facts, names: Sequence[str]) -> Verdict:
    """The gate's verdict; of a low score only whether its words glow."""
    customer = Known(facts.name, facts.email, facts.details)
    if facts.comment and facts.score is not None and facts.score <= gate.LOW_SCORE:
        return gate.read(facts.comment, facts.score, customer, names)
    return gate.judge(facts.comment, facts.score, customer, names)


def told(verdict: Verdict) -> dict[str, Any]:
    """The columns of a story that say what its words are."""
    return {
        "text": verdict.text,
        "language": verdict.language,
        "rank": verdict.rank,
        "reasons": list(verdict.reasons),
        "rule": gate.RULE,
        "is_against_score": verdict.is_against_score,
    }


def facts_of(row: Row) -> Facts:
    """What a verdict on these columns of an answer depends on."""
    told = details.personal(row["attributes"])
    return Facts(row["score"], row["comment"], row["name"], row["email"], told)


def _is_read(story: Row | None) -> bool:
    return story is not None and story["state"] != "unread"


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
    rules: Rules,
    at: datetime,
) -> Moves:
    moves = Moves()
    for change in changes:
        story, verdict = stories.get(change.response_id), judged.get(change.response_id)
        if story is None or story["state"] == "unread":
            _in_line(moves, change, story, verdict, rules, at)
        elif story["state"] == "candidate" and why_no_candidate(change.row, verdict, rules):
            moves.gone.append(story["id"])
        else:
            is_shown = story["state"] == "released"
            reason = (why_not if is_shown else why_no_candidate)(change.row, verdict, rules)
            new = _followed(story, told(verdict) if verdict and not reason else {}, reason, at)
            if new != story:
                moves.changed.append({"story_id": story["id"], **{k: new[k] for k in _CHANGED}})
            if is_shown:
                moved = change.before != change.after
                moves.is_seen = moves.is_seen or moved or new["state"] != "released"
    return moves


def _in_line(
    moves: Moves, change: Change, story: Row | None, verdict: Verdict | None, rules: Rules,
    at: datetime,
) -> None:  # fmt: skip
    """An answer without a story, or with one that nobody read yet."""
    row = change.row
    is_worth = is_worth_reading(row["comment"], row["score"]) and not _why_silent(row, rules)
    if story is not None:
        if not is_worth:
            moves.gone.append(story["id"])
    elif is_worth and verdict is None:
        moves.new.append(_story(change.response_id, "unread", _UNREAD, at))
    elif is_worth and not why_no_candidate(row, verdict, rules) and verdict:
        moves.new.append(_story(change.response_id, "candidate", told(verdict), at))


def _followed(
    story: dict[str, Any], told: dict[str, Any], reason: str | None, at: datetime
) -> dict[str, Any]:
    """A story after its answer changed; `reason` says why the answer may not be shown."""
    new = {**story, **told}
    recalls = [one for one in story["reasons"] if one.startswith(RECALLED)]
    if new["text"] != story["text"]:
        # What a lead did was done to other words.
        new |= {"cut": None, "held_at": None}
    if story["state"] == "released" and (reason or new["text"] != story["text"]):
        new |= {"state": "recalled", "recalled_at": at}
        recalls = [f"{RECALLED}{reason or 'the customer changed the words'}"]
    facts = [one for one in new["reasons"] if not one.startswith(RECALLED)]
    return {**new, "reasons": [*facts, *recalls]}


def _story(response_id: int, state: str, told: Row, at: datetime) -> dict[str, Any]:
    return {"response_id": response_id, "state": state, "created_at": at, **told}


def _insert(session: Session) -> Any:
    """A story that another process made meanwhile stays as it is."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement: Any = (sqlite.insert if is_sqlite else postgresql.insert)(STORY)
    return statement.on_conflict_do_nothing(index_elements=[STORY.c.response_id])
