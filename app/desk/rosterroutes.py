"""Every page about people, in one router."""

from fastapi import APIRouter

from app.desk import (
    dignity,
    matchingpages,
    personal,
    rosterimport,
    rosterpages,
    rosterpeople,
    rosterplaces,
    worksheet,
)

router = APIRouter(include_in_schema=False)
for _pages in (
    matchingpages,
    rosterimport,
    rosterpeople,
    rosterplaces,
    rosterpages,
    personal,
    dignity,
    worksheet,
):
    router.include_router(_pages.router)
