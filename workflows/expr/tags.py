"""Tags in texts: ``{{inputs.parameters.a}}`` and ``{{=asInt(inputs.parameters.n) + 1}}``.

A text is parsed once and cached. Simple tags name exactly one key of the flat scope, blanks at both
ends ignored. Tags inside a simple tag are resolved first and make up its name. Expression tags end at
the next ``}}`` whatever is in them. Values go into the text as they are and are not looked at again.
Source: Argo's util/template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from workflows.expr.cache import TextCache
from workflows.expr.context import NO_CONTEXT, Context
from workflows.expr.errors import LIMIT, ExprError, Fault, UnresolvedError
from workflows.expr.expression import Expression, compile_expression
from workflows.expr.formatting import quote_go
from workflows.expr.gojson import marshal
from workflows.expr.gotext import SPACES
from workflows.expr.limits import LIMITS
from workflows.expr.scope import MISSING

#: names that get a value only later: an expression that lacks one of them waits
LATE_BOUND: Final = frozenset({
    "item", "retries", "lastRetry.exitCode", "lastRetry.status", "lastRetry.duration", "lastRetry.message",
    "workflow.status", "workflow.failures",
})  # fmt: skip
_MAX_NESTING: Final = 20


@dataclass(frozen=True, slots=True)
class Strictness:
    """Which unresolved tags are errors.

    `prefixes` are first parts of names (``steps``, ``tasks``); `everything` means all names. What is
    not strict stays in the text as it is. Tags of artifacts (``.outputs.artifacts.``) stay open under
    prefixes, because artifacts are resolved by other means.
    """

    prefixes: tuple[str, ...] = ()
    everything: bool = False

    @property
    def is_lenient(self) -> bool:
        return not (self.prefixes or self.everything)

    def covers(self, name: str) -> bool:
        if self.everything:
            return True
        return any(name == prefix or name.startswith(f"{prefix}.") for prefix in self.prefixes)

    def covers_tag(self, name: str) -> bool:
        return self.covers(name) and (self.everything or ".outputs.artifacts." not in name)


#: leave every unresolved tag as it is
LENIENT: Final = Strictness()
#: every tag must resolve
STRICT: Final = Strictness(everything=True)


def strict_for(*prefixes: str) -> Strictness:
    """Only tags under these first names must resolve, as ``strict_for("steps", "tasks")``."""
    return Strictness(prefixes=prefixes)


@dataclass(frozen=True, slots=True)
class Rendering:
    """What `Text.render` was asked to do; passed down to the tags."""

    scope: Mapping[str, Any]
    context: Context = NO_CONTEXT
    strictness: Strictness = LENIENT


class Tag:
    """One tag. `body` is what stands between the braces, without the ``=`` of an expression.

    `names` are the variables it uses; a name that depends on an inner tag is not among them.
    """

    __slots__ = ("body", "kind", "names")

    kind: Literal["simple", "expression"]
    body: str
    names: frozenset[str]

    def resolve(self, rendering: Rendering) -> str | None:
        """The text for this tag, None to leave it as it is."""
        raise NotImplementedError

    @property
    def source(self) -> str:
        return "{{" + ("=" if self.kind == "expression" else "") + self.body + "}}"

    def inner_tags(self) -> tuple[Tag, ...]:
        return ()


class _SimpleTag(Tag):
    __slots__ = ("name",)

    def __init__(self, body: str) -> None:
        self.kind = "simple"
        self.body = body
        self.name = body.strip(SPACES)
        self.names = frozenset({self.name})

    def resolve(self, rendering: Rendering) -> str | None:
        value = rendering.scope.get(self.name, MISSING)
        return value if type(value) is str else _as_text(value, self.body, rendering)


def _as_text(value: Any, body: str, rendering: Rendering) -> str | None:
    """The text of a simple tag's value, with Argo's words for what cannot be one."""
    if value is MISSING:
        if rendering.strictness.covers_tag(body.strip(SPACES)):
            raise UnresolvedError(f"failed to resolve {{{{{body}}}}}", name=body.strip(SPACES))
        return None
    if value is None:
        problem = "output is an absent optional (skipped/omitted node with no default)"
        raise ExprError(f"unable to substitute {{{{{body}}}}}: {problem}")
    if not isinstance(value, str):
        raise ExprError(f"failed to resolve {{{{{body}}}}} to string")
    return value


class _NestedTag(Tag):
    """A simple tag with tags in its name: ``{{workflow.parameters.{{item}}}}``."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str | Tag, ...]) -> None:
        self.kind = "simple"
        self.parts = parts
        self.body = "".join(part if isinstance(part, str) else part.source for part in parts)
        self.names = frozenset().union(*(tag.names for tag in self.inner_tags()))

    def inner_tags(self) -> tuple[Tag, ...]:
        return tuple(part for part in self.parts if isinstance(part, Tag))

    def resolve(self, rendering: Rendering) -> str | None:
        parts: list[str] = []
        is_open = False
        for index, part in enumerate(self.parts):
            text = part if isinstance(part, str) else self.inner_value(part, rendering, is_first=index <= 1)
            is_open = is_open or text is None
            parts.append(part.source if text is None and isinstance(part, Tag) else text or "")
        name = "".join(parts)
        if is_open:
            return f"{{{{{name}}}}}"
        value = _as_text(rendering.scope.get(name.strip(SPACES), MISSING), name, rendering)
        return f"{{{{{name}}}}}" if value is None else value

    def inner_value(self, tag: Tag, rendering: Rendering, *, is_first: bool) -> str | None:
        """The text of an inner tag; Argo takes the name of the first one with its blanks."""
        if not is_first or not isinstance(tag, _SimpleTag):
            return tag.resolve(rendering)
        start = self.body.partition("}}")[0]
        value = rendering.scope.get(tag.body, MISSING)
        if value is None:
            problem = f"{quote_go(tag.body)} is an absent optional"
            raise ExprError(f"unable to substitute nested tag {{{{{start}}}}}: {problem}")
        if isinstance(value, str):
            return value
        if rendering.strictness.covers_tag(start.strip(SPACES)):
            raise UnresolvedError(f"failed to resolve {{{{{start}}}}}", name=tag.name)
        return None


