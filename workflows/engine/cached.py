"""Nodes that a cache answered: they succeeded without having run, with the outputs of an earlier node.

Source: Argo's `initializeCacheHitNode`. Not for asking the cache, see `memo`.
"""

from __future__ import annotations

from workflows.engine import memo, phases
from workflows.engine.calls import CACHED, Call, starts


@starts(CACHED)
def start_cached(call: Call) -> None:
    asked = call.memo
    if asked is None or asked.answer is None:
        return
    core, node = call.core, call.node
    if node is None:
        node = call.add(call.template.node_type, phases.SUCCEEDED)
    node.extra = {**(node.extra or {}), memo.STATUS: asked.status(hit=True)}
    node.outputs = asked.answer.outputs
    core.export(node.outputs)
    core.set_phase(node, phases.SUCCEEDED)
