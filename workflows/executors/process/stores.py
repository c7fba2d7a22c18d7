"""Artifacts from stores and to them, with the patience that stores need. Called in threads of their own."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactUnsupported,
    Driver,
    Location,
    Surroundings,
    file_name,
    load_input,
    open_driver,
    read_delivery,
    read_location,
    save_output,
    saved_location,
)
from workflows.engine.messages import JsonObject
from workflows.errors import EnvironmentFault
from workflows.spec import ARTIFACT_LOCATIONS

#: what the settings decide about the stores of a namespace
SurroundingsOf = Callable[[str], Surroundings]

_PAUSES_SECONDS: Final = (0.5, 2.0, 5.0)

Result = TypeVar("Result")


def no_stores(namespace: str, /) -> Surroundings:
    """The `SurroundingsOf` of a server that keeps no artifacts: only stores elsewhere, without secrets."""

    def read_secret(name: str, key: str) -> str:
        raise ArtifactInvalid(f"secret {name!r} of namespace {namespace!r} cannot be read on this server")

    return Surroundings(read_secret=read_secret)


def fetch(artifact: JsonObject, target: Path, around: Surroundings) -> bool:
    """Bring an input artifact to `target`; False when it is optional and not there. Raises SluiceError."""
    location = read_location(artifact)
    if location is None or not location.is_complete():
        raise ArtifactInvalid("it has no complete location")
    delivery = read_delivery(artifact)
    return _patiently(
        lambda: load_input(
            open_driver(location, around), location.key, target, delivery, limits=around.limits
        )
    )


def save(artifact: JsonObject, source: Path, archive: JsonObject, around: Surroundings) -> JsonObject | None:
    """Store the output artifact at `source` where it or the archive location says.

    Returns it with the location it went to; None when it is optional and not there. Raises SluiceError.
    """
    delivery = read_delivery(artifact)
    ending = file_name(delivery.archive, delivery.name, str(artifact["path"]))
    location = saved_location(read_location(artifact), _location_of(archive), ending)
    is_saved = _patiently(
        lambda: save_output(
            open_driver(location, around), location.key, source, delivery, limits=around.limits
        )
    )
    if not is_saved:
        return None
    declared = {field: value for field, value in artifact.items() if field not in ARTIFACT_LOCATIONS}
    return {**declared, **location.to_json()}


def save_log(container: str, files: Sequence[Path], archive: JsonObject, around: Surroundings) -> JsonObject:
    """Store what a container wrote as one file. Raises SluiceError, OSError."""
    location = saved_location(None, _location_of(archive), f"{container}.log")
    with tempfile.TemporaryDirectory(prefix="sluice-log-") as work:
        log = Path(work) / f"{container}.log"
        with log.open("xb") as target:
            for file in files:
                with file.open("rb") as stream:
                    shutil.copyfileobj(stream, target)
        _patiently(lambda: _save_file(open_driver(location, around), location, log))
    return {"name": f"{container}-logs", **location.to_json()}


def _save_file(driver: Driver, location: Location, file: Path) -> None:
    driver.save(file, location.key)


def _location_of(archive: JsonObject) -> Location | None:
    return read_location({key: value for key, value in archive.items() if key != "archiveLogs"})


def _patiently(action: Callable[[], Result]) -> Result:
    """Try again when the store has passing troubles. Raises what the last try raised."""
    for pause in _PAUSES_SECONDS:
        try:
            return action()
        except EnvironmentFault:
            time.sleep(pause)
        except ImportError as error:
            raise ArtifactUnsupported(str(error)) from error
    return action()
