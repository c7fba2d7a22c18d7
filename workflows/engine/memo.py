"""Memoization: a call whose template has `memoize` asks a cache before it begins, and fills it in the end.

The cache is kept outside: the engine asks with `LookUpMemo`, is told with `MemoAnswer`, and hands over what
is worth keeping as `SaveMemo`. A call that waits for its answer has no node yet, so a restart asks again.

Source: Argo's `executeTemplate` and its config map cache. Not for nodes that were answered, see `cached`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workflows.engine import phases
from workflows.engine.errors import EngineError
from workflows.engine.messages import HitMemo, JsonObject, LookUpMemo, MemoAnswer, Millis, SaveMemo
from workflows.engine.texts import render_value
from workflows.expr import ExprError, Tree
from workflows.spec.durations import DurationError, parse_go_duration

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.core import Core
    from workflows.engine.node import Node

#: the field of a node that tells of its cache, and whose `hit` is false while its outputs may be kept
STATUS = "memoizationStatus"
#: types of nodes whose outputs Argo keeps
_KEPT = frozenset({phases.POD, phases.STEPS, phases.DAG, phases.HTTP, phases.PLUGIN})
_KEY = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")
#: the length of a key of a ConfigMap
_LONGEST_KEY = 253
_SHOWN = 100


class Memo:
    """What one call wants of a cache. `answer` is None until the cache was asked."""

    __slots__ = ("answer", "cache", "key", "max_age")

    def __init__(self, cache: str, key: str, max_age: Millis | None) -> None:
        self.cache = cache
        self.key = key
        self.max_age = max_age
        self.answer: MemoAnswer | None = None

    def hit(self, now: Millis) -> bool:
        answer = self.answer
        if answer is None or not answer.found:
            return False
        return self.max_age is None or now - answer.created_at <= self.max_age

    def status(self, *, hit: bool) -> JsonObject:
        return {"hit": hit, "key": self.key, "cacheName": self.cache}


def is_answered(call: Call, tree: Tree) -> bool:
    """Whether the call knows what its cache holds; if not, the cache is asked, and `take_answer` goes on.

    `tree` is the template's `memoize`. A call that cannot ask is refused.
    """
    memo = call.memo
    if memo is not None and memo.answer is not None:
        return True
    try:
        memo = call.memo = _memo_of(call, tree)
    except (EngineError, ExprError) as error:
        call.fail(EngineError(error.message))
        return False
    core = call.core
    core.asking[call.id] = call
    core.look_up(LookUpMemo(namespace=core.run.namespace, call_id=call.id, cache=memo.cache, key=memo.key))
    return False


def mark(call: Call, node: Node) -> None:
    """Note on the node of the call which cache it is to fill. An attempt fills that of its Retry node."""
    status: JsonObject | None
    if call.memo is not None:
        status = call.memo.status(hit=False)
    elif call.is_attempt:
        status = (call.core.nodes[node.parents[0]].extra or {}).get(STATUS)
    else:
        return
    if status is not None:
        node.extra = {**(node.extra or {}), STATUS: status}


def take_answer(core: Core, answer: MemoAnswer) -> None:
    """Go on with the call that waits for it, if there still is one."""
    call = core.asking.pop(answer.call_id, None)
    if call is not None and call.memo is not None:
        call.memo.answer = answer
        if answer.found:
            core.record(HitMemo(cache=call.memo.cache, key=call.memo.key, at=core.now))
        call.enter_late()


def is_hit(node: Node) -> bool:
    """Whether a cache answered for the node."""
    status = node.extra.get(STATUS) if node.extra else None
    return status is not None and bool(status["hit"])


def keep(core: Core, node: Node) -> None:
    """Keep the outputs of a node that succeeded, if it was to fill a cache."""
    status = (node.extra or {}).get(STATUS)
    if status is None or status["hit"] or node.type not in _KEPT:
        return
    core.record(
        SaveMemo(
            node_id=node.id,
            cache=status["cacheName"],
            key=status["key"],
            at=core.now,
            outputs=node.outputs,
        )
    )


def _memo_of(call: Call, tree: Tree) -> Memo:
    """Raises EngineError with Argo's text, ExprError."""
    rendered: Any = render_value(tree, call.scope, call.core.context)
    key, cache = str(rendered["key"]), rendered["cache"]
    if _KEY.fullmatch(key) is None:
        raise EngineError(f"invalid cache key: {key}")
    if len(key) > _LONGEST_KEY:
        raise EngineError(f"invalid cache key: {key[:_SHOWN]}… is longer than {_LONGEST_KEY} characters")
    max_age = rendered["maxAge"]
    try:
        return Memo(cache, key, parse_go_duration(max_age) if max_age else None)
    except DurationError as error:
        raise EngineError(f"invalid maxAge: {error.message}") from None
