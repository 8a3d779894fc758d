"""Sums: many voices at once as differences of tallies. Pure."""

from collections.abc import Mapping

from app.responses.voice import Voice
from app.scores import nps, tallies
from app.scores.nps import Tally
from app.scores.tallies import COMPANY, COUNTS, Key


def sums_of(voices: Mapping[Voice, int]) -> dict[Key, Tally]:
    """What these voices, each so many times, add to the company, sites, teams and people."""
    counts: dict[Key, list[int]] = {}
    for voice, many in voices.items():
        part = tallies.segment(voice.survey_id, voice.channel)
        place = COUNTS.index(f"{nps.category(voice.score)}s")
        for scope, scope_id in (
            ("company", COMPANY),
            ("site", voice.site_id),
            ("team", voice.team_id),
            ("person", voice.person_id),
        ):
            if scope_id is not None:
                counts.setdefault((scope, scope_id, voice.day, part), [0, 0, 0])[place] += many
    return {key: Tally(*three) for key, three in counts.items()}
