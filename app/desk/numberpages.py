"""Everything about numbers: the number, the answers behind it, how it is made, what it was."""

from fastapi import APIRouter

from app.desk import answers, made, numbers, then

router = APIRouter()
for room in (numbers, answers, made, then):
    router.include_router(room.router)
