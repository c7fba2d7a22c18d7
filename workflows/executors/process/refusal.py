"""The one error with which building an order fails."""

from __future__ import annotations


class CannotRunError(Exception):
    """The order cannot be carried out here; the text is for the user and says what to change."""
