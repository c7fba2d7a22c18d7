"""What never runs: templates no call leads to, tasks no target needs, `depends` that cannot be true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from workflows.expr import ExprError, compile_expression
from workflows.spec import codes
from workflows.spec.lint.depends import LOOP_RESULTS, RESULTS, dependencies_of
from workflows.spec.lint.hints.places import Place
from workflows.spec.lint.loops import is_loop
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path
from workflows.spec.refs import calls
from workflows.spec.template import DAGTask, DAGTemplate, Template
from workflows.spec.types import WorkflowSpec

_MENTION = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*)(?:\.([A-Z][a-zA-Z]+))?")
#: more tasks in one `depends` are not tried in all combinations
_MOST_TASKS: Final = 4
#: results of which a task has exactly one
_ENDS: Final = tuple(result for result in RESULTS if result not in LOOP_RESULTS)


def hint_at_unreached_templates(report: Report, spec: WorkflowSpec, path: Path) -> None:
    templates = {template.name: template for template in spec.templates}
    firsts = [spec.entrypoint, spec.on_exit, *(hook.template for hook in spec.hooks.values())]
    reached = _reached(templates, firsts)
    if reached is None:
        return
    for index, template in enumerate(spec.templates):
        if template.name not in reached:
            message = f"nothing leads to the template {template.name!r}, so it never runs"
            remedy = "call it or remove it"
            report.warning(codes.UNUSED_TEMPLATE, message, (*path, "templates", index), remedy=remedy)


def _reached(templates: Mapping[str, Template], firsts: Iterable[str]) -> set[str] | None:
    """Names of what calls lead to, None when a name is only known at run time."""
    reached: set[str] = set()
    waiting: list[Template] = []
    names = list(firsts)
    while names or waiting:
        if names:
            name = names.pop()
            if "{{" in name:
                return None
            if name in templates and name not in reached:
                reached.add(name)
                waiting.append(templates[name])
            continue
        for call in calls(waiting.pop()):
            names += [call.template, call.on_exit, *(hook.template for hook in call.hooks.values())]
            if call.inline is not None:
                waiting.append(call.inline)
    return reached


def hint_at_unreached_tasks(report: Report, place: Place) -> None:
    dag = place.template.dag
    if dag is None:
        return
    _hint_at_untargeted(report, place, dag)
    tasks = {task.name: task for task in dag.tasks}
    for index, task in enumerate(dag.tasks):
        if task.depends and _is_hopeless(task.depends, tasks):
            message = f"`depends` of {task.name!r} can never be true, so the task never runs"
            remedy = "correct the condition; a task has exactly one result"
            at = (*place.path, "dag", "tasks", index, "depends")
            report.warning(codes.UNREACHABLE_TASK, message, at, remedy=remedy)


def _hint_at_untargeted(report: Report, place: Place, dag: DAGTemplate) -> None:
    if not dag.target or "{{" in dag.target:
        return
    tasks = {task.name: task for task in dag.tasks}
    needed: set[str] = set()
    waiting = dag.target.split()
    while waiting:
        name = waiting.pop()
        if name in tasks and name not in needed:
            needed.add(name)
            waiting += dependencies_of(tasks[name])
    for index, task in enumerate(dag.tasks):
        if task.name not in needed:
            message = f"no target of this DAG needs {task.name!r}, so the task never runs"
            at = (*place.path, "dag", "tasks", index)
            remedy = f"add {task.name} to `target` or remove the task"
            report.warning(codes.UNREACHABLE_TASK, message, at, remedy=remedy)


def _is_hopeless(depends: str, tasks: Mapping[str, DAGTask]) -> bool:
    """Whether no results of the tasks make `depends` true. Only tried where that is at all likely."""
    mentions = [(match[1], match[2] or "") for match in _MENTION.finditer(depends)]
    names = list(dict.fromkeys(name for name, _ in mentions))
    if len(names) > _MOST_TASKS or any(name not in tasks for name in names):
        return False
    if len(names) == len(mentions) and all(_is_possible(result, tasks[name]) for name, result in mentions):
        return False
    expression = _MENTION.sub(lambda match: f"r[{names.index(match[1])}].{match[2] or 'Bare'}", depends)
    try:
        compiled = compile_expression(expression)
        return not any(compiled.evaluate({"r": list(ends)}) is True for ends in _combinations(names, tasks))
    except ExprError:
        return False


def _combinations(
    names: Sequence[str], tasks: Mapping[str, DAGTask]
) -> Iterator[tuple[dict[str, bool], ...]]:
    return product(*(list(_outcomes(tasks[name])) for name in names))


def _outcomes(task: DAGTask) -> Iterator[dict[str, bool]]:
    """Every way a task can end, as the truth of each result; of loops too much rather than too little."""
    flags = (False, True) if is_loop(task) else (False,)
    for end in _ENDS:
        if not _is_possible(end, task):
            continue
        for any_succeeded, all_failed in product(flags, flags):
            known = {result: result == end for result in _ENDS}
            known["Bare"] = end in ("Succeeded", "Skipped", "Daemoned")
            yield {**known, "AnySucceeded": any_succeeded, "AllFailed": all_failed}


def _is_possible(result: str, task: DAGTask) -> bool:
    if result == "Omitted":
        return bool(task.depends or task.dependencies)
    if result == "Skipped":
        return bool(task.when) or is_loop(task)
    return True
