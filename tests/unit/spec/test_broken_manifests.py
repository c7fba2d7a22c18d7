"""Every kind of broken manifest is told with its code, line and message; see ``broken_manifests.txt``."""

from __future__ import annotations

import re

import pytest

from tests.unit.spec.manifest_cases import HERE, Case, Shelf, read_cases
from workflows.spec import Document, Finding, argo_message, lint, parse_documents
from workflows.spec.codes import MEANINGS, REMEDIES

CASES = read_cases()
ARGO = dict(
    row.split("\t", 1) for row in (HERE / "argo_messages.tsv").read_text(encoding="utf-8").splitlines()
)
#: features of Argo that single cases show
SHOWN = {
    "object-name-too-long": ["1-object-name-limits"],
    "template-name-with-underscore": ["1-template-names"],
    "step-names-repeat": ["1-template-names"],
    "parameter-name-with-dot": ["1-parameter-names"],
    "parameter-names-repeat": ["1-parameter-names"],
    "unknown-dependency": ["5-static-checks-on-dag"],
    "cycle": ["5-static-checks-on-dag"],
    "value-outside-enum": ["2-parameter-enum"],
    "empty-enum": ["2-parameter-enum"],
}
ROWS = [pytest.param(case, id=case.id, marks=pytest.mark.argo(*SHOWN.get(case.id, ()))) for case in CASES]
#: told by other tests: they need bytes, several documents, or another part of the package
ELSEWHERE = {"not-text", "yaml-character"}


def _lint(case: Case) -> list[tuple[str, int, str]]:
    problems = lint(parse_documents(case.text), library=Shelf())
    return [(problem.code, problem.line, problem.message) for problem in problems]


@pytest.mark.parametrize("case", ROWS)
def test_the_fault_is_told_once_with_code_line_and_message(case: Case) -> None:
    assert _lint(case) == [(case.code, case.line, case.message)]


@pytest.mark.parametrize("name", ARGO)
def test_argos_own_words_are_known(name: str) -> None:
    (case,) = (case for case in CASES if case.id == name)

    problems = lint(parse_documents(case.text), library=Shelf())

    assert argo_message(problems) == f"invalid spec: {ARGO[name]}"


def test_every_code_has_a_case() -> None:
    told = {case.code for case in [*CASES, *read_cases("hints.txt")]}

    assert told == set(MEANINGS) - ELSEWHERE


def test_cases_that_show_features_exist() -> None:
    assert SHOWN.keys() <= {case.id for case in CASES}


def test_ids_are_unique() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 80


def test_all_faults_are_told_at_once() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: Wrong}
spec:
  entrypoint: main
  onExit: gone
  arguments: {parameters: [{name: a}]}
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, template: missing}
      - {name: b, template: show, depends: z, arguments: {parameters: [{name: v, value: "{{item.x}}"}]}}
      - {name: c, template: show}
  - name: show
    inputs: {parameters: [{name: v}]}
    container: {args: ["{{inputs.parameters.w}}"]}
"""
    problems = lint(parse_documents(text), library=Shelf())

    assert sorted((problem.line, problem.code) for problem in problems) == [
        (3, "bad-name"),
        (6, "unknown-template"),
        (7, "missing-value"),
        (12, "unknown-template"),
        (13, "unknown-dependency"),
        (13, "unresolved-tag"),
        (14, "missing-argument"),
        (17, "missing-field"),
        (17, "unresolved-tag"),
    ]


def test_problems_say_in_which_document_they_are() -> None:
    spec = "spec: {entrypoint: a, templates: [{name: a, suspend: {}}]}"
    good = f"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n{spec}\n"
    text = f"{good}---\na: [\n---\n{good.replace('entrypoint: a', 'entrypoint: b')}---\n{good}"

    problems = lint(parse_documents(text), library=Shelf())

    assert [(problem.document, problem.line, problem.code) for problem in problems] == [
        (1, 6, "yaml-syntax"),
        (2, 9, "unknown-template"),
    ]


def test_similar_names_are_suggested() -> None:
    remedies = {case.id: lint(parse_documents(case.text), library=Shelf())[0].remedy for case in CASES}

    assert remedies["unknown-entrypoint"] == "did you mean `main`?"
    assert remedies["unknown-dependency"] == "did you mean `build`?"
    assert remedies["unknown-template-in-reference"] == "did you mean `work`?"
    assert remedies["unknown-input-tag"] == "did you mean `inputs.parameters.message`?"
    assert remedies["removed-field"] == "use `schedules`, a list"


def test_every_problem_comes_with_a_remedy() -> None:
    without = [case.id for case in CASES if not lint(parse_documents(case.text), library=Shelf())[0].remedy]

    assert without == []


def test_every_code_has_a_meaning_and_a_remedy() -> None:
    assert set(MEANINGS) == set(REMEDIES)


def test_the_argo_text_is_that_of_the_first_error() -> None:
    finding = Finding("bad-name", "ours", argo="theirs")
    warning = Finding("bad-name", "ours", argo="", severity="warning")

    assert argo_message([warning, finding]) == "invalid spec: theirs"
    assert argo_message([Finding("bad-name", "ours")]) == "invalid spec: ours"
    assert argo_message([warning]) == ""


def test_the_number_of_findings_is_limited() -> None:
    tasks = "\n".join(f"      - {{name: t{n}, template: gone{n}}}" for n in range(3_000))
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: a\n  templates:\n"
        f"  - name: a\n    dag:\n      tasks:\n{tasks}\n"
    )

    assert len(lint(parse_documents(text), library=Shelf())) == 1_000


@pytest.mark.parametrize(
    "text",
    [
        "{{" * 20_000,
        "{{ steps.x " * 20_000,
        "{{inputs.parameters.x}} " * 20_000,
        "{{=" * 20_000,
        "}}" * 20_000,
    ],
    ids=["open", "open-roots", "unresolved", "expressions", "closed"],
)
def test_texts_full_of_braces_are_read_once(text: str) -> None:
    manifest = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec: {{entrypoint: a, templates: [{{name: a, container: {{image: x, args: ["{text}"]}}}}]}}
"""
    assert len(lint(parse_documents(manifest), library=Shelf())) <= 2


def test_long_chains_of_templates_do_not_exhaust_the_stack() -> None:
    chain = "\n".join(f"  - {{name: t{n}, steps: [[{{name: s, template: t{n + 1}}}]]}}" for n in range(2_000))
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: t0\n  templates:\n"
        f"{chain}\n  - {{name: t2000, suspend: {{}}}}\n"
    )

    assert lint(parse_documents(text), library=Shelf()) == []


def test_codes_are_kebab_case() -> None:
    assert [code for code in MEANINGS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []


def test_documents_that_cannot_be_read_are_reported_too() -> None:
    broken: list[Document] = parse_documents("a: [")

    assert [problem.code for problem in lint(broken, library=Shelf())] == ["yaml-syntax"]
