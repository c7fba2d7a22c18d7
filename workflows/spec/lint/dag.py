"""DAG templates. Source: Argo's `validateDAG`; the order of checks is Argo's."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Final

import msgspec

from workflows.spec import codes
from workflows.spec.lint.arguments import check_arguments
from workflows.spec.lint.depends import TaskGraph, dependencies_of, unknown_results
from workflows.spec.lint.expressions import check_condition, check_depends
from workflows.spec.lint.hooks import check_exit_template, check_hooks, has_exit_hook
from workflows.spec.lint.loops import check_loop, is_aggregated, is_loop
from workflows.spec.lint.names import check_names, holds_tag
from workflows.spec.lint.scope import Scope, check_tags
from workflows.spec.lint.steps import add_outputs, check_not_leaf, scope_of_call, warn_unknown_arguments
from workflows.spec.lint.walk import Resolved, Visit, Walk
from workflows.spec.marks import Path
from workflows.spec.template import DAGTask, DAGTemplate

_MENTION = re.compile(rb"\{\{\s*tasks\.([-a-zA-Z0-9]+)\.")
_STATUS: Final = frozenset({"status"})
_NONE: Final[frozenset[str]] = frozenset()
_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Dag:
    """One DAG template while it is checked."""

    walk: Walk
    visit: Visit
    dag: DAGTemplate
    by_name: dict[str, tuple[int, DAGTask]]
    needs: dict[str, dict[str, bool]]
    graph: TaskGraph
    resolved: dict[str, Resolved | None]

    @property
    def argo(self) -> str:
        return f"templates.{self.visit.template.name}"

    def path(self, index: int) -> Path:
        return (*self.visit.path, "dag", "tasks", index)


def check_dag(walk: Walk, visit: Visit) -> None:
    dag = visit.template.dag
    if dag is None:
        return
    check_not_leaf(walk, visit)
    if not dag.tasks:
        said = f"templates.{visit.template.name} must have at least one task"
        walk.report.error(codes.NO_TASKS, "a DAG needs at least one task", (*visit.path, "dag"), argo=said)
        return
    check = _read(walk, visit, dag)
    _check_order(check)
    names = [task.name for task in dag.tasks]
    check_names(
        walk.report,
        names,
        (*visit.path, "dag", "tasks"),
        f"{check.argo}.tasks",
        parameters=False,
        unique=False,
    )
    uses_depends = any(task.depends for task in dag.tasks)
    for name in _in_order(check):
        _check_task(check, *check.by_name[name], uses_depends)
    _check_target(check)
    mentions = _mentions(dag)
    strangers = check.graph.strangers(mentions)
    for name in _in_order(check):
        _check_use(check, *check.by_name[name], mentions.get(name, _NONE), strangers.get(name, _NONE))


def _read(walk: Walk, visit: Visit, dag: DAGTemplate) -> _Dag:
    by_name: dict[str, tuple[int, DAGTask]] = {}
    for index, task in enumerate(dag.tasks):
        by_name.setdefault(task.name, (index, task))
    needs = {name: dependencies_of(task) for name, (_, task) in by_name.items()}
    graph = TaskGraph(
        {name: tuple(other for other in needed if other in by_name) for name, needed in needs.items()}
    )
    return _Dag(walk, visit, dag, by_name, needs, graph, {})


def _in_order(check: _Dag) -> list[str]:
    """Tasks as they would run; those in a cycle last."""
    return list(dict.fromkeys([*check.graph.order, *check.by_name]))


def _check_order(check: _Dag) -> None:
    report = check.walk.report
    argo = f"{check.argo} sorting failed: "
    seen: set[str] = set()
    for index, task in enumerate(check.dag.tasks):
        if task.name in seen:
            message = f"the task name {task.name!r} is used twice in this DAG"
            said = f"{argo}duplicated nodeName {task.name}"
            report.error(codes.DUPLICATE_NAME, message, (*check.path(index), "name"), argo=said)
        seen.add(task.name)
    for name, needed in check.needs.items():
        index, task = check.by_name[name]
        for other in needed:
            if other not in check.by_name:
                message = f"the task {name!r} waits for {other[:80]!r}, which does not exist"
                at = (*check.path(index), "depends" if task.depends else "dependencies")
                remedy = report.suggest(other, check.by_name)
                said = f"{argo}invalid dependency {other}"
                report.error(codes.UNKNOWN_DEPENDENCY, message, at, argo=said, remedy=remedy)
    cycle = check.graph.cycle()
    if cycle:
        shown = " -> ".join(cycle if len(cycle) <= 12 else [*cycle[:10], "…", cycle[-1]])
        at = check.path(check.by_name[cycle[0]][0])
        message = f"tasks wait for each other: {shown}"
        report.error(codes.DEPENDENCY_CYCLE, message, at, argo=f"{argo}graph with cycle")


def _check_task(check: _Dag, index: int, task: DAGTask, uses_depends: bool) -> None:
    walk, visit, path = check.walk, check.visit, check.path(index)
    argo = f"{check.argo}.tasks.{task.name}"
    _check_dependency_style(check, index, task, uses_depends)
    with walk.report.within(f"{argo} "):
        resolved = walk.call(task, visit.holder, path, visit.scope)
    check.resolved[task.name] = resolved
    node = f"tasks.{task.name}"
    add_outputs(walk, visit.scope, node, resolved, aggregated=is_aggregated(task))
    if not task.depends:
        return
    at = (*path, "depends")
    for other, result in unknown_results(task.depends):
        said = f"{argo} task result '{result}' for task '{other}' is invalid"
        message = f"{other}.{result} asks for a result that does not exist"
        remedy = "use Succeeded, Failed, Errored, Skipped, Omitted, Daemoned, AnySucceeded or AllFailed"
        walk.report.error(codes.UNKNOWN_RESULT, message, at, argo=said, remedy=remedy)
    for other, of_loop in check.needs[task.name].items():
        if of_loop and other in check.by_name and not is_loop(check.by_name[other][1]):
            said = (
                f"{check.argo}.tasks.{other} dependency '{other}' uses an items-based condition such as"
                " .AnySucceeded or .AllFailed but does not contain any items"
            )
            message = f"AnySucceeded and AllFailed need a loop, and {other!r} is none"
            walk.report.error(codes.NOT_A_LOOP, message, at, argo=said)
    check_depends(walk.report, task.depends, at)


def _check_dependency_style(check: _Dag, index: int, task: DAGTask, uses_depends: bool) -> None:
    report, path = check.walk.report, check.path(index)
    if (uses_depends or task.dependencies) and task.name[:1].isdigit():
        said = (
            f"{check.argo}.tasks.{task.name} name cannot begin with a digit when using either 'depends'"
            " or 'dependencies'"
        )
        message = f"the task name {task.name!r} cannot begin with a digit in a DAG with dependencies"
        report.error(codes.BAD_NAME, message, (*path, "name"), argo=said)
    if uses_depends and task.dependencies:
        said = f"{check.argo} cannot use both 'depends' and 'dependencies' in the same DAG template"
        message = "`depends` and `dependencies` cannot both be used in one DAG"
        remedy = "write `depends: a && b` for `dependencies: [a, b]`"
        report.error(codes.EXCLUSIVE_FIELDS, message, (*path, "dependencies"), argo=said, remedy=remedy)
    if uses_depends and task.continue_on is not None:
        said = (
            f"{check.argo} cannot use 'continueOn' when using 'depends'. Instead use"
            " 'dep-task.Failed'/'dep-task.Errored'"
        )
        message = "`continueOn` cannot be used in a DAG with `depends`"
        remedy = "let the tasks after it depend on NAME.Failed or NAME.Errored"
        report.error(codes.EXCLUSIVE_FIELDS, message, (*path, "continueOn"), argo=said, remedy=remedy)


def _check_target(check: _Dag) -> None:
    target = check.dag.target
    if not target:
        return
    report, path = check.walk.report, (*check.visit.path, "dag", "target")
    check_tags(report, target, check.visit.scope, path, argo=f"{check.argo}.targets ")
    for name in target.split(" "):
        if name not in check.by_name and not holds_tag(name):
            message = f"the target {name[:80]!r} is no task of this DAG"
            said = f"{check.argo}.targets: target '{name}' is not defined"
            remedy = report.suggest(name, check.by_name)
            report.error(codes.UNKNOWN_DEPENDENCY, message, path, argo=said, remedy=remedy)


def _mentions(dag: DAGTemplate) -> dict[str, set[str]]:
    """For each task the tasks its texts refer to by simple tags."""
    found: dict[str, set[str]] = {}
    for task in dag.tasks:
        encoded = _encode(task)
        if b"tasks." in encoded and (names := set(_MENTION.findall(encoded))):
            found[task.name] = {name.decode() for name in names}
    return found


def _check_use(check: _Dag, index: int, task: DAGTask, mentioned: Set[str], strangers: Set[str]) -> None:
    walk, visit, path = check.walk, check.visit, check.path(index)
    report, resolved = walk.report, check.resolved[task.name]
    argo = f"{check.argo}.tasks.{task.name}"
    scope = _scope_of_task(check, task, mentioned - strangers)
    told = len(report.findings)
    check_loop(report, task, scope, path, f"{argo} ")
    check_hooks(walk, task.hooks, visit.holder, path, argo, scope)
    check_condition(report, task.when, (*path, "when"))
    check_exit_template(walk, task.on_exit, visit.holder, (*path, "onExit"))
    check_tags(report, task, scope_of_call(scope, task), path, argo=f"{argo} ")
    check_arguments(report, task.arguments, (*path, "arguments"), f"{argo}.arguments.", values_required=True)
    already_told = len(report.findings) > told
    _check_strangers(check, task, path, strangers, f"{argo} ", already_told=already_told)
    if resolved is not None:
        with report.within(f"{argo} "):
            walk.check_call(resolved, task.arguments, path)
        warn_unknown_arguments(walk, resolved.template, task, path)


def _scope_of_task(check: _Dag, task: DAGTask, before: Set[str]) -> Scope:
    """What a task's texts may use: everything of its DAG, and the status of tasks before it."""
    scope = check.visit.scope.nested()
    if task.hooks or has_exit_hook(task):
        scope.nodes[f"tasks.{task.name}"] = _STATUS
    for name in before:
        scope.nodes[f"tasks.{name}"] = _STATUS
    return scope


