"""The stores artifacts of a namespace are in: opened with its folder and secrets, and emptied.

For everything outside the executors, which get the same from their options. Rights are the callers' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import urllib3
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
from workflows.artifacts.egress import EgressRule, allow_all, read_rule
from workflows.artifacts.guarded import guarded_pool
from workflows.errors import EnvironmentFault, SluiceError
from workflows.store.configuration import read_secret


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
    def read_value(name: str, key: str) -> str:
        value = (read_secret(namespace, name) or {}).get(key)
        if value is None:
            raise ArtifactRefused(
                f"there is no Secret {name!r} with a key {key!r} in namespace {namespace!r}"
            )
        return value.decode(errors="replace")

    rule = _egress()
    return Surroundings(
        read_secret=read_value,
        folder=folder_of(namespace),
        guard=rule.check_url if rule else allow_all,
        make_pool=partial(guarded_pool, rule) if rule else urllib3.PoolManager,
        ca_folder=Path(settings.SLUICE_ARTIFACTS_DIR) / ".certificates",
    )


def _egress() -> EgressRule | None:
    """On a machine of its own everybody who submits may connect to anything anyway, as their processes do."""
    if settings.SLUICE_EMBEDDED:
        return None
    return read_rule(settings.SLUICE_EGRESS_ALLOW, refuses_private=settings.SLUICE_EGRESS_REFUSE_PRIVATE)


class Stores:
    """Stores of one namespace, each opened once however many artifacts are in it. For one request or task."""

    def __init__(self, namespace: str) -> None:
        self._around = surroundings(namespace)
        self._opened: dict[Location, Driver] = {}

    def open(self, location: Location) -> Driver:
        """Raises ArtifactInvalid for a location that is not complete."""
        if not location.is_complete():
            raise ArtifactInvalid("the artifact names no whole location")
        # A store is the same whatever its key; what has no key is no store that others share.
        store = location.with_key("") if location.key else location
        if store not in self._opened:
            self._opened[store] = open_driver(location, self._around)
        return self._opened[store]


def delete_artifacts(namespace: str, artifacts: Iterable[Mapping[str, Any]]) -> list[Undeleted]:
    """Delete what is stored for artifacts of Argo's shape; returns those that could not be deleted.

    What is not there any more counts as deleted, so that everything can be tried again.
    """
    stores = Stores(namespace)
    failures = []
    for artifact in artifacts:
        try:
            location = read_location(artifact)
            if location is None:
                raise ArtifactInvalid(f"artifact {artifact.get('name', '')!r} has no location")
            stores.open(location).delete(location.key)
        except SluiceError as error:
            failures.append(Undeleted(artifact, error.message, isinstance(error, EnvironmentFault)))
    return failures