class _ExpressionTag(Tag):
    __slots__ = ("_error", "_expression")

    def __init__(self, body: str) -> None:
        self.kind = "expression"
        self.body = body
        self._expression: Expression | None = None
        self._error: ExprError | None = None
        try:
            self._expression = compile_expression(body)
        except ExprError as error:
            self._error = error
        self.names = self._expression.names if self._expression else frozenset()

    def resolve(self, rendering: Rendering) -> str | None:
        if self._expression is None:
            raise _prefixed(self._error)
        missing = self._expression.missing(rendering.scope)
        self.refuse(missing, rendering.strictness)
        is_open = bool(missing) or rendering.strictness.is_lenient
        if is_open and not LATE_BOUND.isdisjoint(missing):
            return None
        try:
            value = self._expression.evaluate(rendering.scope, rendering.context)
        except ExprError as error:
            if is_open and error.code != LIMIT:
                return None
            raise _prefixed(error) from None
        if value is None:
            if is_open:
                return None
            raise ExprError(f"failed to evaluate expression {quote_go(self.body)}")
        return value if type(value) is str else self.formatted(value, is_open=is_open)

    @staticmethod
    def refuse(missing: list[str], strictness: Strictness) -> None:
        for name in missing:
            if strictness.covers(name):
                raise UnresolvedError(f"failed to evaluate expression: {name} is missing", name=name)

    @staticmethod
    def formatted(value: Any, *, is_open: bool) -> str | None:
        try:
            return format_value(value)
        except ExprError as error:
            if is_open and error.code != LIMIT:
                return None
            raise ExprError(
                f"failed to marshal evaluated expression: {error.message}", code=error.code
            ) from None


def _prefixed(error: ExprError | None) -> ExprError:
    if error is None:
        return ExprError("failed to evaluate expression")
    return ExprError(
        f"failed to evaluate expression: {error.message}",
        code=error.code,
        position=error.position,
        detail=error.detail,
    )


def format_value(value: Any) -> str:
    """How the result of an expression tag becomes text: a text as it is, everything else as Go's JSON.

    Raises `ExprError` for values that JSON cannot hold.
    """
    if isinstance(value, str):
        return value
    try:
        text = marshal(value)
    except Fault as fault:
        raise ExprError(fault.message, code=fault.code) from None
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


