"""kubectl's JSONPath templates: ``{.metadata.name}``, ``{range .items[*]}{.a}{"\\n"}{end}``.

Fields that are not there print nothing, as with ``kubectl get``. Source: the package
``k8s.io/client-go/util/jsonpath``. Not for Argo's expression function of that name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from workflows.executors.agent.conditions import as_text
from workflows.executors.agent.work import Failed

#: bounds on templates and on what one may visit
_LONGEST: Final = 10_000
_MOST_VALUES: Final = 100_000

#: from values to values: one step of a path
Step = Callable[[list[Any]], list[Any]]

_FIELD = re.compile(r"(?:[^\s.\[\]{}()|,'\"\\]|\\.)+")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_SLICE = re.compile(r"(-?[0-9]{0,9}):(-?[0-9]{0,9})(?::([0-9]{0,9}))?")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_FILTER = re.compile(r"\?\((.*)\)")
_COMPARED = re.compile(r"(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


def render(template: str, document: Any) -> str:
    """The text that kubectl prints. Raises Failed when the template is none, or visits too much."""
    if len(template) > _LONGEST:
        raise Failed(f"a JSONPath template of more than {_LONGEST} characters")
    pieces, end = _parse(_split(template), 0)
    if end:
        raise Failed("error parsing jsonpath: not in range, nothing to end")
    return "".join(part for piece in pieces for part in piece(document, document))


#: prints itself for (root, current)
Piece = Callable[[Any, Any], Iterator[str]]


def _split(template: str) -> list[tuple[bool, str]]:
    """Texts and, marked True, the insides of braces."""
    parts: list[tuple[bool, str]] = []
    place = 0
    while (start := template.find("{", place)) >= 0:
        end = _closing(template, start)
        if start > place:
            parts.append((False, template[place:start]))
        parts.append((True, template[start + 1 : end].strip()))
        place = end + 1
    if place < len(template):
        parts.append((False, template[place:]))
    return parts


def _closing(template: str, start: int) -> int:
    place = start + 1
    while place < len(template):
        quoted = _QUOTED.match(template, place)
        if quoted:
            place = quoted.end()
        elif template[place] == "}":
            return place
        else:
            place += 1
    raise Failed("error parsing jsonpath: unclosed action")


def _parse(parts: Sequence[tuple[bool, str]], place: int, *, inside: bool = False) -> tuple[list[Piece], int]:
    """Pieces up to the ``end`` of the range that began before `place`, and how many parts that took."""
    pieces: list[Piece] = []
    start = place
    while place < len(parts):
        is_action, text = parts[place]
        place += 1
        if not is_action:
            pieces.append(_text(text))
        elif text == "end":
            if not inside:
                return pieces, 1
            return pieces, place - start
        elif text.startswith("range"):
            inner, taken = _parse(parts, place, inside=True)
            pieces.append(_range(_path(text.removeprefix("range").strip()), inner))
            place += taken
        elif quoted := _QUOTED.fullmatch(text):
            pieces.append(_text(_unquoted(quoted)))
        else:
            pieces.append(_values(_path(text)))
    if inside:
        raise Failed("error parsing jsonpath: unclosed range")
    return pieces, 0


def _text(text: str) -> Piece:
    def write(root: Any, current: Any) -> Iterator[str]:
        yield text

    return write


def _values(path: _Path) -> Piece:
    def write(root: Any, current: Any) -> Iterator[str]:
        yield " ".join(map(as_text, path(root, current)))

    return write


def _range(path: _Path, inner: Sequence[Piece]) -> Piece:
    def write(root: Any, current: Any) -> Iterator[str]:
        for value in path(root, current):
            for piece in inner:
                yield from piece(root, value)

    return write


_Path = Callable[[Any, Any], list[Any]]


def _path(text: str) -> _Path:
    """A path that begins at the root, or with ``@`` or a dot at where a range is."""
    from_root = text.startswith("$")
    steps = list(_steps(text.removeprefix("$").removeprefix("@") if text[:1] in ("$", "@") else text))

    def follow(root: Any, current: Any) -> list[Any]:
        values = [root if from_root else current]
        for step in steps:
            values = step(values)
            if len(values) > _MOST_VALUES:
                raise Failed(f"a JSONPath leads to more than {_MOST_VALUES} values")
        return values

    return follow


def _steps(text: str) -> Iterator[Step]:
    place = 0
    while place < len(text):
        if text.startswith("..", place):
            yield _descend
            place += 1 if text.startswith("..[", place) is False else 2
            continue
        if text[place] == "[":
            end = _bracket_end(text, place)
            yield _bracket(text[place + 1 : end].strip())
            place = end + 1
            continue
        place += text[place] == "."
        if text.startswith("*", place):
            yield _every
            place += 1
            continue
        field = _FIELD.match(text, place)
        if field is None:
            if place >= len(text):
                return
            raise Failed(
                f"error parsing jsonpath {text[:200]}: unrecognized character in action: {text[place]!r}"
            )
        yield _field(_ESCAPE.sub(r"\1", field[0]))
        place = field.end()


def _bracket_end(text: str, start: int) -> int:
    depth, place = 0, start
    while place < len(text):
        quoted = _QUOTED.match(text, place)
        if quoted:
            place = quoted.end()
            continue
        depth += (text[place] == "[") - (text[place] == "]")
        if depth == 0:
            return place
        place += 1
    raise Failed(f"error parsing jsonpath {text[:200]}: unterminated array")


def _bracket(inside: str) -> Step:
    if inside == "*":
        return _every
    if condition := _FILTER.fullmatch(inside):
        return _filter(condition[1].strip())
    if slice_ := _SLICE.fullmatch(inside):
        bounds = [int(part) if part else None for part in slice_.groups()]
        return _slice(slice(*bounds))
    return _union([_member(part) for part in _union_parts(inside)])


def _union_parts(inside: str) -> Iterator[str]:
    place = 0
    while place <= len(inside):
        rest = inside[place:].lstrip()
        place = len(inside) - len(rest)
        quoted = _QUOTED.match(inside, place)
        end = quoted.end() if quoted else place
        comma = inside.find(",", end)
        comma = len(inside) if comma < 0 else comma
        yield inside[place:comma].strip()
        place = comma + 1


def _member(part: str) -> Step:
    if quoted := _QUOTED.fullmatch(part):
        return _field(_unquoted(quoted))
    if _NUMBER.fullmatch(part):
        return _index(int(part))
    raise Failed(f"error parsing jsonpath: invalid array index {part[:80]}")


def _unquoted(quoted: re.Match[str]) -> str:
    inside = quoted[1] if quoted[1] is not None else quoted[2]
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), inside)


def _field(name: str) -> Step:
    return lambda values: [value[name] for value in values if isinstance(value, dict) and name in value]


def _index(number: int) -> Step:
    def step(values: list[Any]) -> list[Any]:
        found = []
        for value in values:
            if not isinstance(value, list):
                raise Failed(f"{as_text(value)[:80]} is not array or slice")
            if not -len(value) <= number < len(value):
                raise Failed(f"array index out of bounds: index {number}, length {len(value)}")
            found.append(value[number])
        return found

    return step


def _slice(bounds: slice) -> Step:
    return lambda values: [item for value in values if isinstance(value, list) for item in value[bounds]]


def _union(steps: Sequence[Step]) -> Step:
    return lambda values: [found for step in steps for found in step(values)]


def _every(values: list[Any]) -> list[Any]:
    return [inner for value in values for inner in _inner(value)]


def _inner(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _descend(values: list[Any]) -> list[Any]:
    """Every value and everything inside it, outer ones first."""
    found: list[Any] = []
    stack = values[::-1]
    while stack:
        value = stack.pop()
        found.append(value)
        if len(found) > _MOST_VALUES:
            raise Failed(f"a JSONPath leads to more than {_MOST_VALUES} values")
        stack.extend(_inner(value)[::-1])
    return found


def _filter(condition: str) -> Step:
    compared = _COMPARED.fullmatch(condition)
    left = _operand(compared[1] if compared else condition)
    right = _operand(compared[3]) if compared else None
    operator = compared[2] if compared else ""

    def holds(value: Any) -> bool:
        found = left(value)
        if right is None:
            return bool(found)
        other = right(value)
        return bool(found) and bool(other) and _compare(found[0], operator, other[0])

    return lambda values: [
        item for value in values if isinstance(value, list) for item in value if holds(item)
    ]


def _operand(text: str) -> Callable[[Any], list[Any]]:
    text = text.strip()
    if text.startswith(("@", "$")):
        path = _path(text)
        return lambda value: path(value, value)
    if quoted := _QUOTED.fullmatch(text):
        literal: Any = _unquoted(quoted)
    else:
        try:
            literal = json.loads(text)
        except ValueError:
            raise Failed(f"error parsing jsonpath: unrecognized filter operand {text[:80]}") from None
    return lambda value: [literal]


def _compare(left: Any, operator: str, right: Any) -> bool:
    if operator in ("==", "!="):
        same = left == right and isinstance(left, bool) == isinstance(right, bool)
        return same is (operator == "==")
    comparable = isinstance(left, int | float) and isinstance(right, int | float)
    if not comparable and not (isinstance(left, str) and isinstance(right, str)):
        return False
    return bool(
        left < right if operator == "<" else left <= right if operator == "<="
        else left > right if operator == ">" else left >= right
    )  # fmt: skip
