"""Volume claims as folders: those of a run go with it, those of a namespace stay until somebody deletes them.

    ROOT/runs/RUN/claims/KEY            of a run, see the engine's `volume_claims`
    ROOT/claims/NAMESPACE/NAME/data     of a namespace, beside the manifest it was made from

Capacity, access modes and storage classes are not enforced.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from workflows.engine.messages import JsonObject, Launch
from workflows.engine.volume_claims import CLAIM_KEYS
from workflows.errors import ConflictError, NotFoundError
from workflows.executors.process.names import container_file_name, run_folder
from workflows.executors.process.refusal import CannotRunError
from workflows.executors.process.shepherd.folders import Layout

KIND: Final = "persistentVolumeClaim"
_MANIFEST: Final = "claim.json"
_DATA: Final = "data"


class Claims:
    """Claims of namespaces, as `executors.base.ClaimStore` says, and the folders of all claims.

    The manifest is written last and removed first: a folder without one is none.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def folder_of(self, volume: Mapping[str, Any], order: Launch) -> str:
        """Of a volume of KIND, relative to the state folder. Raises CannotRunError for an unknown claim."""
        name = str((volume[KIND] or {}).get("claimName") or "")
        key = (order.pod.get(CLAIM_KEYS) or {}).get(name)
        if key is not None:
            folder = f"{_claims_of_run(self._layout, order.run_uid)}/{container_file_name(str(key))}"
            return os.path.relpath(folder, self._layout.root)
        place = self._place(order.namespace, name)
        if not (place / _MANIFEST).exists():
            raise CannotRunError(f'persistentvolumeclaim "{name}" not found')
        return os.path.relpath(place / _DATA, self._layout.root)

    def create(self, namespace: str, manifest: JsonObject, *, replace: bool = False) -> JsonObject:
        """Keep a claim; `replace` changes the manifest of one that is there, and never its files.

        Raises ConflictError.
        """
        name = str(manifest["metadata"]["name"])
        place = self._place(namespace, name)
        (place / _DATA).mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = place / f".{uuid.uuid4().hex}"
        draft.write_text(json.dumps(manifest))
        try:
            if replace:
                draft.replace(place / _MANIFEST)
            else:
                os.link(draft, place / _MANIFEST)
        except FileExistsError:
            raise ConflictError(f"claim {name!r} exists already", code="name-taken") from None
        finally:
            draft.unlink(missing_ok=True)
        return manifest

    def get(self, namespace: str, name: str) -> JsonObject:
        """The manifest. Raises NotFoundError."""
        try:
            found: JsonObject = json.loads((self._place(namespace, name) / _MANIFEST).read_text())
        except FileNotFoundError:
            raise NotFoundError(f"there is no claim {name!r} in namespace {namespace!r}") from None
        return found

    def list(self, namespace: str) -> list[JsonObject]:
        """Manifests by name."""
        found = []
        for place in Path(self._layout.claims, container_file_name(namespace)).glob(f"*/{_MANIFEST}"):
            try:
                found.append(json.loads(place.read_text()))
            except FileNotFoundError:
                continue
        return sorted(found, key=lambda manifest: str(manifest["metadata"]["name"]))

    def delete(self, namespace: str, name: str) -> None:
        """The claim and its files; who has mounted them sees them vanish. Raises NotFoundError."""
        place = self._place(namespace, name)
        try:
            (place / _MANIFEST).unlink()
        except FileNotFoundError:
            raise NotFoundError(f"there is no claim {name!r} in namespace {namespace!r}") from None
        self._remove(place)

    def delete_of_run(self, run_uid: str, keys: tuple[str, ...]) -> None:
        """Those that are there."""
        for key in keys:
            self._remove(Path(_claims_of_run(self._layout, run_uid), container_file_name(key)))

    def _place(self, namespace: str, name: str) -> Path:
        return Path(self._layout.claims, container_file_name(namespace), container_file_name(name))

    def _remove(self, folder: Path) -> None:
        removed = Path(self._layout.trash, uuid.uuid4().hex)
        removed.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            folder.rename(removed)
        except FileNotFoundError:
            return
        shutil.rmtree(removed, ignore_errors=True)


def _claims_of_run(layout: Layout, run_uid: str) -> str:
    return f"{layout.run(run_folder(run_uid))}/claims"
