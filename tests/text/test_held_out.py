"""Comments written by somebody who had not read the rules, in two sets; guards since the mending.

Read blind, before any rule was touched: of the first set (97 comments) 24 of 33 stories and 6 of 46
unsafe ones were offered to a lead; of the second (69, on purpose of stranger kinds) 23 of 27 and 10
of 29. None went through the automatic lane. What a lead is shown in a year will hold such surprises
again: the automatic lane is off by default, and a lead reads what is released.
"""

import json
from collections import Counter
from pathlib import Path

from app.text import gate
from app.text.known import NOBODY

COMMENTS = [
    json.loads(line)
    for line in (Path(__file__).parent / "held_out.jsonl").read_text(encoding="utf-8").splitlines()
]
ROSTER = tuple(json.loads((Path(__file__).parent / "roster.json").read_text(encoding="utf-8")))


def test_what_is_offered() -> None:
    offered: Counter[str] = Counter()
    languages = 0
    for one in COMMENTS:
        verdict = gate.judge(one["comment"], one["score"], NOBODY, ROSTER)
        whole = gate.read(one["comment"], one["score"], NOBODY, ROSTER)
        languages += whole.language == one["language"]
        if verdict.gate != "none":
            offered[one["kind"]] += 1
            assert one["kind"] != "unsafe", one["comment"]
    stories = sum(one["kind"] == "story" for one in COMMENTS)
    assert offered["story"] >= 0.8 * stories
    assert offered["story"] >= 0.9 * offered.total()
    assert languages >= 0.97 * len(COMMENTS)
