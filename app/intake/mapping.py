"""JMESPath expressions that read a body without any code for its platform."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from app.intake import coercion, workload
from app.intake.source import Document, IgnoredError, News, Setup, UnreadableError

_TOO_MUCH = "The mapping cannot be applied: it takes too much work for this body."
FIELDS = (
    "accept", "response_id", "score", "comment", "email", "name", "submitted_at", "updated_at",
    "version", "survey_id", "channel", "consent", "excluded",
)  # fmt: skip
REQUIRED = ("response_id", "score")
# An expression longer than this is a program.
LONGEST = 2_000
_NOT_ACCEPTED = "The mapping's accept expression is not true for it."


def compile_reader(expressions: Mapping[str, Any]) -> Callable[[Document, Setup], Iterator[News]]:
    """A reader of one document. Raises ValueError, one sentence, when an expression is wrong.

    `accept` is one expression, or several by the sentence that says why a document is ignored.
    """
    wanted = _wanted_attributes(expressions)
    conditions = _conditions(expressions.get("accept"))
    fields = {
        field: _compiled(field, source)
        for field, source in expressions.items()
        if field not in ("accept", "attributes") and source is not None
    }
    extra = {name: _compiled(f"attributes.{name}", source) for name, source in wanted.items()}

    def read(document: Document, setup: Setup) -> Iterator[News]:
        search = workload.searcher()
        try:
            for reason, condition in conditions.items():
                if search(condition, document) is not True:
                    raise IgnoredError(reason)
            raw = {field: search(expression, document) for field, expression in fields.items()}
            raw["attributes"] = {name: search(found, document) for name, found in extra.items()}
        except workload.TooMuchError:
            raise UnreadableError(_TOO_MUCH) from None
        except JMESPathError as error:
            sentence = " ".join(str(error).split())[:300]
            raise UnreadableError(f"The mapping cannot be applied: {sentence}") from None
        yield coercion.answer(document, setup, **raw)

    return read


def _conditions(accept: Any) -> dict[str, Any]:
    if accept is None:
        return {}
    given = accept if isinstance(accept, Mapping) else {_NOT_ACCEPTED: accept}
    return {reason: _compiled("accept", source) for reason, source in given.items()}


def _wanted_attributes(expressions: Mapping[str, Any]) -> Mapping[str, Any]:
    for field in expressions:
        if field not in (*FIELDS, "attributes"):
            raise ValueError(f"mapping has no field {field!r}; it knows {', '.join(FIELDS)}.")
    for field in REQUIRED:
        if not expressions.get(field):
            raise ValueError(f"mapping needs an expression for {field!r}.")
    wanted = expressions.get("attributes") or {}
    if not isinstance(wanted, Mapping):
        raise ValueError("mapping.attributes is an object of names and expressions.")
    return wanted


def _compiled(field: str, source: Any) -> Any:
    if not isinstance(source, str):
        raise ValueError(f"mapping.{field} must be a JMESPath expression in text.")
    if len(source) > LONGEST:
        raise ValueError(f"mapping.{field} is longer than {LONGEST:,} characters.")
    try:
        return jmespath.compile(source)
    except (JMESPathError, RecursionError) as error:
        sentence = " ".join(str(error).split())[:300]
        raise ValueError(f"mapping.{field} is no JMESPath expression: {sentence}") from None
