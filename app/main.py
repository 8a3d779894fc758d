"""create_app(): routers, lifespan, wires between rooms; the only file that knows everyone."""

from fastapi import FastAPI

from app.db import connect
from app.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The whole server as one ASGI application."""
    app = FastAPI(title="Cheerboard", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.state.database = connect(settings.database)
    return app
