"""Unsafe requests with a cookie: only our own page, with its own proof, changes anything."""

from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI

from app.db import Database
from app.people.doors import Acting, csrf_of
from app.people.tokens import add_token
from tests.people.visitor import Visitor, house, lead

pytestmark = pytest.mark.pages

router = APIRouter()
HOST = "http://wall.test"


@router.api_route("/change", methods=["POST", "PUT", "PATCH", "DELETE"])
def change(actor: Acting) -> str:
    return actor.role


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    lead(database)
    return house(database, tmp_path, router, base_url="http://public.test:8080")


# What the browser says about where the request comes from -> whether that alone is fine.
FROM = {
    "nothing said": ({}, True),
    "same origin": ({"sec-fetch-site": "same-origin"}, True),
    "typed in": ({"sec-fetch-site": "none"}, True),
    "same site, another host": ({"sec-fetch-site": "same-site"}, False),
    "another site": ({"sec-fetch-site": "cross-site"}, False),
    "another site that forges an origin": (
        {"sec-fetch-site": "cross-site", "origin": HOST},
        False,
    ),
    "our origin": ({"origin": HOST}, True),
    "our origin in capitals": ({"origin": "HTTP://WALL.TEST"}, True),
    "our origin behind a proxy for https": ({"origin": "https://wall.test"}, True),
    "BASE_URL": ({"origin": "http://public.test:8080"}, True),
    "BASE_URL, another port": ({"origin": "http://public.test"}, False),
    "another origin": ({"origin": "http://evil.test"}, False),
    "an origin that begins like ours": ({"origin": "http://wall.test.evil.test"}, False),
    "an origin that ends like ours": ({"origin": "http://evilwall.test"}, False),
    "another port": ({"origin": "http://wall.test:81"}, False),
    "a sandboxed frame": ({"origin": "null"}, False),
}
PROOFS = ["none", "another session's", "field", "header"]


@pytest.mark.parametrize("proof", PROOFS)
def test_matrix(app: FastAPI, proof: str) -> None:
    uma = Visitor(app)
    uma.sign_in()
    right = csrf_of(uma.cookies["cheerboard"])
    fields = {"field": {"csrf": right}, "another session's": {"csrf": csrf_of("another key")}}
    for said, (headers, fine) in FROM.items():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            proofs = {"x-csrf-token": right} if proof == "header" else {}
            answer = uma.ask(method, "/change", data=fields.get(proof), headers=headers | proofs)
            allowed = fine and proof in ("field", "header")
            assert answer.status_code == (200 if allowed else 403), (said, method, answer.text)


def test_the_page_carries_the_proof(app: FastAPI) -> None:
    uma = Visitor(app)
    uma.sign_in()
    assert uma.csrf == csrf_of(uma.cookies["cheerboard"])
    assert uma.press("/change").status_code == 200


def test_a_token_needs_no_proof(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        key = add_token(session, "robot", "admin")
    headers = {"authorization": f"Bearer {key}", "origin": "http://elsewhere.test"}
    assert Visitor(app).ask("POST", "/change", headers=headers).json() == "admin"


def test_without_a_cookie_there_is_nothing_to_forge(app: FastAPI) -> None:
    assert Visitor(app).ask("POST", "/change").json() == "nobody"


def test_a_huge_form_is_not_read(app: FastAPI) -> None:
    uma = Visitor(app)
    uma.sign_in()
    assert uma.press("/change", {"x": "y" * 70_000}).status_code == 413
    assert uma.ask("POST", "/change", json={"csrf": "x"}).status_code == 415
