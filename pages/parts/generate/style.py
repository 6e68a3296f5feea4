"""Style transfer on the Generate page: two pictures, three weights, and a picture that changes as one watches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.generate.canvas import canvas
from pages.parts.generate.form import maker_form
from pages.parts.generate.live_runs import run_of
from pages.parts.generate.run_view import maker_words, run_view, start_button
from pages.parts.generate.stage import staged
from pages.parts.generate.which_picture import which_picture
from pages.parts.shared.address import choose_one
from pages.parts.shared.begin import begin, said_wrong
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.runs import makers
from ssl_core.runs.store import ENDED

WEIGHTS = {
    "style_weight": ("β, style", (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)),
    "content_weight": ("α, content", (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
    "variation_weight": ("γ, total variation", (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)),
}
MAIN = ("side", "steps")
TICK = 2.0  # seconds between two looks at other lenses' runs


def show() -> None:
    """The controls beside the picture."""
    staged(_form, lambda chosen: start_button(chosen[0]), lambda chosen: _view(*chosen), lambda _: maker_words("style"))


def _view(config: dict[str, Any] | None, pair: list[dict[str, str]]) -> None:
    run = run_view(config, show=(lambda shown, steps: canvas(shown, *pair, steps=steps, key="canvas")))
    if config:
        _lens_words(config["knobs"]["lens"])
    if run and run.state in ENDED:
        live = any((other := run_of(one)) and other.state not in ENDED for one in _others(config).values())
        ticking(_other_lenses, run_every=TICK if live else None, key="other_lenses_part")(config)


def _form() -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    """The checked configuration, None where something is missing or wrong, and the two pictures."""
    from ssl_core.generate.config import defaults
    from ssl_core.generate.style_scene import lenses

    chosen: dict[str, Any] = {
        "content": which_picture("Content", "china", key="content"),
        "style": which_picture("Style", "strokes", key="look"),
    }
    if not all(chosen.values()):
        st.info("Bring a picture: PNG, JPEG, WebP, BMP, GIF, TIFF, AVIF or HEIC, at most 10 MB.")
        return None, []
    try:
        pair = [_shown(chosen[part]) for part in ("content", "style")]
    except ValueError as wrong:
        st.error(plain(wrong))
        return None, []
    usual = defaults("", "style")
    for name, (title, stops) in WEIGHTS.items():
        titles = {f"{stop:g}": f"{stop:g}" for stop in stops}
        chosen[name] = float(choose_one(st.select_slider, title, titles, f"{usual[name]:g}", key=name))
    titles = {name: card.title for name, (card, _) in lenses().items()}
    chosen["lens"] = choose_one(st.selectbox, "Looked through", titles, usual["lens"], key="lens_of_style")
    return maker_form("style", main=MAIN, chosen=chosen), pair


@st.cache_data(max_entries=32, show_spinner=False)
def _source(name: str) -> str:
    from ssl_core.generate.style_scene import source

    return source(name)


def _shown(name: str) -> dict[str, str]:
    """A picture with its words; raises ValueError, one sentence."""
    from ssl_core.data.single import about

    known = about(name)
    return {"src": _source(name), "title": known.title, "alt": known.alt, "credit": known.credit}


def _lens_words(lens: str) -> None:
    """Where the losses come from, and what is missing before they can."""
    from ssl_core.generate.style_scene import lenses

    card, missing = lenses()[lens]
    st.caption(f"The losses come from **{card.title}**. {card.text}")
    if missing:
        st.warning(plain(missing))


def _others(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    from ssl_core.generate.style_scene import others

    return others(config)


def _other_lenses(config: Mapping[str, Any]) -> None:
    """The same pair through every lens at hand, side by side."""
    from ssl_core.generate.style_scene import lenses

    st.markdown("##### Through other eyes")
    cards, runs = lenses(), {name: run_of(other) for name, other in _others(config).items()}
    waiting = [other for name, other in _others(config).items() if runs[name] is None]
    st.button(
        "Let the others paint it, too",
        key="other_lenses",
        disabled=not waiting,
        on_click=begin,
        args=(lambda: [makers.begin(store(), other) for other in waiting], "others"),
        help="The same pictures, weights and steps; only the network that is looked through differs.",
    )
    said_wrong("others")
    shots = []
    for name, run in runs.items():
        for moment in makers.moments(run, 1) if run else []:
            words = f"{cards[name][0].title}, step {moment['step']:,}"
            shots.append(picture(moment["rows"]["picture"]["src"], words, f"The same pair of pictures by {words}"))
    picture_grid(shots, key="eyes", label="The same pair through every network", side=128, least=200, lines=2)
    for card, missing in cards.values():
        st.caption(f"**{card.title}.** {card.text}")
        if missing:
            st.caption(plain(missing))
