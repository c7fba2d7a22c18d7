"""Names and ids of nodes and pods, exactly as Argo forms them.

Source: Argo's `NodeID`, `GeneratePodName`, `initializeNode` (display name) and `generateNodeName` (loops).
Not for template or parameter names.
"""

from __future__ import annotations

from functools import lru_cache

_FNV_OFFSET = 0x811C9DC5
_FNV_PRIME = 0x01000193
#: pod names have 253 characters; a dash and a 10-digit hash take 11 of them
_POD_PREFIX_LENGTH = 253 - 11


def fnv1a_32(text: str) -> int:
    """The 32-bit FNV-1a hash of the UTF-8 bytes of `text`."""
    digest = _FNV_OFFSET
    for byte in text.encode():
        digest = ((digest ^ byte) * _FNV_PRIME) & 0xFFFFFFFF
    return digest


@lru_cache(maxsize=65536)
def node_id(run_name: str, node_name: str) -> str:
    """The id of a node: the run's name for the root, else the run's name and the hash of the node's name."""
    return run_name if node_name == run_name else f"{run_name}-{fnv1a_32(node_name)}"


def pod_name(run_name: str, node_name: str, template_name: str, node_id: str) -> str:
    """The name of a node's pod (Argo's version 2 scheme); `node_id` is taken apart for its hash."""
    if node_name == run_name:
        return run_name
    prefix = f"{run_name}-{template_name}" if template_name else run_name
    return f"{prefix[: _POD_PREFIX_LENGTH - 1]}-{node_id.rpartition('-')[2]}"


def display_name(node_name: str, boundary_name: str | None) -> str:
    """What a person sees: the name without its boundary's and without the index of its step group."""
    if boundary_name is None or not node_name.startswith(boundary_name):
        return node_name
    rest = node_name[len(boundary_name) :]
    if rest.startswith("."):
        return rest[1:]
    head, bracket, tail = rest.partition("].")
    if bracket and head.startswith("[") and head[1:].isdigit():
        return tail
    return rest


def item_name(name: str, index: int, text: str) -> str:
    """The name of one iteration of a loop: ``NAME(INDEX:TEXT)``, parentheses of the text left out."""
    return f"{name}({index}:{text.replace('(', '').replace(')', '')})"


def attempt_name(name: str, index: int) -> str:
    return f"{name}({index})"


def exit_name(name: str) -> str:
    return f"{name}.onExit"


def hook_name(name: str, hook: str) -> str:
    return f"{name}.hooks.{hook}"


def caller_name(node_name: str) -> str:
    """The step or task that a node name ends in, without iterations and attempts.

    ``run[0].fan(1:x)(0)`` gives ``fan``. Source: Argo's `getStepOrDAGTaskName`.
    """
    end, closer = len(node_name), ""
    while end:
        char = node_name[end - 1]
        if closer:
            closer = "" if char == closer else closer
        elif char == ")":
            closer = "("
        elif char == "]":
            closer = "["
        else:
            break
        end -= 1
    return node_name[:end].rpartition(".")[2]
