"""What redaction, the gate and the language reach on labelled comments of six languages.

`comments.jsonl` was there before the rules. `hostile.jsonl`, `everyday.jsonl` (two sets),
`fresh.jsonl`, `oblique.jsonl`, `unseen.jsonl` (two) and `plain.jsonl` (these of the first's kind)
were written without looking at them and read once blind, `taught.jsonl` and `taught_more.jsonl` to
be learned from; what they showed is mended since, so they guard and no longer measure.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from app.text import gate
from app.text.gate import Verdict
from tests.text.precedents import names_in

HERE = Path(__file__).parent
FILES = [
    "comments.jsonl", "hostile.jsonl", "everyday.jsonl", "fresh.jsonl", "oblique.jsonl",
    "unseen.jsonl", "taught.jsonl", "taught_more.jsonl", "plain.jsonl",
]  # fmt: skip
# What is only implied there has no unsafe word: the gate keeps it from a lead by what it is about.
IMPLIED = {"oblique.jsonl", "taught.jsonl", "taught_more.jsonl"}

pytestmark = pytest.mark.parametrize("file", FILES)


@lru_cache(maxsize=9)
def judged(file: str) -> list[tuple[dict[str, Any], Verdict]]:
    rows = [json.loads(line) for line in (HERE / file).read_text().splitlines()]
    names = names_in(rows)
    return [(row, gate.read(row["text"], row["score"], names=names)) for row in rows]


def test_at_least_92_of_100_labelled_spans_are_hidden(file: str) -> None:
    spans, missed = 0, []
    for row, verdict in judged(file):
        hidden = {at for one in verdict.spans for at in range(one.start, one.end)}
        for span in row["redactions"]:
            spans += 1
            letters = set(range(span["start"], span["end"]))
            if len(letters & hidden) < 0.9 * len(letters):
                missed.append(span["text"])
    assert len(missed) <= 0.08 * spans, missed


def test_no_employee_is_hidden_and_no_word_is_cut(file: str) -> None:
    for row, verdict in judged(file):
        assert verdict.text is not None
        assert all(name in verdict.text for name in row["employees_visible"]), row["id"]
        for span in verdict.spans:
            for at in (span.start, span.end):
                around = row["text"][max(0, at - 1) : at + 1]
                assert not (0 < at < len(row["text"]) and around.isalnum()), row["id"]


def test_nothing_unsafe_passes(file: str) -> None:
    passed = [
        row["text"]
        for row, verdict in judged(file)
        if not row["publishable"]
        and (verdict.gate != "none" or (verdict.is_publishable and file not in IMPLIED))
    ]
    assert passed == []


def test_what_is_safe_may_be_shown(file: str) -> None:
    blocked = [
        (row["text"], verdict.reasons)
        for row, verdict in judged(file)
        if row["publishable"] and not verdict.is_publishable
    ]
    assert blocked == []


def test_the_review_lane_finds_the_stories(file: str) -> None:
    shown = [row for row, one in judged(file) if one.gate != "none" and not one.is_against_score]
    good = [row for row, _ in judged(file) if row["good_story"]]
    right = [row for row in shown if row["good_story"]]
    assert len(right) >= 0.9 * len(shown), [row["text"] for row in shown if row not in right]
    assert len(right) >= 0.8 * len(good), [row["text"] for row in good if row not in right]


def test_words_against_the_score_go_to_review(file: str) -> None:
    against = [row for row, one in judged(file) if one.is_against_score]
    assert against
    assert all(row.get("against_score", row["score"] == 0) for row in against)


def test_the_language_is_right(file: str) -> None:
    long = [
        (row, one) for row, one in judged(file) if sum(map(str.isalpha, row["text"])) >= 20
    ]  # fmt: skip
    wrong = [row["text"] for row, one in long if one.language != row["lang"]]
    assert len(wrong) <= 0.03 * len(long), wrong