class Text:
    """A text with its tags found. Immutable; render it as often as needed, from any thread.

    `tags` are all tags from left to right, inner ones after the one they are in; `names` the variables
    they use; `is_constant` is true when there is no tag.
    """

    __slots__ = ("_parts", "_single", "is_constant", "names", "source", "tags")

    def __init__(self, source: str, parts: tuple[str | Tag, ...]) -> None:
        self.source = source
        self._parts = parts
        self.tags = tuple(_all_tags(parts))
        self.is_constant = not self.tags
        self.names: frozenset[str] = frozenset().union(*(tag.names for tag in self.tags))
        self._single = parts[0] if len(parts) == 1 and isinstance(parts[0], Tag) else None

    def render(
        self, scope: Mapping[str, Any], *, context: Context = NO_CONTEXT, strictness: Strictness = LENIENT
    ) -> str:
        """The text with its tags replaced by values of the flat `scope`.

        `context` gives expressions the time and randomness; `strictness` says which unresolved tags are
        errors (`UnresolvedError`) instead of staying as they are. Expressions that lack a late-bound
        name stay; a None value (an absent optional) in a simple tag is an `ExprError` always.
        """
        if self.is_constant:
            return self.source
        rendering = Rendering(scope, context, strictness)
        if self._single is not None:
            value = self._single.resolve(rendering)
            return self.source if value is None else value
        return _bounded("".join(_rendered(part, rendering) for part in self._parts))


def _rendered(part: str | Tag, rendering: Rendering) -> str:
    if isinstance(part, str):
        return part
    value = part.resolve(rendering)
    return part.source if value is None else value


def _bounded(text: str) -> str:
    if len(text) > LIMITS.text:
        raise ExprError(f"text of {len(text)} characters exceeds the limit of {LIMITS.text}", code=LIMIT)
    return text


def _all_tags(parts: tuple[str | Tag, ...]) -> Iterator[Tag]:
    for part in parts:
        if isinstance(part, Tag):
            yield part
            yield from _all_tags(part.inner_tags())


# --- finding tags ---------------------------------------------------------------------------------


def parse_text(source: str) -> Text:
    """Find the tags of a text; cached. A broken expression is reported when it is rendered."""
    return _cache.get(source) if "{{" in source else Text(source, (source,) if source else ())


def _parse(source: str) -> Text:
    return Text(source, tuple(_Finder(source).parts()))


_cache: Final = TextCache(_parse, characters=4_000_000)


class _Finder:
    """One pass over the text; `open` holds the unfinished simple tags, outermost first."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.open: list[list[str | Tag]] = []
        self.done: list[str | Tag] = []
        self.count = 0

    @property
    def current(self) -> list[str | Tag]:
        return self.open[-1] if self.open else self.done

    def parts(self) -> list[str | Tag]:
        source = self.source
        while True:
            opening = source.find("{{", self.at)
            closing = source.find("}}", self.at) if self.open else -1
            if closing >= 0 and (opening < 0 or closing < opening):
                self.literal(closing)
                self.close()
            elif opening >= 0:
                self.literal(opening)
                self.start()
            else:
                break
        self.literal(len(source))
        return self.flattened()

    def literal(self, end: int) -> None:
        if end > self.at:
            self.current.append(self.source[self.at : end])
        self.at = end

    def start(self) -> None:
        """At ``{{``: a whole expression tag, or the beginning of a simple one."""
        if not self.open and self.source.startswith("{{=", self.at):
            end = self.source.find("}}", self.at)
            if end >= 0:
                self.add(_ExpressionTag(self.source[self.at + 3 : end]))
                self.at = end + 2
                return
        if len(self.open) >= _MAX_NESTING:
            raise ExprError("tags are nested too deeply", code=LIMIT, position=self.at)
        self.open.append([])
        self.at += 2

    def close(self) -> None:
        parts = self.open.pop()
        self.at += 2
        is_plain = all(isinstance(part, str) for part in parts)
        self.add(_SimpleTag("".join(map(str, parts))) if is_plain else _NestedTag(tuple(parts)))

    def add(self, tag: Tag) -> None:
        self.count += 1
        if self.count > LIMITS.tags:
            raise ExprError(f"text has more than {LIMITS.tags} tags", code=LIMIT, position=self.at)
        self.current.append(tag)

    def flattened(self) -> list[str | Tag]:
        """Tags that were never closed are plain text around the tags in them."""
        for parts in self.open:
            self.done.append("{{")
            self.done.extend(parts)
        return _joined(self.done)


def _joined(parts: list[str | Tag]) -> list[str | Tag]:
    """Neighbouring literals as one."""
    result: list[str | Tag] = []
    for part in parts:
        if isinstance(part, str) and result and isinstance(result[-1], str):
            result[-1] += part
        else:
            result.append(part)
    return result
