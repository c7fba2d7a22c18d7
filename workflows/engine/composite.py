"""What steps and DAG templates have in common: scope, hooks, limits, outputs, and how they end."""

from __future__ import annotations

from workflows.engine import phases
from workflows.engine.artifact_sources import ArtifactSources
from workflows.engine.calls import Call, resolve
from workflows.engine.compiled_templates import CompiledTemplate
from workflows.engine.errors import EngineError
from workflows.engine.expand import Expander, Planned
from workflows.engine.frame import Frame, abandon
from workflows.engine.hooked import Child, HookRunner
from workflows.engine.limits import Counter
from workflows.engine.node import Node
from workflows.engine.outbound import last_attempt
from workflows.engine.outputs import composite_outputs
from workflows.engine.scope import References, Referent, Scope


class Composite(Frame):
    """`word` is how variables call the children: steps or tasks.

    `forgives_exit_hooks`: an exit hook whose expression cannot be evaluated counts as not asked for.
    """

    word = ""
    forgives_exit_hooks = False
    call: Call

    def __init__(self, call: Call) -> None:
        super().__init__(call.core)
        self.call = call
        self.node = call.made
        self.references = References(self.word)
        self.scope = Scope(call.scope.local, self.core.variables, self.references)
        self.sources = ArtifactSources(self.core, call.artifacts, self.references)
        self.expander = Expander(self.core, self.scope, self.sources)
        self.hooks = HookRunner(self, call, self.scope, self.sources, forgives_exit=self.forgives_exit_hooks)
        spec = call.template.spec
        if spec.parallelism is not None or spec.fail_fast:
            self.counter: Counter | None = Counter(
                self.core, limit=spec.parallelism, owner=self, fail_fast=bool(spec.fail_fast)
            )
            self.core.install(self.node, self.counter)
        else:
            self.counter = None

    # --- children ----------------------------------------------------------------------------------

    def child_call(self, child: Child, planned: Planned, name: str, parents: list[str]) -> Call:
        return Call(
            self,
            child.target,
            name,
            base=self.call.template.base,
            arguments=planned.arguments,
            boundary=self.node,
            parents=parents,
            depth=self.call.depth + 1,
            on_exit=self.call.on_exit,
            subject=child,
            variables=planned.variables,
            artifacts=planned.artifacts,
        )

    def referent(self, child: Child) -> Referent:
        """What ``steps.NAME.…`` stands for, for a child that is no loop."""
        core, target, base = self.core, child.target, self.call.template.base

        def template() -> CompiledTemplate | None:
            try:
                return resolve(target, base, self.scope, core.context)
            except EngineError:
                return None

        def node() -> Node | None:
            return last_attempt(core, child.node) if child.node is not None else None

        return Referent(node, template=template)

    def siblings(self, child: Child) -> dict[str, str]:
        """Variables of other children that a hook of this one sees although they may still go on."""
        return {}

    # --- ends --------------------------------------------------------------------------------------

    @property
    def holds_back(self) -> bool:
        """Whether nothing new may start now."""
        return self.core.run.suspended or (self.counter is not None and self.counter.stopped)

    def failed_fast(self) -> bool:
        """End the template when its failFast has struck and no pod of it is active; True when it has
        struck.
        """
        counter = self.counter
        if counter is None or not counter.stopped:
            return False
        if counter.active_pods == 0:
            self.fail_fast()
        return True

    def fail_fast(self) -> None:
        raise NotImplementedError

    def succeed(self, outbound: list[str]) -> None:
        """End in success with the outputs the template declares."""
        node = self.node
        try:
            node.outputs = composite_outputs(self.core, self.call.template, self.scope, self.sources)
        except EngineError as error:
            node.outbound = outbound
            self.fail(error)
            return
        self.core.export(node.outputs)
        self.end(phases.SUCCEEDED, None, outbound)

    def fail(self, error: EngineError) -> None:
        """End with an error that also reaches the caller of this template."""
        self._close()
        self.call.fail(error)

    def end(self, phase: str, message: str | None, outbound: list[str]) -> None:
        if self.closed:
            return
        self._close()
        self.node.outbound = outbound
        self.core.set_phase(self.node, phase, message)

    def _close(self) -> None:
        early = self.early()
        self.closed = True
        self.core.composite_ended(self.node, early=early)
        if self.core.daemons:
            self.core.end_daemons(self.node.id)
        if early:
            abandon(self)

    def early(self) -> bool:
        """Whether something inside is still open."""
        raise NotImplementedError
