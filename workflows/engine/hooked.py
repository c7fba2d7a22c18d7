"""Hooks of a step or task: lifecycle hooks fire when their expression becomes true, the exit hook at the end.

A `Child` is one call of a composite together with everything hooked on it; it is settled when all of
that is done. Source: Argo's `executeTmplLifeCycleHook` and `runOnExitNode`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from workflows.engine import names, phases
from workflows.engine.artifact_sources import ArtifactSources
from workflows.engine.artifacts import Artifacts, artifact_arguments
from workflows.engine.calls import Call, as_engine_error
from workflows.engine.errors import EngineError
from workflows.engine.inputs import render_arguments
from workflows.engine.outbound import last_attempt
from workflows.engine.scope import Referent, Scope
from workflows.errors import InternalError
from workflows.expr import ExprError, compile_expression

if TYPE_CHECKING:
    from workflows.engine.compiled_calls import CompiledCall, CompiledHook
    from workflows.engine.composite import Composite
    from workflows.engine.core import Core
    from workflows.engine.node import Node


class Child:
    """`label` is the name under which variables refer to it (``steps.LABEL.…``); `part_of` is the owner's
    own.
    """

    __slots__ = ("call", "exit", "fired", "label", "part_of", "settled", "target")

    def __init__(self, target: CompiledCall, label: str, part_of: Any = None) -> None:
        self.target = target
        self.label = label
        self.part_of = part_of
        self.call: Call | None = None
        self.fired: dict[str, Call] = {}
        self.exit: Call | None = None
        self.settled = False

    @property
    def node(self) -> Node | None:
        return self.call.node if self.call is not None else None

    @property
    def nodes(self) -> Iterable[Node]:
        """The nodes of the call and its hooks, as far as there are any."""
        for call in (self.call, *self.fired.values(), self.exit):
            if call is not None and call.node is not None:
                yield call.node

    @property
    def made(self) -> Node:
        """The node of a child that has one by now."""
        if self.call is None:
            raise InternalError(f"{self.label} was not called yet")
        return self.call.made


class HookRunner:
    """Starts the hooks of a composite's children in the composite's scope."""

    def __init__(
        self, frame: Composite, call: Call, scope: Scope, sources: ArtifactSources, *, forgives_exit: bool
    ) -> None:
        self.frame = frame
        self.core: Core = frame.core
        self.call = call
        self.scope = scope
        self.sources = sources
        self.forgives_exit = forgives_exit

    def progress(self, child: Child, node: Node, *, lifecycle: bool = True) -> bool:
        """Start what is due on `node`; True when it and all its hooks are done. Raises EngineError.

        `lifecycle` false leaves only the exit hook, as for the iterations of a loop in a DAG.
        """
        if child.target.has_hooks:
            if lifecycle and not self._lifecycle(child, node):
                return False
            if node.phase in phases.COMPLETED and not self._exit(child, node):
                return False
        return node.settled

    def _lifecycle(self, child: Child, node: Node) -> bool:
        for name, hook in child.target.hooks.items():
            hook_name = names.hook_name(node.name, name)
            if name not in child.fired and self._is_due(child, node, hook, hook_name):
                # noted before it starts, for starting it comes back here
                child.fired[name] = self._call(child, node, hook, hook_name, on_exit=False)
                child.fired[name].start()
        return all(_is_done(call) for call in child.fired.values())

    def _exit(self, child: Child, node: Node) -> bool:
        if child.exit is None:
            hook = child.target.exit_hook(self.core.program)
            if hook is None or self.core.run.shutdown == "Terminate":
                return True
            name = names.exit_name(node.name)
            if not self._exit_is_due(child, node, hook, name):
                return True
            child.exit = self._call(child, node, hook, name, on_exit=True)
            child.exit.start()
        return _is_done(child.exit)

    def _exit_is_due(self, child: Child, node: Node, hook: CompiledHook, name: str) -> bool:
        if not hook.expression:
            return True
        try:
            return self._is_due(child, node, hook, name)
        except EngineError:
            if self.forgives_exit:
                return False
            raise

    def _is_due(self, child: Child, node: Node, hook: CompiledHook, name: str) -> bool:
        if self.core.node_id(name) in self.core.nodes:
            return True
        if not hook.expression:
            raise EngineError(f"Expression required for hook {name}")
        return evaluate_bool(hook.expression, self._scope(child, node), self.core)

    def _call(self, child: Child, node: Node, hook: CompiledHook, name: str, *, on_exit: bool) -> Call:
        scope = self._scope(child, node)
        return Call(
            self.frame,
            hook.call,
            name,
            base=self.call.template.base,
            arguments=render_arguments(self.core, hook.call.arguments, scope),
            artifacts=self._artifacts(child, node, hook, scope) if hook.call.artifacts else None,
            boundary=self.call.node,
            parents=[node.id],
            depth=self.call.depth + 1,
            on_exit=on_exit or self.call.on_exit,
            flag={"hooked": True},
            subject=child,
        )

    def _artifacts(self, child: Child, node: Node, hook: CompiledHook, scope: Scope) -> Artifacts:
        referent = Referent(lambda: last_attempt(self.core, node))
        sources = self.sources.with_referent(child.target.word, child.label, referent)
        return artifact_arguments(hook.call, scope, sources, hook=True)

    def _scope(self, child: Child, node: Node) -> Scope:
        referent = Referent(lambda: last_attempt(self.core, node))
        prefix = f"{child.target.word}.{child.label}."
        variables: dict[str, Any] = {prefix + field: referent.find(field) for field in referent.fields()}
        variables[prefix + "status"] = node.phase
        variables.update(self.frame.siblings(child))
        return self.scope.with_local(variables)


def evaluate_bool(source: str, scope: Any, core: Core) -> bool:
    """An expression that must give a boolean. Raises EngineError with Argo's text."""
    try:
        value = compile_expression(source).evaluate(scope, core.context)
    except ExprError as error:
        raise as_engine_error(error) from None
    if not isinstance(value, bool):
        raise EngineError(f"unable to cast expression result '{value}' to bool")
    return value


def _is_done(call: Call) -> bool:
    return call.node is not None and call.node.settled
