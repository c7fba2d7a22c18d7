"""The example manifests that come with Sluice."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import answers
from workflows.api.base import ApiView
from workflows.api.describe import described
from workflows.api.rendering import json_response

_FOLDER = Path(__file__).resolve().parents[2] / "examples"
_TITLE = "workflows.argoproj.io/title"
_DESCRIPTION = "workflows.argoproj.io/description"
#: From simple to involved; what is not named here comes last.
_ORDER = ("hello-world", "diamond", "loop-and-sum", "conditional", "retry", "release-with-form")


class ExamplesView(ApiView):
    @described("List example manifests", answer=answers.Examples)
    def get(self, request: Request) -> HttpResponse:
        return json_response({"examples": load_examples()})


@cache
def load_examples() -> list[dict[str, str]]:
    found = [_example(path) for path in sorted(_FOLDER.glob("*.yaml"))]
    return sorted(found, key=lambda example: _place(example["name"]))


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _example(path: Path) -> dict[str, str]:
    text = path.read_text()
    annotations = yaml.safe_load(text)["metadata"]["annotations"]
    return {
        "name": path.stem,
        "title": annotations[_TITLE],
        "description": annotations[_DESCRIPTION],
        "text": text,
    }
