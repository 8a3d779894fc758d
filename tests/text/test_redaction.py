"""What points at a customer goes, in whole words; everything else stays readable."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.known import Known
from app.text.redaction import MARK, redact, without

HERE = Path(__file__).parent
ROSTER = json.loads((HERE / "roster.json").read_text())
COMMENTS = [json.loads(line) for line in (HERE / "comments.jsonl").read_text().splitlines()]
LABELLED = [(row, span) for row in COMMENTS for span in row["redactions"]]

UMA = Known("Uma Carter", "uma.k@example.com")
WORDS = st.sampled_from(
    [
        "lovely",
        "help",
        "10",
        "on 03.05.2024",
        "from 9.30-17.00",
        "für Jürgen",
        "Uma",
        "(really)",
        "!",
        "+",
        "/",
        "a@",
        "www.",
        "::",
        "12",
        "34 56",
        "[phone]",
        "é",
        "\u202e",
        "谢谢",
        "Order 7",
    ]
)
EMAILS = st.builds(
    "{}@{}".format,
    st.from_regex(r"[a-z0-9]{1,12}([._+-][a-z0-9]{1,8})?", fullmatch=True),
    st.from_regex(r"[a-z]{2,10}\.(com|dk|co\.uk|museum)", fullmatch=True),
)
PHONES = st.sampled_from(
    [
        "+45 20 12 34 56",
        "+1 (212) 555-0123",
        "06 39 98 12 34",
        "07700 900123",
        "0151/23456789",
        "612 345 678",
        "+49151 23456789",
        "(030) 123-45-67-8",
        "00354 555 1234",
    ]
)
LINKS = st.sampled_from(
    [
        "https://example.org/a?b=c#d",
        "http://x.test",
        "www.example.dk",
        "example.com/offer",
        "HTTP://A.B",
    ]
)
HIDDEN = st.one_of(EMAILS, PHONES, LINKS)


@pytest.mark.parametrize(
    ("row", "span"), LABELLED, ids=[f"{row['id']}-{span['type']}" for row, span in LABELLED]
)
def test_a_labelled_span_is_covered(row: dict[str, Any], span: dict[str, Any]) -> None:
    spans = redact(row["text"], names=ROSTER).spans
    assert any(one.start <= span["start"] and span["end"] <= one.end for one in spans)


@pytest.mark.parametrize("row", COMMENTS, ids=[row["id"] for row in COMMENTS])
def test_nothing_is_hidden_without_need(row: dict[str, Any]) -> None:
    redacted = redact(row["text"], names=ROSTER)
    assert all(name in redacted.text for name in row["employees_visible"])
    labelled = [(span["start"], span["end"]) for span in row["redactions"]]
    for span in redacted.spans:
        # The spam link is labelled as unsafe, not as a span.
        assert span.type == "URL" or any(s < span.end and span.start < e for s, e in labelled)


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("Write to uma@example.com.", "Write to [e-mail]."),
        ("Write to john (at) mail (dot) com, please", "Write to [e-mail], please"),
        ("Write to john @ example.com!", "Write to [e-mail]!"),
        ("See https://example.org/a?b=c. Bye", "See [link]. Bye"),
        ("(www.example.dk)", "([link])"),
        ("at shop.example.com they say", "at [link] they say"),
        ("Great service.It was fun", "Great service.It was fun"),
        ("on 03.05.1987, 2024-05-03 or 5/3/24", "on 03.05.1987, 2024-05-03 or 5/3/24"),
        ("open 10.30-17.00, in 2019-2023", "open 10.30-17.00, in 2019-2023"),
        ("call 99.99.2024", "call [phone]"),
        ("call 20-12-34-56", "call [phone]"),
        ("\uff0b\uff14\uff15 20 12 34 56", "[phone]"),
        ("ring me\u200b on 2\u200b0 12 3\u202e4 56!", "ring me on [phone]!"),
        ("order AB-1234567890X", "order [number]"),
        ("IBAN DE89 3704 0044 0532 0130 00.", "IBAN [account]."),
        ("请联系john@example.com谢谢", "请联系[e-mail]谢谢"),
    ],
)  # fmt: skip
def test_contacts(comment: str, text: str) -> None:
    assert redact(comment).text == text


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("Uma here. UMA CARTER!", "[name] here. [name]!"),
        ("Umas Fahrrad und Carter's bike", "[name] Fahrrad und [name]'s bike"),
        ("Human consumption of sumac", "Human consumption of sumac"),
        ("Ana helped Uma", "Ana helped [name]"),
    ],
)
def test_known_values_are_whole_words(comment: str, text: str) -> None:
    assert redact(comment, UMA, ["Ana Silva"]).text == text


def test_an_employee_who_shares_the_customers_name_stays_visible() -> None:
    redacted = redact("Anna was a star, says Anna Schmidt.", Known("Anna Schmidt"), ["Anna Berg"])
    assert redacted.text == "Anna was a star, says Anna [name]."


def test_the_surname_of_an_employee_goes() -> None:
    redacted = redact("Anna Kowalska is a star.", names=["Anna Kowalska"])
    assert redacted.text == "Anna [name] is a star."
    assert [(span.start, span.end, span.type) for span in redacted.spans] == [(5, 13, "SURNAME")]


def test_particles_go_only_within_a_name() -> None:
    redacted = redact("Van harte, Lone van der Berg", Known("Lone van der Berg"))
    assert redacted.text == "Van harte, [name]"


def test_a_mailbox_gives_a_name_away_only_when_written_as_one() -> None:
    known = Known(email="best.reto@example.com")
    assert redact("the best shop. Reto", known).text == "the best shop. [name]"
    assert redact("Info from the office", Known(email="info.office@x.test")).text.startswith("Info")


def test_a_region_brings_its_national_numbers() -> None:
    assert redact("call 555 1234 now").text == "call 555 1234 now"
    assert redact("call 555 1234 now", region="IS").text == "call [phone] now"


def test_without_hides_words_as_written() -> None:
    assert without("Will will stay, Will!", ["Will"]) == "[name] will stay, [name]!"


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS | HIDDEN, max_size=12).map(" ".join) | st.text(max_size=80))
def test_any_text(comment: str) -> None:
    redacted = redact(comment, UMA, ["Ana Silva", "Jürgen"])
    for span in redacted.spans:
        assert 0 <= span.start < span.end <= len(comment)
    assert all(a.end <= b.start for a, b in zip(redacted.spans, redacted.spans[1:], strict=False))
    assert redact(redacted.text, UMA, ["Ana Silva", "Jürgen"]).text == redacted.text
    assert len(redacted.spans) <= len(MARK.findall(redacted.text))


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, max_size=6), HIDDEN, st.lists(WORDS, max_size=6))
def test_what_was_put_in_is_not_there(before: list[str], hidden: str, after: list[str]) -> None:
    comment = " ".join([*before, hidden, *after])
    assert hidden not in redact(comment, UMA).text
