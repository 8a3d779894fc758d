"""Pages and fragments: Jinja environment, asset addresses, security headers, the error handler."""

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi import Path as PathParameter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import language
from app.db import Database
from app.errors import CheerboardError
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers would then say `Origin: null` when our own forms are sent.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A form of ours is a few short fields; more is not read into memory.
MAX_FORM_BYTES = 64 * 1024

environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page; the template sees `request` and the context, and a missing name is an error."""
    html = environment.get_template(template).render(request=request, **context)
    return HTMLResponse(html, status_code=status)


def fragment(template: str, **context: Any) -> str:
    """A part of a page as text: the very file that the first paint includes."""
    return environment.get_template(template).render(**context)


@cache
def asset(path: str) -> str:
    """The address of a file under `static/`, with the hash of its content so it may be cached."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


@cache
def build() -> str:
    """A short name of what this server shows: hash of every template and static file."""
    digest = hashlib.sha256()
    for folder in (TEMPLATES, STATIC):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def install(app: FastAPI) -> None:
    """Gives an application its static files, its security headers and the one error handler."""
    app.mount("/static", _Static(directory=STATIC), name="static")
    app.add_middleware(_SecurityHeaders)
    for kind in (CheerboardError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, answer_error)


async def form(request: Request) -> dict[str, str]:
    """The fields of a submitted form, the last of each name; read once, however often asked.

    Raises CheerboardError when it is no urlencoded form (415) or longer than 64 KiB (413).
    """
    if not hasattr(request.state, "form"):
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("", "application/x-www-form-urlencoded"):
            raise CheerboardError("Send this form as a browser would, urlencoded.", status=415)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                raise CheerboardError("This form is too long.", status=413)
        request.state.form = dict(
            parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=100)
        )
    fields: dict[str, str] = request.state.form
    return fields


def is_https(settings: Settings) -> bool:
    """Whether the public address is https, so that cookies may say so."""
    return settings.base_url.lower().startswith("https://")


def is_foreign(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the browser says that another site's page sent this.

    `Sec-Fetch-Site` speaks where there is one (https and localhost), else `Origin`, which must be
    the request's Host or BASE_URL. A client that sends neither is not judged here.
    """
    fetched_by = connection.headers.get("sec-fetch-site")
    if fetched_by is not None:
        return fetched_by not in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return origin is not None and not is_our_origin(origin, connection, settings)


def is_our_origin(origin: str, connection: HTTPConnection, settings: Settings) -> bool:
    """Whether an `Origin` header names the request's own Host, or BASE_URL."""
    host = connection.headers.get("host", "").lower()
    ours = {f"http://{host}", f"https://{host}"} if host else set()
    if settings.base_url:
        public = urlsplit(settings.base_url.lower())
        ours.add(f"{public.scheme}://{public.netloc}")
    return origin.lower() in ours


async def answer_error(connection: HTTPConnection, error: Exception) -> Response:
    """The one error handler: a page for browsers, a problem for the API, a sentence for others."""
    status, sentence, headers = _told(error)
    if isinstance(connection, WebSocket):
        await connection.close(1008, sentence)
        return Response(status_code=status)
    if connection.url.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase}
        return JSONResponse(
            problem | {"status": status, "detail": sentence},
            status,
            headers,
            media_type="application/problem+json",
        )
    if status == 401:
        return _lead_to_door(connection, sentence, headers)
    if "text/html" in connection.headers.get("accept", ""):
        html = fragment("errors/error.html", status=status, sentence=sentence)
        return HTMLResponse(html, status, headers)
    return PlainTextResponse(sentence + "\n", status, headers)


def _told(error: Exception) -> tuple[int, str, dict[str, str]]:
    headers = dict(SECURITY_HEADERS)  # a 500 is sent from outside the middleware
    match error:
        case CheerboardError():
            status, sentence = error.status, error.sentence
        case HTTPException():
            status, sentence = error.status_code, _SENTENCES.get(error.status_code, error.detail)
            headers |= error.headers or {}
        case RequestValidationError():
            first = error.errors()[0]
            status, sentence = 422, f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}."
            if first["loc"][0] == "path":  # what cannot be an id names nothing
                status, sentence = 404, _SENTENCES[404]
        case _:
            status, sentence = 500, "Something broke here; it is in the server's log."
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers.setdefault("Retry-After", "2")
    return status, sentence, headers


_SENTENCES = {
    404: "Nothing is at this address.",
    405: "This address does not do that.",
}


def _lead_to_door(request: HTTPConnection, sentence: str, headers: dict[str, str]) -> Response:
    """A person is led to the sign-in page and back again afterwards."""
    if request.headers.get("hx-request"):
        # htmx would put the sign-in page into the fragment's place.
        headers["HX-Redirect"] = f"/signin?next={quote(_page_of(request))}"
        return PlainTextResponse(sentence + "\n", 401, headers)
    is_program = request.headers.get("authorization", "").lower().startswith("bearer")
    if is_program or "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(sentence + "\n", 401, headers)
    here = request.url.path
    if request.scope["method"] not in ("GET", "HEAD"):
        here = _page_of(request)
    elif request.url.query:
        here += f"?{request.url.query}"
    return RedirectResponse(f"/signin?next={quote(here)}", 303)


def _page_of(request: HTTPConnection) -> str:
    """The page of ours from which this was sent, as its `Referer` says."""
    _, _, ours = request.headers.get("referer", "").partition(f"://{request.headers.get('host')}/")
    return f"/{ours}"


class _SecurityHeaders:
    """Sets what every answer carries, unless the handler said otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


class _Static(StaticFiles):
    """Files that may be kept for ever where the address carries the hash of their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked = scope.get("query_string", b"").decode("latin-1")
        kept = response.status_code in (200, 304) and asked and asset(path).endswith(f"?{asked}")
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if kept else "no-cache"
        )
        return response


def _database(connection: HTTPConnection) -> Database:
    database: Database = connection.app.state.database
    return database


def _settings(connection: HTTPConnection) -> Settings:
    settings: Settings = connection.app.state.settings
    return settings


# What a row's id can be; a larger number would break the database's driver, not miss.
BIGGEST = 2**63 - 1
Id = Annotated[int, PathParameter(ge=1, le=BIGGEST)]
Db = Annotated[Database, Depends(_database)]
Config = Annotated[Settings, Depends(_settings)]

environment.globals["asset"] = asset
environment.globals["build"] = build
# What a template says by `_()` and `ngettext()` is said in the tongue of whoever is drawn for.
environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension brings it
    language.lookup, language.lookup_plural, newstyle=True
)
environment.globals["spoken"] = language.spoken
environment.globals["tongue"] = language.tongue
