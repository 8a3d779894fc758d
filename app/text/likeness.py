"""How alike two comments are, so that no wall tells one story twice. Pure.

Jaccard of the sets of five-letter runs, after case, accents, signs and spaces are folded away.
"""

from collections.abc import Iterable, Sequence

from app.text.folding import tokens

RUN = 5
# Copies, for the signals of integrity; near-copies, of which a wall shows one.
COPY, NEAR_COPY = 0.8, 0.6


def shingles(text: str, run: int = RUN) -> frozenset[str]:
    """The runs of `run` signs of a text; a shorter text is its own only run."""
    plain = " ".join(token.word for token in tokens(text) if token.word != ".")
    if len(plain) <= run:
        return frozenset({plain} if plain else ())
    return frozenset(plain[at : at + run] for at in range(len(plain) - run + 1))


def likeness(one: frozenset[str], two: frozenset[str]) -> float:
    """0 nothing in common, 1 the same; of two empty texts 0."""
    shared = len(one & two)
    return shared / (len(one) + len(two) - shared) if shared else 0.0


def similarity(one: str, two: str) -> float:
    """0 to 1 for two comments; compare many by keeping their `shingles`."""
    return likeness(shingles(one), shingles(two))


def near_copy(text: str, others: Iterable[str], least: float = NEAR_COPY) -> str | None:
    """The first of the others that is (nearly) the same words; None: it is new."""
    own = shingles(text)
    return next((other for other in others if likeness(own, shingles(other)) >= least), None)


def pairs(texts: Sequence[str], least: float = COPY) -> list[tuple[int, int]]:
    """Which of the texts are copies of each other, as positions; the cost is quadratic."""
    sets = [shingles(text) for text in texts]
    return [
        (one, two)
        for one in range(len(sets))
        for two in range(one + 1, len(sets))
        if likeness(sets[one], sets[two]) >= least
    ]
