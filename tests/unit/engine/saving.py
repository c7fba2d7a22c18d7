"""What an executor does with output artifacts, without any file: each goes where the launch order says."""

from __future__ import annotations

from workflows.artifacts import file_name, read_archive, read_location, saved_location
from workflows.engine.messages import JsonObject, Launch


def saved_artifacts(order: Launch, missing: frozenset[str] = frozenset()) -> list[JsonObject]:
    """The output artifacts of a launched node with their locations, but for those that are `missing`."""
    if not order.template.keys().isdisjoint(("http", "plugin")):
        return []
    declared = (order.template.get("outputs") or {}).get("artifacts") or []
    archive = read_location(order.template.get("archiveLocation") or {})
    artifacts = []
    for artifact in declared:
        if artifact["name"] in missing:
            continue
        ending = file_name(read_archive(artifact.get("archive")), artifact["name"], artifact["path"])
        location = saved_location(read_location(artifact), archive, ending)
        artifacts.append({"name": artifact["name"], "path": artifact["path"], **location.to_json()})
    return artifacts
