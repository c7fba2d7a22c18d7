"""Artifacts of a node on its page, in a real browser on a real server."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from tests.e2e.test_browser import expect_phase, submit

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: gives-out-}
spec:
  entrypoint: main
  templates:
    - name: main
      container:
        image: busybox
        command: [sh, -c]
        args:
          - mkdir /tmp/tree;
            echo 1 > /tmp/tree/inner;
            echo "<img src=x onerror=document.title='owned'>" > /tmp/page.html
      outputs:
        artifacts:
          - {name: page, path: /tmp/page.html, archive: {none: {}}}
          - {name: tree, path: /tmp/tree, archive: {none: {}}}
          - {name: absent, path: /tmp/absent, optional: true}
"""


def fetched(page: Any, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def test_artifacts_are_listed_looked_at_and_fetched(page: Any) -> None:
    submit(page, MANIFEST)
    expect_phase(page, "Succeeded")
    page.locator("#nodes button.link").first.click()
    artifacts = page.get_by_role("group", name="Artifacts")

    artifacts.get_by_role("listitem").filter(has_text="page").get_by_text("Look").click()

    artifacts.get_by_text("onerror=document.title").wait_for()
    assert page.title() != "owned"
    assert b"onerror" in fetched(page, "page")
    with zipfile.ZipFile(io.BytesIO(fetched(page, "tree"))) as archive:
        assert archive.read("tree/inner") == b"1\n"
