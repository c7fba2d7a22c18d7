"""Artifacts: locations, repositories, archives, previews, and a driver for each kind of store.

A library: it knows no run, no database and no web framework. See `driver` for the contract of drivers and
`transfer` for whole artifacts.
"""

from workflows.artifacts.archive import Archive, file_name, pack, read_archive
from workflows.artifacts.driver import Driver, Stat, Stored
from workflows.artifacts.errors import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactTooLarge,
    ArtifactUnsupported,
    DriverMissing,
    StoreUnavailable,
)
from workflows.artifacts.extraction import is_tarball, set_mode, untar, unzip
from workflows.artifacts.keys import below, clean_artifact_path
from workflows.artifacts.limits import Limits
from workflows.artifacts.location import Location, read_location, saved_location
from workflows.artifacts.opening import Surroundings, open_driver
from workflows.artifacts.repository import (
    ArtifactRepository,
    RepositoryRef,
    folder_repository,
    read_repository,
    read_repository_ref,
)
from workflows.artifacts.transfer import Delivery, load_input, read_delivery, save_output

__all__ = [
    "Archive",
    "ArtifactInvalid",
    "ArtifactNotFound",
    "ArtifactRefused",
    "ArtifactRepository",
    "ArtifactTooLarge",
    "ArtifactUnsupported",
    "Delivery",
    "Driver",
    "DriverMissing",
    "Limits",
    "Location",
    "RepositoryRef",
    "Stat",
    "StoreUnavailable",
    "Stored",
    "Surroundings",
    "below",
    "clean_artifact_path",
    "file_name",
    "folder_repository",
    "is_tarball",
    "load_input",
    "open_driver",
    "pack",
    "read_archive",
    "read_delivery",
    "read_location",
    "read_repository",
    "read_repository_ref",
    "save_output",
    "saved_location",
    "set_mode",
    "untar",
    "unzip",
]
