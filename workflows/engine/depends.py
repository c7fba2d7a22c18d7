"""A DAG task's `depends` (or older `dependencies`): which tasks it waits for and whether it may run.

Source: Argo's `GetTaskDependencies` and `evaluateDependsLogic`. Not for waiting: the DAG frame counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflows.engine.errors import EngineError
from workflows.expr import ExprError, compile_expression
from workflows.spec import DAGTask

#: results by which a task may be tested, in Argo's words
RESULTS = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned", "AnySucceeded", "AllFailed")

_TERM = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*?\.[A-Z][a-zA-Z]+)|([a-zA-Z0-9][-a-zA-Z0-9]*)")
_PLAIN_CONJUNCTION = re.compile(r"\s*[a-zA-Z0-9][-a-zA-Z0-9]*(\s*&&\s*[a-zA-Z0-9][-a-zA-Z0-9]*)*\s*")

Results = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Depends:
    """`names` are the tasks waited for, in order of mention.

    `accepts` maps each of them to the results that suffice when the condition is a plain conjunction;
    otherwise it is None and `test` decides from the results of all.
    """

    names: tuple[str, ...]
    accepts: Mapping[str, frozenset[str]] | None
    test: Callable[[Results], bool] | None

    def allows(self, results: Results) -> bool:
        """Whether the task may run, given the results that hold for each name. Raises EngineError."""
        if self.accepts is not None:
            return all(not self.accepts[name].isdisjoint(results[name]) for name in self.names)
        return self.test(results) if self.test is not None else True


def compile_depends(task: DAGTask, tasks: Mapping[str, DAGTask]) -> Depends:
    """The condition of `task`; `tasks` are all tasks of the DAG, whose `continueOn` widens a plain name."""
    if not task.depends:
        names = tuple(dict.fromkeys(task.dependencies))
        return Depends(names, {name: _accepted(name, tasks) for name in names}, None)
    names = tuple(dict.fromkeys(_mentioned(task.depends)))
    if _PLAIN_CONJUNCTION.fullmatch(task.depends):
        return Depends(names, {name: _accepted(name, tasks) for name in names}, None)
    return Depends(names, None, _compile_test(_expand(task.depends, tasks)))


def _mentioned(depends: str) -> list[str]:
    return [(match[1] or match[2]).partition(".")[0] for match in _TERM.finditer(depends)]


def _accepted(name: str, tasks: Mapping[str, DAGTask]) -> frozenset[str]:
    results = {"Succeeded", "Skipped", "Daemoned"}
    continue_on = tasks[name].continue_on if name in tasks else None
    if continue_on is not None:
        results |= {"Errored"} if continue_on.error else set()
        results |= {"Failed"} if continue_on.failed else set()
    return frozenset(results)


def _expand(depends: str, tasks: Mapping[str, DAGTask]) -> str:
    """Give every bare name its results, and make names fit for the expression language."""

    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return match[1].replace("-", "_")
        name = match[2].replace("-", "_")
        order = [result for result in RESULTS if result in _accepted(match[2], tasks)]
        return "(" + " || ".join(f"{name}.{result}" for result in order) + ")"

    return _TERM.sub(replace, depends)


def _compile_test(source: str) -> Callable[[Results], bool]:
    def test(results: Results) -> bool:
        scope = {
            f"{name.replace('-', '_')}.{result}": result in held
            for name, held in results.items()
            for result in RESULTS
        }
        try:
            value = compile_expression(source).evaluate(scope)
        except ExprError as error:
            raise EngineError(f"unable to evaluate expression '{source}': {error}") from None
        if not isinstance(value, bool):
            raise EngineError(
                f"unable to evaluate expression '{source}': "
                f"unable to cast expression result '{value}' to bool"
            )
        return value

    return test
