"""Resource templates. Source: the part of Argo's `validateLeaf` for them."""

from __future__ import annotations

from typing import Final

from workflows.spec import codes
from workflows.spec.lint.settings import check_choice
from workflows.spec.lint.tags import replace_tags
from workflows.spec.lint.walk import Visit, Walk
from workflows.spec.marks import Path
from workflows.spec.template import ResourceTemplate
from workflows.spec.yaml import Limits, parse

ACTIONS: Final = ("get", "create", "apply", "delete", "replace", "patch")
MERGE_STRATEGIES: Final = ("", "strategic", "merge", "json")


def check_resource(walk: Walk, visit: Visit) -> None:
    resource = visit.template.resource
    if resource is None:
        return
    report, path, name = walk.report, (*visit.path, "resource"), visit.template.name
    put_in = visit.scope.substitute(resource.action)
    action = put_in.text
    if action not in ACTIONS and not put_in.late:
        said = f"templates.{name}.resource.action must be one of: {', '.join(ACTIONS)}"
        message = f"{action[:40]!r} is no action"
        remedy = f"use one of {', '.join(ACTIONS)}"
        report.error(codes.BAD_CHOICE, message, (*path, "action"), argo=said, remedy=remedy)
    check_choice(report, resource.merge_strategy, MERGE_STRATEGIES, (*path, "mergeStrategy"), tags=True)
    if action not in ("delete", "get"):
        _check_manifest(walk, visit, resource, path)


def _check_manifest(walk: Walk, visit: Visit, resource: ResourceTemplate, path: Path) -> None:
    report, template = walk.report, visit.template
    if not resource.manifest and resource.manifest_from is None:
        place = f"templates.{template.name}.resource"
        said = f"either {place}.manifest or {place}.manifestFrom must be specified"
        message = "`resource` needs `manifest` or `manifestFrom`"
        report.error(codes.MISSING_FIELD, message, path, argo=said)
        return
    if resource.manifest and resource.manifest_from is not None:
        said = (
            "shouldn't have both `manifest` and `manifestFrom` specified in `Manifest` for resource template"
        )
        message = "give `manifest` or `manifestFrom`, not both"
        report.error(codes.EXCLUSIVE_FIELDS, message, path, argo=said)
    artifact = resource.manifest_from.artifact if resource.manifest_from is not None else None
    if artifact is not None and artifact.name not in {item.name for item in template.inputs.artifacts}:
        said = f"artifact {artifact.name} in `manifestFrom` refer to a non-exist artifact"
        message = f"`manifestFrom` refers to the artifact {artifact.name!r}, which is no input"
        report.error(codes.UNKNOWN_REFERENCE, message, (*path, "manifestFrom"), argo=said)
    if resource.manifest and not _is_yaml(resource.manifest):
        said = f"templates.{template.name}.resource.manifest must be a valid yaml"
        report.error(codes.YAML_SYNTAX, "`manifest` is not YAML", (*path, "manifest"), argo=said)


def _is_yaml(manifest: str) -> bool:
    """Whether the manifest is YAML when something plain stands for its tags."""
    plain = replace_tags(manifest, lambda _: "x")
    first = next(parse(plain, limits=Limits()), None)
    return first is None or not any(problem.code.startswith("yaml") for problem in first.problems)
