"""Reading: how long a picture stays, by the words on it. Pure.

Adults read 238 words a minute (Brysbaert 2019); across a room, with other work to do, a wall is
planned for 140, after four seconds of finding the place.
"""

FINDING = 4.0
SECONDS_A_WORD = 60 / 140
LEAST, MOST = 12, 40


def seconds(*texts: str | None) -> int:
    """Whole seconds for these texts together, 12 to 40. A number is a word, a sign is none."""
    words = sum(
        any(letter.isalnum() for letter in word) for text in texts for word in (text or "").split()
    )
    return max(LEAST, min(MOST, round(FINDING + SECONDS_A_WORD * words)))
