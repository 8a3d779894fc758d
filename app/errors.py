"""Errors that carry the decision: a status and one sentence a person can act on."""


class CheerboardError(Exception):
    """Expected trouble. `status` is the HTTP answer; on the command line it exits with 2."""

    status = 400

    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if status is not None:
            self.status = status


class NotFoundError(CheerboardError):
    """Nothing of that name or id is here."""

    status = 404


class UnauthorizedError(CheerboardError):
    """Nobody known is asking."""

    status = 401


class ForbiddenError(CheerboardError):
    """Somebody known asks for what is not theirs."""

    status = 403


class UnavailableError(CheerboardError):
    """Cannot be done now; the same request may succeed later."""

    status = 503
