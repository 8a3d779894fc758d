"""A browser without a screen: it keeps cookies, sends forms, and asks the whole application."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from app import web
from app.db import Database
from app.desk import pages as desk
from app.people import routes as people
from app.people.accounts import add_account
from app.settings import Settings
from app.stories import pages as stories

PASSWORD = "nine lives and a hat"


def house(database: Database, folder: Path, *routers: APIRouter, **settings: Any) -> FastAPI:
    """The rooms of the desk, without the lifespan of a server."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.settings = Settings(database_url=database.url, data_dir=folder, **settings)
    app.state.database = database
    web.install(app)
    for router in (people.router, desk.router, stories.router, *routers):
        app.include_router(router)
    return app


class Visitor:
    """One browser with its own cookies. `last` is the answer it looks at."""

    def __init__(
        self, app: FastAPI, *, base_url: str = "http://wall.test", address: str = "10.0.0.1"
    ) -> None:
        self.app, self.base_url, self.address = app, base_url, address
        self.cookies = httpx.Cookies()
        self.last = httpx.Response(204)

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """One request; redirects are not followed."""
        headers = {"accept": "text/html"} | dict(how.pop("headers", {}))
        self.last = asyncio.run(self._ask(method, path, headers, how))
        return self.last

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.ask("GET", path, **how)

    def press(
        self, path: str, fields: Mapping[str, str] | None = None, **how: Any
    ) -> httpx.Response:
        """Sends a form of the page that is being looked at, with its hidden proof."""
        return self.ask("POST", path, data={"csrf": self.csrf} | dict(fields or {}), **how)

    def sign_in(self, email: str = "uma@example.com", password: str = PASSWORD) -> httpx.Response:
        answer = self.ask("POST", "/signin", data={"email": email, "password": password})
        if answer.status_code == 303:
            self.get("/desk")
        return answer

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]*)"', self.last.text)
        return found[1] if found else ""

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], how: Mapping[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(self.address, 50000)
        )
        async with httpx.AsyncClient(
            transport=transport, base_url=self.base_url, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, headers=headers, **how)
            self.cookies = client.cookies
            return answer


def lead(database: Database, email: str = "uma@example.com", role: str = "lead") -> int:
    """An account whose password is PASSWORD."""
    return add_account(database, email, email.partition("@")[0].title(), role, PASSWORD)
