"""What the page is about: a run or a network that nobody trained, the moment of its training, and the method."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.inside.sliders import forget_sliders
from pages.parts.shared.address import choose_one
from pages.parts.shared.store import store
from pages.parts.shared.who import shown, whose
from ssl_core.data.catalog import CATALOG, cards, find_card
from ssl_core.figures.look import look, percent
from ssl_core.method_cards import CARDS
from ssl_core.people.names import class_mode
from ssl_core.runs.origin import changed

BUILT_IN = ("digits", "shapes")  # what can be looked at before anything was trained
LABELS = 40  # of a network that nobody trained
MOST_RUNS = 100


class Choice(NamedTuple):
    """A run (None for a network that nobody trained), its configuration, a moment, and a method."""

    run: Any
    config: Any
    moment: str
    method: str
    turn: int


def runs_to_look_into() -> dict[str, str]:
    """Runs whose steps can be looked at, newest first, by name; then networks that nobody trained, by data set."""
    kept = cards()
    shows = shown("of_run")
    known = (run for run in reversed([*store().runs()]) if shows(run) and run.config.get("method") in CARDS)
    there = (run for run in known if run.config["data"] in kept and run.state not in ("queued", "broken"))
    recent = islice((run for run in there if not changed(run.config, find_card(run.config["data"]))), MOST_RUNS)
    return {run.name: _title(run) for run in recent} | {
        name: f"An untrained network, {CATALOG[name].title}" for name in BUILT_IN
    }


def _title(run: Any) -> str:
    config, score = run.config, run.end.get("test_accuracy")
    reached = f": {percent(score)}" if score is not None else f", {run.state}"
    where = cards()[config["data"]].title
    return f"{look(config['method'])[0]} on {where}, {config['labels']} labels, seed {config['seed']}{reached}"


def choose() -> Choice:
    """The choosers, in one row; raises ValueError, one sentence, for a run that cannot be looked into."""
    from ssl_core.inside.moments import moments_of
    from ssl_core.train.config import Config, configure

    whose()
    titles = runs_to_look_into()
    left, middle, right, last = st.columns([2.2, 1.4, 1.1, 0.8], vertical_alignment="bottom")
    name = choose_one(left.selectbox, "Run", titles, key="of_run", explicit=class_mode(), on_change=forget_sliders)
    run = None if name in BUILT_IN else store().run(name)
    moments = moments_of(run)
    # At a twentieth a network knows something and is often wrong: then there is most to see.
    usual = "twentieth" if "twentieth" in moments else [*moments][-1]
    moment = choose_one(middle.selectbox, "Moment", moments, usual, key="moment")
    if run is None:
        configs = {method: lambda m=method: configure(name, m, LABELS, 0) for method in CARDS}
        own = "fixmatch"
    else:
        config = Config.from_dict(run.config)
        configs, own = dict.fromkeys(CARDS, lambda: config), config.method
    every = {method: card.title for method, card in CARDS.items()}
    method = choose_one(right.selectbox, "Method", every, own, key="by_method")
    turn = last.number_input(
        "Pictures", 1, 999, 1, key="turn", bind="query-params", help="Which of the batch's pictures are shown."
    )
    return Choice(run, configs[method](), moment, method, int(turn) - 1)
