"""A browser beside a whole server: its pages, its hooks and everything behind them on one loop."""

import html
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from pydantic import SecretStr
from sqlalchemy import select

from app.db import Database
from app.intake.models import Delivery
from app.main import Cheerboard, create_app
from app.settings import Settings
from tests.intake.door import KEY
from tests.patience import PATIENCE
from tests.people.visitor import Visitor


class Guest(Visitor):
    """A visitor whose requests reach the loop on which deliveries are taken in."""

    app: Cheerboard

    def __init__(self, app: Cheerboard, portal: BlockingPortal) -> None:
        super().__init__(app)
        self.portal = portal

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {"accept": "text/html"} | dict(how.pop("headers", {}))
        self.last = self.portal.call(lambda: self._ask(method, path, headers, how))
        return self.last

    def deliver(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """What a platform does: its bytes to our address, without our cookies."""

        async def post() -> int:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=self.base_url) as client:
                return (await client.post(address, content=body, headers=dict(headers))).status_code

        return self.portal.call(post)

    def settled(self, source_id: int) -> list[Delivery]:
        """The deliveries of a source, once none waits any more."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with self.app.state.database.read() as session:
                own = select(Delivery).where(Delivery.source_id == source_id)
                found = list(session.scalars(own.order_by(Delivery.id)))
            if found and all(one.outcome != "kept" for one in found):
                return found
            assert time.monotonic() < deadline, [(one.outcome, one.error) for one in found]
            self.app.state.reception.fetcher.wake()
            time.sleep(0.01)

    @property
    def hook(self) -> str:
        """The hook's address, as the page says it to be copied."""
        found = re.search(r'<code class="copied">([^<]+)</code>', self.last.text)
        assert found, "the page says no address"
        return html.unescape(found[1])

    @property
    def words(self) -> str:
        """What the page says, without its tags."""
        bare = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", self.last.text, flags=re.S)
        return " ".join(html.unescape(bare).split())


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Guest]:
    """The whole server on a database, and one browser."""
    app = create_app(
        Settings(
            database_url=database.url,
            data_dir=folder,
            secret_key=SecretStr(KEY.decode()),
            allow_local_fetch=True,
        )
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        deadline = time.monotonic() + PATIENCE
        while not app.state.reception.is_open:
            assert time.monotonic() < deadline, "it did not open"
            time.sleep(0.01)
        yield Guest(app, portal)
