"""The pages, used as a person would, in a real browser on a real server."""

from __future__ import annotations

import re
from typing import Any

HOSTILE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: hostile-}
spec:
  entrypoint: main
  arguments:
    parameters:
      - {name: text, value: "<img src=x onerror=document.title='owned'>"}
  templates:
    - name: main
      inputs: {parameters: [{name: text, value: "{{workflow.parameters.text}}"}]}
      container:
        image: busybox
        command: [echo]
        args: ["<script>document.title='owned'</script> {{inputs.parameters.text}}"]
"""

SLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: slow-}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: [sh, -c], args: ["echo one; sleep 60"]}
"""


def open_editor(page: Any) -> Any:
    page.get_by_text("New run", exact=True).click()
    return page.locator("#manifest")


def submit(page: Any, manifest: str) -> str:
    """Returns the uid."""
    open_editor(page).fill(manifest)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/runs/*")
    return str(page.url.rpartition("/")[2])


def expect_phase(page: Any, word: str) -> None:
    page.locator("#run-phase", has_text=re.compile(f"^{word}$")).wait_for()


def test_an_example_is_chosen_submitted_and_watched(page: Any) -> None:
    editor = open_editor(page)
    page.get_by_label("Start from an example").select_option(label="Diamond")
    page.get_by_text("No problems found.").wait_for()
    assert "kind: Workflow" in editor.input_value()

    page.get_by_role("button", name="Submit").click()

    expect_phase(page, "Running")
    expect_phase(page, "Succeeded")
    rows = page.locator("#nodes tr")
    assert [row.split("\t")[0].strip() for row in rows.all_inner_texts()][1:] == ["A", "B", "C", "D"]
    assert page.locator("#nodes .phase-succeeded").count() == 5


def test_mistakes_are_shown_with_lines_before_submitting(page: Any) -> None:
    editor = open_editor(page)
    page.get_by_label("Start from an example").select_option(label="Hello world")
    page.get_by_text("No problems found.").wait_for()

    editor.fill(editor.input_value().replace("entrypoint: hello", "entrypoint: helo"))

    problem = page.locator("#problems li.error").first
    problem.wait_for()
    assert "helo" in problem.inner_text()
    problem.get_by_role("button").click()
    selected = page.evaluate(
        "() => { const a = document.getElementById('manifest');"
        " return a.value.slice(a.selectionStart, a.selectionEnd); }"
    )
    assert selected.strip() == "entrypoint: helo"


def test_a_question_is_answered_with_a_form(page: Any) -> None:
    open_editor(page)
    page.get_by_label("Start from an example").select_option(label="Release with a form")
    page.get_by_text("No problems found.").wait_for()
    page.get_by_role("button", name="Submit").click()

    form = page.locator("#questions form")
    form.wait_for()
    form.get_by_label("decision: What happens with this build").select_option("ship")
    form.get_by_label("note: Goes into the release note").fill("first <b>release</b>")
    form.get_by_role("button", name="Continue").click()

    expect_phase(page, "Succeeded")
    page.get_by_role("button", name="roll-out").click()
    page.locator("#detail .log", has_text="shipping, release note: first <b>release</b>").wait_for()
    assert not page.locator("#questions").is_visible()


def test_output_is_followed_and_a_run_is_terminated(page: Any) -> None:
    submit(page, SLOW)
    expect_phase(page, "Running")
    page.locator("#nodes button.link").first.click()
    page.locator("#detail .log", has_text="one").wait_for()
    delete = page.get_by_role("button", name="Delete")
    assert delete.is_disabled()
    assert "not finished" in (delete.get_attribute("title") or "")

    page.get_by_role("button", name="Terminate").click()
    page.get_by_role("button", name="Yes").click()

    expect_phase(page, "Failed")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url("**/")


def test_a_resubmitted_run_is_a_new_one(page: Any) -> None:
    first = submit(page, HOSTILE)
    expect_phase(page, "Succeeded")

    page.get_by_role("button", name="Resubmit").click()

    page.wait_for_url(lambda url: "/runs/" in url and first not in url)
    expect_phase(page, "Succeeded")


def test_text_of_users_never_becomes_markup(page: Any) -> None:
    submit(page, HOSTILE)
    expect_phase(page, "Succeeded")
    page.locator("#nodes button.link").first.click()
    log = page.locator("#detail .log", has_text="<script>document.title='owned'</script>")
    log.wait_for()

    assert page.locator("#detail img, #detail script").count() == 0
    assert "owned" not in page.title()


def test_the_list_shows_what_others_start(page: Any, client: Any) -> None:
    page.locator("#connection.connected").wait_for()

    uid = client.submit(HOSTILE)

    row = page.locator(f"tr[data-run='{uid}']")
    row.wait_for()
    row.locator(".phase-succeeded").wait_for()


def test_the_page_catches_up_after_a_break(page: Any, client: Any) -> None:
    uid = client.submit(HOSTILE.replace("hostile-", "waiting-").replace("spec:", "spec:\n  suspend: true", 1))
    page.goto(f"/runs/{uid}")
    page.locator("#connection.connected").wait_for()

    page.context.set_offline(True)
    client.post(f"/api/runs/{uid}/resume")
    client.wait(uid, "Succeeded")
    page.context.set_offline(False)

    expect_phase(page, "Succeeded")


def test_the_keyboard_reaches_everything(page: Any) -> None:
    submit(page, HOSTILE)
    expect_phase(page, "Succeeded")
    reached = set()
    page.locator("body").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.innerText || document.activeElement.id"))

    assert {"Skip to content", "Runs", "Sign out", "Resubmit", "Delete", "node-search"} <= reached
