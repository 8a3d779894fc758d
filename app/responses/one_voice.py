"""One voice per customer: a newer answer of the same customer and survey supersedes the older."""

from collections.abc import Sequence
from datetime import timedelta

from app.responses.models import Response
from app.responses.revision import Row

WITHIN = timedelta(days=90)
REASON = "a newer answer of the same customer counts"
MAY_SPEAK = Response.status.in_(("counted", "superseded"))


def settled(rows: Sequence[Row]) -> list[Row]:
    """The rows of some customers, in the same order, each counted or superseded by the rule.

    Needs every row of a customer that may speak. The outcome depends on the rows alone, not on the
    order they came in: withdraw the newer answer and the older one counts again. Without an e-mail
    nobody knows the customer, so nothing is superseded.
    """
    out = list(rows)
    speaking: dict[tuple[str, str | int], list[int]] = {}
    for place, row in enumerate(rows):
        if row["email"] and row["status"] in ("counted", "superseded"):
            # Answers to no named survey are compared within their source only.
            survey = row["survey_id"] or row["source_id"]
            speaking.setdefault((row["email"], survey), []).append(place)
    for places in speaking.values():
        places.sort(key=lambda place: (rows[place]["submitted_at"], rows[place]["external_id"]))
        for place, newer in zip(places, [*places[1:], None], strict=True):
            out[place] = _judged(rows[place], None if newer is None else rows[newer])
    return out


def _judged(row: Row, newer: Row | None) -> Row:
    is_over = newer is not None and newer["submitted_at"] - row["submitted_at"] <= WITHIN
    if is_over == (row["status"] == "superseded"):
        return row
    if is_over:
        return {**row, "status": "superseded", "reason": REASON}
    return {**row, "status": "counted", "reason": None}
