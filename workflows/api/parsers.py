"""Request bodies: JSON, or a manifest as text. Not for judging manifests, which `spec` does."""

from __future__ import annotations

from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class OrjsonParser(BaseParser):
    """A JSON body that must be an object."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            value = orjson.loads(stream.read() or b"{}")
        except orjson.JSONDecodeError as error:
            raise ParseError(f"the body is no JSON: {error}") from error
        if not isinstance(value, dict):
            raise ParseError("the body must be a JSON object")
        return value


class YamlParser(BaseParser):
    """A manifest as it was written: the body becomes ``{"manifest": text}``."""

    media_type = "application/yaml"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return {"manifest": stream.read().decode("utf-8-sig")}
        except UnicodeDecodeError as error:
            raise ParseError(f"the body is no UTF-8 text: {error.reason} at byte {error.start}") from error


class PlainTextParser(YamlParser):
    media_type = "text/plain"


class TextYamlParser(YamlParser):
    media_type = "text/yaml"


class OldYamlParser(YamlParser):
    media_type = "application/x-yaml"


class RawParser(BaseParser):
    """Any body as it is: ``{"payload": bytes}``, never more than a byte beyond `limit`."""

    media_type = "*/*"
    limit = 1 << 20

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        return {"payload": stream.read(self.limit + 1)}


MANIFEST_PARSERS = (OrjsonParser, YamlParser, TextYamlParser, PlainTextParser, OldYamlParser)
