"""Take the pictures of the README, and every page in every look for a person to check.

python -m tests.browser.screenshots            the README's picture, assets/screenshots/training.png
python -m tests.browser.screenshots --all DIR  Home and Training idle, running, finished; light, dark; 1280, 400
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, HOUSE, QUIET, Server, ready


def shoot(page: Page, path: Path) -> None:
    """The whole page, as high as it is."""
    page.locator(".lab-chart .main-svg").first.wait_for()
    time.sleep(1.5)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    time.sleep(1)
    page.screenshot(path=path)


def finish(page: Page, share: float) -> None:
    """Wait until this share of the runs is done."""
    while (
        page.locator(".st-key-strip button[data-state='done']").count()
        < share * page.locator(".st-key-strip button").count()
    ):
        time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", type=Path, metavar="DIR")
    folder = parser.parse_args().all
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as root:
        server = Server(Path(root))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)

        def every_look(name: str, address: str) -> None:
            for scheme in ("light", "dark"):
                for width in (1280, 400):
                    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    page.goto(address)
                    ready(page)
                    shoot(page, folder / f"{name}-{scheme}-{width}.png")
                    page.close()

        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            every_look("home-idle", server.url)
            every_look("training-idle", f"{server.url}/training")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{server.url}/training")
        ready(page)
        page.get_by_role("button", name="Start experiment").click()
        page.locator(".st-key-strip button").first.wait_for()
        address = page.url
        finish(page, 0.55)
        page.locator(".st-key-strip button[data-state='running']").last.click()
        if folder:
            every_look("training-running", address)
            every_look("home-running", server.url)
            finish(page, 1)
            every_look("training-finished", address)
            every_look("home-finished", server.url)
        else:
            shoot(page, HOUSE / "assets" / "screenshots" / "training.png")
        server.close()
        browser.close()


if __name__ == "__main__":
    main()
