"""The stable codes of every problem a manifest can have, with one line of meaning each. Not for texts."""

from __future__ import annotations

from typing import Final

# --- the text -------------------------------------------------------------------------------------
TOO_LARGE: Final = "too-large"
TOO_DEEP: Final = "too-deep"
NOT_TEXT: Final = "not-text"
YAML_SYNTAX: Final = "yaml-syntax"
YAML_CHARACTER: Final = "yaml-character"
YAML_ALIAS: Final = "yaml-alias"
YAML_KEY: Final = "yaml-key"
YAML_TAG: Final = "yaml-tag"
DUPLICATE_KEY: Final = "duplicate-key"

# --- fields ---------------------------------------------------------------------------------------
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

# --- names ----------------------------------------------------------------------------------------
MISSING_NAME: Final = "missing-name"
BAD_NAME: Final = "bad-name"
NAME_TOO_LONG: Final = "name-too-long"
DUPLICATE_NAME: Final = "duplicate-name"
RESERVED_NAME: Final = "reserved-name"

# --- templates ------------------------------------------------------------------------------------
NO_TEMPLATE_KIND: Final = "no-template-kind"
MISSING_TEMPLATE: Final = "missing-template"
UNKNOWN_TEMPLATE: Final = "unknown-template"
UNKNOWN_REFERENCE: Final = "unknown-reference"
PATH_TAKEN: Final = "path-taken"
PATH_ESCAPES: Final = "path-escapes"

# --- arguments and outputs ------------------------------------------------------------------------
MISSING_ARGUMENT: Final = "missing-argument"
UNKNOWN_ARGUMENT: Final = "unknown-argument"
BAD_VALUE_FROM: Final = "bad-value-from"
EMPTY_ENUM: Final = "empty-enum"
NOT_IN_ENUM: Final = "not-in-enum"

# --- tags and expressions -------------------------------------------------------------------------
UNRESOLVED_TAG: Final = "unresolved-tag"
UNCLOSED_TAG: Final = "unclosed-tag"
EXPRESSION_SYNTAX: Final = "expression-syntax"
CONDITION_SYNTAX: Final = "condition-syntax"
DEPENDS_SYNTAX: Final = "depends-syntax"

# --- DAGs -----------------------------------------------------------------------------------------
NO_TASKS: Final = "no-tasks"
UNKNOWN_DEPENDENCY: Final = "unknown-dependency"
UNKNOWN_RESULT: Final = "unknown-result"
NOT_A_LOOP: Final = "not-a-loop"
DEPENDENCY_CYCLE: Final = "dependency-cycle"
MISSING_DEPENDENCY: Final = "missing-dependency"

# --- this version ---------------------------------------------------------------------------------
NOT_SUPPORTED_YET: Final = "not-supported-yet"
