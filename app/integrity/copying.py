"""Copies: comments of different customers that are the same words, found in linear time. Pure."""

import zlib
from collections.abc import Sequence

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
    runs = [shingles(said.comment or "") for said in told]
    buckets: dict[tuple[int, int], list[int]] = {}
    found: set[tuple[int, int]] = set()
    for at, run in enumerate(runs):
        for key in _least(run):
            for other in buckets.setdefault(key, []):
                if _are_two(told[other], told[at]) and likeness(runs[other], run) >= COPY:
                    found.add((other, at))
            buckets[key].append(at)
    return [(told[one].id, told[two].id) for one, two in sorted(found)]


def _least(run: frozenset[str]) -> list[tuple[int, int]]:
    """The least hash of the runs under each of several seeds (MinHash, Broder 1997)."""
    plain = [one.encode() for one in run]
    if not plain:
        return []
    return [(seed, min(zlib.crc32(one, seed * 0x9E3779B1 & 0xFFFFFFFF) for one in plain))
            for seed in range(1, HASHES + 1)]  # fmt: skip


def _are_two(one: Said, other: Said) -> bool:
    """Different customers, as far as anybody knows."""
    return one.email is None or one.email != other.email
