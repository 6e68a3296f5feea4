"""A finished experiment is played again in a real browser: dots, curves, wall and bars move, and no server is asked."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from tests.browser._serve import IDLE, browser, served, still, until

METHODS = ("supervised", "fixmatch")
KNOBS = {"steps": 60, "batch": 8, "evaluations": 5}
DOTS = """() => document.querySelector(".st-key-accuracy_chart .lab-chart").data
  .filter((trace) => trace.mode === "markers").map((trace) => trace.y[0])"""
POINTS = 'document.querySelector(".st-key-loss_chart .lab-chart").data?.[0]?.x.length'
AXIS = '[...document.querySelector(".st-key-loss_chart .lab-chart")._fullLayout.xaxis.range]'


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Two finished runs of an experiment, and a server that shows them."""
    root = tmp_path_factory.mktemp("replay")
    launched = enqueue(Store(root / "runs"), Experiment("digits", METHODS, [20], [0], dict.fromkeys(METHODS, KNOBS)))
    for run in launched.runs:
        work(run.folder)
    with served(root) as address, browser() as started:
        started.run = launched.runs[-1]
        started.address = f"{address}/training?experiment={launched.id}&run={started.run.name}&wall=confidence"
        yield started


def test_the_slider_and_play_show_the_past_without_asking_the_server(chromium):
    sent = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    sheets = []
    page.on("response", lambda answer: sheets.append(answer.status) if "/lab/wall/" in answer.url else None)
    page.goto(chromium.address)
    tiles, words = page.locator(".st-key-wall_pictures .tile"), page.locator(".st-key-wall_pictures .words")
    expect(tiles).to_have_count(60)
    page.wait_for_function(f"{POINTS} > 50")
    measured = {row["step"]: row["test_accuracy"] for row in chromium.run.tail.read() if "test_accuracy" in row}

    def last_dot_is_at(step: int) -> None:
        until(lambda: page.evaluate(DOTS)[-1] == pytest.approx(100 * measured[step]))

    last_dot_is_at(60)
    end = page.evaluate(DOTS)
    expect(words).to_contain_text("At step 60")
    until(lambda: sheets == [page.evaluate("200")])  # the page's events are heard while it is asked
    values = page.locator(".st-key-wall_pictures .value")
    until(lambda: all(text.endswith("%") for text in [*values.all_inner_texts(), ""][:60]))
    sure = [float(text.removesuffix(" %")) for text in values.all_inner_texts()]
    assert sure == sorted(sure, reverse=True)

    page.wait_for_selector(IDLE)
    asked = still(page, lambda: len(sent), looks=6)
    slider, axis = page.locator(".st-key-replay input"), page.evaluate(AXIS)
    slider.press("Home")
    expect(words).to_contain_text("At step 0,")
    page.wait_for_function(f"{POINTS} <= 1")
    last_dot_is_at(0)
    slider.fill("50")
    page.wait_for_function(f"{POINTS} === 30")
    assert page.evaluate(AXIS) == pytest.approx(axis), "an axis stays while its lines grow"
    before = max(step for step in measured if step <= 30)
    last_dot_is_at(before)
    slider.press("End")
    page.wait_for_function(f"{POINTS} > 50")
    until(lambda: page.evaluate(DOTS) == end)
    play = page.locator(".st-key-replay button")
    play.click()
    expect(play).to_have_text("Pause")
    page.wait_for_function("""() => {
      const host = [...document.querySelectorAll(".st-key-replay *")].find((one) => one.shadowRoot);
      return Number(host?.shadowRoot.querySelector("input").value) > 10;
    }""")
    play.click()
    expect(play).to_have_text("Play again")
    assert len(sent) == asked, "all of that happened in the browser"
    found = Axe().run(page).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical") and v["id"] != "color-contrast"]
    assert serious == [], [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in serious]
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth <= 400")
    right = "(all) => Math.max(...all.map((one) => one.getBoundingClientRect().right))"
    until(lambda: page.locator(".st-key-wall_pictures .tile").evaluate_all(right) <= 400)
    page.close()
