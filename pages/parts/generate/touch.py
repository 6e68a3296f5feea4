"""What can be done with an autoencoder that has learned: walk through its codes, and go from one picture to another."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.generate.plane_walk import plane_walk
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset, follows_data
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.data.catalog import find_card
from ssl_core.figures.making import CLASS_COLOURS
from ssl_core.runs.store import Run, identity

LINES = {
    "codes": "Through the codes: every picture on the way is painted by the decoder",
    "mixup": "Pixel mixup of the same two: both pictures show through each other",
    "smote": "SMOTE: from A, pixel by pixel, to its nearest neighbour of the same class",
}
WAY = 9


@follows_data
@st.cache_resource(max_entries=4, show_spinner=False)
def _codes(name: str, _seen: tuple[int, ...]) -> Any:
    """The codes of a run's maker; `_seen` is what its checkpoint was when somebody asked."""
    from ssl_core.generate.vae_scene import Codes
    from ssl_core.runs.making import making_of

    run = store().run(name)
    return Codes(making_of(run, dataset(run.config["data"])))


def codes_of(run: Run) -> Any:
    """What is walked through; raises ValueError, one sentence."""
    return _codes(f"{run.name}", identity(run.folder / "checkpoint.pt"))


def touch(run: Run) -> None:
    """Everything that answers to the hand; each part draws itself anew, and the page stays."""
    ticking(_walk, run_every=None, key="walk_part")(run)
    ticking(_lines, run_every=None, key="lines_part")(run)


def _network(run: Run) -> Any:
    """The network with every label, which says what it takes a picture for; None where there is none."""
    from ssl_core.runs.every_label import every_label

    card = find_card(run.config["data"])
    return every_label(store(), card) if card else None


def _walk(run: Run) -> None:
    st.markdown("##### Walk through the codes")
    try:
        codes = codes_of(run)
    except ValueError as wrong:
        st.error(plain(wrong))
        return
    card, maker = codes.painter.material.classes, codes.painter.maker
    label = 0
    if maker.conditional:
        titles = dict(enumerate(card))
        label = choose_one(st.selectbox, "Class asked for", titles, key="walk_class", width=260)
    share = "" if codes.plane.direct else f" It holds {100 * codes.plane.share:.0f} % of what the codes differ by."
    state = st.session_state.get("walk") or {}
    at = state.get("place") or [0.0, 0.0]
    scene = {
        "grid": codes.lattice(label),
        "points": codes.dots(),
        "at": at,
        "classes": list(card),
        "colours": list(CLASS_COLOURS),
        "name": card[label] if maker.conditional else "",
        "label": label if maker.conditional else -1,
        "sharp": codes.side < 128,
    }
    plane_walk(scene, key="walk", on_place=lambda: None)
    st.caption(
        "Move the mouse over the plane, or use the arrow keys: the picture is the decoder's, painted ahead at "
        f"{scene['grid']['side']} × {scene['grid']['side']} places and blended between.{share}"
    )
    shots = codes.at(*at, _network(run))
    if maker.conditional:
        words = "The same code in every class: what the class decides changes, what the code holds stays"
        st.caption(f"{words}. Below each, what the network with every label takes it for.")
        shown = [picture(s["src"], _called(s, s["name"]), f"{s['name']}: {_called(s)}") for s in shots]
        picture_grid(shown, key="walk_classes", label=words, side=codes.side, least=62, lines=2)
    elif shots[0]["guess"]:
        st.caption(plain(f"The network with every label takes it for {_called(shots[0])}."))


def _called(shot: dict[str, Any], asked: str = "") -> str:
    if shot["sure"] is None:
        return asked
    return f"{shot['guess']}, {100 * shot['sure']:.0f} %"


def _lines(run: Run) -> None:
    st.markdown("##### From one picture to another")
    try:
        codes = codes_of(run)
    except ValueError:
        return  # said above
    most, classes = len(codes.rows) - 1, codes.painter.material.classes
    left, right, _ = st.columns([1, 1, 2])
    a = left.number_input("Picture A", 0, most, min(3, most), key="line_a", bind="query-params")
    b = right.number_input("Picture B", 0, most, min(8, most), key="line_b", bind="query-params")
    names = [classes[label] if (label := int(codes.labels[row])) >= 0 else "unknown" for row in (a, b)]
    st.caption(plain(f"A shows {names[0]}, B shows {names[1]}. Below each picture, what the network takes it for."))
    three = codes.lines(int(a), int(b), _network(run))
    for name, words in LINES.items():
        st.caption(words)
        shots = [picture(s["src"], _called(s), f"{place} of 8 of the way") for place, s in enumerate(three[name])]
        picture_grid(shots, key=f"line_{name}", label=words, side=codes.side, lines=1, columns=WAY)
