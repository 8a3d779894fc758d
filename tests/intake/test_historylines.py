"""Rows read a column at a time are what they are when read one after the other, and with care."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import clock
from app.errors import CheerboardError
from app.intake import csvcolumns
from app.intake.csvdates import Survey
from app.intake.history import DATES, BadRowError, Findings, Reader
from app.intake.historylines import Lines
from app.people.roster import Roster
from app.responses import history
from app.responses.history import Recall
from app.responses.lines import Line, entry_of, line_of, row_of
from app.responses.revision import revised

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
SALT = b"x" * 32

HEADER = (
    "response_id", "score", "comment", "email", "name", "submitted_at", "updated_at", "survey_id",
    "channel", "consent", "attributes", "employee", "store", "device",
)  # fmt: skip
words = st.sampled_from(
    ["", " ", "Fab", " Fab ", "Schöne Grüße", "'=1+1", "'", "'=", "x" * 70, "x" * 330, "ß" * 320]
)


def mostly(*plain: str) -> st.SearchStrategy[str]:
    return st.one_of(*[st.sampled_from(plain)] * 9)


dates = mostly("2026-06-09 23:30:00", "2026-06-09T23:30:59Z") | st.sampled_from(
    ["2026-06-09 23:30:00", "2026-06-09T23:30:59Z", "2026-06-09 21:05:06+02:00", "2026-06-09",
     "2026-03-29 02:30:00", "2026-03-29 03:00:00", "2025-10-26 02:59:59", "2026-06-09 24:00:00",
     "2026-06-09 23:30:00.5", "2026-06-09 23:30:60", "2026-06-09 10:00:00+05:30",
     "2199-01-01 00:00:00", "1969-12-31 23:00:00", "soon", "", " 2026-06-09 23:30:00 "],
)  # fmt: skip
cell = {
    "response_id": st.sampled_from(["a", " a ", "b", "ü", "x" * 300, "", "'=1"]),
    "score": mostly("0", "9", " 10 ", "9,0", "9.0") | st.sampled_from(["11", "", "nine"]),
    "comment": words,
    "email": st.sampled_from(["", "Uma@Example.com", " STRASSE@Straße.de ", "x" * 400]),
    "submitted_at": dates,
    "updated_at": dates,
    "consent": st.sampled_from(["", "yes", "No", "true", "maybe"]),
    "attributes": st.sampled_from(["", '{"plan": "b"}', '{"plan": 1, "ip": "::1"}', "[]"]),
    "employee": st.sampled_from(["", "Ana Silva", " ana silva ", "Reto", "nobody"]),
    "store": st.sampled_from(["", "Harbour", "harbour"]),
}
row = st.tuples(*(cell.get(name, words) for name in HEADER)).map(list)
rows = st.lists(row | row.map(lambda one: one[:9]) | row.map(lambda one: [*one, "more"]),
                max_size=12)  # fmt: skip


def crew(**more: Any) -> Roster:
    one, two = frozenset({1}), frozenset({2})
    return Roster(
        people={"ana silva": one, "reto": two}, teams={}, sites={"harbour": one},
        team_of={1: 1, 2: None}, site_of={1: 2}, first_site_id=2, names=(),
        timezones={1: "Pacific/Auckland", 2: "Europe/Berlin"}, timezone="Europe/Berlin", **more,
    )  # fmt: skip


def reader(columns: csvcolumns.Columns, found: Findings, recall: Recall) -> Reader:
    return Reader(columns, found, recall, SALT, NOW)


def careful(
    one: Reader, given: Sequence[list[str]], recall: Recall, width: int
) -> tuple[list[Line], Any]:
    lines, bad = [], []
    for number, cells in enumerate(given, 2):
        if not any(cells):
            continue
        try:
            if len(cells) > width and any(cells[width:]):
                raise BadRowError(f"It has {len(cells)} cells for {width} columns.")
            lines += history.prepare([one.answer(cells)], 7, NOW, recall)
        except BadRowError as error:
            bad.append((number, str(error)))
    return lines, bad


def both(header: Sequence[str], given: Sequence[list[str]], people: Roster) -> None:
    columns = csvcolumns.find(header, None, csvcolumns.ANSWERS)
    looks = {name: Survey() for name in DATES if name in columns.places}
    for name, look in looks.items():
        for cells in given:
            look.see(cells[columns.places[name]] if len(cells) > columns.places[name] else "")
    try:
        found = {name: look.decide(name) for name, look in looks.items()}
    except CheerboardError:  # not one date can be read: nothing is read at all
        return
    marks = [hash(tuple(cells)) for cells in given]
    findings = Findings(len(given), found, frozenset(m for m in marks if marks.count(m) > 1))
    recall = Recall(people)
    wanted, wrong = careful(reader(columns, findings, recall), given, recall, len(header))
    bad: list[tuple[int, str]] = []
    swift = Lines(reader(columns, findings, recall), 7, NOW, recall)
    lines = list(swift.of(2, given, len(header), lambda number, why, _: bad.append((number, why))))
    assert (sorted(lines, key=repr), bad) == (sorted(wanted, key=repr), wrong)
    for line in lines:
        again = revised(None, entry_of(line, NOW), people)
        assert row_of(line) == again
        assert line_of(again, is_dated=line[-1]) == line


@settings(max_examples=25, deadline=None, derandomize=True)
@given(given_rows=rows, left_out=st.sets(st.sampled_from(HEADER)), is_joined=st.booleans())
@example(given_rows=[], left_out=set(), is_joined=False)
def test_both_ways_read_the_same(
    given_rows: list[list[str]],
    left_out: set[str],
    is_joined: bool,
) -> None:
    # A column that the file does not have is one under a name that nobody knows.
    header = [f"no {n}" if n in left_out - {"score"} else n for n in HEADER]
    spans = {1: (date(2026, 6, 10), None)} if is_joined else {}
    with clock.frozen(NOW):
        both(header, given_rows, crew(spans=spans))


def test_every_half_hour_is_the_same_both_ways() -> None:
    zones = {2: "Europe/Berlin", 3: "Asia/Kolkata", 4: "America/St_Johns", 5: "Australia/Lord_Howe",
             6: "Asia/Gaza", 7: "America/Havana", 8: "Pacific/Apia"}  # fmt: skip
    sites = {name.casefold(): frozenset({one}) for one, name in zones.items()}
    people = replace(crew(), sites=sites, timezones=zones)
    # Days on which one of them turned its clocks, or left a day out.
    days = ("2025-03-30", "2025-10-26", "2006-10-29", "2024-10-06",
            "2025-11-02", "2011-12-29")  # fmt: skip
    given_rows = [
        ["9", f"{day} {hour:02}:{minute:02}:30{tail}", zone]
        for day in days
        for hour in range(24)
        for minute in (0, 30)
        for tail, zone in (("", "Europe/Berlin"), ("Z", "Pacific/Apia"), ("+05:30", "Asia/Gaza"))
    ] + [
        ["9", f"{day} {hour:02}:{minute}:00", zone]
        for day in days
        for hour in (0, 1, 2, 3, 23)
        for minute in (10, 40)
        for zone in zones.values()
    ]  # fmt: skip
    with clock.frozen(NOW):
        both(("score", "submitted_at", "store"), given_rows, people)
