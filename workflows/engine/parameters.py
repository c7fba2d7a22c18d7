"""Parameters and arguments of a manifest, their texts parsed once. Not for their values: see `inputs`."""

from __future__ import annotations

from workflows.expr import parse_text
from workflows.spec import Arguments, Parameter, ValueFrom


class CompiledConfigMapKey:
    """A reference to one key of a ConfigMap, with the default for when there is no such key."""

    __slots__ = ("default", "key", "name")

    def __init__(self, name: str, key: str, default: str | None) -> None:
        self.name = parse_text(name)
        self.key = parse_text(key)
        self.default = default

    @classmethod
    def of(cls, source: ValueFrom | None) -> CompiledConfigMapKey | None:
        reference = source.config_map_key_ref if source is not None else None
        if source is None or reference is None:
            return None
        return cls(reference.name, reference.key, source.default)


class CompiledParameter:
    """A declared input or output."""

    __slots__ = ("config_map", "default", "global_name", "name", "value", "value_from")

    def __init__(self, parameter: Parameter) -> None:
        self.name = parameter.name
        self.config_map = CompiledConfigMapKey.of(parameter.value_from)
        self.value = parse_text(parameter.value) if parameter.value is not None else None
        self.default = parse_text(parameter.default) if parameter.default is not None else None
        self.value_from: ValueFrom | None = parameter.value_from
        self.global_name = parse_text(parameter.global_name) if parameter.global_name else None


class CompiledArgument:
    """One argument of a call: a text, or a key of a ConfigMap."""

    __slots__ = ("config_map", "name", "value")

    def __init__(self, parameter: Parameter) -> None:
        self.name = parameter.name
        self.value = parse_text(parameter.value) if parameter.value is not None else None
        self.config_map = CompiledConfigMapKey.of(parameter.value_from)


def compile_arguments(arguments: Arguments) -> list[CompiledArgument]:
    return [CompiledArgument(parameter) for parameter in arguments.parameters]
