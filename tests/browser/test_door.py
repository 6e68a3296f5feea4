"""What the server lets a page load, in a real browser: everything it needs, and nothing of or for another host."""

from __future__ import annotations

import contextlib
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from pages.parts.shared.door import COOKIE
from pages.parts.shared.pages import FIRST, PAGES
from tests.browser._serve import IDLE, browser, served
from tests.browser._short import nothing_begins
from tests.browser.conftest import QuickServer

SMUGGLED = "![x](http://evil.example/pixel.png)<img src=http://evil.example/b.png> :material/home: http://evil.example"
NAMES = (
    "strong",
    "pipeline",
    "lesson",
    "part",
    "experiment",
    "search",
    "compare",
    "trained",
    "data",
    "own",
    "find",
    "embed_options",
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("door"), trains=False) as address, browser() as started:
        started.address = address
        yield started


def watched(chromium, address: str) -> tuple[list[str], list[str], object]:
    """(addresses of other hosts that were asked, complaints about what may be loaded, the page) once it is still."""
    page, asked, refused = chromium.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
    page.goto(address)
    page.wait_for_selector(IDLE)
    page.wait_for_load_state("networkidle")
    foreign = [url for url in asked if not url.startswith((chromium.address, "data:", "blob:"))]
    return foreign, refused, page


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_a_page_gets_what_it_needs_a_hostile_address_asks_no_other_host_and_no_chart_can_be_uploaded(chromium, name):
    query = "&".join(f"{key}={quote(SMUGGLED)}" for key in NAMES)
    foreign, refused, page = watched(chromium, f"{chromium.address}/{'' if name == FIRST else name}?{query}")
    assert (foreign, refused) == ([], [])
    assert page.locator("img[src*=evil], a[href*=evil]").count() == 0
    if page.locator(".js-plotly-plot").count():  # a chart stands before its toolbar does
        page.locator(".modebar-btn[data-title*=png i]").first.wait_for(state="attached")
        buttons = page.eval_on_selector_all(".modebar-btn", "all => all.map((one) => one.dataset.title || '')")
        assert not [title for title in buttons if "share" in title.lower() or "cloud" in title.lower()]
    page.close()


def test_a_picture_of_another_host_is_not_loaded_even_where_a_text_came_through(chromium):
    _, _, page = watched(chromium, chromium.address)
    with page.expect_console_message(lambda said: "Security Policy" in said.text and "evil.example" in said.text):
        page.evaluate("() => { document.body.appendChild(new Image()).src = 'http://evil.example/pixel.png' }")
    page.close()


def test_nobody_may_put_the_app_into_a_frame(chromium):
    page = chromium.new_page()
    page.set_content(f"<iframe src='{chromium.address}'></iframe>")
    page.wait_for_timeout(2000)  # the app, which must not come, has time to come
    frame = page.frames[-1]
    assert frame.locator("[data-testid=stApp]").count() == 0
    page.close()


def test_on_an_open_server_two_browsers_are_two_visitors(tmp_path, chromium):
    server = QuickServer(tmp_path, "app.py", "--server.address", "0.0.0.0")  # noqa: S104
    with contextlib.closing(server), nothing_begins(server.store):
        ann, bob = (chromium.new_context() for _ in range(2))
        page = ann.new_page()
        page.goto(f"http://localhost:{server.port}")
        page.get_by_role("button", name="Start the default experiment").click()
        page.wait_for_url("**/training?experiment=*")
        page.get_by_role("button", name="Stop all").wait_for()
        other = bob.new_page()
        for tab in (page, other):
            tab.goto(page.url)
            tab.get_by_text("Hollow dots").wait_for()
            tab.get_by_role("button", name="Stop all").wait_for()
        expect(page.get_by_role("button", name="Stop all")).to_be_enabled()  # the same browser after a reload
        expect(other.get_by_role("button", name="Stop all")).to_be_disabled()
        other.get_by_role("button", name="Share", exact=True).click()
        other.get_by_text("what the same browser started").wait_for()
        assert [cookie["httpOnly"] for cookie in bob.cookies() if cookie["name"] == COOKIE] == [True]
        assert ann.cookies()[0]["value"] not in page.content() + page.url
