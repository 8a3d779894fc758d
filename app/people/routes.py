"""Every page of this room, in one router."""

from fastapi import APIRouter

from app.people import (
    auditlog,
    directory,
    forgotten,
    invited,
    oidc,
    ownpage,
    passkeypages,
    setup,
    signin,
)

router = APIRouter(include_in_schema=False)
for _pages in (signin, setup, forgotten, invited, ownpage, passkeypages, oidc, directory, auditlog):
    router.include_router(_pages.router)
