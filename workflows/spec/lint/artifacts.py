"""Artifact locations and paths. Not for moving artifacts.

Source: Argo's `HasLocationOrKey`, `CleanPath` and `validateArtifactLocation`.
"""

from __future__ import annotations

import posixpath
from typing import Any, Final

from workflows.spec import codes, locations
from workflows.spec.arguments import ARTIFACT_LOCATIONS, Artifact, ArtifactLocation
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path
from workflows.spec.value import JsonObject

_STYLES: Final = ("", "path", "virtual-hosted")


def has_location_or_key(artifact: ArtifactLocation) -> bool:
    """Whether the artifact says where it is, completely or as a key in the run's repository."""
    kind = artifact.location
    return bool(kind) and locations.has_location_or_key({kind: getattr(artifact, kind)})


def check_location(report: Report, location: ArtifactLocation, path: Path, argo: str) -> None:
    """At most one kind of location, with what Argo insists on; `argo` names the place in Argo's texts."""
    given = [name for name in ARTIFACT_LOCATIONS if getattr(location, name) is not None]
    if len(given) > 1:
        message = f"only one location can be given, here are {' and '.join(given)}"
        report.error(codes.EXCLUSIVE_FIELDS, message, path, remedy="keep one of them")
    if location.git is not None and not location.git.get("repo"):
        report.error(
            codes.MISSING_FIELD, "`git` needs `repo`", (*path, "git"), argo=f"{argo}.git.repo is required"
        )
    style = str((location.s3 or {}).get("addressingStyle", ""))
    if style not in _STYLES and "{{" not in style:
        message = f"{style[:40]!r} is no style of addresses"
        remedy = f"use {' or '.join(filter(None, _STYLES))}"
        report.error(codes.BAD_CHOICE, message, (*path, "s3", "addressingStyle"), remedy=remedy)
    if location.hdfs is not None:
        _check_hdfs(report, location.hdfs, (*path, "hdfs"), f"{argo}.hdfs")


def _check_hdfs(report: Report, hdfs: JsonObject, path: Path, argo: str) -> None:
    file = str(hdfs.get("path", ""))
    for wrong, message, said in (
        (not hdfs.get("addresses"), "`hdfs` needs `addresses`", f"{argo}.addresses is required"),
        (not file, "`hdfs` needs `path`", f"{argo}.path is required"),
        (
            bool(file) and file[0] not in "/{",
            "`path` must be absolute",
            f"{argo}.path must be a absolute file path",
        ),
    ):
        if wrong:
            report.error(codes.MISSING_FIELD, message, path, argo=said)
    cache, keytab = hdfs.get("krbCCacheSecret"), hdfs.get("krbKeytabSecret")
    if not hdfs.get("hdfsUser") and not cache and not keytab:
        said = f"either {argo}.hdfsUser, {argo}.krbCCacheSecret or {argo}.krbKeytabSecret is required"
        message = "`hdfs` needs `hdfsUser`, `krbCCacheSecret` or `krbKeytabSecret`"
        report.error(codes.MISSING_FIELD, message, path, argo=said)
    if keytab:
        _check_kerberos(report, hdfs, path, argo, "krbKeytabSecret", _KEYTAB_NEEDS)
    if cache:
        _check_kerberos(report, hdfs, path, argo, "krbCCacheSecret", _CACHE_NEEDS)


_CACHE_NEEDS: Final = ("krbServicePrincipalName", "krbConfigConfigMap")
_KEYTAB_NEEDS: Final = (*_CACHE_NEEDS, "krbUsername", "krbRealm")


def _check_kerberos(
    report: Report, hdfs: dict[str, Any], path: Path, argo: str, secret: str, needs: tuple[str, ...]
) -> None:
    if all(hdfs.get(name) for name in needs):
        return
    named = [f"{argo}.{name}" for name in needs]
    said = f"{', '.join(named[:-1])} and {named[-1]} are required with {argo}.{secret}"
    message = f"`{secret}` also needs {', '.join(needs)}"
    report.error(codes.MISSING_FIELD, message, path, argo=said)


def check_path(report: Report, artifact: Artifact, path: Path, argo: str) -> None:
    """Artifacts of templates that run something have a path that stays where it says."""
    if not artifact.path:
        said = f"error in {argo}: Artifact '{artifact.name}' did not specify a path"
        report.error(codes.MISSING_FIELD, f"the artifact {artifact.name!r} needs a `path`", path, argo=said)
    elif _escapes(artifact.path):
        said = (
            f"error in {argo}: Artifact '{artifact.name}' attempted to use a path containing '..'."
            " Directory traversal is not permitted"
        )
        message = f"the path {artifact.path[:120]!r} leaves its folder through '..'"
        report.error(codes.PATH_ESCAPES, message, (*path, "path"), argo=said)


def _escapes(path: str) -> bool:
    safe, found, _ = path.partition("/../")
    if not found:
        safe = path[:-3] if path.endswith("/..") else ""
    cleaned = posixpath.normpath(path)
    return bool(safe) and (not cleaned.startswith(safe + "/") or len(cleaned) <= len(safe) + 1)
