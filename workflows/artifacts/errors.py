"""What can go wrong with artifacts, by who must act. Drivers translate foreign errors to these.

NotFoundError   ArtifactNotFound      nothing under that key; `optional` makes it no fault
UserError       ArtifactInvalid       a location, key, path or archive that cannot be right
                ArtifactTooLarge      a limit was reached
                ArtifactUnsupported   this kind of store cannot do that
                ArtifactRefused       the store says no: credentials, rights, address
EnvironmentFault  StoreUnavailable    trying again later can succeed
                  DriverMissing       a client library is not installed
"""

from __future__ import annotations

from workflows.errors import EnvironmentFault, NotFoundError, UserError


class ArtifactNotFound(NotFoundError):
    """Nothing is stored under the key, or the path to save does not exist."""

    code = "artifact-not-found"


class ArtifactInvalid(UserError):
    """A location, key, path or archive that no retry makes right."""

    code = "artifact-invalid"


class ArtifactTooLarge(UserError):
    """More bytes, members or levels than the limits allow."""

    code = "artifact-too-large"


class ArtifactUnsupported(UserError):
    """This kind of store cannot do what was asked."""

    code = "artifact-unsupported"


class ArtifactRefused(UserError):
    """The store, or the guard of outgoing connections, refuses."""

    code = "artifact-refused"


class StoreUnavailable(EnvironmentFault):
    """The store does not answer, or answers that it cannot now."""

    code = "artifact-store-unavailable"


class DriverMissing(EnvironmentFault):
    """The client library of a store is not installed."""

    code = "artifact-driver-missing"

    def __init__(self, kind: str, package: str) -> None:
        super().__init__(
            f"{kind} artifacts need the package {package}: pip install -r requirements-artifacts.txt"
        )
