"""A trained network's answers along the strip, beside the label it would have been trained with."""

from __future__ import annotations

import streamlit as st

from pages.parts.mixing.scene import Scene
from pages.parts.shared.address import choose_some
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.network_cache import network
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.trained import trained_runs
from ssl_core.data.catalog import cards

MIXING = ("mixmatch", "remixmatch", "ict")  # the methods that always train on mixtures


def through_a_network(scene: Scene) -> None:
    """One or two finished runs: one trained with mixing beside one without says most."""
    if not scene.one_set:
        st.info("A network knows one list of classes: choose both pictures from one data set.")
        return
    runs = trained_runs(scene.first.data)
    if not runs:
        st.info(
            f"There is no finished run on {plain(cards()[scene.data].title)} yet: train MixMatch, which mixes, and "
            "Supervised, which does not, and compare them here."
        )
        st.page_link("training.py", label="Go to Training")
        return
    chosen = choose_some(st.multiselect, "Runs to ask, two at most", runs, _one_of_each(runs), key="asked")[:2]
    layer = st.slider(
        "Mix after hidden layer", 0, 3, 0, key="layer", bind="query-params", help="0 mixes the pictures themselves; "
        "deeper is manifold mixup. Methods that are no plain blend are always shown on pictures."
    )  # fmt: skip
    places = st.columns(max(1, len(chosen)))
    for place, run in zip(places, chosen, strict=False):
        with place:
            try:
                _answers(scene, run, runs[run], layer)
            except ValueError as wrong:
                st.error(plain(wrong))
    st.caption(
        "Dotted: the label at that λ. Solid: what the network says. A network trained on mixtures tends to follow the "
        "dotted lines; one that was not tends to jump from one class to the other."
    )


def _one_of_each(runs: dict[str, str]) -> list[str]:
    """The newest run that mixes and the newest that does not, as far as there are."""
    methods = {run: store().run(run).config["method"] for run in runs}
    mixing = [run for run, method in methods.items() if method in MIXING]
    without = [run for run, method in methods.items() if method == "supervised"]
    return (mixing[:1] + without[:1]) or list(runs)[:1]


def _answers(scene: Scene, run: str, title: str, layer: int) -> None:
    from ssl_core.figures.mixing import answers_chart, gap_to_label
    from ssl_core.mix.inside import hidden_strip
    from ssl_core.models.ask import probabilities

    method, model, p = scene.method, network(run), scene.pair
    lam, strip = scene.strip(33)
    if layer and method.mask == "even" and method.form == "whole":
        probability = hidden_strip(model, p.x1, p.x2, lam, layer)
    else:
        probability = probabilities(model, strip.pictures)
    st.markdown(f"**{plain(title)}**")
    gap = gap_to_label(probability, strip.labels)
    first, second = int(p.y1.argmax()), int(p.y2.argmax())
    live_chart(
        answers_chart(lam, probability, strip.labels, first, second, p.classes),
        alt=f"{title}: probabilities of {p.names[0]} and {p.names[1]} along the strip; mean distance from the mixed "
        f"label {100 * gap:.0f} %.",
        key=f"answers_{run}",
        height=330,
    )
    st.caption(f"Mean distance from the mixed label: **{100 * gap:.0f} %**.")
