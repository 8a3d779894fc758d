"""Sums: many voices at once as differences of tallies. Pure."""

from collections.abc import Mapping

from app.responses.voice import Voice
from app.scores import nps, tallies
from app.scores.nps import Tally
from app.scores.tallies import COMPANY, COUNTS, Key

# Which of the three counts a score is in.
_PLACES = tuple(COUNTS.index(f"{nps.category(score)}s") for score in range(11))


def sums_of(voices: Mapping[Voice, int]) -> dict[Key, Tally]:
    """What these voices, each so many times, add to the company, sites, teams and people."""
    counts: dict[Key, list[int]] = {}
    parts: dict[tuple[str | None, str | None], str] = {}
    for (score, day, site_id, team_id, person_id, survey_id, channel), many in voices.items():
        part = parts.get((survey_id, channel))
        if part is None:
            part = parts[survey_id, channel] = tallies.segment(survey_id, channel)
        place = _PLACES[score]
        for scope, scope_id in (
            ("company", COMPANY), ("site", site_id), ("team", team_id), ("person", person_id),
        ):  # fmt: skip
            if scope_id is not None:
                key = (scope, scope_id, day, part)
                three = counts.get(key)
                if three is None:
                    three = counts[key] = [0, 0, 0]
                three[place] += many
    return {key: Tally(*three) for key, three in counts.items()}
