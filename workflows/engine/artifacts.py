"""Passing artifacts on: which artifact a `from` means, what a call's inputs and a composite's outputs are.

An artifact is Argo's JSON with the location of the files; nothing is copied here. Not for the repository
they are stored in, see `artifact_repository`.

Source: Argo's `resolveArtifact`, `ProcessArgs`, `getTemplateOutputsFromScope`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.scope import References, Referent, Scope
from workflows.engine.texts import LENIENT, REFERENCES, STRICT, Strictness, render, render_value
from workflows.expr import Context, ExprError, Text, compile_expression
from workflows.expr.formatting import quote_go
from workflows.spec import ARTIFACT_LOCATIONS
from workflows.spec.locations import LocationError, has_location_or_key, with_sub_path

if TYPE_CHECKING:
    from workflows.engine.compiled_artifacts import CompiledArtifact
    from workflows.engine.compiled_calls import CompiledCall
    from workflows.engine.compiled_templates import CompiledTemplate
    from workflows.engine.core import Core

#: argument name -> the artifact
Artifacts = Mapping[str, JsonObject]
_INPUTS = "inputs.artifacts."
_RUN_OUTPUTS = "workflow.outputs.artifacts."
_NODE_OUTPUTS = "outputs.artifacts."
_UNRESOLVED = "Unable to resolve"
#: fields that an input keeps whatever its argument says
_OWN_FIELDS = ("path", "mode", "recurseMode")


class ArtifactValue(dict[str, Any]):
    """An artifact as expressions see it; its type tells it from any other object they may give."""


class ArtifactSources:
    """The artifacts that the texts of one template, or of the run, may name."""

    def __init__(
        self, core: Core, inputs: Sequence[JsonObject] = (), references: References | None = None
    ) -> None:
        self.core = core
        self.inputs = inputs
        self.referents: list[tuple[str, Mapping[str, Referent]]] = []
        if references is not None:
            self.referents.append((references.prefix, references.names))

    def with_referent(self, word: str, name: str, referent: Referent) -> ArtifactSources:
        """The same sources and, before them, one more node."""
        more = ArtifactSources(self.core, self.inputs)
        more.referents = [(f"{word}.", {name: referent}), *self.referents]
        return more

    def find(self, key: str) -> ArtifactValue | None:
        """The artifact that goes by the dotted name `key`."""
        if key.startswith(_INPUTS):
            return _named(self.inputs, key[len(_INPUTS) :])
        if key.startswith(_RUN_OUTPUTS):
            return _named(self._run_outputs, key[len(_RUN_OUTPUTS) :])
        for prefix, referents in self.referents:
            if key.startswith(prefix):
                name, _, field = key[len(prefix) :].partition(".")
                referent = referents.get(name)
                if referent is not None and field.startswith(_NODE_OUTPUTS):
                    found = _named(_outputs_of(referent, prefix), field[len(_NODE_OUTPUTS) :])
                    if found is not None:
                        return found
        return None

    def names(self) -> Iterator[str]:
        for artifact in self.inputs:
            yield _INPUTS + artifact["name"]
        for artifact in self._run_outputs:
            yield _RUN_OUTPUTS + artifact["name"]
        for prefix, referents in self.referents:
            for name, referent in referents.items():
                for artifact in _outputs_of(referent, prefix):
                    yield f"{prefix}{name}.{_NODE_OUTPUTS}{artifact['name']}"

    def has_children(self, start: str) -> bool:
        """Whether some artifact's name begins with `start`, found without listing those of a large run."""
        if any((_INPUTS + artifact["name"]).startswith(start) for artifact in self.inputs):
            return True
        if any((_RUN_OUTPUTS + artifact["name"]).startswith(start) for artifact in self._run_outputs):
            return True
        return any(_has_children(prefix, referents, start) for prefix, referents in self.referents)

    @property
    def _run_outputs(self) -> Sequence[JsonObject]:
        artifacts: Sequence[JsonObject] = (self.core.run.outputs or {}).get("artifacts", ())
        return artifacts


