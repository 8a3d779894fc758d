"""The issuer of a company sign-in: where it is asked, what it answers, and whether that is true."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app import clock
from app.errors import CheerboardError, UnavailableError
from app.settings import Settings

PATIENCE_SECONDS = 10.0
LEEWAY_SECONDS = 60
# What is asked for is signed with the issuer's private key; a shared secret or none will not do.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")


@dataclass(frozen=True, slots=True)
class Step:
    """Where the browser goes, and what it must bring back."""

    address: str
    facts: dict[str, str]


def begin(settings: Settings, back: str) -> Step:
    """The first step. `back` is our callback. Raises UnavailableError when nobody answers."""
    facts = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    address = prepare_grant_uri(
        _discovered(settings)["authorization_endpoint"],
        client_id=settings.oidc_client_id,
        response_type="code",
        redirect_uri=back,
        scope="openid email profile",
        state=facts["state"],
        nonce=facts["nonce"],
        code_challenge=create_s256_code_challenge(facts["verifier"]),
        code_challenge_method="S256",
    )
    return Step(address, facts)


def finish(settings: Settings, back: str, code: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What the issuer says of the person, checked: signature, issuer, audience, times, nonce.

    Raises UnavailableError when the issuer does not answer, CheerboardError (403) when it does not
    vouch for this sign-in.
    """
    known = _discovered(settings)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": settings.oidc_client_id,
        "code_verifier": facts["verifier"],
    }
    secret = settings.oidc_client_secret.get_secret_value()
    if secret:
        form["client_secret"] = secret
    token = _fetch("POST", known["token_endpoint"], form).get("id_token")
    keys = _fetch("GET", known["jwks_uri"])
    try:
        told = jwt.decode(str(token), KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type] # a document
        claims = CodeIDToken(
            told.claims,
            told.header,
            options={
                "iss": {"essential": True, "value": known["issuer"]},
                "aud": {"essential": True, "value": settings.oidc_client_id},
                "sub": {"essential": True},
            },
            params={"nonce": facts["nonce"], "client_id": settings.oidc_client_id},
        )
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise CheerboardError("The company sign-in does not vouch for you.", status=403) from error
    return dict(claims)


def _discovered(settings: Settings) -> dict[str, Any]:
    base = settings.oidc_issuer.rstrip("/")
    known = _fetch("GET", f"{base}/.well-known/openid-configuration")
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(known.get(name), str) for name in names):
        raise UnavailableError("The company sign-in does not say where it is to be asked.")
    if known["issuer"].rstrip("/") != base:
        raise UnavailableError("The company sign-in calls itself by another address.")
    return known


def _fetch(method: str, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    try:
        answer = httpx.request(method, address, data=form, timeout=PATIENCE_SECONDS)
        document = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise UnavailableError("The company sign-in does not answer.") from error
    if answer.status_code >= 400 or not isinstance(document, dict):
        raise CheerboardError("The company sign-in refused.", status=403)
    return document
