"""What happens because customers answered, in order, in one transaction. Read downwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.followups import cases
from app.intake import deliveries
from app.intake.deliveries import Settled
from app.intake.reading import Reading
from app.live.bus import announce
from app.people.roster import Roster
from app.responses import ledger, tombstones
from app.responses.ledger import Change, Entry
from app.responses.revision import external_id
from app.scores import tallies
from app.stories import candidates

# A replay of last month's deliveries says nothing about how fast the wall is.
_LIVE = timedelta(minutes=10)

Key = tuple[int, str]


def take_in(
    session: Session, readings: Sequence[Reading], roster: Roster
) -> tuple[list[Settled], list[Change]]:
    """Takes a batch in, in order of arrival; what became of each delivery, and what changed."""
    moved: set[int | None] = set()
    merged: dict[int, Change] = {}
    for wave in _waves(readings):
        changes = ledger.record(session, list(wave.values()), roster)
        tallies.apply(session, changes)
        for change in changes:
            key = (change.row["source_id"], change.row["external_id"])
            moved.add(wave[key].delivery_id)
            merged[change.response_id] = _after(merged.get(change.response_id), change)
    changed = list(merged.values())
    if changed:
        candidates.consider(session, changed)
        cases.follow(session, changed)
        announce(session, "responses", arrived=_oldest(readings, moved))
    _bury(session, readings)
    return [_settled(one, is_news=one.delivery_id in moved) for one in readings], changed


def _bury(session: Session, readings: Sequence[Reading]) -> None:
    """A repeat of what a customer had erased brings their words again: the delivery goes too."""
    said = [
        ((one.source_id, external_id(answer.response_id)), one.delivery_id)
        for one in readings
        for answer in one.news
    ]
    if gone := tombstones.erased(session, [key for key, _ in said]):
        deliveries.delete_for_good(session, [number for key, number in said if key in gone])


def _after(earlier: Change | None, change: Change) -> Change:
    if earlier is None:
        return change
    return replace(change, before=earlier.before, is_new=earlier.is_new)


def _waves(readings: Sequence[Reading]) -> Iterator[Mapping[Key, Entry]]:
    """Each response at most once in a wave, so that every change has the delivery it came from."""
    waves: list[dict[Key, Entry]] = []
    depth: dict[Key, int] = {}
    for reading in readings:
        for said in reading.news:
            key = (reading.source_id, said.response_id)
            at = depth.get(key, 0)
            depth[key] = at + 1
            if at == len(waves):
                waves.append({})
            waves[at][key] = Entry(
                reading.source_id, reading.delivery_id, reading.received_at, said
            )
    yield from waves


def _oldest(readings: Sequence[Reading], moved: set[int | None]) -> datetime | None:
    earliest = clock.now() - _LIVE
    times = [one.received_at for one in readings if one.delivery_id in moved]
    return min((at for at in times if at >= earliest), default=None)


def _settled(reading: Reading, *, is_news: bool) -> Settled:
    if reading.failed:
        return Settled(reading.delivery_id, "failed", reading.failed)
    if is_news:
        return Settled(reading.delivery_id, "processed", reading.ignored)
    if reading.news:
        return Settled(reading.delivery_id, "repeated", "It says nothing new.")
    return Settled(reading.delivery_id, "ignored", reading.ignored)
