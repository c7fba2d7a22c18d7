"""Hypothesis: the same examples in each run; `--hypothesis-profile=search` looks for new ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "steady", max_examples=150, derandomize=True, deadline=None, suppress_health_check=_SLOW
)
settings.register_profile("search", max_examples=5000, deadline=None, suppress_health_check=_SLOW)
if settings.get_current_profile_name() in ("default", "ci"):
    settings.load_profile("steady")
