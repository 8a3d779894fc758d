"""The eight signals: each finds nothing in a case, or something and its innocent reason. Pure.

They are set by the arithmetic of false alarms, not by known frauds: leads for a talk, never proof.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import combinations
from statistics import median

from app.integrity import copying
from app.integrity.counting import tail, z_of
from app.integrity.evidence import Case, Finding, Said, Stratum, totals
from app.scores.nps import PROMOTER_FROM, category

# Far beyond chance, for one look at one person; two signals have to agree before anybody is told.
Z = 3.0
BURST_P = 1e-5
FEWEST = 20
FEWEST_BEFORE = 30
# A key that several colleagues' customers share is a kiosk or an office line unless it is one's
# own beyond this p.
SHARED_P = 1e-3
SHARED_BY = 3
MONTH = timedelta(days=30)
FEWEST_ROWS = 3


def begging(case: Case) -> Finding | None:
    """Words of customers who were asked for a score: 2 in 60 days, and 3 of 100 comments."""
    read = [said for said in case.own if said.begs is not None]
    hits = [said.id for said in read if said.begs]
    if len(hits) < 2 or 100 * len(hits) < 3 * len(read):
        return None
    return Finding(
        "begging",
        f"{len(hits)} of {len(read)} comments say that a score was asked for",
        "a customer's joke, or a quote of what another shop does",
        tuple(hits),
    )


def burst(case: Case) -> Finding | None:
    """A quarter of an hour with too many of one's own answers among the site's.

    Binomial with one's usual share, so that a mailing to everybody's customers is excused; 4
    answers, p < 0.00001, three of four of them 9 or 10.
    """
    mine: dict[tuple[int | None, int], list[Said]] = {}
    for said in case.own:
        mine.setdefault(said.slot, []).append(said)
    at_site = Counter(said.site_id for said in case.own)
    rows: list[int] = []
    for slot, there in mine.items():
        good = sum(said.score >= PROMOTER_FROM for said in there)
        if len(there) < 4 or 4 * good < 3 * len(there):
            continue
        share = at_site[slot[0]] / case.everybody.answers[slot[0]]
        if tail(len(there), case.everybody.slots[slot], share) < BURST_P:
            rows += [said.id for said in there]
    if not rows:
        return None
    return Finding(
        "burst",
        f"{len(rows)} answers came within quarters of an hour that hold far fewer as a rule",
        "an event, or a group that came together",
        tuple(rows),
    )


def silent_tens(case: Case) -> Finding | None:
    """Tens without a word, more than the same site and channel have; from 20 tens, z 3."""
    tens = [said for said in case.own if said.score == 10]
    silent = [said for said in tens if not said.comment]
    if len(tens) < FEWEST:
        return None
    z = _against(tens, silent, case.everybody.tens, case.everybody.silent)
    if z < Z:
        return None
    return Finding(
        "silent tens",
        f"{len(silent)} of {len(tens)} tens came without a word, more than among colleagues",
        "a channel without a field for words",
        tuple(said.id for said in silent),
    )


def same_source(case: Case) -> Finding | None:
    """Answers that share a device, an address or an e-mail: 3 in 30 days and a tenth of all.

    A key that the customers of several colleagues use as much is a kiosk or an office line.
    """
    mine: dict[str, list[Said]] = {}
    for said in case.own:
        for key in said.keys:
            mine.setdefault(key, []).append(said)
    rows: set[int] = set()
    for key, there in mine.items():
        if key in case.exempt or 10 * len(there) < len(case.own) or not _within_a_month(there):
            continue
        if not _is_shared(case, key, len(there)):
            rows |= {said.id for said in there}
    if not rows:
        return None
    return Finding(
        "same source",
        f"{len(rows)} of {len(case.own)} answers came from few devices, addresses or mailboxes",
        "a family, a kiosk nobody listed, or an office behind one address",
        tuple(sorted(rows)),
    )


def on_the_spot(case: Case) -> Finding | None:
    """Within two minutes of the purchase or from the shop's network; from 20, z 3, and half."""
    placed = [said for said in case.own if said.on_the_spot is not None]
    there = [said for said in placed if said.on_the_spot]
    if len(placed) < FEWEST or 2 * len(there) < len(placed):
        return None
    if _against(placed, there, case.everybody.placed, case.everybody.spot) < Z:
        return None
    return Finding(
        "on the spot",
        f"{len(there)} of {len(placed)} answers were given beside the till",
        "a QR code on the receipt",
        tuple(said.id for said in there),
    )


def chosen_customers(case: Case) -> Finding | None:
    """Asked fewer than half as many as the peers' median, and 10 points better than they are."""
    if case.asking is None or not case.peers or not case.asking.eligible:
        return None
    middle = median(case.peers)
    if 2 * case.asking.rate >= middle or case.lead < 10:
        return None
    return Finding(
        "chosen customers",
        f"{100 * case.asking.rate:.0f} % of the customers were asked, elsewhere "
        f"{100 * middle:.0f} %, and the score is {case.lead:.0f} points higher",
        "customers who left no address",
    )


def nines_became_tens(case: Case) -> Finding | None:
    """More tens among 9 and 10 than before, or no passives any more while detractors stay.

    From 30 answers in both, z 3; what happened to colleagues as well is a new wording.
    """
    now, before = list(case.own), list(case.before)
    good = [said for said in now if said.score >= PROMOTER_FROM]
    good_before = [said for said in before if said.score >= PROMOTER_FROM]
    says = ""
    if _rose(good, good_before, _is_ten) and _others_kept(case, "tens", "delighted"):
        says = "tens took the place of nines, for colleagues they did not"
    elif _fell(now, before) and _others_kept(case, "passives", "all"):
        says = "sevens and eights went away, the unhappy stayed as many"
    if not says:
        return None
    return Finding("nines became tens", says, "a new wording or layout of the survey")


