"""What a delivery says of its customer beside name and e-mail is hidden; where they were is not."""

import pytest

from app.text import details
from app.text.details import Detail
from app.text.known import Known
from app.text.redaction import redact

ROSTER = ("Anna", "Tom")


def hidden(comment: str, **attributes: str) -> str:
    return redact(comment, Known(details=details.personal(attributes)), ROSTER).text


@pytest.mark.parametrize(
    ("comment", "attributes", "shown"),
    [
        ("It was XK9 114 that came", {"order_id": "XK9-114"}, "It was [number] that came"),
        ("0176 5550 82 is mine", {"Phone Number": "+49 176 555082"}, "[phone] is mine"),
        ("call 5550 82 7", {"mobile": "+49 (176) 5550827"}, "call [phone]"),
        ("Uma Ray thanks Anna", {"firstName": "Uma", "lastName": "Ray"}, "[name] thanks Anna"),
        ("Sent to Elm 4, Ulm, yes", {"address": "Elm 4 Ulm"}, "Sent to [address], yes"),
        ("Mine, B-MW 1234, was clean", {"licence_plate": "BMW1234"}, "Mine, [number], was clean"),
        ("mine is 7781234", {"crm": "7781234"}, "mine is [number]"),
        ("Anna is my namesake", {"customer_name": "Anna Bell"}, "Anna is my namesake"),
    ],
)
def test_values_are_hidden_however_they_are_written(
    comment: str, attributes: dict[str, str], shown: str
) -> None:
    assert hidden(comment, **attributes) == shown


@pytest.mark.parametrize(
    "attributes",
    [
        {"employee": "Tom Basel", "store": "Basel", "team": "Basel 123456"},
        {"store_name": "Basel", "agentName": "Basel", "transaction_at": "2026-06-10T11:15:31Z"},
        {"order_status": "in Basel", "segment": "123456", "visited": "2026-06-10", "vip": "ok"},
    ],
)
def test_the_house_its_people_and_dates_stay(attributes: dict[str, str]) -> None:
    comment = "Tom in Basel on 2026-06-10: 123456 thanks, and ok."
    assert hidden(comment, **attributes) == comment


def test_words_are_never_cut_and_odd_values_do_no_harm() -> None:
    odd = {"order": "", "phone": "+" * 200, "id": "(((123", "name": "  ", "zip": "*" * 50}
    assert hidden("In order 12345 of 2026", **odd) == hidden("In order 12345 of 2026")
    assert hidden("A99123X is no 99123", ticket="99123") == "A99123X is no [number]"
    assert details.personal({"ref": "AB-12345"}) == (Detail("ORDER", "AB-12345"),)
