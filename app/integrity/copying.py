"""Copies: comments of different customers that are the same words, found in linear time. Pure."""

import zlib
from collections.abc import Sequence
from functools import lru_cache

from app.integrity.evidence import Said
from app.text.likeness import COPY, likeness, shingles

# Shorter words are everybody's: "Great service!" is no copy.
FEWEST_LETTERS = 30
# Two texts that are alike by 0.8 share one of so many least hashes but for 6 in 100,000.
HASHES = 6
# More comments of one case are not compared.
MOST = 2_000


def pairs(answers: Sequence[Said]) -> list[tuple[int, int]]:
    """Pairs of answers, by id, whose words are copies (5-gram Jaccard from 0.8)."""
    told = [said for said in answers if said.comment and len(said.comment) >= FEWEST_LETTERS]
    told = sorted(told, key=lambda said: (said.at, said.id))[-MOST:]
    runs = lru_cache(maxsize=MOST)(lambda at: shingles(told[at].comment or ""))
    buckets: dict[tuple[int, int], list[int]] = {}
    found: set[tuple[int, int]] = set()
    for at, said in enumerate(told):
        for key in _least(said.comment or ""):
            for other in buckets.setdefault(key, []):
                if _are_two(told[other], said) and likeness(runs(other), runs(at)) >= COPY:
                    found.add((other, at))
            buckets[key].append(at)
    return [(told[one].id, told[two].id) for one, two in sorted(found)]


@lru_cache(maxsize=16_384)  # 10 MB: a person's comments are their team's, and tomorrow's
def _least(comment: str) -> tuple[tuple[int, int], ...]:
    """The least hash of the runs under each of several seeds (MinHash, Broder 1997)."""
    plain = [one.encode() for one in shingles(comment)]
    if not plain:
        return ()
    return tuple(
        (seed, min(zlib.crc32(one, seed * 0x9E3779B1 & 0xFFFFFFFF) for one in plain))
        for seed in range(1, HASHES + 1)
    )


def _are_two(one: Said, other: Said) -> bool:
    """Different customers, as far as anybody knows."""
    return one.email is None or one.email != other.email
