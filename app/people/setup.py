"""/setup: the first start of an empty installation, and gone after it."""

import logging
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError

from app import web
from app.db import Database
from app.errors import CheerboardError, NotFoundError
from app.people import firststart, sample
from app.people.accounts import newcomer
from app.people.doors import OPEN
from app.people.models import Company
from app.people.signin import Brakes, Fields, address_of, let_in, spoken
from app.settings import Settings

router = APIRouter(dependencies=[OPEN], include_in_schema=False)
KEPT = ("code", "company", "timezone", "team", "name", "email", "sample")
# The value of the choice to begin with invented answers; anything else begins empty.
INVENTED = "invented"

log = logging.getLogger("cheerboard")


@router.get("/setup")
def setup_page(
    request: Request, db: web.Db, code: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    with db.read() as session:
        if not firststart.is_fresh(session):
            return RedirectResponse("/signin", 303)
        company = session.get(Company, 1)
    said = {"code": code}
    if company:
        said |= {"company": company.name, "timezone": company.timezone}
    return _form(request, said)


@router.post("/setup")
def setup(
    request: Request, db: web.Db, settings: web.Config, fields: Fields, brakes: Brakes
) -> Response:
    with db.read() as session:
        if not firststart.is_fresh(session):
            raise NotFoundError("Cheerboard is set up already: sign in instead.")
    wait = brakes.claim("/setup", address_of(request))
    if wait:
        answer = _form(request, fields, f"Too many tries. Try again in {spoken(wait)}.", 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    if not firststart.is_code(settings, fields.get("code", "")):
        return _form(request, fields, "This is not the code in the server's log.", 403)
    brakes.forgive("/setup", address_of(request))
    try:
        email, name = fields.get("email", ""), fields.get("name", "")
        admin = newcomer(email, name, "admin", fields.get("password", ""))
        start = firststart.beginning(fields, admin)
        with db.write.begin() as session:
            account_id = firststart.begin(session, start).id
    except CheerboardError as error:
        return _form(request, fields, error.sentence, error.status)
    if fields.get("sample") == INVENTED:
        _invent(request, db, settings, account_id)
    return let_in(request, db, settings, account_id)


def _invent(request: Request, db: Database, settings: Settings, account_id: int) -> None:
    """The company is set up already, so what fails here must not keep its admin out."""
    offered = sample.of(request)
    if offered is None:
        return
    try:
        offered.fill(db, settings, account_id)
    except (CheerboardError, SQLAlchemyError) as error:
        log.error("Nothing could be invented: %s", error)


def _form(request: Request, said: dict[str, str], error: str = "", status: int = 200) -> Response:
    return web.page(
        request,
        "people/setup.html",
        status=status,
        said={name: said.get(name, "")[:320] for name in KEPT},
        zones=sorted(zone for zone in available_timezones() if "/" in zone),
        offers_sample=sample.of(request) is not None,
        error=error,
    )
