"""Input artifacts from store to path, output artifacts from path to store; archives on the way.

Not for choosing locations (see `location`) nor for running after a failed node: the caller does both.
Source: Argo's executor, `loadArtifact` and `saveArtifact`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workflows.artifacts import extraction
from workflows.artifacts.archive import UNSAID, Archive, pack, read_archive
from workflows.artifacts.driver import Driver
from workflows.artifacts.errors import ArtifactInvalid, ArtifactNotFound
from workflows.artifacts.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an artifact is laid out on disk. `mode` is permission bits, None means as they come."""

    name: str
    archive: Archive = UNSAID
    optional: bool = False
    mode: int | None = None
    recurse_mode: bool = False


def read_delivery(artifact: Mapping[str, object]) -> Delivery:
    """From the fields of Argo's artifact. Raises ArtifactInvalid for a mode that is none."""
    mode = artifact.get("mode")
    if mode is not None and (not isinstance(mode, int) or isinstance(mode, bool) or not 0 <= mode <= 0o777):
        raise ArtifactInvalid(f"mode must be from 0 to 0777 (511), not {mode!r}")
    return Delivery(
        name=str(artifact.get("name") or ""),
        archive=read_archive(artifact.get("archive")),
        optional=artifact.get("optional") is True,
        mode=mode,
        recurse_mode=artifact.get("recurseMode") is True,
    )


def load_input(
    driver: Driver, key: str, target: Path, delivery: Delivery, *, limits: Limits = DEFAULT_LIMITS
) -> bool:
    """Bring an input artifact to `target`; False when it is optional and not there.

    Without an explicit `archive` a gzipped tar is recognised and unpacked, a zip is not: as Argo does.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".artifact-", dir=target.parent) as work:
        loaded = Path(work) / "loaded"
        try:
            driver.load(key, loaded)
        except ArtifactNotFound:
            if delivery.optional:
                return False
            raise
        _unpack(loaded, target, delivery.archive, limits)
    if delivery.mode is not None:
        extraction.set_mode(target, delivery.mode, recurse=delivery.recurse_mode)
    return True


def _unpack(loaded: Path, target: Path, archive: Archive, limits: Limits) -> None:
    if archive.explicit and archive.format == "zip":
        extraction.unzip(_single_file(loaded), target, limits=limits)
    elif archive.explicit and archive.format == "tar":
        extraction.untar(_single_file(loaded), target, limits=limits)
    elif not archive.explicit and extraction.is_tarball(loaded):
        extraction.untar(loaded, target, limits=limits)
    elif os.path.lexists(target):
        raise ArtifactInvalid(f"there is already something at {target}")
    else:
        os.rename(loaded, target)


def _single_file(loaded: Path) -> Path:
    if loaded.is_dir():
        raise ArtifactInvalid("the stored artifact is a folder, not an archive; say archive: none")
    return loaded


def save_output(
    driver: Driver,
    key: str,
    source: Path,
    delivery: Delivery,
    *,
    within: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> bool:
    """Store an output artifact under `key`; False when it is optional and not there.

    `within` is the folder of the node: a `source` that a link leads out of it is refused.
    """
    if not source.exists():
        if delivery.optional:
            return False
        raise ArtifactNotFound(f"{source} no such file or directory")
    if within is not None and not source.resolve().is_relative_to(within.resolve()):
        raise ArtifactInvalid(f"the path of artifact '{delivery.name}' leads out of the node's folder")
    if delivery.archive.format == "none":
        driver.save(source, key)
        return True
    with tempfile.TemporaryDirectory(prefix="sluice-artifact-") as work:
        packed = Path(work) / "packed"
        pack(source, packed, delivery.archive, limits=limits)
        driver.save(packed, key)
    return True
