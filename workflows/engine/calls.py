"""Calling a template: resolve it, bind its inputs, pass the limits, create its node.

Source: Argo's `executeTemplate`. What follows from each kind of template lives in the frames and leaves;
they register themselves as `STARTERS`, so that this module depends on none of them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from workflows.engine import limits, locks, memo, metrics, names, phases
from workflows.engine.artifacts import Artifacts, bind_artifacts, path_variables
from workflows.engine.errors import EngineError
from workflows.engine.inputs import Arguments, bind_inputs, restored_variables
from workflows.engine.messages import JsonObject, Launch, Millis, NodeFact
from workflows.engine.scope import Scope
from workflows.engine.texts import render
from workflows.errors import InternalError
from workflows.expr import Context, ExprError, Text

if TYPE_CHECKING:
    from workflows.engine.compiled_calls import CompiledCall
    from workflows.engine.compiled_templates import CompiledTemplate
    from workflows.engine.core import Core
    from workflows.engine.frame import Frame
    from workflows.engine.node import Node
    from workflows.engine.program import TemplateBase

#: Argo's limit of nested calls
MAX_DEPTH = 100
DEPTH_MESSAGE = (
    "Maximum recursion depth exceeded. "
    "See https://argo-workflows.readthedocs.io/en/release-4.1/scaling/#maximum-recursion-depth"
)
#: the starter of calls that a cache answered, see `cached`
CACHED = "cached"
_DISPLAY_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]")


class Call:
    """One invocation of a template, from before its node exists until the node is fulfilled.

    owner      the frame that made it and is told about it
    base       where the called name is looked up; its label is the node's templateScope
    arguments  bound argument values by name
    supplied   the artifacts among its arguments, by name
    boundary   the enclosing steps or dag node, None for the root and the run's handlers
    parents    ids of the nodes this one will be a child of
    on_exit    part of an exit handler: runs in spite of a stop and of the run's deadline
    subject    for a hook's call: what the hook hangs on (private to the owner)
    """

    __slots__ = (
        "about_attempt", "arguments", "artifacts", "base", "boundary", "core", "deadline", "depth", "flag",
        "frame", "id", "inputs", "measured", "memo", "name", "node", "on_exit", "owner",
        "parents", "scope", "subject", "supplied", "target", "template", "variables", "waited",
    )  # fmt: skip

    def __init__(
        self,
        owner: Frame,
        target: CompiledCall,
        name: str,
        *,
        base: TemplateBase,
        arguments: Arguments,
        boundary: Node | None,
        parents: list[str],
        depth: int,
        on_exit: bool = False,
        flag: dict[str, bool] | None = None,
        subject: Any = None,
        variables: Mapping[str, Any] | None = None,
        artifacts: Artifacts | None = None,
    ) -> None:
        self.core: Core = owner.core
        self.owner = owner
        self.target = target
        self.name = name
        self.id = owner.core.node_id(name)
        self.base = base
        self.arguments = arguments
        self.supplied = artifacts
        self.boundary = boundary
        self.parents = parents
        self.depth = depth
        self.on_exit = on_exit
        self.flag = flag
        self.subject = subject
        #: in which a dynamic template name or reference is rendered
        self.variables: Mapping[str, Any] = variables if variables is not None else owner.core.variables
        #: what only attempts have: variables. A retry made such a call, so the retryStrategy is not for it
        self.about_attempt: Mapping[str, str] | None = None
        #: latest end of the pod, because of a retry's maxDuration
        self.deadline: Millis | None = None
        self.node: Node | None = None
        #: the node with which the call waited for its locks, until it begins
        self.waited: Node | None = None
        #: what is asked of a cache before the call begins, see `memo`
        self.memo: memo.Memo | None = None
        #: the end of the node is told as metrics
        self.measured = False
        self.template: CompiledTemplate
        self.inputs: list[JsonObject] = []
        #: input artifacts
        self.artifacts: list[JsonObject] = []
        self.scope: Scope
        #: what carries the node on: a frame, a pod, a suspension
        self.frame: Runner | None = None

    @property
    def made(self) -> Node:
        """The node of a call that has one by now."""
        if self.node is None:
            raise InternalError(f"call {self.name} has no node yet")
        return self.node

    @property
    def is_attempt(self) -> bool:
        return self.about_attempt is not None

    # --- starting ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Create the node, or wait for a place, or fail; the owner hears of it through `moved` or
        `errored`.
        """
        existing = self.core.nodes.get(self.id)
        if existing is not None:
            self._adopt(existing)
            return
        if self.depth >= MAX_DEPTH:
            self._add(phases.SKIPPED_NODE, phases.ERROR, DEPTH_MESSAGE)
            self.owner.moved(self)
            return
        try:
            self.template = self._resolve()
            self._bind()
        except (EngineError, ExprError) as error:
            self._refuse(as_engine_error(error))
            return
        self.enter()

    def start_attempt(self, outer: Call, variables: Mapping[str, str]) -> None:
        """Start this call as an attempt of the retried call `outer`, whose template and inputs it shares."""
        self.template, self.inputs, self.artifacts = outer.template, outer.inputs, outer.artifacts
        self.about_attempt = variables
        self.scope = outer.scope.with_local({"pod.name": self.pod_name, **variables})
        existing = self.core.nodes.get(self.id)
        if existing is not None:
            self._take_over(existing)
        else:
            self.enter()

    def enter(self) -> None:
        """Begin if the limits allow it, else wait."""
        if self.owner.closed or (self.node is not None and self.node.fulfilled):
            return
        if not limits.admit(self.core, self):
            # what a cache said is old when there is a place
            self.memo = None
            locks.give_back(self)
        elif self.template.locks is not None and not self.is_attempt and not locks.may_pass(self):
            return
        elif self.template.memoize is None or self.is_attempt:
            self._begin()
        elif memo.is_answered(self, self.template.memoize):
            self._begin_memoized()

    def enter_late(self) -> None:
        """Try again to begin; the owner, which is doing other things by now, is told."""
        self.enter()
        if self.node is not None:
            self.owner.moved(self)

    def _begin_memoized(self) -> None:
        hit = self.memo is not None and self.memo.hit(self.core.now)
        if self.node is not None:
            memo.mark(self, self.node)
        self._begin(CACHED if hit else "")

    def _begin(self, starter: str = "") -> None:
        retried = self.template.retry is not None and not self.is_attempt
        if self.node is not None and self.node.at_lock:
            # the starter finds a call without a node and makes one: it gets the one that waited
            self.waited, self.node, self.frame = self.node, None, None
        try:
            STARTERS[starter or ("retry" if retried else self.template.kind)](self)
        except (EngineError, ExprError) as error:
            self.fail(as_engine_error(error))

    def _resolve(self) -> CompiledTemplate:
        template = resolve(self.target, self.base, self.variables, self.core.context)
        if not template.kind:
            raise EngineError(f"template '{template.name}' type is unknown")
        return template

    def _local(self) -> dict[str, Any]:
        """The variables that depend on the call alone."""
        local: dict[str, Any] = {"node.name": self.name, f"{self.target.word}.name": self.target.name}
        if self.about_attempt is not None:
            local |= {"pod.name": self.pod_name, **self.about_attempt}
        elif self.template.is_pod and self.template.retry is None:
            local["pod.name"] = self.pod_name
        return local

    def _bind(self) -> None:
        """Compute the inputs and the scope in which the template's texts are rendered."""
        local = self._local()
        self.inputs = bind_inputs(self.core, self.template, self.arguments, local)
        if self.template.input_artifacts:
            self.artifacts = bind_artifacts(self.core, self.template, self.supplied, local)
        self.scope = Scope(local, self.core.variables)

    @property
    def pod_name(self) -> str:
        return names.pod_name(self.core.run.name, self.name, self.template.name, self.id)

    # --- nodes -------------------------------------------------------------------------------------

    def add(self, type: str, phase: str, message: str = "", *, waiting: JsonObject | None = None) -> Node:
        """Create the node of this call; one that is `waiting` has not begun and counts for no limit."""
        node = self._add(type, phase, message, waiting)
        if self.inputs:
            node.inputs = {"parameters": self.inputs}
        if self.artifacts:
            node.inputs = {**(node.inputs or {}), "artifacts": self.artifacts}
        if self.template.display_name is not None:
            node.display_name = self._display_name(self.template.display_name)
        if self.template.memoize is not None:
            memo.mark(self, node)
        if phase not in phases.FULFILLED:
            self.core.calls[self.id] = self
            if self.template.metrics is not None:
                self._measure(node, new=waiting is None)
        return node

    def _measure(self, node: Node, *, new: bool) -> None:
        """Have the metrics of the template told; those of an attempt are its Retry node's."""
        if not self.is_attempt:
            self.measured = True
            if new:
                metrics.node_began(self, node)

    def add_group(self, type: str) -> Node:
        """Create a node that only groups others, such as that of a loop in a DAG."""
        node = self._add(type, phases.RUNNING, "")
        self.core.calls[self.id] = self
        return node

    def skip(self, phase: str, message: str) -> None:
        """Create, or find again, a node that never runs. The owner is not told: it knows."""
        self.node = self.core.nodes.get(self.id)
        if self.node is None:
            self._add(phases.SKIPPED_NODE, phase, message)

    def _add(self, type: str, phase: str, message: str, waiting: JsonObject | None = None) -> Node:
        target = self.target
        if self.waited is not None:
            self.node, self.waited = self.waited, None
            self.core.revive(self.node, type, phase, message, flag=self.flag)
            return self.node
        self.node = self.core.add(
            self.name,
            type,
            phase,
            boundary=self.boundary,
            parents=self.parents,
            message=message,
            template_name=render(target.template, self.variables, self.core.context)
            if target.template
            else "",
            template_ref=self._rendered_reference(),
            template_scope=self.base.label(self.core.run),
            flag=self.flag,
            waiting=waiting,
        )
        # another node may have taken the id while this call waited
        self.id = self.node.id
        return self.node

    def _rendered_reference(self) -> JsonObject | None:
        reference = self.target.template_ref
        if reference is None:
            return None
        context = self.core.context
        rendered: JsonObject = {
            "name": render(reference.name, self.variables, context),
            "template": render(reference.template, self.variables, context),
        }
        if reference.scope == "cluster":
            rendered["clusterScope"] = True
        return rendered

    def _display_name(self, name: Text) -> str:
        text = render(name, self.scope, self.core.context)
        if not _DISPLAY_NAME.fullmatch(text):
            raise EngineError(f"displayName must match the regex ^{_DISPLAY_NAME.pattern}$")
        return text

    # --- what happens to it ------------------------------------------------------------------------

    def moved(self) -> None:
        """The node changed its phase."""
        node = self.node
        if node is not None and node.phase in phases.FULFILLED:
            self.core.leave(self.id)
            if node.phase == phases.SUCCEEDED and node.extra is not None:
                memo.keep(self.core, node)
            if self.measured:
                metrics.node_ended(self, node)
        self.owner.moved(self)

    def _refuse(self, error: EngineError) -> None:
        """The call cannot be made: its node, which does not exist yet, is an Error at once."""
        self._add(phases.SKIPPED_NODE, phases.ERROR, error.message)
        self.owner.errored(self, error)

    def fail(self, error: EngineError, phase: str = phases.ERROR) -> None:
        """The call cannot be carried on. The owner hears of it through `errored` alone."""
        if self.node is None:
            self._refuse(error)
            return
        self.core.leave(self.id)
        self.core.set_phase(self.node, phase, error.message)
        self.owner.errored(self, error)

    def cut(self, phase: str, message: str) -> None:
        """End the call from outside, before its template has run its course. The owner is not told: it
        knows.
        """
        self.core.leave(self.id)
        self.core.set_phase(self.made, phase, message)
        if self.frame is not None:
            self.frame.cut_off()

    # --- restoring ---------------------------------------------------------------------------------

    def _adopt(self, node: Node) -> None:
        """Take over the node that was made for this call before a restart or a manual retry."""
        if node.phase in phases.FULFILLED:
            self.node = node
            self.owner.moved(self)
            return
        try:
            self.template = self._resolve()
        except (EngineError, ExprError) as error:
            self.node = node
            self.fail(as_engine_error(error))
            return
        self.inputs = (node.inputs or {}).get("parameters", [])
        self.artifacts = (node.inputs or {}).get("artifacts", [])
        variables = {**restored_variables(self.inputs), **path_variables(self.artifacts)}
        self.scope = Scope({**self._local(), **variables}, self.core.variables)
        self._take_over(node)

    def _take_over(self, node: Node) -> None:
        self.node = node
        if node.phase not in phases.FULFILLED:
            self.core.calls[self.id] = self
            if self.template.metrics is not None:
                self._measure(node, new=False)
            if self.template.locks is not None and not self.is_attempt:
                self.core.locked.add(self.id)
            if node.at_lock:
                locks.wait_again(self)
            else:
                self._begin()
        self.owner.moved(self)

    def adopt_group(self, node: Node) -> None:
        self.node = node
        if node.phase not in phases.FULFILLED:
            self.core.calls[self.id] = self


