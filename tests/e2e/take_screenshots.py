"""Renews the pictures in docs/images with a real server and Chromium: python -m tests.e2e.take_screenshots"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import PASSWORD, ROOT, Client, Server

IMAGES = ROOT / "docs" / "images"
EXAMPLES = ROOT / "workflows" / "examples"
SIZE = {"width": 1200, "height": 760}


def fill_the_list(client: Client) -> None:
    for name, phase in [
        ("hello-world", "Succeeded"),
        ("exit-handler", "Failed"),
        ("loop-and-sum", "Succeeded"),
        ("nested-steps", "Succeeded"),
    ]:
        client.wait(client.submit((EXAMPLES / f"{name}.yaml").read_text()), phase)


def take(page: Any, client: Client) -> None:
    nested = client.get("/api/runs?name=nested")["items"][0]["metadata"]["uid"]
    page.goto(f"/runs/{nested}")
    page.get_by_role("button", name="summary").first.click()
    page.locator("#detail .log", has_text="north").wait_for()
    page.screenshot(path=IMAGES / "run.png")

    page.goto("/")
    page.get_by_text("New run", exact=True).click()
    page.get_by_label("Start from an example").select_option(label="Release with a form")
    page.get_by_text("No problems found.").wait_for()
    editor = page.locator("#manifest")
    text = editor.input_value()
    editor.fill(
        text.replace("template: approve", "template: aprove").replace("parameters.note", "parameters.nota")
    )
    page.locator("#problems li").first.wait_for()
    page.locator("#problems button").first.click()
    page.screenshot(path=IMAGES / "mistakes.png")

    editor.fill(text)
    page.get_by_role("button", name="Submit").click()
    page.locator("#questions form").wait_for()
    page.screenshot(path=IMAGES / "question.png")

    client.submit((EXAMPLES / "wide.yaml").read_text())
    page.goto("/")
    page.locator("#runs tr").nth(5).wait_for()
    page.screenshot(path=IMAGES / "runs.png")


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    server = Server(folder / "data")
    try:
        server.start()
        client = Client(server, server.sign_in())
        fill_the_list(client)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(base_url=server.url, viewport=SIZE)
            page.goto("/login/")
            page.fill("#id_username", "admin")
            page.fill("#id_password", PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/")
            take(page, client)
            browser.close()
        server.stop()
    finally:
        server.clean_up()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
