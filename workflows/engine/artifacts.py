"""Passing artifacts on: which artifact a `from` means, what a call's inputs and a composite's outputs are.

An artifact is Argo's JSON with the location of the files; nothing is copied here. Not for the repository
they are stored in, see `artifact_repository`.

Source: Argo's `resolveArtifact`, `ProcessArgs`, `getTemplateOutputsFromScope`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.engine.artifact_sources import INPUTS, ArtifactScope, ArtifactSources, ArtifactValue
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.scope import Scope
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
_UNRESOLVED = "Unable to resolve"
#: fields that an input keeps whatever its argument says
_OWN_FIELDS = ("path", "mode", "recurseMode")


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
    return {f"{INPUTS}{entry['name']}.path": entry["path"] for entry in inputs if entry.get("path")}


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
