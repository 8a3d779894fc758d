"""Other people's scores: none is invented, each has its year and source, wrong ones are refused."""

from datetime import date

import pytest

from app.board.benchmarks import Figure
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]

LEGO = {"name": "LEGO", "value": None, "year": None, "source": ""}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_a_rung_is_put_replaced_and_taken_off(cheerboard: Command) -> None:
    assert cheerboard("benchmark", "list", "--json").document == [LEGO]
    words = ["benchmark", "set", "Retail", "--year", "2025", "--source", "Yearbook"]
    assert cheerboard(*words, "--value", "42").code == 0
    assert cheerboard(*words, "--value", "-3.5").code == 0
    retail = {"name": "Retail", "value": -3.5, "year": 2025, "source": "Yearbook"}
    assert cheerboard("benchmark", "list", "--json").document == [retail, LEGO]
    words[2] = "lego"
    assert cheerboard(*words, "--value", "80").code == 0
    listed = cheerboard("benchmark", "list", "--json").document
    assert [row["name"] for row in listed] == ["LEGO", "Retail"]
    for name in ("Lego", "retail"):
        assert cheerboard("benchmark", "set", name, "--off").code == 0
    assert cheerboard("benchmark", "list", "--json").document == [LEGO]
    assert cheerboard("benchmark", "list").out == "LEGO\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["Retail"], "needs --value"),
        (["Retail", "--value", "5", "--year", "2025"], "needs --value"),
        (["Retail", "--off", "--year", "2025"], "either --off"),
        (["Retail", "--off"], "There is no benchmark"),
        (["Retail", "--value", "101", "--year", "2025", "--source", "S"], "from -100 to 100"),
        (["Retail", "--value", "nan", "--year", "2025", "--source", "S"], "from -100 to 100"),
        (["Retail", "--value", "5", "--year", "1999", "--source", "S"], "year is 2003 to"),
        (["  ", "--value", "5", "--year", "2025", "--source", "S"], "name is empty"),
        (["R" * 201, "--value", "5", "--year", "2025", "--source", "S"], "longer than 200"),
    ],
)
def test_a_wrong_one_is_refused_in_a_sentence(
    cheerboard: Command, words: list[str], why: str
) -> None:
    cheerboard("benchmark", "set", *words).refused(why)


def test_a_benchmark_is_good_for_eighteen_months() -> None:
    assert not Figure("Retail", 5, 2024, "S").is_stale(date(2026, 6, 30))
    assert Figure("Retail", 5, 2024, "S").is_stale(date(2026, 7, 1))
    assert not Figure("LEGO").is_stale(date(2026, 7, 1))
