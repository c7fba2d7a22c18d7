"""The stable codes of every problem a manifest can have, what each means and what helps in general."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workflows.errors import Problem

# the text
TOO_LARGE: Final = "too-large"
TOO_DEEP: Final = "too-deep"
NOT_TEXT: Final = "not-text"
YAML_SYNTAX: Final = "yaml-syntax"
YAML_CHARACTER: Final = "yaml-character"
YAML_ALIAS: Final = "yaml-alias"
YAML_KEY: Final = "yaml-key"
YAML_TAG: Final = "yaml-tag"
DUPLICATE_KEY: Final = "duplicate-key"
# objects and fields
NOT_AN_OBJECT: Final = "not-an-object"
UNKNOWN_KIND: Final = "unknown-kind"
UNKNOWN_FIELD: Final = "unknown-field"
WRONG_TYPE: Final = "wrong-type"
MISSING_FIELD: Final = "missing-field"
MISSING_VALUE: Final = "missing-value"
EXCLUSIVE_FIELDS: Final = "exclusive-fields"
NOT_ALLOWED_HERE: Final = "not-allowed-here"
BAD_CHOICE: Final = "bad-choice"
BAD_NUMBER: Final = "bad-number"
BAD_FORMAT: Final = "bad-format"
BAD_DURATION: Final = "bad-duration"
BAD_SCHEDULE: Final = "bad-schedule"
BAD_TIME_ZONE: Final = "bad-time-zone"
# names
MISSING_NAME: Final = "missing-name"
BAD_NAME: Final = "bad-name"
NAME_TOO_LONG: Final = "name-too-long"
DUPLICATE_NAME: Final = "duplicate-name"
RESERVED_NAME: Final = "reserved-name"
BAD_LABEL: Final = "bad-label"
# templates
NO_TEMPLATE_KIND: Final = "no-template-kind"
MISSING_TEMPLATE: Final = "missing-template"
UNKNOWN_TEMPLATE: Final = "unknown-template"
UNKNOWN_REFERENCE: Final = "unknown-reference"
PATH_TAKEN: Final = "path-taken"
PATH_ESCAPES: Final = "path-escapes"
# arguments and outputs
MISSING_ARGUMENT: Final = "missing-argument"
UNKNOWN_ARGUMENT: Final = "unknown-argument"
BAD_VALUE_FROM: Final = "bad-value-from"
EMPTY_ENUM: Final = "empty-enum"
NOT_IN_ENUM: Final = "not-in-enum"
# tags and expressions
UNRESOLVED_TAG: Final = "unresolved-tag"
UNCLOSED_TAG: Final = "unclosed-tag"
EXPRESSION_SYNTAX: Final = "expression-syntax"
CONDITION_SYNTAX: Final = "condition-syntax"
DEPENDS_SYNTAX: Final = "depends-syntax"
# DAGs
NO_TASKS: Final = "no-tasks"
UNKNOWN_DEPENDENCY: Final = "unknown-dependency"
UNKNOWN_RESULT: Final = "unknown-result"
NOT_A_LOOP: Final = "not-a-loop"
DEPENDENCY_CYCLE: Final = "dependency-cycle"
MISSING_DEPENDENCY: Final = "missing-dependency"
# hints: valid, and hardly meant
UNUSED_PARAMETER: Final = "unused-parameter"
UNUSED_TEMPLATE: Final = "unused-template"
UNREACHABLE_TASK: Final = "unreachable-task"
SHADOWED_PARAMETER: Final = "shadowed-parameter"
DEPRECATED_FIELD: Final = "deprecated-field"
OUTPUT_NEVER_SET: Final = "output-never-set"
CONSTANT_CONDITION: Final = "constant-condition"
SUSPICIOUS_TAG: Final = "suspicious-tag"

MEANINGS: Final[dict[str, str]] = {
    TOO_LARGE: "the text exceeds a limit on bytes, lines, documents, values or aliases",
    TOO_DEEP: "the text nests deeper than allowed",
    NOT_TEXT: "the bytes are no UTF-8 or UTF-16, or the text has half a character",
    YAML_SYNTAX: "the text is no YAML",
    YAML_CHARACTER: "the text holds a control character",
    YAML_ALIAS: "an alias refers to no anchor before it",
    YAML_KEY: "a key is null, a list or a mapping, or << merges something else than mappings",
    YAML_TAG: "a value does not fit its explicit YAML tag",
    DUPLICATE_KEY: "a key stands twice in one mapping",
    NOT_AN_OBJECT: "a document is no mapping or has no kind",
    UNKNOWN_KIND: "the kind or its apiVersion is none of Argo's",
    UNKNOWN_FIELD: "the object has no such field",
    WRONG_TYPE: "a value has the wrong type for its field",
    MISSING_FIELD: "a required field is missing or empty",
    MISSING_VALUE: "a parameter or artifact needs a value or a source",
    EXCLUSIVE_FIELDS: "fields are given of which only one may be, or none of which one must be",
    NOT_ALLOWED_HERE: "the field exists, but not in a template of this kind or in this place",
    BAD_CHOICE: "the value is not among those allowed",
    BAD_NUMBER: "the number is out of range, or the text is no number",
    BAD_FORMAT: "the format does not suit one integer",
    BAD_DURATION: "the text is no duration",
    BAD_SCHEDULE: "the text is no cron schedule",
    BAD_TIME_ZONE: "there is no such time zone",
    MISSING_NAME: "something needs a name and has none",
    BAD_NAME: "a name has characters it may not have",
    NAME_TOO_LONG: "an object's name is too long",
    DUPLICATE_NAME: "a name is used twice where it must be unique",
    RESERVED_NAME: "a container has a name that the engine needs for itself",
    BAD_LABEL: "a label has a key or a value that Kubernetes does not take",
    NO_TEMPLATE_KIND: "a template does not say what it does",
    MISSING_TEMPLATE: "a step, task or hook names no template",
    UNKNOWN_TEMPLATE: "a template is named that does not exist",
    UNKNOWN_REFERENCE: "a stored template or an input is named that does not exist",
    PATH_TAKEN: "two volumes or artifacts have the same path",
    PATH_ESCAPES: "an artifact's path leaves its folder through ..",
    MISSING_ARGUMENT: "a template is called without an input it needs",
    UNKNOWN_ARGUMENT: "a template is called with an argument it does not declare",
    BAD_VALUE_FROM: "a value's source is missing or not possible here",
    EMPTY_ENUM: "an enum allows no value",
    NOT_IN_ENUM: "a value is not in its enum",
    UNRESOLVED_TAG: "a tag refers to something that does not exist in its place",
    UNCLOSED_TAG: "a tag has no end",
    EXPRESSION_SYNTAX: "an expression cannot be compiled",
    CONDITION_SYNTAX: "a condition cannot be compiled",
    DEPENDS_SYNTAX: "`depends` cannot be compiled",
    NO_TASKS: "a DAG has no tasks",
    UNKNOWN_DEPENDENCY: "a task or container waits for one that does not exist",
    UNKNOWN_RESULT: "`depends` asks for a result that does not exist",
    NOT_A_LOOP: "`depends` asks for a result of loops of a task that is none",
    DEPENDENCY_CYCLE: "tasks or containers wait for each other",
    MISSING_DEPENDENCY: "a task uses the results of one that does not come before it",
    UNUSED_PARAMETER: "nobody reads an input or a parameter of the run",
    UNUSED_TEMPLATE: "no call leads to a template of a run",
    UNREACHABLE_TASK: "a task can never run",
    SHADOWED_PARAMETER: "a value is not the one that its name suggests",
    DEPRECATED_FIELD: "a field or variable still works and is advised against",
    OUTPUT_NEVER_SET: "a template of this kind does not set such an output",
    CONSTANT_CONDITION: "a condition always comes out the same",
    SUSPICIOUS_TAG: "a text looks like a tag and is none",
}

#: what to do about a problem when its case has no advice of its own
REMEDIES: Final[dict[str, str]] = {
    TOO_LARGE: "split the manifest, or pass data as a parameter or artifact",
    TOO_DEEP: "put inner parts into templates of their own",
    NOT_TEXT: "save the text as UTF-8",
    YAML_SYNTAX: "correct the syntax here or in the line before",
    YAML_CHARACTER: "remove the character or write it as an escape in double quotes",
    YAML_ALIAS: "define the anchor with & before it is used",
    YAML_KEY: "use a text as key, and mappings with <<",
    YAML_TAG: "remove the tag or correct the value",
    DUPLICATE_KEY: "remove one of them",
    NOT_AN_OBJECT: "give apiVersion, kind, metadata and spec",
    UNKNOWN_KIND: "correct kind or apiVersion",
    UNKNOWN_FIELD: "remove it or correct the name",
    WRONG_TYPE: "give a value of that type",
    MISSING_FIELD: "add it",
    MISSING_VALUE: "give `value` or `valueFrom`",
    EXCLUSIVE_FIELDS: "keep one of them",
    NOT_ALLOWED_HERE: "remove it",
    BAD_CHOICE: "use one of the allowed values",
    BAD_NUMBER: "give a number in range",
    BAD_FORMAT: "use for instance %03d",
    BAD_DURATION: "use for instance 30s, 5m or 1h30m",
    BAD_SCHEDULE: "use minute, hour, day, month and weekday, or @daily, or @every 1h",
    BAD_TIME_ZONE: "use a name such as Europe/Paris",
    MISSING_NAME: "add `name`",
    BAD_NAME: "rename it",
    NAME_TOO_LONG: "shorten it",
    DUPLICATE_NAME: "rename one of them",
    RESERVED_NAME: "rename it",
    BAD_LABEL: "use letters, digits, '-', '_' and '.', at most 63 of them",
    NO_TEMPLATE_KIND: "give one of container, script, steps, dag, suspend and the other kinds",
    MISSING_TEMPLATE: "add `template`",
    UNKNOWN_TEMPLATE: "correct the name or add the template",
    UNKNOWN_REFERENCE: "correct the name or create it first",
    PATH_TAKEN: "choose another path",
    PATH_ESCAPES: "write the path without ..",
    MISSING_ARGUMENT: "pass it in `arguments` or give the input a default",
    UNKNOWN_ARGUMENT: "declare the input or remove the argument",
    BAD_VALUE_FROM: "give a source that is possible here",
    EMPTY_ENUM: "add values or remove `enum`",
    NOT_IN_ENUM: "use one of the values of `enum`",
    UNRESOLVED_TAG: "correct the name, or use it where it is known",
    UNCLOSED_TAG: "close it with }}",
    EXPRESSION_SYNTAX: "correct the expression",
    CONDITION_SYNTAX: "put values with special characters in quotes",
    DEPENDS_SYNTAX: "use task names, && || ! and parentheses",
    NO_TASKS: "add a task",
    UNKNOWN_DEPENDENCY: "correct the name or add it",
    UNKNOWN_RESULT: "use Succeeded, Failed, Errored, Skipped, Omitted, Daemoned, AnySucceeded or AllFailed",
    NOT_A_LOOP: "use Succeeded or Failed, or give the task a loop",
    DEPENDENCY_CYCLE: "remove one of the dependencies",
    MISSING_DEPENDENCY: "add it to `depends` or `dependencies`",
    UNUSED_PARAMETER: "use it or remove it",
    UNUSED_TEMPLATE: "call it or remove it",
    UNREACHABLE_TASK: "correct its condition or remove it",
    SHADOWED_PARAMETER: "pass the value explicitly, or rename one of them",
    DEPRECATED_FIELD: "use what replaces it",
    OUTPUT_NEVER_SET: "remove it or give a default",
    CONSTANT_CONDITION: "compare a tag, or remove the condition",
    SUSPICIOUS_TAG: "write it as {{NAME}}",
}


def with_remedy(problem: Problem) -> Problem:
    """`problem`, advised upon at least in general."""
    return problem if problem.remedy else replace(problem, remedy=REMEDIES.get(problem.code, ""))
