"""What a maker's pictures are worth, judged by the network with every label; and the pictures to take along."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.data_cache import dataset, fingerprint, follows_data
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.use_in_training import training_link
from ssl_core.data.catalog import find_card
from ssl_core.fillings import MADE, makers
from ssl_core.helps import EACH, REAL
from ssl_core.runs.store import Run, identity

PAIRS = 5  # of a made picture and its nearest learned one


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Judging what it makes")
def _judged(name: str, seen: tuple[int, ...], data: str) -> Any:
    """The judgement of a run; `seen` is what its checkpoint was, `data` what its pictures were when somebody asked."""
    from ssl_core.runs.judged import judged

    run = store().run(name)
    return judged(store(), run, dataset(run.config["data"]))


def judge_view(run: Run) -> None:
    """Four numbers, each beside what real pictures get; the nearest learned pictures; and what comes out of it."""
    st.markdown("##### What its pictures are worth")
    try:
        data = run.config["data"]
        seen, made, learned = _judged(run.name, identity(run.folder / "checkpoint.pt"), fingerprint(data))
    except ValueError as wrong:
        st.info(plain(wrong))
    else:
        _numbers(seen, len(find_card(data).classes))
        _pairs(seen, made, learned, find_card(data).side)
    if run.config["method"] in makers():
        take_along(run)


def _numbers(seen: Any, classes: int) -> None:
    one, two, three, four = st.columns(4)
    if seen.recognised is None:
        _metric(one, "Classes covered", f"{seen.covered} of {classes}", "each a tenth of its share",
                "Classes that the network with every label sees among the made pictures, each in a tenth of its fair "
                "share at least.")  # fmt: skip
    else:
        _metric(one, "Recognised", _percent(seen.recognised), f"real ones: {_percent(seen.recognised_real)}",
                "Made pictures that the network with every label calls by the class asked for.")  # fmt: skip
    _metric(two, "Distance from real", f"{seen.frechet:.2f}", f"real from real: {seen.frechet_real:.2f}",
            "Fréchet distance of two Gaussians in the network's features (Heusel et al. 2017): 0 where mean and spread "
            "are the same.")  # fmt: skip
    _metric(three, "Copies", _percent(seen.memorised), f"real ones: {_percent(seen.memorised_real)}",
            "Pictures less than half as far from one that it learned from as a picture it never saw usually is."
            )  # fmt: skip
    _metric(four, "Diversity", "–" if seen.varied is None else _percent(seen.varied), "real ones: 100 %",
            "How far apart two made pictures of a class are in the network's features, relative to two real ones. One "
            "picture again and again has 0 %.")  # fmt: skip


def _metric(place: Any, title: str, value: str, beside: str, words: str) -> None:
    """A number, and below it what real pictures get."""
    place.metric(title, value, beside, delta_color="off", delta_arrow="off", border=True, help=words)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _pairs(seen: Any, made: Any, learned: Any, side: int) -> None:
    from ssl_core.images.writing import to_source

    order = seen.nearest.distance.argsort()[:PAIRS].tolist()
    shots = []
    for place in order:
        away = seen.nearest.distance[place].item() / seen.usual if seen.usual else 0.0
        shots.append(picture(to_source(made[place].numpy()), "made", f"Made, {away:.2f} of the usual distance away"))
        near = learned[seen.nearest.row[place]].numpy()
        shots.append(picture(to_source(near), f"{away:.2f}", "The nearest picture that it learned from"))
    words = "The made pictures that are nearest to one that it learned from, which stands to the right of each"
    st.caption(
        f"{words}. The number is how far, where 1 is how far real pictures that it never saw usually are from their "
        "nearest; below 0.5 it counts as a copy."
    )
    picture_grid(shots, key="judged_pairs", label=words, side=side, lines=1, columns=2 * PAIRS)


def take_along(run: Run) -> None:
    """The pictures as class folders, and a link that puts this maker's beside labelled ones in training."""
    if not run.config["knobs"].get("conditional", True):
        return
    left, right = st.columns(2, vertical_alignment="bottom")
    each = left.number_input("Made pictures a class", 1, 1000, EACH, key="take_each", bind="query-params")
    right.download_button(
        "Download as class folders (zip)",
        lambda: _zip(run, int(each)),
        f"{run.name}-made.zip",
        "application/zip",
        key="take_made",
        on_click="ignore",
        width="stretch",
    )
    classes, method = len(find_card(run.config["data"]).classes), run.config["method"]
    labels = run.config["labels"] if run.config["labels"] <= 100 else 2 * classes
    fill = -(-labels // classes) + EACH
    training_link(
        "Use in training: made pictures beside few labelled ones", run.config["data"], "supervised",
        {"rebalance": f"{MADE}{method}", "fill_to": fill, "real_share": REAL}, labels,
    )  # fmt: skip


def _zip(run: Run, each: int) -> bytes:
    from ssl_core.export.class_folders import class_folders

    return class_folders(run, each)
