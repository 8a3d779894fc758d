"""A customer's words may be left out, whole and visibly, and never be anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CheerboardError
from app.stories import cutting

WHOLE = "Ana came the same evening, Ana smiled, and she fixed it for [name]."
WORDS = st.lists(
    st.sampled_from(["a", "b", "very", "…", "[name]", "ünï", "\U0001f600"]), max_size=9
)


@pytest.mark.parametrize(
    ("left", "cut"),
    [
        (WHOLE, None),
        (f"  {WHOLE.replace(' ', '   ')}  ", None),
        ("Ana came and she fixed it", "Ana came … and she fixed it …"),
        ("… Ana smiled, and …", "… Ana smiled, and …"),
        ("Ana fixed it", "Ana … fixed it …"),
        ("Ana came … she fixed it for [name].", "Ana came … she fixed it for [name]."),
    ],
)
def test_what_is_left_out_shows(left: str, cut: str | None) -> None:
    assert cutting.cut(WHOLE, left) == cut


@pytest.mark.parametrize(
    "left",
    [
        "Ana came the same morning,",  # another word
        "Ana came the same eve",  # half a word
        "smiled, Ana came",  # another order
        "Ana came and she fixed it for Bob.",  # behind a mark
        "Ana came Ana came Ana",  # more than there is
        "ana came the same",  # other letters
        "Ana …",
        "",
        "… … …",
        "\x00 a b",
    ],
)
def test_nothing_else_can_be_done_to_them(left: str) -> None:
    with pytest.raises(CheerboardError):
        cutting.cut(WHOLE, left)


@given(WORDS, WORDS)
def test_whatever_is_sent_only_words_that_were_there_are_kept(
    words: list[str], sent: list[str]
) -> None:
    try:
        kept = cutting.cut(" ".join(words), " ".join(sent))
    except CheerboardError:
        return
    rest = iter(words)
    assert all(word in rest for word in (kept or " ".join(words)).split() if word != "…")
    assert kept is None or cutting.cut(" ".join(words), kept) == kept


def test_a_cut_of_words_that_changed_since_is_none() -> None:
    assert cutting.shown(WHOLE, "Ana came the …") == "Ana came the …"
    assert cutting.shown("All was very well.", "Ana came the …") == "All was very well."


def test_what_was_hidden_is_told_apart() -> None:
    assert cutting.pieces("it for [name].") == [(False, "it for "), (True, "[name]"), (False, ".")]
