"""The story gate: score, length, words, a finished sentence; each verdict with its reasons."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text import gate
from app.text.gate import judge, words
from app.text.known import Known

HERE = Path(__file__).parent
ROSTER = json.loads((HERE / "roster.json").read_text())
COMMENTS = [json.loads(line) for line in (HERE / "comments.jsonl").read_text().splitlines()]

STORY = (
    "Ana rang me back on 06 39 98 12 34 the same evening, found the missing part "
    "and sent it by courier. Thank you!"
)


def test_a_story_with_its_reasons() -> None:
    verdict = judge(STORY, 10, names=["Ana Silva"])
    assert verdict.gate == "review"
    assert verdict.text == STORY.replace("06 39 98 12 34", "[phone]")
    assert verdict.reasons[:4] == (
        "score 10",
        "103 characters",
        "names an employee: Ana",
        "one phone number hidden",
    )
    assert "needs a reader: something was hidden" in verdict.reasons
    assert [(span.start, span.end, span.type) for span in verdict.spans] == [(20, 34, "PHONE")]
    assert verdict.language == "en"
    assert verdict.is_publishable
    assert 0 < verdict.rank <= 100


@pytest.mark.parametrize("score", [None, *range(9)])
def test_only_nine_and_ten_tell_stories(score: int | None) -> None:
    assert judge(STORY, score).gate == "none"


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        (None, "no comment"),
        ("", "no comment"),
        ("Great!", "6 characters, a story has 60 to 240"),
        ("x" * 2000, "2000 characters, a story has 60 to 240"),
        ("word " * 60 + "end.", "304 characters, a story has 60 to 240"),
        ("Incomprehensibilities notwithstanding, extraordinarily uncharacteristic.", "4 words"),
        ("I came in on Monday and they helped me at once with everything", "not finished"),
        ("I came in on Monday and they helped me at once with everything,", "not finished"),
        (" \u200b" * 40 + "Short, all the same.", "20 characters"),
    ],
)
def test_what_is_no_story_says_why(comment: str | None, reason: str) -> None:
    verdict = judge(comment, 10)
    assert verdict.gate == "none"
    assert reason in " ".join(verdict.reasons)


TEN = "I came in on Monday and they kindly helped me with everything"


@pytest.mark.parametrize(
    "end",
    [".", "!", "?", "…", ".”", '!"', ".)", "!»", "。", "！", "؟", "۔", "।", "! 😊", "!! ❤️", ' !"'],
)
def test_sentences_end_in_many_ways(end: str) -> None:
    assert judge(TEN + end, 9).gate == "review"


def test_the_length_counts_what_is_shown() -> None:
    link = "https://example.org/" + "a" * 300
    mail = "uma@" + "shop" * 45 + ".example"
    assert judge(f"{TEN}, write to {mail}.", 9).gate == "review"
    assert judge(f"They kindly helped me, write to {mail}.", 9).gate == "none"
    assert "contains a link" in judge(f"{TEN}, see {link}.", 9).reasons


@pytest.mark.parametrize(("length", "passes"), [(59, False), (60, True), (240, True), (241, False)])
def test_the_edges_of_the_length(length: int, passes: bool) -> None:
    comment = ("Tom helped us with the new bike at once, it was great fun " * 9)[: length - 1]
    comment = comment.rstrip() + "n" * (length - 1 - len(comment.rstrip())) + "."
    assert len(comment) == length
    assert (judge(comment, 9, names=["Tom"]).gate != "none") is passes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("one two  three", 3),
        ("don't well-known 9.30 a/b", 4),
        ("[phone] rang", 1),
        ("10/10 👍 !", 1),
        ("我非常喜欢这家店", 4),
        ("", 0),
    ],
)
def test_words(text: str, count: int) -> None:
    assert words(text) == count


def test_a_story_in_chinese_needs_no_spaces() -> None:
    comment = (
        "我非常喜欢这家店，店员特别耐心地给我介绍了每一款产品的优缺点，" * 2 + "真的太感谢你们了。"
    )
    assert judge(comment, 10).gate == "review"


def test_the_customers_name_is_counted_in_the_reasons() -> None:
    verdict = judge(f"{TEN}. Regards from Uma and Uma Carter.", 9, Known("Uma Carter"))
    assert verdict.text == f"{TEN}. Regards from [name] and [name]."
    assert "two names of the customer hidden" in verdict.reasons


def test_every_good_story_that_is_finished_passes() -> None:
    good = [row for row in COMMENTS if row["good_story"]]
    assert len(good) > 40
    missed = [
        row["id"] for row in good if judge(row["text"], row["score"], names=ROSTER).gate == "none"
    ]
    assert missed == []


def test_a_story_with_a_person_ranks_above_the_same_without() -> None:
    assert judge(STORY, 10, names=["Ana"]).rank > judge(STORY, 10).rank


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.sampled_from([9, 10]))
def test_any_text_gets_a_verdict(comment: str, score: int) -> None:
    verdict = judge(comment, score, Known("Uma"), ["Ana"])
    assert verdict.reasons
    assert 0 <= verdict.rank <= 100


def test_warm_up_is_harmless() -> None:
    gate.warm_up()
    assert judge(STORY, 10).gate == "review"


@pytest.mark.parametrize(
    "comment",
    [
        "Priya told me her husband keeps eleven cats, and she wrapped the vase beautifully.",
        "Tom said that nobody looks, so he put it down as broken and I had a new one in minutes.",
        "Will gave me the door code so that I can come in on Sundays too. Such a friendly man!",
    ],
)
def test_nobody_is_asked_for_what_is_beside_the_work(comment: str) -> None:
    verdict = judge(comment, 10, names=ROSTER)
    assert verdict.gate == "none"
    assert "speaks of more than the work" in " ".join(verdict.reasons)