def _has_children(prefix: str, referents: Mapping[str, Referent], start: str) -> bool:
    if prefix.startswith(start):
        return bool(referents)
    if not start.startswith(prefix):
        return False
    name, _, rest = start[len(prefix) :].partition(".")
    referent = referents.get(name)
    return referent is not None and any(
        (_NODE_OUTPUTS + artifact["name"]).startswith(rest) for artifact in _outputs_of(referent, prefix)
    )


def _outputs_of(referent: Referent, prefix: str) -> Iterable[JsonObject]:
    """The output artifacts of a node. In steps those of a skipped one are there, without a location."""
    outputs = referent.artifacts()
    return outputs if outputs is not None else referent.declared_artifacts() if prefix == "steps." else ()


def _named(artifacts: Iterable[JsonObject], name: str) -> ArtifactValue | None:
    return next((ArtifactValue(artifact) for artifact in artifacts if artifact.get("name") == name), None)


class ArtifactScope(Mapping[str, Any]):
    """A scope in which artifacts are variables too."""

    def __init__(self, scope: Mapping[str, Any], sources: ArtifactSources) -> None:
        self._scope = scope
        self._sources = sources

    def __getitem__(self, key: str) -> Any:
        found = self._sources.find(key)
        return self._scope[key] if found is None else found

    def __contains__(self, key: object) -> bool:
        return (isinstance(key, str) and self._sources.find(key) is not None) or key in self._scope

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*self._sources.names(), *self._scope])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def has_children(self, key: str) -> bool:
        start = key + "."
        if self._sources.has_children(start):
            return True
        scope = self._scope
        return (
            scope.has_children(key) if isinstance(scope, Scope) else any(n.startswith(start) for n in scope)
        )


# --- what a reference means --------------------------------------------------------------------------


def resolve_artifact(
    wanted: CompiledArtifact, scope: Mapping[str, Any], sources: ArtifactSources, strictness: Strictness
) -> JsonObject:
    """The artifact that `wanted` stands for, under its name. Raises EngineError, ExprError."""
    # in texts an artifact is no value: its tags stay as they are
    context = sources.core.context
    view = ArtifactScope(scope, sources)
    if wanted.from_expression is not None:
        value = _evaluated(render(wanted.from_expression, scope, context, strictness), view, context)
    elif wanted.from_ is not None:
        expression = _expression_tag(wanted.from_)
        value = (
            _looked_up(render(wanted.from_, scope, context, strictness), view)
            if expression is None
            else _evaluated_tag(expression, view, context)
        )
    if not isinstance(value, ArtifactValue):
        raise EngineError(f"Variable {{{{{wanted.name}}}}} is not an artifact")
    artifact: JsonObject = {**value, "name": wanted.name}
    if wanted.sub_path is None:
        return artifact
    sub_path = render(wanted.sub_path, scope, context, strictness)
    try:
        return with_sub_path(artifact, sub_path)
    except LocationError as error:
        if artifact.get("optional"):
            return artifact
        raise EngineError(error.message) from None


def _evaluated(source: str, view: ArtifactScope, context: Context) -> Any:
    try:
        return compile_expression(source).evaluate(view, context)
    except ExprError as error:
        raise EngineError(error.message) from None


def _looked_up(rendered: str, view: ArtifactScope) -> Any:
    """What a name, with or without braces, stands for."""
    name = rendered.removeprefix("{{").removesuffix("}}").strip()
    if name not in view:
        raise EngineError(f"{_UNRESOLVED}: {quote_go(name)}")
    return view[name]


def _expression_tag(text: Text) -> str | None:
    """The expression that is all there is of a text, as in ``{{=inputs.artifacts.a}}``."""
    only = text.tags[0] if len(text.tags) == 1 else None
    if only is None or only.kind != "expression" or only.source != text.source:
        return None
    return only.body


def _evaluated_tag(source: str, view: ArtifactScope, context: Context) -> Any:
    try:
        value = compile_expression(source).evaluate(view, context)
    except ExprError:
        raise EngineError(f"Invalid expression: {quote_go(source)}") from None
    if value is None:
        raise EngineError(f"{_UNRESOLVED}: {quote_go('=' + source)}")
    return value


# --- arguments and inputs ----------------------------------------------------------------------------


