"""One new sample, followed: its seed, its neighbour, and the nine steps between them."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.tiles import tiles
from pages.parts.smote.scene import Balanced, Setting


def follow_one(setting: Setting, made: Balanced, mine: list[int], number: int | None, names: dict[int, str]) -> None:
    """A new sample: its seed, its neighbour, and the nine steps between them."""
    from ssl_core.oversample import VARIANTS
    from ssl_core.oversample import scene as look

    if number is None:
        st.markdown("No new sample was added to this class.")
        return
    steps = look.follow(made.space, made.outcome, mine[number])
    if steps is None:
        beside, picture = look.stands_beside(made.space, made.outcome, mine[number])
        title = VARIANTS[setting.variant].title
        st.markdown(
            f"**New sample {number}** lies nearest to real sample {beside}. {title} does not say which seed and "
            "neighbour it used: choose SMOTE to follow every step."
        )
        if picture is not None:
            tiles([(picture, "new"), (made.images[beside] / 255, f"real {beside}")], key="beside", columns=9)
        return
    way = "is a copy of" if setting.variant == "random" else "comes from"
    told = f"**New sample {number}** {way} seed **{steps.base}**"
    if setting.variant != "random":
        told += f", **{steps.gap:.2f}** of the way to its neighbour **{steps.neighbour}**"
    st.markdown(f"{told}.")
    if steps.pictures is not None:
        words = ["seed", *(f"{i / 8:.3g}" for i in range(1, 8)), "neighbour"]
        tiles(list(zip(steps.pictures, words, strict=True)), key="steps", columns=9, mark=steps.gap)
    elif made.images is not None:
        ends = [(made.images[steps.base] / 255, "seed"), (made.images[steps.neighbour] / 255, "neighbour")]
        tiles(ends, key="ends", columns=9)
        st.caption("A network's features have no way back to a picture, so only the two ends can be shown.")
