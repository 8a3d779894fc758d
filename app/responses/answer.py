"""What a delivery says: an answer, or that an answer is taken back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Clocks and zones differ; who answered later than this from now has not answered yet.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One customer's answer as a platform reports it; blank values are already None.

    `score` is 0..10, or None while only other parts of the answer are known. `version` orders the
    updates of one response (None: order of arrival). `submitted_at` None means time of receipt.
    `excluded` is the reason why the platform says the answer must not count.
    """

    response_id: str
    score: int | None
    comment: str | None = None
    email: str | None = None
    name: str | None = None
    submitted_at: datetime | None = None
    updated_at: datetime | None = None
    version: float | None = None
    survey_id: str | None = None
    channel: str | None = None
    consent: bool | None = None
    excluded: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """The platform says that this response is gone."""

    response_id: str
    version: float | None = None
    reason: str = "withdrawn by the platform"
