"""The stores artifacts of a namespace are in: opened with its folder and secrets, and emptied.

For everything outside the executors, which get the same from their options. Rights are the callers' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactRefused,
    Driver,
    Location,
    Surroundings,
    open_driver,
    read_location,
)
from workflows.errors import EnvironmentFault, SluiceError


@dataclass(frozen=True, slots=True)
class Undeleted:
    """An artifact that is still there. With `passing` another try later can succeed."""

    artifact: Mapping[str, Any]
    message: str
    passing: bool


def folder_of(namespace: str) -> Path:
    """The root of a namespace's folder store; it need not exist."""
    return Path(settings.SLUICE_ARTIFACTS_DIR) / namespace


def surroundings(namespace: str) -> Surroundings:
    def read_secret(name: str, key: str) -> str:
        raise ArtifactRefused(f"there is no secret {name!r} with a key {key!r} in namespace {namespace!r}")

    return Surroundings(
        read_secret=read_secret,
        folder=folder_of(namespace),
        ca_folder=Path(settings.SLUICE_ARTIFACTS_DIR) / ".certificates",
    )


def open_store(namespace: str, artifact: Mapping[str, Any]) -> tuple[Driver, Location]:
    """The store an artifact of Argo's shape is in. Raises ArtifactInvalid when it names no whole location."""
    location = read_location(artifact)
    if location is None or not location.is_complete():
        raise ArtifactInvalid(f"artifact {artifact.get('name', '')!r} has no location")
    return open_driver(location, surroundings(namespace)), location


def delete_artifacts(namespace: str, artifacts: Iterable[Mapping[str, Any]]) -> list[Undeleted]:
    """Delete what is stored for artifacts of Argo's shape; returns those that could not be deleted.

    What is not there any more counts as deleted, so that everything can be tried again.
    """
    failures = []
    for artifact in artifacts:
        try:
            driver, location = open_store(namespace, artifact)
            driver.delete(location.key)
        except SluiceError as error:
            failures.append(Undeleted(artifact, error.message, isinstance(error, EnvironmentFault)))
    return failures
