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
