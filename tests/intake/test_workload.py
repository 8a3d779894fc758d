"""An expression cannot keep the server busy, whatever it says about whatever body."""

from typing import Any

import jmespath
import pytest

from app.intake import workload
from app.intake.mapping import LONGEST, compile_reader
from app.intake.source import Setup, UnreadableError
from app.intake.workload import TooMuchError, searcher

DOUBLED = "@" + ".[@, @]" * 60
BODY: dict[str, Any] = {
    "words": ["x"] * 9_000, "glue": "g" * 90_000, "many": list(range(9_000)),
}  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        DOUBLED,
        "@" + ".{a: @, b: @}" * 60,
        f"to_string({DOUBLED})",
        "[@, @]" + " | [@[], @[]][]" * 60,
        "many[*].{a: @, b: @}" + " | [@, @]" * 40,
        "join(glue, words)",
        "many[?contains(`" + str(list(range(300))) + "`, @)]",
        "many[*].[@,@,@,@,@,@,@,@][*].[@,@,@,@,@,@,@,@]",
    ],
)
def test_too_much_work_is_stopped(expression: str) -> None:
    with pytest.raises(TooMuchError):
        searcher()(jmespath.compile(expression), BODY)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("length(many)", 9_000),
        ("many[?@ > `8998`] | [0]", 8_999),
        ("length(many[*].to_string(@))", 9_000),
        ("join(', ', words[:3])", "x, x, x"),
        ("sum(many)", 40_495_500),
        ("{a: glue, b: [glue, glue]}.length(b[1])", 90_000),
    ],
)
def test_what_a_body_of_its_size_needs_is_done(expression: str, found: Any) -> None:
    assert searcher()(jmespath.compile(expression), BODY) == found


def test_all_parts_of_a_delivery_share_one_budget() -> None:
    half = jmespath.compile("many[*].[@" + ", @" * 11 + "]")
    with workload.shared():
        searcher()(half, BODY)
        searcher()(half, BODY)
        with pytest.raises(TooMuchError):
            searcher()(half, BODY)


def test_a_mapping_says_so_in_a_sentence() -> None:
    read = compile_reader({"response_id": "id", "score": DOUBLED})
    with pytest.raises(UnreadableError, match="too much work for this body"):
        list(read({"id": "a"}, Setup()))
    with pytest.raises(ValueError, match="longer than 2,000 characters"):
        compile_reader({"response_id": "id", "score": "a" * (LONGEST + 1)})
