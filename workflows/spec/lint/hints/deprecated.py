"""Fields and variables that still work and that Argo or Kubernetes advise against.

Removed fields are no matter of hints: they are unknown fields, see `conversion`.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from workflows.spec import codes
from workflows.spec.lint.hints.places import Place
from workflows.spec.lint.report import Report
from workflows.spec.lint.scope import texts

_OLD_VARIABLE = re.compile(r"\{\{\s*(workflow\.(?:parameters|labels|annotations))\s*\}\}")
#: kinds of volumes of which Kubernetes' own code is gone or about to go; their CSI drivers stay
_OLD_VOLUMES: Final = frozenset(
    {
        "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "flexVolume", "flocker",
        "gcePersistentDisk", "gitRepo", "glusterfs", "photonPersistentDisk", "portworxVolume", "quobyte",
        "rbd", "scaleIO", "storageos", "vsphereVolume",
    }
)  # fmt: skip


def hint_at_deprecated(report: Report, place: Place) -> None:
    for call, path in place.calls:
        if call.on_exit:
            message = "`onExit` of a step or task is deprecated"
            remedy = f"write `hooks: {{exit: {{template: {call.on_exit}}}}}`"
            report.warning(codes.DEPRECATED_FIELD, message, (*path, "onExit"), remedy=remedy)
    for index, volume in enumerate(place.template.volumes):
        for kind in sorted(_OLD_VOLUMES & volume.keys()):
            message = f"Kubernetes has deprecated volumes of kind `{kind}`"
            at = (*place.path, "volumes", index, kind)
            report.warning(codes.DEPRECATED_FIELD, message, at, remedy="use a volume claim or `csi`")
    if _OLD_VARIABLE.search(place.text):
        for at, text in texts(msgspec.to_builtins(place.template), place.path):
            for name in dict.fromkeys(_OLD_VARIABLE.findall(text)):
                message = f"{{{{{name}}}}} is deprecated"
                remedy = f"use {{{{{name}.json}}}}"
                report.warning(codes.DEPRECATED_FIELD, message, at, remedy=remedy)
