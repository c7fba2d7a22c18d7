"""Output artifacts of a node that never ran: as if saved where the order says. No store is asked."""

from __future__ import annotations

from workflows.artifacts import Location, file_name, read_archive, read_location, saved_location
from workflows.engine.messages import JsonObject, Launch


def saved_artifacts(order: Launch) -> list[JsonObject]:
    """The declared artifacts with their locations. Raises ArtifactInvalid where one has nowhere to go."""
    declared = (order.template.get("outputs") or {}).get("artifacts")
    if not declared:
        return []
    location = order.template.get("archiveLocation") or {}
    archive = read_location({kind: store for kind, store in location.items() if kind != "archiveLogs"})
    return [{**artifact, **_location(artifact, archive)} for artifact in declared if artifact.get("path")]


def _location(artifact: JsonObject, archive: Location | None) -> JsonObject:
    ending = file_name(read_archive(artifact.get("archive")), str(artifact["name"]), str(artifact["path"]))
    return saved_location(read_location(artifact), archive, ending).to_json()