def _check_strangers(
    check: _Dag, task: DAGTask, path: Path, strangers: Set[str], argo: str, *, already_told: bool
) -> None:
    """Arguments may only use tasks that come before; elsewhere Argo finds out when the task is due."""
    if not strangers:
        return
    named: set[str] = {task.name, "name"}
    for index, parameter in enumerate(task.arguments.parameters):
        at = (*path, "arguments", "parameters", index)
        named |= _check_reference(
            check, parameter.value or "", f"parameter '{parameter.name}'", at, strangers, argo
        )
    for index, artifact in enumerate(task.arguments.artifacts):
        at = (*path, "arguments", "artifacts", index)
        named |= _check_reference(check, artifact.from_, f"artifact '{artifact.name}'", at, strangers, argo)
    for name in sorted(strangers - named):
        if name in check.by_name and not already_told:
            message = f"the task {name!r}, whose results are used here, does not come before this one"
            remedy = f"add {name} to `depends` or `dependencies`"
            check.walk.report.warning(codes.MISSING_DEPENDENCY, message, path, remedy=remedy)


def _check_reference(
    check: _Dag, text: str, what: str, path: Path, strangers: Set[str], argo: str
) -> Set[str]:
    """Reports a value that begins with a reference to a stranger, as Argo does, and returns its name."""
    if not text.startswith("{{tasks."):
        return _NONE
    name = text.split(".", 2)[1]
    if name not in strangers:
        return _NONE
    message = f"the {what} uses the task {name!r}, which does not come before this one"
    said = f"{argo}missing dependency '{name}' for {what}"
    remedy = f"add {name} to `depends` or `dependencies`" if name in check.by_name else ""
    check.walk.report.error(codes.MISSING_DEPENDENCY, message, path, argo=said, remedy=remedy)
    return {name}
