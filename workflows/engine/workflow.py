"""The run as a whole: entry template, run-level hooks, exit handler, and the run's own phase.

Source: Argo's `operate`, `executeWfLifeCycleHook`, `markWorkflowPhase`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workflows.engine import metrics, names, phases
from workflows.engine.artifact_sources import ArtifactSources
from workflows.engine.artifacts import Artifacts, artifact_arguments
from workflows.engine.calls import Call
from workflows.engine.clock import SECOND
from workflows.engine.config_maps import KeyNotFound, config_map_value
from workflows.engine.errors import EngineError
from workflows.engine.frame import Frame, abandon
from workflows.engine.hooked import evaluate_bool
from workflows.engine.inputs import Arguments, render_arguments
from workflows.engine.messages import CollectArtifacts, JsonObject, LockFact, Millis
from workflows.engine.run_locks import RunGate
from workflows.engine.run_metadata import put_on_run
from workflows.engine.scope import Scope
from workflows.engine.status_conditions import note_pods_at_end
from workflows.engine.texts import LENIENT, render
from workflows.engine.volume_claims import give_up_claims, make_claims
from workflows.expr import ExprError

if TYPE_CHECKING:
    from workflows.engine.compiled_calls import CompiledCall, CompiledHook
    from workflows.engine.core import Core
    from workflows.engine.node import Node
    from workflows.engine.parameters import CompiledArgument

_PREFIX = "workflows.argoproj.io/"
#: artifacts stay this long after the end, for whoever looks at the run as it ends
_COLLECTION_GRACE: Millis = 5 * SECOND
_STATUS = {phases.SKIPPED: phases.SUCCEEDED, phases.OMITTED: phases.SUCCEEDED}


class RunFrame(Frame):
    """Owns the entry call, the run's hooks and its exit handler."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self.entry: Call | None = None
        self.fired: dict[str, Call] = {}
        self.exit: Call | None = None
        self.scope = Scope({}, core.variables)
        self.gate = RunGate(core, self._finish)
        #: arguments of the entry template
        self.artifacts: Artifacts | None = None
        verdict = core.run.memo.get("verdict")
        #: how the run must end because it cannot go on: phase and message
        self.verdict: tuple[str, str] | None = (verdict[0], verdict[1]) if verdict else None

    # --- start -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin the run, or take it up again. A run that cannot begin ends at once with the reason."""
        try:
            self._check_repository()
            self._set_parameters()
            self.artifacts = self._artifacts(self.core.program.entry, hook=False)
            if self.core.run.started_at is None:
                self._apply_metadata()
        except (EngineError, ExprError) as error:
            failed = error.message.startswith("failed to set global parameter")
            prefix = "failed to set global parameters: " if failed else ""
            self._give_up(phases.FAILED if failed else phases.ERROR, prefix + error.message)
            return
        if self.gate.is_open():
            self._go()

    def take_lock_fact(self, fact: LockFact) -> bool:
        """An answer about the locks of the run as a whole; True when it began because of it."""
        begins = self.gate.take(fact)
        if begins:
            self._go()
        return begins

    def _go(self) -> None:
        if self.core.run.phase in ("", phases.PENDING):
            self._set_phase(phases.RUNNING, "")
            if self.core.program.metrics is not None:
                metrics.run_began(self.core, self.core.program.metrics)
        try:
            make_claims(self.core)
        except EngineError as error:
            self._give_up(phases.ERROR, error.message)
            return
        self.refresh()
        self._enter(self.artifacts)
        self._take_up_handlers()
        self.core.enqueue(self)

    def _check_repository(self) -> None:
        """Raises EngineError when the repository the manifest asks for was not found at submit."""
        if self.core.repository.error:
            raise EngineError(f"failed to resolve artifact repository: {self.core.repository.error}")

    def _set_parameters(self) -> None:
        """Values of the run's parameters that come from ConfigMaps or hold tags: made as the run begins."""
        run = self.core.run
        known: dict[str, str] = run.memo.get("parameters", {})
        for argument in self.core.program.arguments:
            is_plain = argument.value is not None and not argument.value.tags
            if argument.name in run.arguments or is_plain:
                continue
            if argument.name not in known:
                known = run.memo["parameters"] = {**known, argument.name: self._global_parameter(argument)}
            self.core.variables.set_parameter(argument.name, known[argument.name])

    def _global_parameter(self, argument: CompiledArgument) -> str:
        if argument.value is not None:
            return render(argument.value, self.scope, self.core.context, LENIENT)
        if argument.config_map is None:
            raise EngineError(
                "failed to set global parameter: either value or valueFrom must be specified in order to set "
                f"global parameter {argument.name}"
            )
        try:
            return config_map_value(self.core, argument.name, argument.config_map, self.scope)
        except (KeyNotFound, EngineError) as error:
            raise EngineError(
                f"failed to set global parameter {argument.name} from configmap: {error.message}"
            ) from None

    def _apply_metadata(self) -> None:
        """Labels and annotations that the manifest puts on the run; labelsFrom may use the parameters."""
        run, metadata = self.core.run, self.core.program.spec.workflow_metadata
        run.labels.update(self.core.program.template_label)
        if metadata is None:
            self.core.variables.set_metadata(run)
            return
        put_on_run(self.core, metadata, self.scope)
        self.core.touch_run()

    def _enter(self, artifacts: Artifacts | None) -> None:
        call = self.entry = Call(
            self,
            self.core.program.entry,
            self.core.run.name,
            base=self.core.program.base,
            arguments=self._run_arguments(),
            boundary=None,
            parents=[],
            depth=1,
            artifacts=artifacts,
        )
        call.start()

    def _take_up_handlers(self) -> None:
        """After a restart, claim the hooks and the exit handler that had begun, whatever has become of the
        run since.
        """
        root = self.root
        for name, hook in self.core.program.hooks.items():
            hook_name = names.hook_name(self.core.run.name, name)
            if root is not None and self.core.node_id(hook_name) in self.core.nodes:
                self._start_hook(name, hook, hook_name, root)
        exit_hook, exit_name = self.core.program.exit_hook, names.exit_name(self.core.run.name)
        if exit_hook is not None and self.core.node_id(exit_name) in self.core.nodes:
            self._start_exit(exit_hook, exit_name)

    def _run_arguments(self) -> Arguments:
        """The run's parameters are also the arguments of its entry template."""
        prefix = "workflow.parameters."
        known = {"workflow.parameters.json"}
        values: Arguments = {
            key[len(prefix) :]: value
            for key, value in self.core.variables.items()
            if key.startswith(prefix) and key not in known
        }
        for argument in self.core.program.arguments:
            if (
                argument.value is not None
                and argument.value.tags
                and argument.name not in self.core.run.arguments
            ):
                values[argument.name] = render_arguments(self.core, [argument], self.scope)[argument.name]
        return values

    def _artifacts(self, call: CompiledCall, *, hook: bool) -> Artifacts | None:
        if not call.artifacts:
            return None
        return artifact_arguments(call, self.scope, ArtifactSources(self.core), hook=hook)

    # --- progress ----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring ``workflow.status`` and ``workflow.duration`` up to date."""
        run = self.core.run
        root = self.root
        status = run.phase if root is None else _STATUS.get(root.phase, root.phase)
        self.core.variables.set_progress(status or phases.RUNNING, run.started_at, self.core.now)

    @property
    def root(self) -> Node | None:
        return self.entry.node if self.entry is not None else None

    def moved(self, call: Call) -> None:
        self.core.enqueue(self)

    def errored(self, call: Call, error: EngineError) -> None:
        if call is self.entry:
            self._give_up(phases.ERROR, f"error in entry template execution: {error.message}")
        elif call is self.exit:
            self._give_up(phases.ERROR, f"error in exit template execution : {error.message}")
        else:
            self._fail_root(error)
        self.core.enqueue(self)

    def _fail_root(self, error: EngineError) -> None:
        """A hook that cannot be evaluated or called makes an Error of the entry node and so of the run."""
        if self.entry is None or self.entry.node is None or self.entry.node.phase == phases.ERROR:
            return
        self.entry.cut(phases.ERROR, error.message)

    def advance(self) -> None:
        if self.closed:
            return
        if self.verdict is not None:
            self._finish(*self.verdict)
            return
        root = self.root
        if root is None:
            self.gate.ends_stopped()
            return
        self.refresh()
        if root.fulfilled and "workflow.failures" not in self.core.variables:
            self.core.variables.set_failures(self._failures())
        if not self._hooks_done(root) or not root.settled:
            return
        if not self._exit_done():
            return
        if self.core.daemons:
            self.core.end_daemons("")
        self._conclude(root)

    def _hooks_done(self, root: Node) -> bool:
        for name, hook in self.core.program.hooks.items():
            if name in self.fired:
                continue
            hook_name = names.hook_name(self.core.run.name, name)
            try:
                if not self._is_due(hook, hook_name):
                    continue
            except EngineError as error:
                self._fail_root(error)
                continue
            self._start_hook(name, hook, hook_name, root)
        return all(call.node is not None and call.node.settled for call in self.fired.values())

    def _is_due(self, hook: CompiledHook, name: str) -> bool:
        if not hook.expression:
            raise EngineError(f"Expression required for hook {name}")
        return evaluate_bool(hook.expression, self.scope, self.core)

    def _start_hook(self, name: str, hook: CompiledHook, hook_name: str, root: Node) -> None:
        self.fired[name] = self._handler(hook, hook_name, parents=[root.id], on_exit=False)
        self.fired[name].start()

    def _exit_done(self) -> bool:
        """Run the exit handler, which a Terminate leaves out unless it has begun."""
        hook = self.core.program.exit_hook
        if hook is None:
            return True
        if self.exit is None:
            name = names.exit_name(self.core.run.name)
            if self.core.run.shutdown == "Terminate" and self.core.node_id(name) not in self.core.nodes:
                return True
            self._start_exit(hook, name)
        return self.exit is not None and self.exit.node is not None and self.exit.node.settled

    def _start_exit(self, hook: CompiledHook, name: str) -> None:
        self.exit = self._handler(hook, name, parents=[], on_exit=True)
        self.exit.start()

    def _handler(self, hook: CompiledHook, name: str, *, parents: list[str], on_exit: bool) -> Call:
        return Call(
            self,
            hook.call,
            name,
            base=self.core.program.base,
            arguments=render_arguments(self.core, hook.call.arguments, self.scope),
            artifacts=self._artifacts(hook.call, hook=True),
            boundary=None,
            parents=parents,
            depth=1,
            on_exit=on_exit,
            flag={"hooked": True},
        )

    def _failures(self) -> list[JsonObject]:
        """What ``workflow.failures`` lists."""
        from workflows.engine.clock import rfc3339

        run = self.core.run
        return [
            {
                "displayName": node.display_name,
                "message": node.message,
                "templateName": template_name(node),
                "phase": node.phase,
                "podName": names.pod_name(run.name, node.name, template_name(node), node.id),
                "finishedAt": rfc3339(node.finished_at or self.core.now),
            }
            for node in self.core.nodes.values()
            if node.phase in phases.FAILED_OR_ERROR
        ]

    def inside(self) -> Iterable[Node]:
        for call in (self.entry, *self.fired.values(), self.exit):
            if call is not None and call.node is not None:
                yield call.node

    # --- end ---------------------------------------------------------------------------------------

    def _conclude(self, root: Node) -> None:
        """The phase of the run follows from its root and its exit handler."""
        run = self.core.run
        exit_node = self.exit.node if self.exit is not None else None
        phase = _STATUS.get(root.phase, root.phase)
        if phase == phases.SUCCEEDED:
            if exit_node is not None and exit_node.phase in phases.FAILED_OR_ERROR:
                self._finish(exit_node.phase, exit_node.message)
            else:
                self._finish(phases.SUCCEEDED, "")
            return
        self._finish(phase, f"Stopped with strategy '{run.shutdown}'" if run.shutdown else root.message)

    def _give_up(self, phase: str, message: str) -> None:
        """End the run for a reason that lies outside its nodes."""
        self.verdict = (phase, message)
        self.core.run.memo["verdict"] = [phase, message]
        self.core.enqueue(self)

    def _finish(self, phase: str, message: str) -> None:
        """End the run, once nothing is running for it any more; until then this is tried after each fact."""
        for boundary_id in list(self.core.daemons):
            self.core.end_daemons(boundary_id)
        if self.core.active:
            return
        run, root = self.core.run, self.root
        if run.finished_at is None:
            run.finished_at = self.core.now
        if phase == phases.ERROR and self.entry is not None and root is not None and not root.fulfilled:
            self.entry.cut(phases.ERROR, "Workflow operation error")
        abandon(self)
        self.gate.forget()
        self._set_phase(phase, message)
        note_pods_at_end(self.core)
        run.labels[f"{_PREFIX}completed"] = "true"
        if self.core.program.collects_artifacts:
            self.core.record(CollectArtifacts(due_at=self.core.now + _COLLECTION_GRACE))
        give_up_claims(self.core)
        self._tell_metrics(root)

    def _tell_metrics(self, root: Node | None) -> None:
        """The metrics of a run that came to an end by itself; what is told in real time stops in any case."""
        told = self.core.program.metrics
        if told is not None and root is not None and self.verdict is None:
            metrics.run_ended(self.core, told, root)
        metrics.stop(self.core)

    def _set_phase(self, phase: str, message: str) -> None:
        run = self.core.run
        if run.started_at is None:
            run.started_at = self.core.now
        run.phase, run.message = phase, message
        run.labels[f"{_PREFIX}phase"] = phase
        run.labels.setdefault(f"{_PREFIX}completed", "false")
        self.core.touch_run()


def template_name(node: Node) -> str:
    """The name of the node's template, wherever it was looked up."""
    if node.template_ref is not None:
        return str(node.template_ref.get("template", ""))
    return node.template_name
