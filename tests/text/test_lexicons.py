"""Each language's rule file: the same sections, its own examples, and one file is a language."""

import hashlib
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.text import gate, lexicon, unsafe
from app.text.folding import tokens
from app.text.lexicon import CUES, EXAMPLES, FOLDER, SECTIONS, UNSAFE
from app.text.redaction import redact

ROSTER = json.loads((Path(__file__).parent / "roster.json").read_text())
LANGUAGES = sorted(lexicon.lexicons())


def examples(kind: str) -> list[Any]:
    return [
        pytest.param(code, example, id=f"{code}-{at}")
        for code in LANGUAGES
        for at, example in enumerate(lexicon.lexicons()[code].examples[kind])
    ]


def test_the_six_languages_are_there() -> None:
    assert LANGUAGES == ["da", "de", "en", "es", "fr", "nl"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_rule_file_has_the_same_sections(code: str) -> None:
    rules = tomllib.loads((FOLDER / f"{code}.toml").read_text())
    assert set(rules) == {"language", "groups", "examples", *SECTIONS}
    assert set(rules["examples"]) == set(EXAMPLES)
    empty = {section for section in SECTIONS if not rules[section].strip()}
    assert empty <= {"street_before", "street_after", "street_ending"}
    refused = {kind for _, kind in rules["examples"]["must_refuse"]}
    assert refused == set(UNSAFE), "each class has its example"


@pytest.mark.parametrize(("code", "example"), examples("must_redact"))
def test_must_redact(code: str, example: tuple[str, str]) -> None:
    comment, text = example
    assert redact(comment, names=ROSTER, language=code).text == text


@pytest.mark.parametrize(("code", "comment"), examples("must_keep"))
def test_must_keep(code: str, comment: str) -> None:
    verdict = gate.read(comment, 10, names=ROSTER, given_language=code)
    assert verdict.text == comment
    assert verdict.is_publishable, verdict.reasons


@pytest.mark.parametrize(("code", "example"), examples("must_refuse"))
def test_must_refuse(code: str, example: tuple[str, str]) -> None:
    comment, kind = example
    assert kind in unsafe.read(comment, code).unsafe
    verdict = gate.read(comment, 10, names=ROSTER, given_language=code)
    assert not verdict.is_publishable
    assert verdict.gate == "none"
    assert unsafe.SAYS[kind] in " ".join(verdict.reasons)


@pytest.mark.parametrize(("code", "comment"), examples("must_offer"))
def test_must_offer(code: str, comment: str) -> None:
    verdict = gate.read(comment, 10, names=ROSTER)
    assert verdict.language == code
    assert verdict.gate != "none", verdict.reasons


def test_a_seventh_language_is_one_file(tmp_path: Path) -> None:
    """Its words are found as soon as the file is there."""
    shutil.copytree(FOLDER, tmp_path / "lexicons")
    rules = tomllib.loads((FOLDER / "en.toml").read_text())
    lines = ['language = "Svenska"']
    for section in SECTIONS:
        words = {"profanity": "jävla*", "closing": "hälsningar", "praise": "bra"}.get(section, "")
        lines.append(f'{section} = "{words}"')
    lines += ["[examples]", *(f"{kind} = []" for kind in rules["examples"])]
    (tmp_path / "lexicons" / "sv.toml").write_text("\n".join(lines))
    known = lexicon.lexicons(tmp_path / "lexicons")
    assert set(known) == {*LANGUAGES, "sv"}
    hits = known["sv"].index.hits(tokens("Jävlar vad bra!"))
    assert [hit.section for hit in hits] == ["profanity", "praise"]
    cued = lexicon.cues(tmp_path / "lexicons").hits(tokens("Bra. Hälsningar Åsa"))
    assert "closing" in {hit.section for hit in cued} <= set(CUES)


@pytest.mark.parametrize("change", ["missing", "unknown"])
def test_a_rule_file_with_a_wrong_section_is_named(tmp_path: Path, change: str) -> None:
    text = (FOLDER / "da.toml").read_text()
    wrong = text.replace("\nhedge =", "\nhedges =" if change == "unknown" else "\n# hedge =")
    (tmp_path / "da.toml").write_text(wrong)
    with pytest.raises(ValueError, match=r"da\.toml: .*hedge"):
        lexicon.lexicons(tmp_path)


def test_vendored_lists_are_what_they_were() -> None:
    folder = FOLDER / "naughty-words"
    listed = (folder / "VENDOR.md").read_text()
    files = sorted(folder.glob("*.json"))
    assert [path.stem for path in files] == LANGUAGES
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in listed, path.name


def test_a_longer_harmless_entry_takes_the_unsafe_word_back() -> None:
    assert "health" not in unsafe.read("What a stroke of luck.", "en").unsafe
    assert "health" in unsafe.read("What a stroke of luck after my stroke.", "en").unsafe


def test_an_entry_may_ask_for_its_accents() -> None:
    index = lexicon.Index()
    index.add("praise", "=schön")
    index.add("hedge", "no =sé")
    assert [hit.section for hit in index.hits(tokens("Schön, schon: no se, no sé."))] == [
        "praise",
        "hedge",
    ]


def test_a_group_stands_for_its_words_and_a_colleague_for_every_name() -> None:
    assert "self_response" in unsafe.read("I am Will's mum.", "en", ROSTER).unsafe
    assert "self_response" in unsafe.read("Als Tante von Jonas sage ich das.", "de", ROSTER).unsafe
    assert "self_response" not in unsafe.read("I am so happy, mum.", "en", ROSTER).unsafe
    with pytest.raises(ValueError, match="no group 'kith'"):
        lexicon.Index().add("praise", "my @kith")
