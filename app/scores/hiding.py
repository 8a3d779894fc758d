"""Hiding: which groups are too small to be shown, and which more go with them. Pure.

Groups share their parent's total, which is known. A group under the least size is hidden; where
what is hidden of one parent could be computed (one group alone, or together under the least size),
the next smallest is hidden as well (Intercom, Lattice and PeopleCues do the same).
"""

from collections.abc import Iterable, Mapping, Sequence

from app.scores.nps import MIN_SHOWN

# Of what the total minus the shown leaves, at least so many groups must be non-empty.
MIN_TOGETHER = 2


def hidden(sizes: Mapping[int, int], least: int = MIN_SHOWN) -> frozenset[int]:
    """Which of one parent's groups must not be shown; sizes are numbers of answers.

    A group without answers has nothing to hide. What belongs to no group of the parent is a group
    of its own here: give it a key that is nobody's.
    """
    return in_slices([sizes], least)


def in_slices(slices: Sequence[Mapping[int, int]], least: int = MIN_SHOWN) -> frozenset[int]:
    """The same for several periods that do not overlap and are shown side by side.

    One decision for all of them: a group that is hidden in one period is hidden in each, so that
    neither sums over periods nor differences between windows give it away. Windows that overlap
    are given as the slices between their ends.
    """
    gone = {key for sizes in slices for key, size in sizes.items() if 0 < size < least}
    total = _totals(slices)
    while more := _betrayed(slices, gone, total, least):
        gone.add(more[0])
    return frozenset(gone)


def in_places(
    sizes: Mapping[int, int], parents: Mapping[int, int], least: int = MIN_SHOWN
) -> tuple[frozenset[int], frozenset[int]]:
    """Groups within places, such as teams within sites: the hidden places, the hidden groups.

    The total of all places is known too. `parents` maps each group to its place; groups of a
    hidden place are all hidden, else their sum would be the place.
    """
    places: dict[int, int] = {}
    for key, size in sizes.items():
        places[parents[key]] = places.get(parents[key], 0) + size
    gone_places = hidden(places, least)
    gone: set[int] = set()
    for place in places:
        own = {key: size for key, size in sizes.items() if parents[key] == place}
        gone |= set(own) if place in gone_places else hidden(own, least)
    return gone_places, frozenset(gone)


def closed(
    wholes: Sequence[Mapping[int, int]],
    gone: Iterable[int],
    unpublished: Iterable[int] = (),
    least: int = MIN_SHOWN,
) -> frozenset[int]:
    """`gone`, and what more must be hidden so that no whole, less what is shown of it, tells.

    Each of the wholes is known, as the sizes of all its groups; a group may be in several of them.
    What is `unpublished`, such as answers that name nobody, is shown nowhere: it needs no shelter
    and gives some.
    """
    hidden_ones, silent = set(gone), frozenset(unpublished)
    total = _totals(wholes)
    while True:
        more = [
            one
            for sizes in wholes
            if (one := _next(sizes, hidden_ones, silent, total, least)) is not None
        ]
        if not more:
            return frozenset(hidden_ones)
        hidden_ones.add(more[0])


def _next(
    sizes: Mapping[int, int],
    gone: set[int],
    silent: frozenset[int],
    total: Mapping[int, int],
    least: int,
) -> int | None:
    if not any(size and key in gone for key, size in sizes.items()):
        return None
    dark = [size for key, size in sizes.items() if size and (key in gone or key in silent)]
    if len(dark) >= MIN_TOGETHER and sum(dark) >= least:
        return None
    left = [key for key, size in sizes.items() if size and key not in gone and key not in silent]
    return min(left, key=lambda key: (total[key], key), default=None)


def _betrayed(
    slices: Iterable[Mapping[int, int]], gone: set[int], total: Mapping[int, int], least: int
) -> list[int]:
    """The next group that must go, the smallest first; nothing when no period gives any away."""
    for sizes in slices:
        there = [key for key in gone if sizes.get(key)]
        if not there:
            continue
        if len(there) >= MIN_TOGETHER and sum(sizes[key] for key in there) >= least:
            continue
        left = [key for key, size in sizes.items() if size and key not in gone]
        if left:
            return sorted(left, key=lambda key: (total[key], key))[:1]
    return []


def _totals(slices: Iterable[Mapping[int, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for sizes in slices:
        for key, size in sizes.items():
            total[key] = total.get(key, 0) + size
    return total
