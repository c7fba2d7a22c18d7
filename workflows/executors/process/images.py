"""Which local command stands in for an image that names none: the image's ENTRYPOINT and CMD. Pure.

Images are never pulled; their other contents are not there. A rule only says what the image would start.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_DEFAULT_REGISTRIES = ("docker.io/library/", "docker.io/", "index.docker.io/library/", "index.docker.io/")


@dataclass(frozen=True, slots=True)
class ImageRule:
    """`pattern` is a shell pattern over the image without tag and digest: ``python``, ``quay.io/me/*``.

    `entrypoint` and `arguments` are the image's ENTRYPOINT and CMD; `programs` maps paths that exist only in
    the image to local commands.
    """

    pattern: str
    entrypoint: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)

    def fits(self, image: str) -> bool:
        return fnmatch.fnmatchcase(repository_of(image), self.pattern)


#: stands in for busybox' shell, which knows more than POSIX asks of one ($RANDOM, `>&`)
BUSYBOX_SHELL = "ash"
_BUSYBOX = dict.fromkeys(("sh", "ash", "/bin/sh", "/bin/ash"), BUSYBOX_SHELL)
_ARGOSAY = {"/argosay": "argosay"}
_PYTHON = {"/usr/local/bin/python": "python", "/usr/local/bin/python3": "python3"}

DEFAULT_IMAGES: tuple[ImageRule, ...] = (
    ImageRule("python", arguments=("python3",), programs=_PYTHON),
    ImageRule("node", arguments=("node",)),
    ImageRule("bash", arguments=("bash",)),
    ImageRule("debian", arguments=("bash",)),
    ImageRule("ubuntu", arguments=("bash",)),
    ImageRule("busybox", arguments=("sh",), programs=_BUSYBOX),
    ImageRule("alpine", arguments=("sh",), programs=_BUSYBOX),
    ImageRule("curlimages/curl", entrypoint=("curl",), programs=_BUSYBOX),
    ImageRule("stedolan/jq", entrypoint=("jq",)),
    ImageRule("nginx", arguments=("nginx", "-g", "daemon off;")),
    ImageRule("docker/whalesay", arguments=("bash",)),
    ImageRule("argoproj/argosay", entrypoint=("argosay",), programs=_ARGOSAY),
    ImageRule("quay.io/argoproj/argosay", entrypoint=("argosay",), programs=_ARGOSAY),
)


def find_rule(image: str, rules: Sequence[ImageRule]) -> ImageRule | None:
    return next((rule for rule in rules if rule.fits(image)), None)


def repository_of(image: str) -> str:
    """The image without tag, digest and default registry: ``docker.io/library/python:3`` is ``python``."""
    name = image.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    if colon and "/" not in tag:
        name = head
    for registry in _DEFAULT_REGISTRIES:
        if name.startswith(registry):
            return name.removeprefix(registry)
    return name
