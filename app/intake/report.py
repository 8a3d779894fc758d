"""How a source is doing, for a terminal and for a program that watches it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from app.intake.models import OUTCOMES
from app.intake.overview import State


def document(one: State) -> dict[str, Any]:
    """One source as JSON; times ISO 8601 UTC, gaps in seconds, null where nothing is known."""
    beat = one.pulse
    gap = beat.usual_gap if beat else None
    return {
        "id": str(one.id),
        "name": one.name,
        "platform": one.platform,
        "hook_path": f"/hooks/{one.key}",
        "last_delivery": _iso(one.last_delivery),
        "last_answer": _iso(one.last_answer),
        "counts": {outcome: one.counts.get(outcome, 0) for outcome in OUTCOMES},
        "counted_since": _iso(one.counted_since),
        "error": one.error,
        "failing": one.is_failing,
        "silent": bool(beat and beat.is_silent),
        "silent_seconds": round(beat.silence.total_seconds()) if beat else None,
        "usual_gap_seconds": round(gap.total_seconds()) if gap else None,
    }


def lines(one: State) -> Iterator[str]:
    """One source as lines, its facts first and what is wrong last."""
    yield f"{one.name}\t{one.platform}\t/hooks/{one.key}"
    counted = [f"{count} {outcome}" for outcome, count in sorted(one.counts.items())]
    since = one.counted_since.astimezone(UTC)
    yield f"  {one.beat}; since {since:%Y-%m-%d}: {', '.join(counted) or 'nothing'}"
    if one.is_troubled:
        yield "  NEEDS A LOOK: " + (
            "the last delivery failed" if one.is_failing else "it is silent"
        )
    if one.error:
        yield f"  last error: {one.error}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