def artifact_arguments(
    call: CompiledCall,
    scope: Mapping[str, Any],
    sources: ArtifactSources,
    strictness: Strictness = LENIENT,
    *,
    hook: bool = False,
) -> Artifacts:
    """The artifacts a call is given, by argument name. Raises EngineError, ExprError.

    An optional one that does not exist is left out; of a hook's it stays, without a location.
    """
    # as in Argo, references are resolved before the loop that may be strict about everything
    references = REFERENCES if strictness is STRICT else strictness
    artifacts: dict[str, JsonObject] = {}
    for argument in call.artifacts:
        if not argument.refers:
            artifacts[argument.name] = render_value(argument.tree, scope, sources.core.context, strictness)
            continue
        try:
            artifacts[argument.name] = resolve_artifact(argument, scope, sources, references)
        except EngineError as error:
            in_dag = call.word == "tasks" and not hook
            if not argument.optional or (in_dag and not error.message.startswith(_UNRESOLVED)):
                raise EngineError(
                    error.message if in_dag else f"unable to resolve references: {error.message}"
                ) from None
            if hook:
                artifacts[argument.name] = {"name": argument.name}
    return artifacts


def bind_artifacts(
    core: Core, template: CompiledTemplate, arguments: Artifacts | None, local: dict[str, Any]
) -> list[JsonObject]:
    """The node's input artifacts; their paths are added to `local`. Raises EngineError, ExprError."""
    scope = Scope(local, core.variables)
    bound = []
    for declared in template.input_artifacts:
        argument = (arguments or {}).get(declared.name)
        _check_supplied(declared, argument)
        entry: JsonObject = render_value(declared.tree, scope, core.context)
        if argument is not None:
            given = {field: value for field, value in argument.items() if field not in _OWN_FIELDS}
            entry = {**given, **{field: entry[field] for field in _OWN_FIELDS if field in entry}}
        bound.append(entry)
    local.update(path_variables(bound))
    return bound


def _check_supplied(declared: CompiledArtifact, argument: JsonObject | None) -> None:
    if declared.optional or has_location_or_key(declared.raw):
        return
    if argument is None:
        raise EngineError(f"inputs.artifacts.{declared.name} was not supplied")
    if not has_location_or_key(argument):
        raise EngineError(f"inputs.artifacts.{declared.name} missing location information")


def path_variables(inputs: Iterable[JsonObject]) -> dict[str, str]:
    return {f"{_INPUTS}{entry['name']}.path": entry["path"] for entry in inputs if entry.get("path")}


# --- outputs -----------------------------------------------------------------------------------------


def composite_artifacts(
    template: CompiledTemplate, scope: Mapping[str, Any], sources: ArtifactSources
) -> list[JsonObject]:
    """The declared output artifacts of a steps or DAG template. Raises EngineError."""
    artifacts = []
    for declared in template.output_artifacts:
        if not declared.refers:
            continue
        try:
            artifacts.append(resolve_artifact(declared, scope, sources, LENIENT))
        except (EngineError, ExprError) as error:
            if declared.optional and _UNRESOLVED in error.message:
                continue
            raise EngineError(f"unable to resolve outputs from scope: {error.message}") from None
    return artifacts


def delivered(declared: list[JsonObject], saved: list[JsonObject]) -> list[JsonObject]:
    """The output artifacts of a node: all that was `declared` of each, but where it was `saved`."""
    by_name = {
        artifact.get("name"): {f: value for f, value in artifact.items() if f not in ARTIFACT_LOCATIONS}
        for artifact in declared
    }
    return [{**by_name.get(artifact.get("name"), {}), **artifact} for artifact in saved]


def exported(artifact: JsonObject) -> JsonObject:
    """An artifact with a globalName as an output of the run."""
    kept = {field: value for field, value in artifact.items() if field not in ("globalName", "path")}
    return {**kept, "name": artifact["globalName"]}


def set_run_artifact(outputs: JsonObject, artifact: JsonObject) -> bool:
    """Put an exported artifact among the outputs of the run; False when it was there already."""
    artifacts = outputs.setdefault("artifacts", [])
    for place, present in enumerate(artifacts):
        if present["name"] == artifact["name"]:
            artifacts[place] = artifact
            return bool(present != artifact)
    artifacts.append(artifact)
    return True
