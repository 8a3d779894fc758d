"""Passkeys: a device signs a challenge of ours instead of somebody typing a password (WebAuthn)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app import clock
from app.errors import CheerboardError
from app.people import audit
from app.people.authorize import Actor
from app.people.models import Account, Passkey

WRONG = "This passkey is not known here. Sign in another way."
MOST = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where browsers believe to be: host name and origin, such as `https://wall.example.com`."""

    host: str
    origin: str


def of(session: Session, account_id: int) -> Sequence[Passkey]:
    """The passkeys of an account, oldest first."""
    return session.scalars(
        select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    ).all()


def offer(session: Session, place: Place, account: Account) -> dict[str, Any]:
    """What the browser needs to make a new key; `challenge` is to be remembered."""
    mine = of(session, account.id)
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name="Cheerboard",
        user_id=str(account.id).encode(),
        user_name=account.email,
        user_display_name=account.name,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in mine
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _document(options)


def ask(place: Place) -> dict[str, Any]:
    """What the browser needs to sign in with any key it has for us."""
    options = webauthn.generate_authentication_options(
        rp_id=place.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _document(options)


def add(
    session: Session, place: Place, actor: Actor, challenge: str, told: tuple[str, str]
) -> None:
    """Keeps the key that the browser made; `told` is its JSON and the name of the device.

    Raises CheerboardError when it does not answer our challenge.
    """
    credential, name = told
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise CheerboardError("This device did not make a passkey that can be used.") from error
    assert actor.account_id is not None  # noqa: S101 - the door asked for an account
    if len(of(session, actor.account_id)) >= MOST:
        raise CheerboardError(f"{MOST} passkeys are enough: remove one first.", status=409)
    known = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == known)) is not None:
        raise CheerboardError("This passkey is known already.", status=409)
    session.add(
        Passkey(
            account_id=actor.account_id,
            credential_id=known,
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            name=name[:200] or "A device",
            created_at=clock.now(),
        )
    )
    audit.record(session, actor, "account.keep", "passkey", None, {"device": name})


def check(session: Session, place: Place, challenge: str, credential: str) -> int:
    """The id of the account whose key answered our challenge.

    Raises CheerboardError (403) when none did, also when a copy of the key was used meanwhile.
    """
    try:
        given = str(json.loads(credential)["id"]).replace("\0", "")
        found = session.scalar(
            select(Passkey)
            .join(Account, Account.id == Passkey.account_id)
            .where(Passkey.credential_id == given, Account.disabled_at.is_(None))
        )
        if found is None:
            raise CheerboardError(WRONG, status=403)
        done = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(found.public_key),
            credential_current_sign_count=found.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise CheerboardError(WRONG, status=403) from error
    found.sign_count, found.used_at = done.new_sign_count, clock.now()
    return found.account_id


def remove(session: Session, actor: Actor, passkey_id: int) -> None:
    """That device signs nobody in any more; a second press changes nothing."""
    gone = session.connection().execute(
        delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == actor.account_id)
    )
    if gone.rowcount:
        audit.record(session, actor, "account.keep", f"passkey {passkey_id}", {}, None)


def _document(options: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return document
