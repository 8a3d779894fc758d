"""/oidc: the company's own sign-in (OpenID Connect), for who has an account or an invitation."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from app import web
from app.errors import CheerboardError, NotFoundError
from app.people import ceremony, issuer, newcomers
from app.people.doors import OPEN, address_of_page
from app.people.signin import HOME, let_in, local_path
from app.settings import Settings

router = APIRouter(prefix="/oidc", dependencies=[OPEN], include_in_schema=False)
Short = Annotated[str, Query(max_length=4000)]


@router.get("/start")
def start(request: Request, settings: web.Config, next: Short = HOME) -> Response:
    """Leads the browser to the issuer, with a state, a nonce and a PKCE challenge of its own."""
    _check_set_up(settings)
    step = issuer.begin(settings, _back(request, settings))
    answer = RedirectResponse(step.address, 303)
    ceremony.remember(answer, settings, "oidc", step.facts | {"next": local_path(next)})
    return answer


@router.get("/callback")
def callback(
    request: Request,
    db: web.Db,
    settings: web.Config,
    code: Short = "",
    state: Short = "",
) -> Response:
    """Where the issuer leads back to."""
    _check_set_up(settings)
    facts = ceremony.recall(request, settings, "oidc")
    if facts is None or not state or state != facts["state"]:
        raise CheerboardError("This sign-in was not begun in this browser, or took too long.")
    if not code:
        raise CheerboardError("The company sign-in did not let you in.", status=403)
    claims: dict[str, Any] = issuer.finish(settings, _back(request, settings), code, facts)
    with db.write.begin() as session:
        account_id = newcomers.recognise(session, claims)
    return let_in(request, db, settings, account_id, facts["next"])


def _check_set_up(settings: Settings) -> None:
    if not settings.oidc_issuer:
        raise NotFoundError("There is no company sign-in here.")


def _back(request: Request, settings: Settings) -> str:
    return address_of_page(request, settings, "/oidc/callback")
