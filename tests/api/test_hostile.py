"""Whatever stands in an address: an answer or one sentence, never a broken server.

Walks over what the API says of itself, so that a new route is asked the same.
"""

import asyncio
import os
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.api import routes
from tests.api.program import Office, Program

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
NUL, LONE = "a\x00b", "%ED%A0%80"
ANYTHING = [
    "", " ", "0", "-1", "1.5", "1e9", "9" * 40, "NaN", "null", "abc", NUL, LONE, "%FF",
    "\u202e\U0001f600", "\u0663", "' OR 1=1 --", "<script>", "../..", "[]", "{}", "x" * 5000,
]  # fmt: skip
# What can never be meant, by the name of the parameter.
NEVER = {
    "scope": ["planet", "", NUL],
    "by": ["site", "", NUL],
    "id": ["-1", "abc", NUL, "9" * 40, "\u0663", "1.0"],
    "days": ["0", "-1", "367", "abc", "1e9", "9" * 40, "28.5", NUL, ""],
    "points": ["0", "-1", "105", "abc", NUL],
    "at": ["nonsense", "2026-13-45", "0", "1e9", "1780000000", "2026-06-10T09:00:00", NUL, ""],
    "after": ["garbage", "YWZ0ZXI6eA", "-1", "x" * 5000, NUL, LONE],
    "limit": ["0", "-1", "501", "1e9", "abc", "9" * 40, NUL, ""],
    "state": ["lost", "", NUL],
    "outcome": ["eaten", "", NUL],
    "source": ["nobody", NUL, LONE, "x" * 5000],
}


def _asked() -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(method, path, its parameters) of everything the API understands."""
    return [
        (method.upper(), path, way["parameters"])
        for path, ways in routes.openapi()["paths"].items()
        for method, way in ways.items()
        if way.get("parameters")
    ]


ASKED = _asked()


def _anything(turn: int) -> list[str]:
    """What databases stumble over each time, the rest in turns, all of it in earnest.

    A parameter is read as its neighbours are, by the same few types.
    """
    return ANYTHING if LONG else [NUL, "9" * 40, *ANYTHING[turn % 4 :: 4]]


def _address(path: str, one: dict[str, Any], parameters: list[dict[str, Any]], value: str) -> str:
    for other in parameters:
        if other["in"] == "path":
            usual = "reload" if other["name"] == "what" else "1"
            filled = _quoted(value) if other is one else usual
            path = path.replace("{" + other["name"] + "}", filled)
    return path + (f"?{one['name']}={_quoted(value)}" if one["in"] == "query" else "")


def _quoted(value: str) -> str:
    return value if value in (LONE, "%FF") else quote(value, safe="")


def _ask(program: Program, method: str, addresses: list[str]) -> list[httpx.Response]:
    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(program.app, raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {program._token('admin')}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://wall.test", headers=headers
        ) as client:
            return [await client.request(method, address) for address in addresses]

    return asyncio.run(all_of_them())


def is_one_sentence(answer: httpx.Response) -> bool:
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    said = problem["detail"]
    return said[-1] in ".!?" and "\n" not in said and "\x00" not in said and len(said) < 300


@pytest.mark.faults
def test_anything_is_an_answer_or_one_sentence(office: Office, program: Program) -> None:
    office.hear([9, 3])
    turn = 0
    for method, path, parameters in ASKED:
        for one in parameters:
            turn += 1
            never = NEVER.get(one["name"], []) if one["in"] == "query" else []
            values = [*never, *_anything(turn)]
            answers = _ask(program, method, [_address(path, one, parameters, v) for v in values])
            for place, (value, answer) in enumerate(zip(values, answers, strict=True)):
                shown = f"{path} {one['name']}={value[:50]!r}: {answer.status_code} {answer.text}"
                assert answer.status_code in {200, 400, 404, 405, 422}, shown
                assert answer.status_code != 200 or place >= len(never), shown
                assert answer.status_code == 200 or is_one_sentence(answer), shown


def test_every_question_has_something_that_is_never_meant() -> None:
    questions = (one for _, _, parameters in ASKED for one in parameters)
    assert {one["name"] for one in questions if one["in"] == "query"} <= set(NEVER)


@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/score/1", "/%00", "/stories/1/eat"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_is_none(program: Program, method: str, path: str) -> None:
    (answer,) = _ask(program, method, [f"/api/v1{path}"])
    assert answer.status_code in {404, 405}
    assert is_one_sentence(answer)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer " + "x" * 5000, "bearer a b", "Bearer \x7f", "Basic eA=="],
)
def test_a_token_that_is_none(program: Program, header: str) -> None:
    answer = program.ask("/score", "", headers={"authorization": header})
    assert answer.status_code == 401
    assert is_one_sentence(answer)
