"""The rival: the endpoint anyone would write first. FastAPI, SQLAlchemy, one commit per request."""

import os
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from standardwebhooks import Webhook, WebhookVerificationError

SECRET = os.environ["OBVIOUS_SECRET"]  # noqa: TID251 - a program of its own
engine = create_engine(f"sqlite:///{os.environ['OBVIOUS_DATABASE']}")  # noqa: TID251 - the obvious endpoint knows nothing of ours


@event.listens_for(engine, "connect")
def _wal(connection: object, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]


class Base(DeclarativeBase):
    pass


class Answer(Base):
    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[str] = mapped_column(unique=True)
    score: Mapped[int]
    comment: Mapped[str | None]
    email: Mapped[str | None]
    received_at: Mapped[datetime]


class Body(BaseModel):
    response_id: str
    score: int
    comment: str | None = None
    email: str | None = None


Base.metadata.create_all(engine)
app = FastAPI()


async def verified(request: Request) -> bytes:
    body = await request.body()
    Webhook(SECRET).verify(body, dict(request.headers))
    return body


@app.exception_handler(WebhookVerificationError)
def refused(_request: Request, _error: WebhookVerificationError) -> Response:
    return Response(status_code=401)


def _store(body: bytes) -> None:
    answer = Body.model_validate_json(body)
    with Session(engine) as session:
        session.add(Answer(**answer.model_dump(), received_at=datetime.now(UTC)))  # noqa: TID251 - the obvious endpoint knows nothing of ours
        session.commit()


@app.post("/threads", status_code=202)
def receive_in_a_thread(body: Annotated[bytes, Depends(verified)]) -> None:
    """As a plain function: FastAPI runs it in its thread pool."""
    _store(body)


@app.post("/loop", status_code=202)
async def receive_in_the_loop(body: Annotated[bytes, Depends(verified)]) -> None:
    """As a coroutine that blocks: no lock contention, no thread hand-off."""
    _store(body)


@app.get("/score")
def score() -> dict[str, float]:
    with Session(engine) as session:
        n = session.scalar(select(func.count()).select_from(Answer)) or 0
        return {"n": n}
