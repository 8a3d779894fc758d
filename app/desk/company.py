"""/company: its name, target and window, and the benchmarks of its ladder. For admins."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app import clock, web
from app.board import benchmarks
from app.board.benchmarks import Figure
from app.errors import CheerboardError
from app.people import audit
from app.people.authorize import Actor
from app.people.company import set_company, weights_of
from app.people.doors import May
from app.people.models import Company

router = APIRouter(prefix="/company", include_in_schema=False)
Admin = Annotated[Actor, Depends(May("company.set"))]
Fields = Annotated[dict[str, str], Depends(web.form)]
SAID = {
    "kept": "Kept. The walls show it already.",
    "rung": "It is a rung of the ladder.",
    "off": "It is off the ladder.",
}
KEPT = ("name", "timezone", "target", "window_days", "heroes", "automatic_stories", "weights")


@router.get("")
def company_page(request: Request, db: web.Db, actor: Admin, done: str = "") -> Response:
    return _page(request, db, actor, said=SAID.get(done, ""))


@router.post("")
def keep(request: Request, db: web.Db, actor: Admin, fields: Fields) -> Response:
    """All of it, or nothing and a sentence beside each field that will not do."""
    wrong: dict[str, str] = {}
    try:
        with db.write.begin() as session:
            before = _facts(session)
            for name in [name for name in KEPT if name in fields]:
                try:
                    set_company(session, {name: _read(name, fields[name])})
                except CheerboardError as error:
                    wrong[name] = error.sentence
            if wrong:
                raise CheerboardError("Nothing is kept while a field is wrong.")
            audit.record(session, actor, "company.set", "company", before, _facts(session))
    except CheerboardError:
        return _page(request, db, actor, fields=fields, wrong=wrong)
    return RedirectResponse("/company?done=kept", 303)


@router.post("/benchmarks")
def put_benchmark(request: Request, db: web.Db, actor: Admin, fields: Fields) -> Response:
    """A rung: somebody else's score, of a year, as somebody published it."""
    try:
        figure = Figure(
            fields.get("benchmark", ""),
            _float(fields.get("value", "")),
            _whole(fields.get("year", "")),
            fields.get("source", ""),
        )
        with db.write.begin() as session:
            benchmarks.put(session, figure, clock.day_in("UTC"))
            after = {"value": figure.value, "year": figure.year, "source": figure.source}
            audit.record(session, actor, "company.set", f"benchmark {figure.name}", after=after)
    except CheerboardError as error:
        return _page(request, db, actor, fields=fields, wrong={"benchmark": error.sentence})
    return RedirectResponse("/company?done=rung#ladder", 303)


@router.post("/benchmarks/remove")
def remove_benchmark(request: Request, db: web.Db, actor: Admin, fields: Fields) -> Response:
    """Off every ladder; a second press finds it gone."""
    name = fields.get("benchmark", "")
    try:
        with db.write.begin() as session:
            benchmarks.remove(session, name)
            audit.record(session, actor, "company.set", f"benchmark {name}", after={"off": True})
    except CheerboardError as error:
        return _page(request, db, actor, wrong={"benchmark": error.sentence})
    return RedirectResponse("/company?done=off#ladder", 303)


def _read(name: str, text: str) -> Any:
    text = text.strip()
    if name == "automatic_stories":
        return text == "on"
    if name == "weights":
        return weights_of(text)
    if name in ("target", "window_days"):
        number = _whole(text)
        if number is None and (text or name == "window_days"):
            raise CheerboardError("Write a whole number.")
        return number
    return text


def _whole(text: str) -> int | None:
    """A whole number of at most six digits; None for anything else."""
    text = text.strip().replace("\u2212", "-")
    digits = text.removeprefix("-").removeprefix("+")
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= 6
    return int(text) if plain and len(text) - len(digits) <= 1 else None


def _float(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return None


def _facts(session: Session) -> dict[str, Any]:
    company = session.get(Company, 1)
    return {name: getattr(company, name) for name in KEPT} if company else {}


def _page(
    request: Request,
    db: web.Db,
    actor: Actor,
    *,
    said: str = "",
    fields: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    with db.read() as session:
        facts = _facts(session)
        rungs = benchmarks.table(session)
    kept = {name: "" if facts.get(name) is None else str(facts[name]) for name in KEPT}
    kept["automatic_stories"] = "on" if facts.get("automatic_stories") else "off"
    weights = facts.get("weights") or {}
    kept["weights"] = ", ".join(f"{name}={weights[name]:g}" for name in sorted(weights))
    return web.page(
        request,
        "desk/company.html",
        status=422 if wrong else 200,
        actor=actor,
        here="company",
        fields=kept | dict(fields or {}),
        wrong=wrong or {},
        said=said,
        rungs=rungs,
        today=clock.day_in("UTC"),
        zones=sorted(zone for zone in available_timezones() if "/" in zone),
    )
