"""From what is set to what is shown: trains what has not been trained yet, and hands the films to the plane."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import streamlit as st

from ssl_core.method_cards import CARDS
from ssl_core.playground import edits
from ssl_core.playground.play import Play
from ssl_core.playground.worlds import POINTS

Films = tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]


def scene_of(play: Play, films: Films, drawn: str, tell: Callable[[float, str], None]) -> tuple[dict, list[str], str]:
    """What plane_player shows, a sentence a film, and one about what is drawn among the points.

    `tell` hears the share that is done and of what; it may raise, and then the training stops. Raises ValueError, one
    sentence, for what cannot be trained.
    """
    from ssl_core.playground.drawn import drawn as draw
    from ssl_core.playground.kept import kept_film
    from ssl_core.playground.message import film_message, points_message, sentence
    from ssl_core.playground.play import method_of

    made = []
    for place, (name, knobs) in enumerate(films):
        words = f"{CARDS[name].title}: training …"
        made.append(kept_film(play, name, knobs, lambda done, p=place, w=words: tell((p + done) / len(films), w)))
    methods = [method_of(name, dict(knobs)) for name, knobs in films]
    try:
        lines, note = draw(
            drawn, play.points()[0], next((m.alpha for m in methods if hasattr(m, "alpha")), 0.75), play.seed
        )
    except ValueError as wrong:
        lines, note = [], str(wrong)
    changes = edits.read(play.edits, play.classes)
    scene = {
        "id": blake2b(repr((play, films)).encode(), digest_size=8).hexdigest(),
        "points": points_message(play),
        "films": [
            film_message(film, getattr(method, "threshold", None)) for film, method in zip(made, methods, strict=True)
        ],
        "drawn": lines,
        "world": POINTS,
        "removed_added": sum(number >= POINTS for number in changes.removed),
        "heard": st.session_state.get("plane heard", 0),
    }
    return scene, [sentence(film) for film in made], note
