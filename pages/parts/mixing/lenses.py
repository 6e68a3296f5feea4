"""Closer looks at mixing, one at a time: the grid of methods, a batch, pixels, noise, four pictures, a network."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.mixing.network import through_a_network
from pages.parts.mixing.scene import Scene
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.lens import Lens, Lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain

ROWS = 8  # pictures of a batch that fit side by side


def grid(scene: Scene) -> None:
    """Every method as partner × form × mask × label × law × space."""
    import pandas as pd

    from ssl_core.mix.words import grid_rows, grid_sentence

    st.markdown(grid_sentence(scene.name))
    st.table(pd.DataFrame(grid_rows()), hide_index=True, alt="Every mixing method")


def batch(scene: Scene) -> None:
    """A batch mixed with itself, partners as lines."""
    from ssl_core.figures.mixing import batch_chart
    from ssl_core.mix.law import GRAINS
    from ssl_core.mix.words import batch_of

    left, right = st.columns(2)
    grain = choose_one(left.selectbox, "Draw λ for", GRAINS, key="grain")
    partner = _partner_choice(right, scene.name)
    data = dataset(scene.data)
    x, drawn, out = batch_of(
        scene.name, data.images, data.labels, ROWS, scene.alpha, scene.seed, grain, partner, scene.aids.chain
    )
    live_chart(
        batch_chart(x, out.pictures, drawn.partner, out.share),
        alt=f"Eight pictures above, their mixtures below. Partners: {(drawn.partner + 1).tolist()}. "
        f"Label shares of the own class: {[round(s, 2) for s in out.share.tolist()]}.",
        key="batch_chart",
        height=330,
    )
    st.caption(
        "Above the batch, below what it becomes; a line is as wide as the share of the label it carries. "
        f"Shares kept: {', '.join(f'{100 * s:.0f} %' for s in out.share.tolist())}."
    )


def _partner_choice(place: Any, name: str) -> str | None:
    from ssl_core.mix.partner import PARTNERS
    from ssl_core.mix.table import MIXES

    own = MIXES[name].partner
    if own == "itself":
        place.selectbox("Partner", [PARTNERS[own].text], disabled=True, key="partner_fixed")
        return None
    titles = {key: partner.text for key, partner in PARTNERS.items() if key != "itself"}
    return choose_one(place.selectbox, "Partner", titles, own, key="partner")


def pixels(scene: Scene) -> None:
    """Contrast and sharpness along the strip."""
    from ssl_core.figures.mixing import pixel_chart
    from ssl_core.mix.law import kept_variance
    from ssl_core.mix.strip import pixel_numbers

    at, strip = scene.strip(33)
    numbers = pixel_numbers(strip.pictures)
    live_chart(
        pixel_chart(at, numbers, scene.lam),
        alt="Contrast and sharpness of the mixture at every λ, relative to the two pictures. Halfway, contrast is "
        f"{numbers.contrast[16]:.2f} and sharpness {numbers.sharpness[16]:.3f}.",
        key="pixel_chart",
        height=330,
    )
    words = "Contrast is the standard deviation of the pixels, sharpness the mean squared step between neighbours."
    if scene.method.lam.beta and scene.method.mask == "even":
        words += (
            f" Over all draws with α = {scene.alpha:g}, mixing independent pictures leaves "
            f"{100 * kept_variance(scene.alpha):.0f} % of their variance: (α + 1) / (2α + 1)."
        )
    st.caption(words)


def noise(scene: Scene) -> None:
    """Paired mixup denoises: measured beside the law."""
    from ssl_core.figures.mixing import noise_chart
    from ssl_core.mix.paired import noise_along

    at, measured, law = noise_along(scene.pair.x1, scene.pair.x2, scene.seed)
    live_chart(
        noise_chart(at, measured, law),
        alt=f"Noise left after mixing two noisy pictures: at λ = 0.5 measured {100 * float(measured[4]):.0f} %, "
        "by the law 71 %.",
        key="noise_chart",
        height=330,
    )
    st.caption(
        "Both pictures got noise of their own (σ = 0.1); then noisy and clean versions were mixed with the same λ and "
        "subtracted. Independent noises partly cancel, so a network trained on mixed pairs sees less noise than it "
        "will meet later."
    )


def four(scene: Scene) -> None:
    """Mixup between four corners."""
    from ssl_core.images.writing import to_source
    from ssl_core.mix.words import four_corners

    data = dataset(scene.data)
    rows = [chosen.row for chosen in (scene.first, scene.second) if chosen.data == scene.data]
    pictures, words, corners = four_corners(data.images, data.labels, data.card.classes, rows, scene.seed)
    side = data.card.side
    shots = [picture(to_source(mixed), "", label) for mixed, label in zip(pictures, words, strict=True)]
    picture_grid(shots, key="four", label="Mixtures of four pictures", side=side, lines=0, columns=5)
    st.caption(
        f"Mixup across, then down, with {plain(', '.join(corners))} in the corners. The one in the middle is a "
        "quarter of each, and so is its label. Hover over a picture to read its label."
    )


LENSES: Lenses[Scene] = {
    "grid": Lens("All methods", grid),
    "batch": Lens("A batch", batch),
    "pixels": Lens("Contrast", pixels),
    "noise": Lens("Noise", noise),
    "four": Lens("Four pictures", four),
    "network": Lens("Through a network", through_a_network),
}
