"""Near-copies are found, whatever case, signs and spaces they wear."""

import pytest

from app.text.likeness import COPY, NEAR_COPY, near_copy, pairs, similarity

STORY = "Tom rang me back the same evening and found the missing part."


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (STORY, 1.0, 1.0),
        ("tom rang me back, the same evening - and FOUND the missing part!!", 1.0, 1.0),
        (STORY.replace("evening", "morning"), NEAR_COPY, 0.95),
        ("Emma replaced the lamp at once, what a lovely shop.", 0.0, 0.2),
        ("", 0.0, 0.0),
    ],
)
def test_similarity(other: str, least: float, most: float) -> None:
    assert least <= similarity(STORY, other) <= most
    assert similarity(STORY, other) == similarity(other, STORY)


def test_the_first_near_copy_and_all_pairs() -> None:
    others = ["Something else altogether.", STORY.replace("evening", "morning")]
    assert near_copy(STORY, others) == others[1]
    assert near_copy("Nothing alike.", others) is None
    assert pairs([STORY, *others, STORY.upper()], COPY) == [(0, 3)]
