"""The mixing page in a real browser: λ is dragged, and strip, label and address follow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser._serve import IDLE, browser, opened, served, until
from tests.browser.test_addresses import Held


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("mixing")) as address, browser() as started:
        started.address = address
        yield started


def shares(page) -> list[float]:
    return page.get_by_role("meter").evaluate_all("all => all.map((bar) => Number(bar.getAttribute('aria-valuenow')))")


def at(page, lam) -> None:
    expect(page.locator(".player")).to_have_attribute("data-lam", lam)


SHOWN = """() => {  // at one instant, since it may be playing
  const inside = (root) => root.querySelector(".player")
    || [...root.querySelectorAll("*")].map((one) => one.shadowRoot && inside(one.shadowRoot)).find(Boolean);
  const player = inside(document);
  return player && {
    lam: Number(player.dataset.lam),
    slider: Number(player.querySelector(".lam input").value),
    words: player.querySelector(".words").textContent,
    share: Number(player.querySelector(".bar").getAttribute("aria-valuenow")),
  };
}"""


def test_dragging_lambda_moves_label_bars_picture_and_address(chromium):
    page = opened(chromium, f"{chromium.address}/mixing", viewport={"width": 1280, "height": 900})
    page.wait_for_selector(".player .strip button img")
    until(lambda: shares(page) == [70, 30])
    before = page.locator(".mixed .picture").get_attribute("src")
    slider = page.get_by_role("slider", name=re.compile("share asked for A"))
    slider.focus()
    for _ in range(10):
        slider.press("ArrowLeft")
    at(page, "0.6000")
    until(lambda: shares(page) == [60, 40])
    expect(page.locator(".mixed .picture")).not_to_have_attribute("src", before)
    page.wait_for_url(re.compile("lam=0.6"))

    page.locator(".strip button").nth(8).click()  # all B
    at(page, "0.0000")
    until(lambda: shares(page) == [0, 100])
    expect(page.locator(".strip button[aria-pressed=true]")).to_have_count(1)
    page.close()


def test_a_slow_servers_answer_to_an_earlier_lambda_does_not_take_the_slider_back(chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    line = Held(page, since="new_session")
    page.goto(f"{chromium.address}/mixing")
    page.wait_for_selector(".player .strip button img")
    page.wait_for_selector(IDLE)
    slider = page.get_by_role("slider", name=re.compile("share asked for A"))
    page.evaluate(  # it is told once what is asked for, not again after three seconds
        "() => { const real = setTimeout; window.setTimeout = (act, pause) => real(act, pause === 3000 ? 1e9 : pause); }"
    )
    line.holding = True
    line.answered(lambda: slider.press("ArrowLeft"))
    slider.press("ArrowLeft")  # the hand goes on before the browser has heard the answer
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 9000; }")
    page.locator(".player .lam output").evaluate(
        """output => {
          window.shown = [];
          new MutationObserver(() => window.shown.push(output.textContent)).observe(output, { childList: true });
        }"""
    )
    line.release()
    at(page, "0.6800")
    page.wait_for_url(re.compile("lam=0.68"))
    page.wait_for_selector(IDLE)
    assert {*page.evaluate("window.shown")} == {"0.68"}
    page.close()


def test_play_sweeps_lambda_and_pause_keeps_it(chromium):
    page = opened(chromium, f"{chromium.address}/mixing?lam=0.9", viewport={"width": 1280, "height": 900})
    page.get_by_role("button", name="Play").click()
    moved = page.wait_for_function(f"() => {{ const shown = ({SHOWN})(); return shown?.lam < 0.7 && shown; }}")
    told = moved.json_value()  # of one instant: all of it moves while it plays
    assert told["slider"] == pytest.approx(told["lam"], abs=0.006)
    lam, mass, share = (float(number) for number in re.findall(r"\d+(?:\.\d+)?", told["words"]))
    assert [lam, mass / 100, share / 100] == pytest.approx([told["lam"]] * 3, abs=0.006)
    assert told["share"] == share
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    lam = page.evaluate(SHOWN)["lam"]  # wherever it was by then; the default is in no address
    asked = "Number(new URLSearchParams(location.search).get('lam') ?? 0.7)"
    until(lambda: page.evaluate(asked) == pytest.approx(lam, abs=0.006))
    until(lambda: shares(page)[:1] == pytest.approx([100 * lam], abs=0.6))
    page.close()


def test_reduced_motion_takes_single_steps(chromium):
    address = f"{chromium.address}/mixing?lam=1.0"
    page = opened(chromium, address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    assert page.get_by_role("button", name="Play").count() == 0
    page.get_by_role("button", name="Next step").click()
    at(page, "0.8800")
    page.wait_for_timeout(400)  # another step, which must not come, has time to come
    at(page, "0.8800")
    page.close()


def test_a_link_is_the_whole_state_and_a_phone_shows_it_without_scrolling_sideways(chromium):
    link = "mixing?mix=CutMix&lam=0.4&from_a=Shapes%2C+32×32+colour&a=7&b=12&draw=5&lens=A+batch"
    page = opened(chromium, f"{chromium.address}/{link}", viewport={"width": 400, "height": 900})
    page.wait_for_selector(".player .mask img")
    page.get_by_text("Cut a box").wait_for()
    mask = page.locator(".mask figcaption")
    until(lambda: f"{[*shares(page), 0][0]:.1f}" in mask.inner_text())  # the achieved share is the mean of the mask
    expect(page.get_by_text("Above the batch")).to_have_count(1)
    main = "document.querySelector('[data-testid=stMain]')"
    page.wait_for_function(f"{main}.scrollWidth <= {main}.clientWidth")
    images = page.locator(".tiles figure > img, .tiles .picture")
    assert all(images.evaluate_all("all => all.map((image) => image.alt.length > 0)"))
    page.close()
