"""What the signals look at, and what they find. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.scores.nps import PROMOTER_FROM, category

DAYS = 60
SPOT = timedelta(minutes=2)
SLOT_SECONDS = 15 * 60
# What `attributes.network` says of an answer given in the shop.
SHOP_NETWORKS = frozenset({"shop", "store", "shop network", "store network", "on-site", "onsite"})

Stratum = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One counted answer. `keys` are the salted hashes of its device and address, and the e-mail.

    `begs` is None where the comment was not read.
    """

    id: int
    at: datetime
    score: int
    site_id: int | None
    channel: str
    team_id: int | None = None
    person_id: int | None = None
    comment: str | None = None
    begs: bool | None = None
    email: str | None = None
    keys: tuple[str, ...] = ()
    network: str | None = None
    transaction_at: datetime | None = None

    @property
    def stratum(self) -> Stratum:
        return self.site_id, self.channel

    @property
    def slot(self) -> tuple[int | None, int]:
        """The quarter of an hour, at its site."""
        return self.site_id, int(self.at.timestamp() // SLOT_SECONDS)

    @property
    def on_the_spot(self) -> bool | None:
        """Within two minutes of the purchase or from the shop's network; None: nobody knows."""
        if self.network is not None and self.network.strip().casefold() in SHOP_NETWORKS:
            return True
        if self.transaction_at is None:
            return None if self.network is None else False
        return timedelta(0) <= self.at - self.transaction_at < SPOT


@dataclass(frozen=True, slots=True)
class Asking:
    """How many customers could be asked about somebody, and were."""

    eligible: int
    invited: int

    @property
    def rate(self) -> float:
        return self.invited / self.eligible if self.eligible else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One signal that speaks: the numbers in a sentence, the usual innocent reason, the answers."""

    signal: str
    says: str
    innocent: str
    rows: tuple[int, ...] = ()


@dataclass(slots=True)
class Totals:
    """What everybody together did in the window: the baseline is this without one's own part."""

    answers: Counter[int | None] = field(default_factory=Counter)
    slots: Counter[tuple[int | None, int]] = field(default_factory=Counter)
    tens: Counter[Stratum] = field(default_factory=Counter)
    silent: Counter[Stratum] = field(default_factory=Counter)
    placed: Counter[Stratum] = field(default_factory=Counter)
    spot: Counter[Stratum] = field(default_factory=Counter)
    delighted: Counter[Stratum] = field(default_factory=Counter)
    passives: Counter[Stratum] = field(default_factory=Counter)
    all: Counter[Stratum] = field(default_factory=Counter)
    users: dict[str, Counter[int | None]] = field(default_factory=dict)

    def add(self, said: Said) -> None:
        """Counts one answer."""
        stratum = said.stratum
        self.answers[said.site_id] += 1
        self.slots[said.slot] += 1
        self.all[stratum] += 1
        self.tens[stratum] += said.score == 10
        self.silent[stratum] += said.score == 10 and not said.comment
        self.delighted[stratum] += said.score >= PROMOTER_FROM
        self.passives[stratum] += category(said.score) == "passive"
        if said.on_the_spot is not None:
            self.placed[stratum] += 1
            self.spot[stratum] += said.on_the_spot
        for key in said.keys:
            self.users.setdefault(key, Counter())[said.person_id] += 1


def totals(answers: Sequence[Said]) -> Totals:
    """The totals of some answers."""
    found = Totals()
    for said in answers:
        found.add(said)
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """One person or team: own answers of the window and of the 60 days before, and all of both.

    `insiders` says of an e-mail whether it is a colleague's; `peers` are the others' invitations
    and shrunken scores.
    """

    own: Sequence[Said]
    before: Sequence[Said]
    everybody: Totals
    earlier: Totals
    insiders: frozenset[str] = frozenset()
    domain: str | None = None
    exempt: frozenset[str] = frozenset()
    asking: Asking | None = None
    peers: Sequence[float] = ()
    lead: float = 0.0
