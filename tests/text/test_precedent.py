"""What sorted comments teach: counted from the sets beside this file, read by the gate."""

import shutil
from pathlib import Path

import pytest

from app.text import gate, precedent, unsafe
from tests.text.precedents import ROSTER, counted, files, sorted_comments

SORTED = list(sorted_comments(files()))


@pytest.mark.parametrize("language", ["da", "de", "en", "es", "fr", "nl"])
def test_the_counts_are_those_of_the_sorted_comments(language: str) -> None:
    path = precedent.FOLDER / f"{language}.tsv"
    assert path.read_text("utf-8") == counted(SORTED, language), (
        "python -m tests.text.precedents makes it anew"
    )


def test_what_is_implied_reads_like_what_was_never_shown() -> None:
    comment = "He turned the screen round and said please press the last number for a day off, Tom."
    verdict = gate.judge(comment, 10, names=ROSTER)
    assert verdict.gate == "none"
    assert verdict.reasons[0].startswith("reads too little like a story (-")


def test_one_small_doubt_counts_for_nothing_in_a_clear_story() -> None:
    comment = "We waited an hour for the bus, so Priya drove us home and carried the boxes up."
    verdict = gate.judge(comment, 10, names=ROSTER)
    assert verdict.gate == "review"
    assert "needs a reader: complains: waited an" in verdict.reasons
    turned = comment.replace("home and", "home, but she")
    assert gate.judge(turned, 10, names=ROSTER).gate == "none"


def test_a_language_without_sorted_comments_has_no_leaning() -> None:
    assert precedent.leaning(unsafe.read("Tack för hjälpen!", "en"), "sv") is None


def test_words_nobody_knows_and_praise_lean_nowhere() -> None:
    reading = unsafe.read("Wonderful, excellent, brilliant!", "en")
    assert precedent.leaning(reading, "en") == pytest.approx(0.0, abs=0.05)


def test_a_language_is_one_file_and_a_broken_one_is_loud(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    shutil.copy(precedent.FOLDER / "en.tsv", whole / "sv.tsv")
    assert set(precedent.odds(whole)) == {"sv"}
    (broken / "sv.tsv").write_text("(comments)\t3\n")
    with pytest.raises(ValueError, match="unpack"):
        precedent.odds(broken)