def copies(case: Case) -> Finding | None:
    """The same words from different customers (3 pairs), or an answer by a colleague."""
    pairs = copying.pairs(case.own)
    inside = [said.id for said in case.own if _is_inside(case, said.email)]
    parts = []
    if len(pairs) >= 3:
        parts.append(f"{len(pairs)} pairs of comments are copies of each other")
    if inside:
        parts.append("an answer is" if len(inside) == 1 else f"{len(inside)} answers are")
        parts[-1] += " from the company's own people"
    if not parts:
        return None
    rows = {one for pair in pairs for one in pair} if len(pairs) >= 3 else set()
    return Finding(
        "copies and colleagues",
        " and ".join(parts),
        "a template that a platform offers, or colleagues who are customers too",
        tuple(sorted(rows | set(inside))),
    )


SIGNALS: Mapping[str, Callable[[Case], Finding | None]] = {
    "begging": begging,
    "burst": burst,
    "silent tens": silent_tens,
    "same source": same_source,
    "on the spot": on_the_spot,
    "chosen customers": chosen_customers,
    "nines became tens": nines_became_tens,
    "copies and colleagues": copies,
}


def found(case: Case) -> list[Finding]:
    """Every signal that speaks, in the order of their list."""
    return [finding for look in SIGNALS.values() if (finding := look(case))]


def is_card(findings: Sequence[Finding]) -> bool:
    """Whether a lead is told: two agree, or customers say in words that they were asked."""
    return any(one.signal == "begging" for one in findings) or any(
        agree(one, other) for one, other in combinations(findings, 2)
    )


def agree(one: Finding, other: Finding) -> bool:
    """Whether two signals are about the same: half of the fewer answers are the other's as well.

    Of a signal that is about no answers in particular the other has to name three at least, so
    that a colleague who was a customer once makes no case.
    """
    fewer, more = sorted((set(one.rows), set(other.rows)), key=len)
    if fewer:
        return 2 * len(fewer & more) >= len(fewer)
    return not more or len(more) >= FEWEST_ROWS


def _against(
    sizes: Sequence[Said],
    hits: Sequence[Said],
    all_sizes: Mapping[Stratum, int],
    all_hits: Mapping[Stratum, int],
) -> float:
    """How far one's own share is above that of colleagues in the same sites and channels."""
    size, hit = _by_stratum(sizes), _by_stratum(hits)
    return z_of(
        (hit[at], size[at], all_hits[at] - hit[at], all_sizes[at] - size[at]) for at in size
    )


def _by_stratum(answers: Sequence[Said]) -> Counter[Stratum]:
    return Counter(said.stratum for said in answers)


def _within_a_month(there: Sequence[Said]) -> bool:
    times = sorted(said.at for said in there)
    return any(last - first <= MONTH for first, last in zip(times, times[2:], strict=False))


def _is_shared(case: Case, key: str, own: int) -> bool:
    users = case.everybody.users[key]
    if len(users) < SHARED_BY:
        return False
    share = len(case.own) / sum(case.everybody.answers.values())
    return tail(own, sum(users.values()), share) >= SHARED_P


def _is_ten(said: Said) -> bool:
    return said.score == 10


def _rose(now: Sequence[Said], before: Sequence[Said], is_hit: Callable[[Said], bool]) -> bool:
    if min(len(now), len(before)) < FEWEST_BEFORE:
        return False
    sizes, earlier = _by_stratum(now), _by_stratum(before)
    hits, hits_before = (_by_stratum([s for s in some if is_hit(s)]) for some in (now, before))
    return z_of((hits[at], sizes[at], hits_before[at], earlier[at]) for at in sizes) >= Z


def _fell(now: Sequence[Said], before: Sequence[Said]) -> bool:
    """Passives vanished, detractors did not."""
    if min(len(now), len(before)) < FEWEST_BEFORE:
        return False
    was, is_now = (Counter(category(said.score) for said in some) for some in (before, now))
    passives = z_of([(was["passive"], len(before), is_now["passive"], len(now))])
    detractors = z_of([(was["detractor"], len(before), is_now["detractor"], len(now))])
    return passives >= Z and detractors < 1


def _others_kept(case: Case, hits: str, sizes: str) -> bool:
    """Whether colleagues of the same sites and channels did not move half as far."""
    strata = set(_by_stratum(case.own))
    mine = _shift(case, hits, sizes, strata, others=False)
    return abs(_shift(case, hits, sizes, strata, others=True)) < abs(mine) / 2


def _shift(case: Case, hits: str, sizes: str, strata: set[Stratum], *, others: bool) -> float:
    shares = []
    for own, everybody in ((case.own, case.everybody), (case.before, case.earlier)):
        part = totals(own)
        counts = []
        for name in (hits, sizes):
            mine, all_ = getattr(part, name), getattr(everybody, name)
            counts.append(sum((all_[at] - mine[at]) if others else mine[at] for at in strata))
        shares.append(counts[0] / counts[1] if counts[1] else 0.0)
    return shares[0] - shares[1]


def _is_inside(case: Case, email: str | None) -> bool:
    if not email:
        return False
    folded = email.casefold()
    if folded in case.insiders:
        return True
    domain = folded.rpartition("@")[2]
    return bool(case.domain) and (domain == case.domain or domain.endswith(f".{case.domain}"))
