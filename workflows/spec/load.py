"""From text to documents, and from documents to values. Not for what the fields mean: see `lint`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from workflows.errors import ManifestError, Problem
from workflows.spec import codes
from workflows.spec.conversion import convert, settle
from workflows.spec.marks import Mark, Path, read_marks, render_path
from workflows.spec.schema import API_VERSION, KINDS
from workflows.spec.types import (
    ClusterWorkflowTemplate,
    CronWorkflow,
    ObjectMeta,
    Workflow,
    WorkflowEventBinding,
    WorkflowTemplate,
)
from workflows.spec.value import JsonObject
from workflows.spec.yaml import Limits, Parsed, parse


@dataclass(frozen=True, slots=True)
class PlainObject:
    """An object of another kind in the same text, such as a ConfigMap; only `raw` is used."""

    api_version: str
    kind: str
    metadata: ObjectMeta
    raw: JsonObject


Manifest = (
    Workflow | WorkflowTemplate | ClusterWorkflowTemplate | CronWorkflow | WorkflowEventBinding | PlainObject
)

_TYPES: Final[dict[str, Any]] = {
    "Workflow": Workflow,
    "WorkflowTemplate": WorkflowTemplate,
    "ClusterWorkflowTemplate": ClusterWorkflowTemplate,
    "CronWorkflow": CronWorkflow,
    "WorkflowEventBinding": WorkflowEventBinding,
}
_SEPARATOR = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
_SURROGATE = re.compile("[\\ud800-\\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_DIRECTIVES = re.compile(r"(?:[ \t\r]*(?:[%#][^\n]*)?\n)*[ \t\r]*(?:[%#][^\n]*)?\Z")


@dataclass(slots=True)
class Document:
    """One object of a text: `raw` is its JSON, fitted to the field types, None when it cannot be read.

    `index` counts documents from 0; `problems` are faults of syntax, field names and field types.
    """

    index: int
    raw: JsonObject | None
    problems: tuple[Problem, ...] = ()
    text: str = field(default="", repr=False)
    line_offset: int = 0
    number: int = 0
    _marks: Mark | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        kind = self.raw.get("kind") if self.raw is not None else None
        return kind if isinstance(kind, str) else ""

    def place(self, problem: Problem, path: Path) -> Problem:
        """`problem` with the text, line and column of `path` in this document."""
        if self._marks is None:
            read = read_marks(
                self.text, line_offset=self.line_offset, document=self.number, depth=Limits().depth + 1
            )
            self._marks = read or Mark(0, 0)
        line, column = self._marks.find(path, at_key=problem.code in _KEY_CODES)
        placed = replace(problem, path=render_path(path), line=line, column=column, document=self.index)
        return codes.with_remedy(placed)


_KEY_CODES: Final = frozenset({codes.UNKNOWN_FIELD})


def parse_documents(text: str | bytes, *, limits: Limits | None = None) -> list[Document]:
    """The documents of a YAML or JSON text without empty ones.

    Never raises: faults are in `Document.problems`.
    """
    bounds = limits or Limits()
    decoded = _decode(text, bounds)
    if isinstance(decoded, str) and decoded.count("\n") > bounds.nodes:
        decoded = Problem(codes.TOO_LARGE, f"the text has more than {bounds.nodes} lines")
    if isinstance(decoded, Problem):
        return [Document(0, None, (codes.with_remedy(decoded),))]
    documents: list[Document] = []
    for piece, line_offset in _pieces(decoded):
        for number, parsed in enumerate(_read(piece, line_offset, bounds)):
            if parsed.value is None and not parsed.problems:
                continue
            if len(documents) == bounds.documents:
                problem = Problem(codes.TOO_LARGE, f"the text holds more than {bounds.documents} documents")
                documents.append(
                    Document(len(documents), None, (problem.at(line=line_offset + 1, column=1),))
                )
                return documents
            documents.append(_document(len(documents), piece, line_offset, number, parsed, bounds))
    return documents


def load(document: Document) -> Manifest:
    """The value of a document. Raises ManifestError with every problem of syntax, field names and types."""
    errors = [problem for problem in document.problems if problem.severity == "error"]
    if errors or document.raw is None:
        raise ManifestError(errors)
    return object_from_json(document.raw)


def object_from_json(raw: JsonObject) -> Manifest:
    """The value of already checked JSON, by its kind. Raises ManifestError when it does not fit its type."""
    kind = raw.get("kind", "")
    type_ = _TYPES.get(kind) if raw.get("apiVersion", API_VERSION) == API_VERSION else None
    try:
        if type_ is None:
            metadata = msgspec.convert(raw.get("metadata") or {}, ObjectMeta)
            return PlainObject(str(raw.get("apiVersion", "")), str(kind), metadata, raw)
        value: Manifest = msgspec.convert(raw, type_)
    except msgspec.ValidationError as fault:
        raise ManifestError([Problem(codes.WRONG_TYPE, str(fault))]) from fault
    return value


def spec_from_json(raw: JsonObject) -> Workflow:
    """The Workflow in stored, already checked JSON. Raises ManifestError when it does not fit the type."""
    try:
        return msgspec.convert(raw, Workflow)
    except msgspec.ValidationError as fault:
        raise ManifestError([Problem(codes.WRONG_TYPE, str(fault))]) from fault


def _decode(text: str | bytes, limits: Limits) -> str | Problem:
    if len(text) > limits.bytes:
        return Problem(codes.TOO_LARGE, f"the text is larger than {limits.bytes} bytes")
    if isinstance(text, str):
        lone = _SURROGATE.search(text)
        return text.removeprefix("\ufeff") if lone is None else _not_text(text[: lone.start()], "Unicode")
    encoding = "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return text.decode(encoding)
    except UnicodeDecodeError as fault:
        return _not_text(
            text[: fault.start].decode("utf-8", "replace"), encoding.removesuffix("-sig").upper()
        )


def _not_text(before: str, encoding: str) -> Problem:
    problem = Problem(codes.NOT_TEXT, f"the text is not {encoding}")
    return problem.at(line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """The text cut at ``---`` lines, so that one broken document leaves the others, with the lines before."""
    start = line = 0
    for match in _SEPARATOR.finditer(text):
        if not _DIRECTIVES.match(text[start : match.start()]):
            yield text[start : match.start()], line
            line += text.count("\n", start, match.start())
            start = match.start()
    yield text[start:], line


def _read(piece: str, line_offset: int, limits: Limits) -> Iterator[Parsed]:
    if piece.lstrip()[:1] in ("{", "["):
        try:
            yield _read_json(piece, limits)
            return
        except (ValueError, RecursionError):  # flow style YAML, or broken: the YAML reader tells where
            pass
    yield from parse(piece, limits=limits, line_offset=line_offset)


def _read_json(text: str, limits: Limits) -> Parsed:
    problems: list[Problem] = []

    def build(pairs: list[tuple[str, Any]]) -> JsonObject:
        built = dict(pairs)
        if len(built) != len(pairs) and len(problems) < limits.problems:
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            problems.append(
                Problem(codes.DUPLICATE_KEY, f"the key {twice!r} is given twice", remedy="remove one of them")
            )
        return built

    def refuse(token: str) -> Any:
        raise ValueError(token)

    value = json.loads(text, object_pairs_hook=build, parse_constant=refuse)
    if text.count(",") + text.count(":") > limits.nodes and _nodes(value) > limits.nodes:
        return Parsed(
            None, (Problem(codes.TOO_LARGE, f"the text has more than {limits.nodes} values"),), False
        )
    if _ESCAPED_SURROGATE.search(text):
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate cannot be stored: a ValueError
    return Parsed(value, tuple(problems), True)


def _nodes(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + len(value) + sum(map(_nodes, value.values()))
    return 1 + sum(map(_nodes, value)) if isinstance(value, list) else 1


def _document(
    index: int, piece: str, line_offset: int, number: int, parsed: Parsed, limits: Limits
) -> Document:
    document = Document(index, None, text=piece, line_offset=line_offset, number=number)
    problems = [codes.with_remedy(replace(problem, document=index)) for problem in parsed.problems]
    value = parsed.value
    if isinstance(value, dict):
        found = _fit(value, special=parsed.special, most=limits.problems)
        problems += [document.place(problem, path) for path, problem in found]
        document.raw = value
    elif value is not None:
        message = "the document is not an object with apiVersion, kind, metadata and spec"
        problems.append(document.place(Problem(codes.NOT_AN_OBJECT, message), ()))
    document.problems = tuple(problems)
    return document


def _fit(value: JsonObject, *, special: bool, most: int) -> list[tuple[Path, Problem]]:
    kind = value.get("kind")
    if not isinstance(kind, str) or not kind:
        message = "the object has no `kind`"
        return [((), Problem(codes.NOT_AN_OBJECT, message, remedy="add apiVersion and kind"))]
    version = value.get("apiVersion")
    if kind in _TYPES and version != API_VERSION:
        message = f"a {kind} needs apiVersion {API_VERSION}, not {version!r}"
        return [(("apiVersion",), Problem(codes.UNKNOWN_KIND, message))]
    if kind in KINDS:
        return convert(value, kind, special=special, most=most)
    if version == API_VERSION:
        message = f"the kind {kind!r} is not one of {', '.join(_TYPES)}"
        return [(("kind",), Problem(codes.UNKNOWN_KIND, message))]
    settle(value)
    return []
