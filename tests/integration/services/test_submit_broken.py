"""None of the broken manifests leaves anything behind: each is refused with its problems and nothing is
stored.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.unit.spec.manifest_cases import Case, Shelf, read_cases
from workflows.errors import ManifestError
from workflows.models import ConfigEntry, Node, Run, Signal, Template
from workflows.services.submit import submit
from workflows.spec import lint, parse_documents


def _is_error(case: Case) -> bool:
    """Some faults are warnings: Argo runs such manifests, and so do we."""
    found = lint(parse_documents(case.text), library=Shelf())
    return any(problem.severity == "error" for problem in found)


CASES = [case for case in read_cases() if "stored" not in case.text and _is_error(case)]
GOOD = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: good}
spec: {entrypoint: main, templates: [{name: main, suspend: {}}]}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: good-}
spec: {entrypoint: main, templates: [{name: main, suspend: {}}]}
---
"""


def _rows() -> list[int]:
    return [model.objects.count() for model in (Run, Node, Template, ConfigEntry, Signal)]


def test_there_are_enough_cases_to_mean_something() -> None:
    assert len(CASES) >= 60
    assert len({case.code for case in CASES}) >= 30


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_broken_manifest_is_refused_and_nothing_is_stored(case: Case, root: User) -> None:
    with pytest.raises(ManifestError) as refusal:
        submit(root, namespace="team", text=case.text)

    assert case.code in {problem.code for problem in refusal.value.problems}
    assert _rows() == [0, 0, 0, 0, 0]


@pytest.mark.django_db
def test_good_objects_beside_a_broken_one_are_not_stored_either(root: User) -> None:
    case = next(case for case in CASES if case.code == "unknown-template")

    with pytest.raises(ManifestError):
        submit(root, namespace="team", text=GOOD + case.text)

    assert _rows() == [0, 0, 0, 0, 0]
