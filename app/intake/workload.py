"""Workload: a JMESPath expression evaluated with a bound on its work, whatever it says.

`@.[@, @].[@, @] …` doubles what it holds with every step; a few hundred characters would keep the
server busy for years. So every step is paid for, and what a step makes by its whole size.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter

# Steps and values, for all expressions of one delivery; about a second.
MOST = 500_000
# Characters count less than values: they are copied, not looked at.
_CHARACTERS = 64


class TooMuchError(Exception):
    """The expressions of a delivery took more work than any of them may."""


class Budget:
    """What is left to spend."""

    def __init__(self) -> None:
        self.left = MOST

    def spend(self, units: int) -> None:
        """Raises TooMuchError when nothing is left."""
        self.left -= units
        if self.left < 0:
            raise TooMuchError


_shared: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def shared() -> Iterator[None]:
    """Everything evaluated within this is paid from one budget."""
    token = _shared.set(Budget())
    try:
        yield
    finally:
        _shared.reset(token)


def searcher() -> Callable[[Any, Any], Any]:
    """`search(compiled, document)` for one document. Raises TooMuchError."""
    interpreter = Bounded(_shared.get() or Budget())
    return lambda compiled, document: interpreter.visit(compiled.parsed, document)


class Bounded(TreeInterpreter):  # type: ignore[misc]  # the library has no types
    """Pays for each step; for what it makes of several values, for all that they hold."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget
        self._functions = Counted(budget)

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        """One step."""
        self._budget.spend(1)
        return super().visit(node, *args, **kwargs)

    def visit_multi_select_list(self, node: Any, value: Any) -> Any:
        """Where one value may come to stand in several places."""
        return self._paid(super().visit_multi_select_list(node, value))

    def visit_multi_select_dict(self, node: Any, value: Any) -> Any:
        """The same, with names."""
        return self._paid(super().visit_multi_select_dict(node, value))

    def visit_flatten(self, node: Any, value: Any) -> Any:
        """Copies lists into one."""
        found = super().visit_flatten(node, value)
        self._budget.spend(len(found or ()))
        return found

    def _paid(self, found: Any) -> Any:
        self._budget.spend(weight(found, self._budget.left))
        return found


class Counted(Functions):  # type: ignore[misc]  # the library has no types
    """The library's functions, each paid for by what it is given and what it makes."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    def call_function(self, function_name: str, resolved_args: list[Any]) -> Any:
        """Calls one by its name."""
        self._budget.spend(sum(weight(one, self._budget.left) for one in resolved_args))
        if function_name == "join" and len(resolved_args) == 2:
            glue, parts = resolved_args
            if isinstance(glue, str) and isinstance(parts, list):
                self._budget.spend(len(glue) * len(parts) // _CHARACTERS)
        found = super().call_function(function_name, resolved_args)
        self._budget.spend(len(found) // _CHARACTERS if isinstance(found, str) else 1)
        return found


def weight(value: Any, most: int) -> int:
    """How many values it holds, each as often as it stands there; counted to just above `most`."""
    waiting, counted = [value], 0
    while waiting and counted <= most:
        one = waiting.pop()
        counted += 1
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, str):
            counted += len(one) // _CHARACTERS
    return counted
