"""What every page of the web carries: headers, kept files, and errors told once, at the edge."""

from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from app import web
from app.db import Database, connect
from app.errors import CheerboardError, UnavailableError
from app.people.doors import OPEN
from app.settings import Settings
from tests.people.visitor import Visitor, house

router = APIRouter(dependencies=[OPEN])


class Wish(BaseModel):
    score: int


@router.get("/trouble")
@router.get("/api/v1/trouble")
def trouble() -> None:
    raise CheerboardError("That <b>cannot</b> be.", status=409)


@router.get("/broken")
@router.get("/api/v1/broken")
def broken() -> None:
    raise RuntimeError("the password is hunter2")


@router.get("/later")
def later() -> None:
    raise UnavailableError("Not now.")


@router.post("/api/v1/wish")
def wish(wish: Wish) -> int:
    return wish.score


@router.get("/api/v1/things/{thing_id}")
def thing(thing_id: web.Id) -> int:
    return thing_id


@pytest.fixture
def visitor(sqlite_url: str, tmp_path: Path) -> Visitor:
    database: Database = connect(sqlite_url)
    app: FastAPI = house(database, tmp_path, router)
    return Visitor(app)


@pytest.mark.parametrize(
    "path", ["/signin", "/desk", "/nowhere", "/trouble", "/broken", "/api/v1/trouble", "/later"]
)
def test_every_answer_carries_the_headers(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # no other host
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers.get_list("content-security-policy") == [policy]
    if path != "/broken":
        assert headers["cache-control"] == "no-store"


def test_a_page_for_browsers(visitor: Visitor) -> None:
    told = visitor.get("/trouble")
    assert told.status_code == 409
    assert "That &lt;b&gt;cannot&lt;/b&gt; be." in told.text
    assert "<!doctype html>" in told.text


def test_a_problem_for_programs(visitor: Visitor) -> None:
    told = visitor.get("/api/v1/trouble")
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "That <b>cannot</b> be.",
    }


def test_a_sentence_for_others(visitor: Visitor) -> None:
    told = visitor.get("/trouble", headers={"accept": "*/*"})
    assert told.text == "That <b>cannot</b> be.\n"
    assert told.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/broken", "/api/v1/broken"])
def test_a_bug_tells_nothing(visitor: Visitor, path: str) -> None:
    told = visitor.get(path)
    assert told.status_code == 500
    assert "hunter2" not in told.text
    assert "Traceback" not in told.text


def test_later_says_when(visitor: Visitor) -> None:
    told = visitor.get("/later")
    assert told.status_code == 503
    assert told.headers["retry-after"] == "2"


def test_wrong_method_and_wrong_address(visitor: Visitor) -> None:
    assert visitor.get("/signout").status_code == 405
    assert visitor.last.headers["allow"] == "POST"
    assert visitor.get("/nowhere").status_code == 404
    assert "Nothing is at this address." in visitor.last.text


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"{}", "score: Field required."), (b"{", "JSON"), (b'{"score": "x"}', "score: ")],
)
def test_a_body_that_will_not_do(visitor: Visitor, body: bytes, words: str) -> None:
    sent = {"content-type": "application/json"}
    told = visitor.ask("POST", "/api/v1/wish", content=body, headers=sent)
    assert told.status_code == 422
    assert words in told.json()["detail"]


@pytest.mark.parametrize("number", ["x", "0", "9223372036854775808"])
def test_what_cannot_be_an_id_is_not_there(visitor: Visitor, number: str) -> None:
    assert visitor.get(f"/api/v1/things/{number}").status_code == 404


def test_hashed_files_are_kept_for_ever_and_others_asked_for_again(visitor: Visitor) -> None:
    hashed = web.asset("css/tokens.css")
    assert visitor.get(hashed).headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/static/css/tokens.css", "/static/css/tokens.css?v=0123456789ab"):
        assert visitor.get(path).status_code == 200
        assert visitor.last.headers["cache-control"] == "no-cache"
    tag = visitor.last.headers["etag"]
    again = visitor.get(hashed, headers={"if-none-match": tag})
    assert again.status_code == 304
    assert "immutable" in again.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/static/nothing.css", "/static/../app/web.py", "/static/%2e%2e/app/web.py", "/static/"],
)
def test_files_that_are_not_served(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_every_asset_of_the_desk_is_there(visitor: Visitor) -> None:
    html = visitor.get("/setup").text
    paths = [part.split('"')[0] for part in html.split('href="')[1:] if part.startswith("/static")]
    assert len(paths) >= 3
    for path in paths:
        assert "immutable" in visitor.get(path).headers["cache-control"]


def test_a_bad_referer_breaks_nothing(visitor: Visitor) -> None:
    for referer in ("http://[", "javascript:x", "http://wall.test", "http://evil.test/x"):
        sent = visitor.ask("POST", "/stories/1/release", headers={"referer": referer})
        assert sent.headers["location"] == "/signin?next=/"


def test_https_is_known_by_the_public_address() -> None:
    assert web.is_https(Settings(base_url="HTTPS://wall.example.com"))
    assert not web.is_https(Settings(base_url="http://wall.example.com"))
    assert not web.is_https(Settings())
