"""One plain line from whatever a customer, or somebody playful, typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.clean import MOST_MARKS, clean

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("a é\u0301\u0300\u200b\u200d\u200c\u202e\u2066\u2069\ufeff\0\n\t\u2028"),
        st.sampled_from("\ufe0f\U0001f469\U0001f527\u1112\u1161\u11ab\u3164\u00ad\U000e0067"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("right\u202eto\u2066left\u2069", "righttoleft"),
        ("zero\u200bwidth\ufeff and \u00adsoft\u00ad hyphen", "zerowidth and soft hyphen"),
        ("a\0b\x1bc\x7f", "abc"),
        ("  two \t\r\n\u2028 lines\u00a0\u3000 ", "two lines"),
        ("e\u0301te\u0301", "été"),
        ("\u1112\u1161\u11ab", "한"),
        ("\u0301first", "first"),
        ("\u0645\u064a\u200c\u062e\u0648", "\u0645\u064a\u200c\u062e\u0648"),
        ("thanks \U0001f469\u200d\U0001f527!", "thanks \U0001f469\u200d\U0001f527!"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("tag\U000e0067\U000e007f \ue000private", "tag private"),
        ("\u3164\u2800", ""),
    ],
)  # fmt: skip
def test_hidden_signs_go_and_readable_ones_stay(comment: str, text: str) -> None:
    assert clean(comment).text == text


def test_stacked_marks_are_capped() -> None:
    zalgo = "H" + "\u0300\u0301\u0302\u0303\u0304\u0305\u0306" * 20 + "i"
    text = clean(zalgo).text
    assert text[0] == "H"
    assert text[-1] == "i"
    assert len(text) == 2 + MOST_MARKS


@given(HOSTILE)
def test_clean_text_is_clean_and_knows_where_it_came_from(comment: str) -> None:
    cleaned = clean(comment)
    text = cleaned.text
    assert unicodedata.is_normalized("NFC", text)
    assert text == text.strip()
    assert "  " not in text
    text.encode()
    assert not any(unicodedata.category(sign) in {"Cc", "Cs", "Co"} for sign in text)
    assert clean(text).text == text
    places = [cleaned.given(at, at + 1) for at in range(len(text))]
    assert all(0 <= start < end <= len(comment) for start, end in places)
    assert places == sorted(places)
