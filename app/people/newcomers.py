"""Whose account a company sign-in opens: one that exists, or one that an invitation makes."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ForbiddenError
from app.people import invitations
from app.people.accounts import Newcomer
from app.people.models import Account
from app.people.wording import email_of, label_of

NOBODY = "There is no account for you here. Ask an admin for an invitation."


def recognise(session: Session, claims: dict[str, Any]) -> int:
    """The id of the account that these claims of the issuer open.

    By the issuer's own id of the person once it was used; before, by an e-mail that the issuer has
    verified. Raises ForbiddenError for everybody else, and for a closed account.
    """
    subject = f"{claims['iss']} {claims['sub']}"
    if len(subject) > 255 or not subject.isprintable():
        raise ForbiddenError("The company sign-in calls you by a name that cannot be kept.")
    known = session.scalar(select(Account).where(Account.oidc_subject == subject))
    if known is None:
        known = _by_email(session, claims)
        known.oidc_subject = subject
        session.flush()
    if known.disabled_at is not None:
        raise ForbiddenError(NOBODY)
    return known.id


def _by_email(session: Session, claims: dict[str, Any]) -> Account:
    # An e-mail that anybody may claim at the issuer would open anybody's account.
    if claims.get("email_verified") is not True or not claims.get("email"):
        raise ForbiddenError("The company sign-in has not verified your e-mail address.")
    email = email_of(str(claims["email"]))
    account = session.scalar(select(Account).where(Account.email == email))
    if account is not None:
        if account.oidc_subject is not None:
            raise ForbiddenError("This e-mail belongs to somebody else at the company sign-in.")
        return account
    invitation = invitations.find_for(session, email)
    if invitation is None:
        raise ForbiddenError(NOBODY)
    name = label_of(str(claims.get("name") or email.partition("@")[0])[:200], "name")
    return invitations.accept(session, invitation, Newcomer(email, name, invitation.role))