class Runner(Protocol):
    """What a starter hangs on `Call.frame`."""

    def timer(self, kind: str) -> None: ...

    def cut_off(self) -> None:
        """The node has ended before its template did."""


class Launched(ABC):
    """A runner for which something was ordered outside; its call stands in `Core.active`."""

    __slots__ = ()

    @abstractmethod
    def order(self, node: Node) -> Launch:
        """The launch order, the same each time it is asked for."""

    @abstractmethod
    def take(self, fact: NodeFact) -> None:
        """What was observed of the attempt; facts that do not concern this kind of node change nothing."""

    @abstractmethod
    def timer(self, kind: str) -> None: ...

    @abstractmethod
    def cut_off(self) -> None: ...


Starter = Callable[[Call], None]

#: what begins (or, when the node exists, takes up) a call, by the kind of its template, and "retry"
STARTERS: dict[str, Starter] = {}


def starts(*kinds: str) -> Callable[[Starter], Starter]:
    """Register a starter. Modules that do so are imported by `machine`."""

    def register(starter: Starter) -> Starter:
        for kind in kinds:
            STARTERS[kind] = starter
        return starter

    return register


def resolve(
    target: CompiledCall, base: TemplateBase, variables: Mapping[str, Any], context: Context
) -> CompiledTemplate:
    """The template a call names, by value, by reference or by name. Raises EngineError."""
    if target.inline is not None:
        return target.inline
    reference = target.template_ref
    if reference is not None:
        name = render(reference.name, variables, context)
        template = render(reference.template, variables, context)
        return base.program.library_base(reference.scope, name).template(template)
    if target.template is None:
        raise EngineError("failed to get a template")
    return base.template(render(target.template, variables, context))


def as_engine_error(error: EngineError | ExprError) -> EngineError:
    return error if isinstance(error, EngineError) else EngineError(error.message)
