"""How files are written: encodings, separators, dates, columns; found out, or refused in words."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from app.errors import CheerboardError
from app.intake import csvcolumns, csvfile
from app.intake.csvdates import DAY_FIRST, MONTH_FIRST, Survey

UMLAUTS = "Datum;score;comment\n1.2.2026;9;Schöne Grüße aus Zürich, wirklich sehr schön\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (UMLAUTS.encode(), "utf-8"),
        (UMLAUTS.encode("utf-8-sig"), "utf-8-sig"),
        (UMLAUTS.encode("utf-16"), "utf-16"),
        (UMLAUTS.encode("utf-16-le"), "utf-16-le"),
        (UMLAUTS.encode("cp1252"), "cp1252"),
    ],
)
def test_an_encoding_is_found(raw: bytes, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    sheet = csvfile.read(path)
    assert (sheet.encoding, sheet.separator) == (encoding, ";")
    assert sheet.header == ("Datum", "score", "comment")
    assert [cells[2] for cells in sheet.rows()] == ["Schöne Grüße aus Zürich, wirklich sehr schön"]


@pytest.mark.parametrize(
    ("text", "separator", "first"),
    [
        ("score,comment\n9,a;b;c\n8,d;e;f\n", ",", ["9", "a;b;c"]),
        ("score\tcomment\n9\ta, b\n", "\t", ["9", "a, b"]),
        ("score|comment\n9|a\n", "|", ["9", "a"]),
        ("sep=;\nscore;comment\n9;x\n", ";", ["9", "x"]),
        ('score;comment\r\n"9,0";"two\r\nlines; and ""quotes"""\r\n', ";",
         ["9,0", 'two\r\nlines; and "quotes"']),
        ("score\n9\n", ",", ["9"]),
        ("score,comment\n9,a\0b\n", ",", ["9", "ab"]),
    ],
)  # fmt: skip
def test_a_separator_is_found(text: str, separator: str, first: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    sheet = csvfile.read(path)
    assert (sheet.separator, next(iter(sheet.rows()))) == (separator, first)
    assert sheet.first_row == (3 if text.startswith("sep") else 2)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b";;;\n1;2;3;4\n"])
def test_no_columns_no_file(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    with pytest.raises(CheerboardError, match="column names"):
        csvfile.read(path)


def read(*cells: str, order: str | None = None) -> tuple[str, list[datetime | None]]:
    look = Survey()
    for cell in cells:
        look.see(cell)
    dates = look.decide("date", order)
    reader = dates.reader()
    return dates.form, [reader(cell) for cell in cells if cell]


@pytest.mark.parametrize(
    ("cells", "form", "first"),
    [
        (["2026-03-04"], "ISO", "2026-03-04T00:00:00"),
        (["2026-03-04T05:06:07Z"], "ISO", "2026-03-04T05:06:07+00:00"),
        (["2026-03-04 05:06:07 +0200"], "ISO", "2026-03-04T05:06:07+02:00"),
        (["2026/3/4 05:06"], "ISO", "2026-03-04T05:06:00"),
        (["", "4.3.2026", "05.03.26 7:08"], "D.M.Y", "2026-03-04T00:00:00"),
        (["4/3/2026", "13/3/2026"], "D/M/Y", "2026-03-04T00:00:00"),
        (["4/3/2026", "3/13/2026"], "M/D/Y", "2026-04-03T00:00:00"),
        (["3/13/2026 1:02 PM"], "M/D/Y", "2026-03-13T13:02:00"),
        (["4/3/2026 10:11:12", "4/3/2026 10:11:13", "30/3/2026 00:00"], "D/M/Y",
         "2026-03-04T10:11:12"),
        (["3/3/2026"], "D/M/Y", "2026-03-03T00:00:00"),
        (["46085"], "Excel's count of days", "2026-03-04T00:00:00"),
        (["46085,25"], "Excel's count of days", "2026-03-04T06:00:00"),
        (["1772600767"], "ISO", "2026-03-04T05:06:07+00:00"),
    ],
)  # fmt: skip
def test_dates_are_read_as_the_column_writes_them(cells: list[str], form: str, first: str) -> None:
    shown, found = read(*cells)
    assert shown == form
    assert found[0] is not None
    assert found[0].isoformat() == first
    assert None not in found


def test_what_could_be_two_dates_is_refused() -> None:
    with pytest.raises(CheerboardError, match="'3/4/2026'; say --dates dmy or --dates mdy"):
        read("3/4/2026", "5/6/2026")
    assert read("3/4/2026", order=MONTH_FIRST)[1][0] == datetime(2026, 3, 4)  # noqa: DTZ001 - no zone yet
    assert read("3/4/2026", order=DAY_FIRST)[1][0] == datetime(2026, 4, 3)  # noqa: DTZ001 - as above
    with pytest.raises(CheerboardError, match="write them all alike"):
        read("13/4/2026", "4/13/2026")
    with pytest.raises(CheerboardError, match="No date of the column 'date' can be read"):
        read("yesterday")


def test_no_day_that_is_not() -> None:
    _, found = read("31/12/2025", "31/2/2026", "1/2/2026 25:00", "2026-02-30", "99999", "soon")
    assert found[1:] == [None] * 5


def test_columns_are_found_by_name_and_by_mapping() -> None:
    header = ["Response ID", "NPS Score", "E-Mail Address", "Shop", "Wie sehr?", "Plan"]
    found = csvcolumns.find(header, None, csvcolumns.ANSWERS)
    assert found.places == {"response_id": 0, "score": 1, "email": 2, "store": 3}
    assert found.left_out == ("Wie sehr?", "Plan")
    mapping = {"score": "wie  SEHR?", "attributes": {"plan": "plan", "store": "shop"}}
    found = csvcolumns.find(header, mapping, csvcolumns.ANSWERS)
    assert found.places["score"] == 4
    assert found.attributes == {"store": 3, "plan": 5}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"scor": "a"}, "names 'scor', which is none of"),
        ({"score": "b"}, "no column 'b'; it has a"),
        ({"score": 3}, "not the name of a column"),
    ],
)
def test_a_mapping_that_will_not_do(mapping: dict[str, object], words: str) -> None:
    with pytest.raises(CheerboardError, match=words):
        csvcolumns.find(["a"], mapping, csvcolumns.ANSWERS)
    assert json.dumps(mapping)
