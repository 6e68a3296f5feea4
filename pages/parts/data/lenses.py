"""Ways of looking at a data set and its split."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

from pages.parts.data.scene import Scene, leaks_of, map_of
from pages.parts.shared.address import choose_one
from pages.parts.shared.lens import Lens, Lenses
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from ssl_core.data.catalog import find_card, names, needs

MOST = 60  # pictures of a grid


def _grid(shots: list, key: str, label: str, side: int, marked: bool = False) -> None:
    pictures = [
        picture(
            shot.src, shot.label, f"{shot.label}, {shot.part}", "open" if marked and shot.part == "labelled" else ""
        )
        for shot in shots
    ]
    wide = side > 48 or max((len(shot.label) for shot in shots), default=0) > 9
    picture_grid(pictures, key=key, label=label, side=side, least=84 if wide else 66, lines=1)


def _class_choice(seen: Any, key: str) -> int | None:
    label = choose_one(st.selectbox, "Class", {-1: "every class", **dict(enumerate(seen.classes))}, key=key)
    return None if label == -1 else label


def split_lens(scene: Scene) -> None:
    """The labelled pictures, then some whose label is hidden."""
    from ssl_core.data.view import shots

    seen = scene.seen
    label, side = _class_choice(seen, "of_class"), seen.data.card.side
    for part, words in (
        ("labelled", "The labelled pictures: all that a supervised run learns from."),
        ("unlabelled", "Some of the unlabelled ones: a run sees the picture, not the class written here."),
        ("test", "Some of the test."),
    ):
        some = shots(seen, part, label, MOST if part == "labelled" else 30)
        st.markdown(f"##### {part.capitalize()}")
        st.caption(words if len(some) == len(seen.rows(part)) or part != "labelled" else f"{words} Some of them.")
        if some:
            _grid(some, f"grid_{part}", words, side, marked=True)


def counts_lens(scene: Scene) -> None:
    """Pictures of each class in each part, and a warning where they are unequal."""
    from ssl_core.data.view import counts, warning
    from ssl_core.figures.data import counts_chart

    seen = scene.seen
    sizes = counts(seen)
    if unequal := warning(seen):
        st.warning(plain(unequal))
    few, many = min(sizes["labelled"]), max(sizes["labelled"])
    st.plotly_chart(
        counts_chart(sizes, seen.classes, seen.unknown),
        key="counts",
        height=430,
        config={"displaylogo": False},
        alt=f"Pictures of each of {len(seen.classes)} classes: {few} to {many} labelled, "
        f"{min(sizes['unlabelled']):,} to {max(sizes['unlabelled']):,} unlabelled, "
        f"{min(sizes['test']):,} to {max(sizes['test']):,} in the test.",
    )
    chance = f"{100 * seen.data.card.chance:.0f} %"
    where = "the test" if seen.data.card.test else "the known ones; there is no test"
    st.caption(f"A guess that looks at no picture is right for {chance} of {where}.")


def averages_lens(scene: Scene) -> None:
    """The mean picture of each class, of all pictures and of the labelled ones."""
    from ssl_core.data.view import averages

    seen = scene.seen
    side = seen.data.card.side
    st.markdown("##### Mean of all pictures of a class")
    _grid(averages(seen, "unlabelled"), "mean_all", "Mean picture of each class", side)
    st.markdown("##### Mean of its labelled pictures")
    _grid(averages(seen, "labelled"), "mean_labelled", "Mean labelled picture of each class", side)
    st.caption(
        "The more a few labelled pictures' mean resembles the mean of all, the better they stand for their class. "
        "A class whose mean shows something sharp can be told by where things lie; a grey haze means it cannot."
    )


def map_lens(scene: Scene) -> None:
    """Every picture as a point, near to those that resemble it in the two directions that differ most."""
    from ssl_core.figures.data import map_chart

    seen, points = scene.seen, map_of(*scene.choices)
    chosen = _class_choice(seen, "map_class") if len(seen.classes) > 10 else None
    st.plotly_chart(
        map_chart(points, seen.classes, chosen),
        key="map",
        height=520,
        config={"displaylogo": False, "scrollZoom": False},
        alt=f"A map of {len(points.labels):,} training pictures by their two principal components, coloured by class; "
        f"{int(points.labelled.sum())} labelled ones are larger.",
    )
    st.caption(
        f"{len(points.labels):,} training pictures by the two directions in which they differ most, which hold "
        f"{100 * points.share:.0f} % of the variance. The large points are labelled. Where colours mix, pixels "
        "alone do not tell the classes apart: that is what a network has to learn."
    )


WHERE = {"across": "In two parts", "inside": "Inside one part"}


def leaks_lens(scene: Scene) -> None:
    """Nearly the same pictures, on both sides of a split or in one part of it."""
    from ssl_core.data.check import CLOSE, NEARLY
    from ssl_core.data.view import pairs

    left, right = st.columns([1, 1.6], vertical_alignment="bottom")
    inside = choose_one(left.segmented_control, "Where", WHERE, key="alike_where", required=True) == "inside"
    least = right.slider(
        "How alike", NEARLY, 1.0, CLOSE, 0.005, format="%.3f", key="alike", bind="query-params",
        help="Correlation of all pixels; 1 is the same picture, maybe brighter or darker.",
    )  # fmt: skip
    alike = [leak for leak in leaks_of(*scene.choices, inside) if leak.likeness >= least]
    if not alike:
        where = "another of its part" if inside else "one of another part"
        st.success(plain(f"No picture is nearly the same as {where}."))
        return
    test = sum(leak.parts[1] == "test" for leak in alike)
    (st.warning if test and not inside else st.info)(_inside_words(alike) if inside else _across_words(alike, test))
    shown = [
        picture(shot.src, f"{n + 1}: {shot.label}, {shot.part}", f"Pair {n + 1}, {shot.part}: {shot.label}")
        for n, pair in enumerate(pairs(scene.seen, alike, 24))
        for shot in pair[:2]
    ]
    picture_grid(shown, key="leaks", label="Pairs, most alike first", side=scene.seen.data.card.side, least=84, lines=2)


def _across_words(alike: list, test: int) -> str:
    known = sum(leak.parts == ("labelled", "test") for leak in alike)
    return (
        f"{len(alike):,} pairs of nearly the same pictures lie in two parts, {test:,} of them with one in the test"
        f"{f', {known} of these with its label known' if known else ''}. If they are copies, the test is easier than "
        "it should be; look at them, since two pictures can also just be much alike."
    )


def _inside_words(alike: list) -> str:
    """How many there are in each part, what that does, and how many have two labels."""
    from ssl_core.data.card import UNKNOWN

    parts = Counter(leak.parts[0] for leak in alike)
    two = sum(len({*leak.labels} - {UNKNOWN}) == 2 for leak in alike)
    words = ", ".join(f"{count:,} {part}" for part, count in parts.items())
    pairs = (
        "1 pair of nearly the same pictures lies"
        if len(alike) == 1
        else f"{len(alike):,} pairs of nearly the same pictures lie"
    )
    return (
        f"{pairs} in one part ({words}). Copies count twice in training, "
        "and in a test they make it smaller than it looks."
        + (f" Of {two:,} the two pictures have different labels, and at most one can be right." if two else "")
    )


def every_set() -> None:
    """Everything there is to choose, and whether it is ready."""
    with st.expander("All data sets"):
        rows = [
            {
                "Data": card.title,
                "Classes": len(card.classes),
                "To learn from": card.pool,
                "Validation": card.validation,
                "Test": card.test,
                "Ready": "not yet" if needs(name) else "yes",
                "Licence": card.licence,
            }
            for name in names()
            if (card := find_card(name))
        ]
        st.dataframe(rows, hide_index=True, alt="Every data set with its size and whether it is ready")


LENSES: Lenses[Scene] = {
    "split": Lens("Split", split_lens),
    "counts": Lens("Class sizes", counts_lens),
    "averages": Lens("Average pictures", averages_lens),
    "map": Lens("Map", map_lens),
    "leaks": Lens("Near-duplicates", leaks_lens),
}
