"""One new sample, followed: where it starts, its neighbour, and the nine steps between them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.smote.scene import Scene


def follow_one(scene: Scene, number: int | None) -> None:
    """A new sample of the class in view, by its number there; None where the class got none."""
    from ssl_core.oversample import scene as look

    if number is None:
        st.markdown("No new sample was added to this class.")
        return
    images, _, space, outcome = scene.balanced
    steps = look.follow(space, outcome, scene.mine[number])
    if steps is None:
        _beside(scene, number)
        return
    copied = steps.base == steps.neighbour
    sentence = f"**New sample {number}** {'is a copy of' if copied else 'starts from'} sample **{steps.base}**"
    if not copied:
        sentence += f", **{steps.gap:.2f}** of the way to its neighbour **{steps.neighbour}**"
    st.markdown(f"{sentence}.")
    if steps.pictures is not None:
        large = ((steps.pictures[0], "start"), (steps.itself, "new"), (steps.pictures[-1], "neighbour"))
        _row(list(large), "large", large=True)
        words = ["start", *(f"{i / 8:.3g}" for i in range(1, 8)), "neighbour"]
        _row(list(zip(steps.pictures, words, strict=True)), "steps", way=steps.gap)
    elif images is not None:
        _row([(images[steps.base], "start"), (images[steps.neighbour], "neighbour")], "ends", large=True)
        st.caption("A network's features have no way back to a picture, so only the two ends can be shown.")


def _beside(scene: Scene, number: int) -> None:
    """The real sample nearest to a new one, where the variant does not say how it was made."""
    from ssl_core.oversample import VARIANTS
    from ssl_core.oversample import scene as look

    images, _, space, outcome = scene.balanced
    beside, itself = look.stands_beside(space, outcome, scene.mine[number])
    st.markdown(
        f"**New sample {number}** lies nearest to real sample {beside}. {VARIANTS[scene.setting.variant].title} does "
        "not say which sample and neighbour it used: choose SMOTE to follow every step."
    )
    if itself is not None:
        _row([(itself, "new"), (images[beside], f"real {beside}")], "beside", large=True)


LARGE, SMALL = (3, 11.0), (9, 5.2)  # pictures side by side, and rem that each may be wide


def _row(pictures: list[tuple[Any, str]], key: str, way: float | None = None, large: bool = False) -> None:
    """Pictures with words under them; `way` marks a place between the first and the last."""
    from ssl_core.images.writing import to_source

    side = pictures[0][0].shape[-1]
    shots = [picture(to_source(pixels), words, words) for pixels, words in pictures]
    columns, wide = LARGE if large else SMALL
    picture_grid(
        shots, key=key, label="From start to neighbour", side=side, lines=1, columns=columns, wide=wide, way=way
    )  # fmt: skip
