"""The strict loader: what it reads exactly, and one sentence for everything it does not."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake import strictjson
from app.intake.strictjson import JSONRefusedError

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_reads_what_was_written(document: object) -> None:
    for ascii_only in (True, False):
        written = json.dumps(document, ensure_ascii=ascii_only).encode()
        assert strictjson.loads(written) == document
        assert strictjson.loads(b"\xef\xbb\xbf" + written) == document


@given(st.binary(max_size=60))
def test_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(JSONRefusedError):
        strictjson.loads(body)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is not JSON: Expecting value at line 1, column 1."),
        (b'{"a": NaN}', "The body holds NaN, which is not JSON."),
        (b"[-Infinity]", "The body holds -Infinity, which is not JSON."),
        (b"[1e999]", "The body holds a number that is too large."),
        (b"[" + b"9" * 5_000 + b"]", "The body holds a number of more than 20 digits."),
        (b'{"a": 1, "a": 2}', "The body names a key twice in one object."),
        (rb'["\ud83d"]', "The body holds half a surrogate pair."),
        (rb'{"\uDE00": 1}', "The body holds half a surrogate pair."),
        (b"\xff", "The body is not UTF-8 text."),
        ('{"a": "ä"}'.encode("utf-16"), "The body is not UTF-8 text."),
        (b"[" * 100_000, "The body is nested deeper than 32 levels."),
        (b"[" * 33 + b"]" * 33, "The body is nested deeper than 32 levels."),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "The body is nested deeper than 32 levels."),
        (json.dumps(dict.fromkeys(map(str, range(2_001)))).encode(),
         "The body holds more than 2,000 keys."),
    ],
)  # fmt: skip
def test_what_no_honest_sender_writes(body: bytes, sentence: str) -> None:
    with pytest.raises(JSONRefusedError) as refused:
        strictjson.loads(body)
    assert str(refused.value) == sentence


def test_the_bounds_themselves_are_allowed() -> None:
    strictjson.loads(b"[" * 32 + b"]" * 32)
    strictjson.loads(b"[" + b",".join([b"[]"] * 500) + b"]")
    strictjson.loads(json.dumps(dict.fromkeys(map(str, range(2_000)))).encode())
    assert strictjson.loads(rb'"\ud83d\ude00"') == "😀"
    long = "::[{" * 100_000
    assert strictjson.loads(json.dumps(long).encode()) == long
