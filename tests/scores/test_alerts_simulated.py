"""The short form of `python -m tests.bench alerts`: few false alarms, and a fall is called."""

from tests.bench.alerts import simulated


def test_a_half_year_of_stable_teams_is_nearly_silent_and_a_fall_is_called() -> None:
    found = simulated(240, runs=2, falls=50)
    assert found.false <= 0.075  # 40 teams: 3 alerts at most; the benchmark has 400
    assert found.called >= 0.8
