"""The stable codes of every problem a manifest can have, and what each means. Not for texts."""

from __future__ import annotations

from typing import Final

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
# this version
NOT_SUPPORTED_YET: Final = "not-supported-yet"

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
    NOT_SUPPORTED_YET: "the field is valid, and this version cannot honour it",
}
