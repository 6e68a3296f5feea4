"""Closer looks at oversampling, one at a time: one sample, counts, spaces side by side, effect, trace, code."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.tiles import tiles
from pages.parts.smote.scene import Balanced, Setting, balanced, measured
from ssl_core.figures.look import percent
from ssl_core.spreadsheet import csv_text


def counts(setting: Setting, made: Balanced, label: int, names: dict[int, str]) -> None:
    """Class sizes before and after, and what the new samples are worth."""
    from ssl_core.figures.smote import counts_chart
    from ssl_core.oversample import scene as look
    from ssl_core.oversample.smote import counts_of

    found = counts_of(made.y)
    before = {c: found[c] for c in names}  # largest first
    told = look.numbers(made.space, made.y, made.outcome, label)
    live_chart(
        counts_chart(before, made.outcome.got, names),
        alt="Samples before and after: "
        + ", ".join(f"{names[c]} {n} and {made.outcome.got.get(c, 0)}" for c, n in before.items()),
        key="counts",
        height=300,
    )
    places = st.columns(3)
    _metric(
        places[0],
        "Intrusion",
        told.intrusion,
        f"Share of new {names[label]} whose nearest real sample is of another class.",
    )
    _metric(
        places[1], "Variance kept", told.spread, "New samples compared with real ones; 67 % if partners were strangers."
    )
    lost = 1 - told.sharp_new / told.sharp_real if told.sharp_real else float("nan")
    _metric(
        places[2], "Sharpness lost", lost, "Mean squared step between neighbouring pixels, new against real pictures."
    )


def _metric(place: Any, title: str, value: float, words: str) -> None:
    place.metric(title, "–" if math.isnan(value) else percent(value), border=True, help=words)


def spaces(setting: Setting, made: Balanced, label: int, names: dict[int, str]) -> None:
    """The same class oversampled in pixels and in two learned spaces, as pictures and in numbers."""
    from ssl_core.oversample import scene as look
    from ssl_core.oversample.space import SPACES

    if made.images is None:
        st.info("Toy data are points, not pictures: choose digits or shapes to compare spaces.")
        return
    done = {}
    for space in ("pixels", "pca", "latent"):
        other = balanced(setting._replace(space=space))
        done[SPACES[space]] = (other.space, other.outcome)
    for place, row in enumerate(look.side_by_side(made.images, made.y, label, done)):
        if place % 2 == 0:
            sides = st.columns(2)
        lost = "" if row.lost == 0 else f", {100 * row.lost:.0f} % less than the real ones"
        with sides[place % 2]:
            st.markdown(f"**{row.title}**: sharpness {row.sharpness:.4f}{lost}")
            tiles([(picture, "") for picture in row.pictures], key=f"space_row_{place}", columns=8, narrow=True)
    st.caption(
        "Between two unaligned pictures, pixels give a double exposure. A latent space gives one figure, but only as "
        "sharp as the autoencoder can draw. To balance a classifier's last layer, use the features of a trained run."
    )


def helped(setting: Setting, made: Balanced, label: int, names: dict[int, str]) -> None:
    """A classifier before and after, on test data nobody touched."""
    import pandas as pd

    from ssl_core.figures.smote import effect_chart
    from ssl_core.oversample.effect import CLASSIFIERS, effect_rows, percent_rows

    left, middle, right = st.columns([1, 1, 1], vertical_alignment="bottom")
    classifier = left.selectbox(
        "Classifier", CLASSIFIERS, format_func=CLASSIFIERS.get, key="classifier", bind="query-params"
    )
    seeds = middle.slider("Seeds", 2, 10, 5, key="effect_seeds", bind="query-params")
    asked = (setting, classifier, seeds)
    if right.button("Measure", width="stretch", type="primary"):
        st.session_state["measured"] = asked
    if st.session_state.get("measured") != asked:
        st.info("Press Measure: each seed draws another unbalanced set and trains the classifier twice.")
        return
    try:
        seen = measured(*asked)
    except ValueError as wrong:
        st.error(str(wrong))
        return
    rows = effect_rows(seen, names)
    total = rows[-1]
    verdict = f"{100 * total['gain']:+.1f} ± {100 * total['gain_half']:.1f} points"
    clear = abs(total["gain"]) > total["gain_half"]
    live_chart(
        effect_chart(rows),
        alt="Recall on test data before and after: "
        + ", ".join(f"{r['class']} {percent(r['before'])} and {percent(r['after'])}" for r in rows),
        key="effect",
        height=340,
    )
    st.markdown(
        f"Balanced accuracy changed by **{verdict}** (95 % interval over {len(seen.before)} seeds, seed by seed): "
        + ("a clear change." if clear else "no change that these seeds can tell from chance.")
    )
    for why in seen.wrong:
        st.caption(why)
    st.dataframe(pd.DataFrame(percent_rows(rows)), hide_index=True, alt="Recall before and after, with 95 % intervals")


def trace(setting: Setting, made: Balanced, label: int, names: dict[int, str]) -> None:
    """Every new sample with its seed, neighbour and gap."""
    import pandas as pd

    from ssl_core.oversample.export import trace_rows

    rows = trace_rows(made.outcome, names)
    table = pd.DataFrame(rows)
    st.dataframe(
        table, hide_index=True, height=330, alt="The trace: class, seed, neighbour and gap of every new sample"
    )
    st.download_button(
        "Download the trace (CSV)",
        csv_text(rows, list(table)),
        "trace.csv",
        "text/csv",
        on_click="ignore",
    )


def code(setting: Setting, made: Balanced, label: int, names: dict[int, str]) -> None:
    """The same with imbalanced-learn."""
    from ssl_core.oversample.export import FILE, as_code, as_file

    told = as_code(setting.variant, setting.k, setting.draw)
    st.code(told, language="python")
    left, right = st.columns(2)
    left.download_button("Download the script", told, "balance.py", "text/x-python", on_click="ignore", width="stretch")
    right.download_button(
        f"Download {FILE}", lambda: as_file(made.space.X, made.y), FILE, on_click="ignore", width="stretch"
    )
    st.caption(f"Save both in one folder and run `python balance.py`. {FILE} holds the samples before, in this space.")


LENSES = {
    "counts": ("Counts", counts),
    "spaces": ("Pixels or latent", spaces),
    "helped": ("Did it help?", helped),
    "trace": ("Trace", trace),
    "code": ("Code", code),
}
