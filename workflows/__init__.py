"""Sluice's application. Here only its version, which pyproject.toml repeats."""

VERSION = "0.1.0"
