"""Closer looks at oversampling, one at a time: one sample, counts, spaces side by side, effect, trace, code."""

from __future__ import annotations

import math

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.lens import Lens, Lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import BEGINS
from pages.parts.smote.scene import Scene, balanced, measured
from ssl_core.figures.look import percent
from ssl_core.spreadsheet import csv_text

EACH = f"A seed is the {BEGINS}: each draws another set, or leaves others out of it."


def counts(scene: Scene) -> None:
    """Class sizes before and after, and what the new samples are worth."""
    from ssl_core.figures.smote import counts_chart
    from ssl_core.oversample import scene as look
    from ssl_core.oversample.smote import counts_of

    _, y, space, outcome = scene.balanced
    sizes = counts_of(y)
    before = {label: sizes[label] for label in scene.names}  # largest first
    worth = look.numbers(space, y, outcome, scene.label)
    live_chart(
        counts_chart(before, outcome.got, scene.names),
        alt="Samples before and after: "
        + ", ".join(f"{scene.names[c]} {n} and {outcome.got.get(c, 0)}" for c, n in before.items()),
        key="counts",
        height=300,
    )
    lost = 1 - worth.sharp_new / worth.sharp_real if worth.sharp_real else float("nan")
    name = plain(scene.names[scene.label])
    for place, (title, share, words) in zip(
        st.columns(3),
        (
            ("Strayed", worth.intrusion, f"Share of new {name} whose nearest real sample is of another class."),
            ("Variance kept", worth.spread, "New samples compared with real ones; 67 % if partners were strangers."),
            ("Sharpness lost", lost, "Mean squared step between neighbouring pixels, new against real pictures."),
        ),
        strict=True,
    ):
        place.metric(title, "–" if math.isnan(share) else percent(share), border=True, help=words)


def spaces(scene: Scene) -> None:
    """The same class oversampled in pixels and in two learned spaces, as pictures and in numbers."""
    from ssl_core.images.writing import to_source
    from ssl_core.oversample import scene as look
    from ssl_core.oversample.space import SPACES

    if scene.balanced.images is None:
        st.info("Toy data are points, not pictures: choose digits or shapes to compare spaces.")
        return
    others = {}
    for space in ("pixels", "pca", "latent"):
        other = balanced(scene.setting._replace(space=space))
        others[SPACES[space]] = (other.space, other.outcome)
    rows = look.side_by_side(scene.balanced.images, scene.balanced.y, scene.label, others)
    for place, row in enumerate(rows):
        if place % 2 == 0:
            sides = st.columns(2)
        lost = "" if row.lost == 0 else f", {100 * row.lost:.0f} % less than the real ones"
        with sides[place % 2]:
            st.markdown(f"**{row.title}**  \nsharpness {row.sharpness:.4f}{lost}")
            shots = [picture(to_source(one), "", f"{row.title}, {n + 1}") for n, one in enumerate(row.pictures)]
            side = row.pictures.shape[-1]
            picture_grid(shots, key=f"space_row_{place}", label=row.title, side=side, lines=0, columns=8)
    st.caption(
        "Between two unaligned pictures, pixels give a double exposure. A latent space gives one figure, but only as "
        "sharp as the autoencoder can draw. To balance a classifier's last layer, use the features of a trained run."
    )


def helped(scene: Scene) -> None:
    """A classifier before and after, on test data nobody touched."""
    import pandas as pd

    from ssl_core.figures.smote import effect_chart
    from ssl_core.oversample.effect import CLASSIFIERS, effect_rows, percent_rows

    left, middle, right = st.columns([1, 1, 1], vertical_alignment="bottom")
    classifier = choose_one(left.selectbox, "Classifier", CLASSIFIERS, key="classifier")
    seeds = middle.slider("Seeds", 2, 10, 5, key="effect_seeds", bind="query-params", help=EACH)
    asked = (scene.setting, classifier, seeds)
    if right.button("Measure", width="stretch", type="primary"):
        st.session_state["measured"] = asked
    if st.session_state.get("measured") != asked:
        what = "leaves a fifth out" if scene.setting.sizes == "own" else "draws another unbalanced set"
        st.info(plain(f"Press Measure: each seed {what} and trains the classifier twice."))
        return
    try:
        seen = measured(*asked)
    except ValueError as wrong:
        st.error(plain(wrong))
        return
    rows = effect_rows(seen, scene.names)
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
        st.caption(plain(why))
    st.dataframe(pd.DataFrame(percent_rows(rows)), hide_index=True, alt="Recall before and after, with 95 % intervals")


def trace(scene: Scene) -> None:
    """Every new sample with where it starts, its neighbour and its gap."""
    import pandas as pd

    from ssl_core.oversample.export import trace_rows

    rows = trace_rows(scene.balanced.outcome, scene.names)
    table = pd.DataFrame(rows)
    st.dataframe(
        table, hide_index=True, height=330, alt="The trace: class, start, neighbour and gap of every new sample"
    )
    st.download_button(
        "Download the trace (CSV)",
        csv_text(rows, list(table)),
        "trace.csv",
        "text/csv",
        on_click="ignore",
    )


def code(scene: Scene) -> None:
    """The same with imbalanced-learn."""
    from ssl_core.oversample.export import FILE, as_code, as_file
    from ssl_core.oversample.smote import counts_of

    setting, balanced_set = scene.setting, scene.balanced
    rarest = min(counts_of(balanced_set.y).values())
    k, m = min(setting.k, max(rarest - 1, 1)), min(setting.m, len(balanced_set.y) - 1)  # which any class has
    script = as_code(setting.variant, k, setting.draw, m)
    st.code(script, language="python")
    left, right = st.columns(2)
    quietly = {"on_click": "ignore", "width": "stretch"}
    left.download_button("Download the script", script, "balance.py", "text/x-python", **quietly)
    right.download_button(f"Download {FILE}", lambda: as_file(balanced_set.space.X, balanced_set.y), FILE, **quietly)
    st.caption(f"Save both in one folder and run `python balance.py`. {FILE} holds the samples before, in this space.")


LENSES: Lenses[Scene] = {
    "counts": Lens("Counts", counts),
    "spaces": Lens("Pixels or latent", spaces),
    "helped": Lens("Did it help?", helped),
    "trace": Lens("Trace", trace),
    "code": Lens("Code", code),
}
