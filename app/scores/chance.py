"""Chance: which of many differences are believed, when many were looked at together. Pure."""

from collections.abc import Mapping

# Of what a report believes, this share may be chance.
FALSE_SHARE = 0.10


def believed(ps: Mapping[int, float], share: float = FALSE_SHARE) -> frozenset[int]:
    """The keys whose p is believed by Benjamini and Hochberg (1995): at most `share` are chance.

    Sorted by p, the largest k with p_k <= share·k/count is found; it and all before it count.
    """
    walk = sorted(ps.items(), key=lambda one: (one[1], one[0]))
    last = 0
    for place, (_, p) in enumerate(walk, start=1):
        if p <= share * place / len(walk):
            last = place
    # Equal p are equal: none of them may fall behind the last one.
    bound = walk[last - 1][1] if last else -1.0
    return frozenset(key for key, p in walk if p <= bound)
