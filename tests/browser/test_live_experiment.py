"""The heart of the product, as a user meets it: press Start, watch, reload, stop, restart the server, lose nothing."""

from __future__ import annotations

import os
import signal
import time

from playwright.sync_api import expect

from tests.browser._serve import still, until
from tests.browser.conftest import ready
from tests.workers import worker_of

HEIGHTS = """box => [...box.querySelectorAll('.scatterlayer .point')].map(p => p.getAttribute('transform')).join()"""
CHART = ".st-key-accuracy_chart .lab-chart"


def dots(page) -> int:
    return page.locator(f"{CHART} .scatterlayer .point").count()


def any_in(page, *states: str) -> bool:
    """Whether a run is in one of these states; all are looked at in one instant, since each may go on to the next."""
    seen = page.locator(".st-key-strip button").evaluate_all("all => all.map((one) => one.dataset.state)")
    return not seen or bool({*seen} & {*states})


def cards(page, state=None):
    return page.locator(".st-key-strip button" + (f"[data-state='{state}']" if state else ""))


def test_a_deep_link_is_the_very_first_request_to_a_fresh_server(fresh_server, tab):
    page = tab()
    page.goto(f"{fresh_server.url}/training?labels=10&labels=20")
    ready(page)
    page.get_by_role("heading", name="Training", exact=True).wait_for()
    page.get_by_role("link", name="Home").wait_for()  # the frame is there, not the page alone
    page.get_by_role("button", name="Start experiment").wait_for()
    page.get_by_text("7 runs, about").wait_for()
    assert page.get_by_text("Page not found").count() == 0


def test_start_watch_reload_stop_restart_and_nothing_is_lost(server, tab):
    page = tab()
    # three times as many runs as are waited for: some are left to be stopped, however slow the browser is
    wanted = "methods=Supervised&methods=FixMatch&labels=10&labels=20&labels=40&seeds=3&budget=300"
    page.goto(f"{server.url}/training?{wanted}")
    ready(page)
    page.get_by_role("button", name="Start experiment").click()
    page.locator(CHART).wait_for()
    until(lambda: dots(page) >= 1)
    first = page.eval_on_selector(CHART, HEIGHTS)
    until(lambda: page.eval_on_selector(CHART, HEIGHTS) != first)  # the dots move
    until(lambda: cards(page, "done").count() >= 1)
    count = len(server.store.runs())
    expect(cards(page)).to_have_count(count)
    link = page.url
    assert "experiment=digits-" in link

    # zoom and a legend choice survive what comes next
    page.locator(CHART).evaluate("chart => chart.scrollIntoView({ block: 'center' })")  # Start lies far below it
    area = still(page, page.locator(f"{CHART} .nsewdrag").bounding_box)
    page.mouse.move(area["x"] + 5, area["y"] + 0.1 * area["height"])
    page.mouse.down()
    page.mouse.move(area["x"] + 0.98 * area["width"], area["y"] + 0.95 * area["height"], steps=5)
    page.mouse.up()
    page.locator(f"{CHART} .legend .traces", has_text="FixMatch").locator(".legendtoggle").click()
    axis = f"document.querySelector('{CHART}')._fullLayout.yaxis.range"
    shown = f"document.querySelector('{CHART}')._fullData.filter(t => t.name == 'FixMatch').map(t => t.visible)"
    until(lambda: page.evaluate(axis)[1] < 100 and page.evaluate(shown) == ["legendonly"])
    zoomed, finished = page.evaluate(axis), cards(page, "done").count()
    until(lambda: cards(page, "done").count() > finished)
    time.sleep(1.5)  # one more refresh, which must change nothing
    assert page.evaluate(axis) == zoomed
    assert page.evaluate(shown) == ["legendonly"]

    # a click on a run shows its curves
    until(lambda: cards(page, "running").count() >= 1)
    name = cards(page, "running").last.get_attribute("data-run")
    page.locator(f".st-key-strip button[data-run='{name}']").click()  # whatever has become of it meanwhile
    until(lambda: page.locator(f".st-key-strip button[data-run='{name}'][aria-pressed='true']").count() == 1)
    until(lambda: page.locator(".st-key-loss_chart .scatterlayer .trace").count() >= 2)

    page.reload()  # the same experiment, attached again
    ready(page)
    until(lambda: cards(page).count() == count)
    assert page.url.split("&run=")[0] == link  # and the run that was clicked, unless it was shown already
    until(lambda: dots(page) >= 2)

    second = tab()  # another visitor sees the same
    second.goto(link)
    ready(second)
    until(lambda: cards(second).count() == count)

    page.get_by_role("button", name="Stop all").click()
    until(lambda: not any_in(page, "running", "queued", "stopping"))
    until(lambda: cards(second, "stopped").count() == cards(page, "stopped").count() >= 1)
    until(lambda: not {run.state for run in server.store.runs()} & {"queued", "running"})
    points = {run.name: len(run.tail.read()) for run in server.store.runs()}

    server.kill()
    server.start()
    page.goto(link)
    ready(page)
    until(lambda: cards(page).count() == count)
    assert {run.name: len(run.tail.read()) for run in server.store.runs()} == points
    page.get_by_role("button", name="Resume all").click()
    until(lambda: cards(page, "running").count() >= 1)
    assert page.locator("[data-testid='stException']").count() == 0


def test_a_killed_worker_is_shown_as_lost_without_a_reload_and_has_a_resume_button(server, tab):
    page = tab()
    page.goto(f"{server.url}/training?methods=MixMatch&labels=40&budget=0&digits-mixmatch-steps=20000")  # for minutes
    ready(page)
    page.get_by_role("button", name="Start experiment").click()
    until(lambda: cards(page, "running").count() >= 1)
    run = next(r for r in server.store.runs() if r.config["method"] == "mixmatch")
    until(lambda: len(run.tail.read()) > 2)
    page.locator(f".st-key-strip button[data-run='{run.name}']").click()
    lines = len(run.tail.read())
    os.kill(worker_of(run), signal.SIGKILL)
    killed = time.monotonic()
    page.locator(f".st-key-strip button[data-run='{run.name}'][data-state='lost']").wait_for()
    shown = time.monotonic() - killed
    assert len(run.tail.read()) >= lines
    resume = page.get_by_role("button", name="Resume run")
    until(lambda: resume.is_enabled())
    print(f"shown as lost after {shown:.1f} s")  # about 2 s on a machine that does nothing else
    resume.click()
    page.locator(f".st-key-strip button[data-run='{run.name}'][data-state='running']").wait_for()


def test_the_first_button_leads_to_moving_dots(server, tab):
    page = tab()
    page.goto(server.url)
    ready(page)
    page.get_by_text("recorded with").wait_for()
    until(lambda: page.locator(".st-key-home_chart .scatterlayer .point").count() >= 12)
    page.get_by_role("button", name="Start the default experiment").click()
    page.get_by_role("heading", name="Training", exact=True).wait_for()
    until(lambda: dots(page) >= 1)
    expect(cards(page)).to_have_count(13)
