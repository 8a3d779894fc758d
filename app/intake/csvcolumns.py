"""Which column of a file is what: by our names, by usual ones, or by a mapping file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import CheerboardError
from app.people.names import fold

ANSWERS = (
    "response_id", "score", "comment", "email", "name", "submitted_at", "updated_at", "survey_id",
    "channel", "consent", "attributes",
)  # fmt: skip
# Attributes that may stand in a column of their own name.
PLACES = ("employee", "team", "store", "site", "device", "ip", "network", "transaction_at")
INVITATIONS = ("date", "site", "team", "employee", "eligible", "invited")
PREFIX = "attributes."

# Beside our own names; compared without case, spaces and punctuation.
_USUAL = {
    "id": "response_id", "responseid": "response_id", "npsscore": "score", "nps": "score",
    "rating": "score", "feedback": "comment", "comments": "comment", "emailaddress": "email",
    "customeremail": "email", "customername": "name", "date": "submitted_at",
    "datetime": "submitted_at", "timestamp": "submitted_at", "createdat": "submitted_at",
    "submitted": "submitted_at", "answeredat": "submitted_at", "responsedate": "submitted_at",
    "survey": "survey_id", "shop": "store", "branch": "store", "agent": "employee",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Where our names stand in a row, and which of the file's columns are not taken."""

    places: Mapping[str, int]
    left_out: tuple[str, ...]
    named: Mapping[str, str]

    @property
    def attributes(self) -> dict[str, int]:
        """The columns that are attributes, by the attribute's name."""
        found = {name: self.places[name] for name in PLACES if name in self.places}
        for name, at in self.places.items():
            if name.startswith(PREFIX):
                found[name.removeprefix(PREFIX)] = at
        return found


def find(
    header: Sequence[str], mapping: Mapping[str, Any] | None, wanted: Sequence[str]
) -> Columns:
    """Matches a header. `mapping` is ours -> theirs. Raises CheerboardError, one sentence."""
    theirs: dict[str, int] = {}
    for at, name in enumerate(header):
        theirs.setdefault(_bare(name), at)
    places = _mapped(mapping or {}, theirs, header, wanted)
    taken = set(places.values())
    own = (*wanted, *(PLACES if "score" in wanted else ()))
    for name in own:
        place = theirs.get(_bare(name))
        if place is not None and place not in taken and name not in places:
            places[name] = place
            taken.add(place)
    if "score" in wanted:
        for at, name in enumerate(header):
            _take_usual(places, taken, at, name)
    left_out = tuple(name for at, name in enumerate(header) if at not in taken and name)
    return Columns(places, left_out, {name: header[at] for name, at in places.items()})


def _take_usual(places: dict[str, int], taken: set[int], at: int, name: str) -> None:
    ours = _USUAL.get(_bare(name))
    if name.strip().lower().startswith(PREFIX):
        ours = PREFIX + name.strip()[len(PREFIX) :]
    if ours and at not in taken and ours not in places:
        places[ours] = at
        taken.add(at)


def _mapped(
    mapping: Mapping[str, Any], theirs: Mapping[str, int], header: Sequence[str],
    wanted: Sequence[str],
) -> dict[str, int]:  # fmt: skip
    places: dict[str, int] = {}
    for ours, named in _flat(mapping).items():
        if ours not in wanted and ours not in PLACES and not ours.startswith(PREFIX):
            raise CheerboardError(
                f"The mapping names {ours[:60]!r}, which is none of {', '.join(wanted)}."
            )
        if not isinstance(named, str):
            raise CheerboardError(f"The mapping of {ours[:60]!r} is not the name of a column.")
        at = theirs.get(_bare(named))
        if at is None:
            there = ", ".join(name for name in header if name)
            raise CheerboardError(f"The file has no column {named[:60]!r}; it has {there[:500]}.")
        places[ours] = at
    return places


def _flat(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """`{"attributes": {"store": "Shop"}}` is another way to write `attributes.store`."""
    flat: dict[str, Any] = {}
    for name, value in mapping.items():
        if name == "attributes" and isinstance(value, Mapping):
            flat |= {own if own in PLACES else PREFIX + own: at for own, at in value.items()}
        else:
            flat[name.removeprefix(PREFIX) if name.removeprefix(PREFIX) in PLACES else name] = value
    return flat


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name)) or fold(name)
