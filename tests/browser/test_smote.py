"""The SMOTE page in a real browser: a new sample is clicked, and its way from start to neighbour appears."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser._serve import browser, opened, served, still

# Where a new sample lies on the screen, and its number.
PLACE = """number => {
  const chart = document.querySelector('.js-plotly-plot'), layout = chart?._fullLayout;
  const trace = chart?._fullData?.find(t => t.name === 'new');
  if (!layout || !trace) return null;
  const box = chart.getBoundingClientRect();
  const x = layout.xaxis.l2p(trace.x[number]) + layout.xaxis._offset;
  const y = layout.yaxis.l2p(trace.y[number]) + layout.yaxis._offset;
  return [box.left + x, box.top + y];
}"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("smote")) as address, browser() as started:
        started.address = address
        yield started


def test_choose_smote_click_a_new_sample_and_see_its_strip(chromium):
    page = opened(chromium, f"{chromium.address}/smote", viewport={"width": 1280, "height": 1000})
    page.wait_for_selector(".js-plotly-plot .scatterlayer", state="attached")
    expect(page.get_by_role("combobox", name=re.compile("Method"))).to_have_value("SMOTE")
    before = page.locator(".st-key-steps img").first.get_attribute("src")
    number = 11
    x, y = still(page, lambda: page.evaluate(PLACE, number))
    page.mouse.move(x, y)
    page.locator(".hoverlayer .hovertext").first.wait_for()  # plotly looks for the nearest one at a pace
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(f"point={number}"))
    told = page.get_by_text(
        re.compile(f"New sample {number} starts from sample \\d+, 0\\.\\d\\d of the way")
    ).inner_text()
    assert "neighbour" in told
    expect(page.locator(".st-key-steps img")).to_have_count(9)
    expect(page.locator(".st-key-steps img").first).not_to_have_attribute("src", before)
    gap = re.compile(re.escape(re.search(r"0\.\d\d", told)[0]))
    expect(page.locator(".st-key-steps .way")).to_have_attribute("aria-label", gap)
    page.close()


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("k=500", "choose k from 1 to"),
        ("imbalance=100", "give it at least two"),
        ("classes_digits=3", "choose at least two classes"),
    ],
)
def test_hostile_links_give_one_sentence(chromium, link, sentence):
    page = opened(chromium, f"{chromium.address}/smote?{link}", viewport={"width": 400, "height": 900})
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text(sentence)
    main = "document.querySelector('[data-testid=stMain]')"
    page.wait_for_function(f"{main}.scrollWidth <= {main}.clientWidth")
    page.close()
