"""No page asks another host for anything, and no chart offers to upload itself to one."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from pages.parts.shared.pages import PAGES, address_of
from tests.browser._serve import browser, opened, served


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("nothing-leaves")) as address, browser() as started:
        started.address = address
        yield started


@pytest.fixture
def asked(chromium):
    """The hosts that a page opened in the returned context has asked for something."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    hosts: set[str] = set()
    context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    yield context, hosts
    context.close()


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_asks_only_its_own_server_and_no_chart_can_be_uploaded(chromium, asked, entry):
    context, hosts = asked
    page = opened(context, f"{chromium.address}/{address_of(entry.name)}")
    page.wait_for_load_state("networkidle")
    assert hosts - {""} == {urlsplit(chromium.address).netloc}  # "" is data: and blob:
    if page.locator(".js-plotly-plot").count():  # a chart stands before its toolbar does
        page.locator(".modebar-btn[data-title*=png i]").first.wait_for(state="attached")
    buttons = page.eval_on_selector_all(".modebar-btn", "all => all.map((one) => one.dataset.title || '')")
    assert not [title for title in buttons if "share" in title.lower() or "cloud" in title.lower()]
    if page.locator(".js-plotly-plot").count():
        assert any("png" in title.lower() for title in buttons), "the toolbar was there to be looked at"
