"""The company's own sign-in, against an issuer on a loopback port that can lie."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select

from app import clock
from app.db import Database, connect
from app.people import invitations
from app.people.accounts import close_account
from app.people.authorize import Actor
from app.people.models import Account
from tests.patience import PATIENCE
from tests.people.visitor import Visitor, house, lead

KEY = ECKey.generate_key("P-256", {"kid": "k", "use": "sig", "alg": "ES256"})
WRONG_KEY = ECKey.generate_key("P-256", {"kid": "k", "use": "sig", "alg": "ES256"})


class Issuer(ThreadingHTTPServer):
    """Vouches for whoever `claims` says; `asked` is what the browser brought."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.key = KEY

    def token(self, form: dict[str, str]) -> dict[str, str] | None:
        if create_s256_code_challenge(form["code_verifier"]) != self.asked["code_challenge"]:
            return None
        now = int(clock.now().timestamp())
        said = {
            "iss": self.url, "aud": "wall", "sub": "s-1", "iat": now, "exp": now + 300,
            "nonce": self.asked["nonce"], "email": "uma@example.com", "email_verified": True,
        } | self.claims  # fmt: skip
        return {"id_token": jwt.encode({"alg": "ES256", "kid": "k"}, said, self.key)}


class _Answers(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        url = self.server.url
        self.answer(
            {"keys": [KEY.as_dict(private=False)]}
            if self.path == "/keys"
            else {
                "issuer": url,
                "authorization_endpoint": f"{url}/in",
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/keys",
            }
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.answer(self.server.token({name: one[0] for name, one in parse_qs(body).items()}))

    def answer(self, document: Any) -> None:
        self.send_response(400 if document is None else 200)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def stub() -> Iterator[Issuer]:
    with Issuer() as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield opened
        opened.shutdown()
        thread.join(PATIENCE)


@pytest.fixture
def issuer(stub: Issuer) -> Issuer:
    stub.claims, stub.key = {}, KEY
    return stub


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = connect(sqlite_url)
    lead(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def app(database: Database, issuer: Issuer, tmp_path: Path) -> FastAPI:
    return house(
        database, tmp_path, oidc_issuer=issuer.url, oidc_client_id="wall", oidc_name="Northwind ID"
    )


def come_in(app: FastAPI, issuer: Issuer, **other: str) -> Visitor:
    """The whole way; `other` is what the browser brings back instead."""
    visitor = Visitor(app)
    there = urlsplit(visitor.get("/oidc/start?next=/stories").headers["location"])
    issuer.asked = {name: one[0] for name, one in parse_qs(there.query).items()}
    back = {"code": "c", "state": issuer.asked["state"]} | other
    visitor.ask("GET", "/oidc/callback", params=back)
    return visitor


def test_an_account_is_known_by_its_verified_email_then_by_its_id(
    app: FastAPI, issuer: Issuer, database: Database
) -> None:
    assert "Northwind ID" in Visitor(app).get("/signin").text
    visitor = come_in(app, issuer)
    assert visitor.last.headers["location"] == "/stories"
    assert visitor.get("/account").status_code == 200
    assert issuer.asked["code_challenge_method"] == "S256"
    assert issuer.asked["redirect_uri"] == "http://wall.test/oidc/callback"
    issuer.claims = {"email": "married@example.com", "email_verified": False}
    assert "uma@example.com" in come_in(app, issuer).get("/account").text
    issuer.claims = {"sub": "s-2"}  # somebody else who got her address
    assert come_in(app, issuer).last.status_code == 403
    close_account(database, "uma@example.com")
    issuer.claims = {}
    assert come_in(app, issuer).last.status_code == 403


def test_an_invitation_becomes_an_account(app: FastAPI, issuer: Issuer, database: Database) -> None:
    issuer.claims = {"email": "bo@example.com", "name": "Bo", "sub": "s-3"}
    assert come_in(app, issuer).last.status_code == 403
    with database.write.begin() as session:
        invitations.invite(session, Actor("admin", "Ada"), "viewer", None, "bo@example.com")
    assert come_in(app, issuer).get("/account").status_code == 200
    with database.read() as session:
        bo = session.scalars(select(Account).where(Account.name == "Bo")).one()
    assert (bo.role, bo.password_hash) == ("viewer", None)


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"aud": "another wall"},
        {"iss": "http://evil.test"},
        {"exp": 1},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": ""},
        {"sub": "x" * 300},
        {"sub": "a\0b"},
    ],
)
def test_what_the_issuer_does_not_vouch_for(
    app: FastAPI, issuer: Issuer, lie: dict[str, Any]
) -> None:
    issuer.claims = lie
    visitor = come_in(app, issuer)
    assert visitor.last.status_code == 403
    assert visitor.get("/account").status_code == 303


def test_a_token_of_somebody_elses_key(app: FastAPI, issuer: Issuer) -> None:
    issuer.key = WRONG_KEY
    assert come_in(app, issuer).last.status_code == 403


def test_another_browser_or_another_state(app: FastAPI, issuer: Issuer) -> None:
    assert come_in(app, issuer, state="another").last.status_code == 400
    assert come_in(app, issuer, code="").last.status_code == 403
    come_in(app, issuer)
    stolen = {"code": "c", "state": issuer.asked["state"]}
    assert Visitor(app).ask("GET", "/oidc/callback", params=stolen).status_code == 400


def test_an_issuer_that_is_away(database: Database, tmp_path: Path) -> None:
    app = house(database, tmp_path, oidc_issuer="http://127.0.0.1:9", oidc_client_id="wall")
    assert Visitor(app).get("/oidc/start").status_code == 503
    assert Visitor(house(database, tmp_path)).get("/oidc/start").status_code == 404
