"""What a submitter changes of a manifest without editing it, as `argo submit` does with its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workflows.engine.messages import JsonObject
from workflows.spec import ARTIFACT_LOCATIONS

#: settings of a run that a submitter may replace
SETTINGS: Final = ("serviceAccountName", "priority", "podPriorityClassName")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a submitter changes of a manifest without editing it; None and empty change nothing."""

    name: str | None = None
    generate_name: str | None = None
    entrypoint: str | None = None
    parameters: Mapping[str, str] | None = None
    labels: Mapping[str, str] | None = None
    #: locations by the names of artifacts, each as the field of an artifact that says where it is
    artifacts: Mapping[str, JsonObject] | None = None
    annotations: Mapping[str, str] | None = None
    #: fields of the spec, such as those in SETTINGS, that replace the manifest's
    settings: Mapping[str, Any] | None = None

    def change(self, workflow: JsonObject) -> None:
        """Applied before the manifest is checked, so that what will run is what was checked."""
        metadata = workflow.setdefault("metadata", {})
        spec = workflow.setdefault("spec", {})
        if not (isinstance(metadata, dict) and isinstance(spec, dict)):
            return
        if self.name:
            metadata["name"] = self.name
        elif self.generate_name:
            metadata.pop("name", None)
            metadata["generateName"] = self.generate_name
        if self.entrypoint:
            spec["entrypoint"] = self.entrypoint
        for field, values in (("labels", self.labels), ("annotations", self.annotations)):
            if values:
                metadata[field] = {**(metadata.get(field) or {}), **values}
        spec.update(self.settings or {})
        if self.parameters:
            _set_parameters(spec, self.parameters)
        if self.artifacts:
            _set_artifacts(spec, self.artifacts)


def _set_parameters(spec: JsonObject, values: Mapping[str, str]) -> None:
    """Values for declared parameters replace theirs; others are added, as `argo submit -p` does."""
    arguments = spec.setdefault("arguments", {})
    left = dict(values)
    parameters: list[JsonObject] = []
    for parameter in arguments.get("parameters") or []:
        value = left.pop(parameter.get("name", ""), None)
        if value is not None:
            parameter = {**{k: v for k, v in parameter.items() if k != "valueFrom"}, "value": value}
        parameters.append(parameter)
    parameters.extend({"name": name, "value": value} for name, value in left.items())
    arguments["parameters"] = parameters


def _set_artifacts(spec: JsonObject, locations: Mapping[str, JsonObject]) -> None:
    """Declared artifacts are taken from there instead; others are added, as with parameters."""
    arguments = spec.setdefault("arguments", {})
    left = dict(locations)
    artifacts: list[JsonObject] = []
    for artifact in arguments.get("artifacts") or []:
        location = left.pop(artifact.get("name", ""), None)
        if location is not None:
            artifact = {k: v for k, v in artifact.items() if k not in ARTIFACT_LOCATIONS} | location
        artifacts.append(artifact)
    artifacts.extend({"name": name, **location} for name, location in left.items())
    arguments["artifacts"] = artifacts
