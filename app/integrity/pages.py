"""/integrity: signals that a number may be gamed, for leads of the team; looks are kept."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.integrity import cards, nights
from app.integrity.models import SignalCard
from app.integrity.signals import SIGNALS
from app.people import audit
from app.people.authorize import Actor, authorize, may
from app.people.doors import Checks, May
from app.scores import nps

router = APIRouter(prefix="/integrity", include_in_schema=False)
SHOWN = 50
ACTION = "integrity.read"
Fields = Annotated[dict[str, str], Depends(web.form)]


@router.get("")
def signals_page(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May(ACTION))],
    done: str = "",
) -> Response:
    with db.write.begin() as session:
        shown = [_view(session, card) for card in _visible(session, actor)]
        if shown:
            audit.record(session, actor, ACTION, "signal cards", None, {"shown": len(shown)})
        night = nights.last(session, cards.WORK)
        return web.page(
            request,
            "integrity/cards.html",
            actor=actor,
            here="integrity",
            open=[card for card in shown if card["state"] == "open"],
            settled=[card for card in shown if card["state"] != "open"],
            signals=list(SIGNALS),
            night=night,
            done=done,
        )


@router.get("/{card_id}")
def card_page(
    request: Request, card_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(Checks(ACTION))]
) -> Response:
    authorize(actor, ACTION)
    with db.write.begin() as session:
        card = cards.one(session, card_id)
        authorize(actor, ACTION, card)
        audit.record(session, actor, ACTION, f"signal card {card_id}")
        everything, without = cards.with_and_without(session, card)
        return web.page(
            request,
            "integrity/card.html",
            actor=actor,
            here="integrity",
            card=_view(session, card),
            everything=everything,
            without=without,
            shown=_shown,
            may_dismiss=card.state == "open" and may(actor, "integrity.dismiss", card),
        )


@router.post("/{card_id}/dismiss")
def dismiss_card(
    card_id: web.Id,
    fields: Fields,
    db: web.Db,
    actor: Annotated[Actor, Depends(Checks("integrity.dismiss"))],
) -> Response:
    authorize(actor, "integrity.dismiss")
    with db.write.begin() as session:
        authorize(actor, "integrity.dismiss", cards.one(session, card_id))
        ours = fields.get("ours") == "1"
        cards.dismiss(session, actor, card_id, fields.get("reason", ""), ours=ours)
    return RedirectResponse("/integrity?done=dismissed", 303)


def _visible(session: Session, actor: Actor) -> list[SignalCard]:
    newest = select(SignalCard).order_by(SignalCard.id.desc()).limit(SHOWN)
    return [card for card in session.scalars(newest) if may(actor, ACTION, card)]


def _view(session: Session, card: SignalCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": cards.name_of(session, card),
        "scope": card.scope,
        "state": card.state,
        "signals": card.findings["signals"],
        "raised": card.raised_at,
        "expires": card.expires_at,
        "decided_by": card.decided_by,
        "reason": card.reason,
        "named": len(cards.rows_of(card)),
    }


def _shown(tally: nps.Tally) -> str:
    score = nps.nps(tally)
    enough = score is not None and tally.n >= nps.MIN_SHOWN
    return nps.shown(score or 0) if enough else nps.collecting(tally.n)
