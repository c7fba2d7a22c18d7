"""Names of folders. Anybody may have chosen the ids of runs and nodes, so nothing of them is trusted."""

from __future__ import annotations

import hashlib
import re

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DIGEST_PREFIX = "h-"


def run_folder(run_uid: str) -> str:
    return _file_name(run_uid)


def attempt_folder(run_uid: str, node_id: str, attempt: int) -> str:
    """Relative to the folder of all runs; different attempts never share one."""
    return f"{run_folder(run_uid)}/{_file_name(node_id)}~{attempt}"


def container_file_name(name: str) -> str:
    """Kubernetes allows only harmless names; whatever else arrives gets a digest instead."""
    return _file_name(name)


def _file_name(text: str) -> str:
    if _HARMLESS.fullmatch(text) and not text.startswith(_DIGEST_PREFIX):
        return text
    return _DIGEST_PREFIX + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:40]
