"""A film, its points and what is drawn among them, as a browser gets them: short lists, and bytes in base 64."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from ssl_core.method_cards import CARDS
from ssl_core.playground.film import SIDE, Film
from ssl_core.playground.play import Play
from ssl_core.playground.worlds import EDGE

NOBODY = 255  # a class that nobody has said, as a byte


def points_message(play: Play) -> dict[str, Any]:
    """Where points lie, their numbers, true classes and labels; −1 where there is none."""
    points, numbers = play.points()
    return {
        "number": numbers.tolist(),
        "x": np.round(points.x[:, 0], 4).tolist(),
        "y": np.round(points.x[:, 1], 4).tolist(),
        "truth": points.truth.tolist(),
        "label": points.label.tolist(),
        "classes": play.classes,
        "edge": EDGE,
        "jitter": [play.weak, play.strong],
    }


def film_message(film: Film, threshold: float | None = None) -> dict[str, Any]:
    """One film: see Film; shares are bytes, 255 is 1. `threshold` is τ, where the method has one."""
    known = film.field[..., :-1] if film.field.shape[-1] == 2 else film.field
    return {
        "title": CARDS[film.method].title,
        "side": SIDE,
        "frames": len(film.step),
        "step": film.step,
        "rows": film.rows.tolist(),
        "field": _text(np.round(known * 255)),
        "guess": _text(np.where(film.guess < 0, NOBODY, film.guess)),
        "right": _text(np.where(film.right < 0, NOBODY, film.right)),
        "sure": _text(np.round(np.clip(film.sure, 0, 1) * 255)),
        "counts": _text(np.round(np.clip(film.counts, 0, 1) * 255)),
        "numbers": {
            name: [None if value is None else round(value, 4) for value in values]
            for name, values in film.numbers.items()
        },
        "threshold": threshold,
    }


def _text(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=np.uint8).tobytes()).decode()


def sentence(film: Film) -> str:
    """How a film ends, in one sentence."""
    used, right = film.numbers["used"][-1], film.numbers["right_share"][-1]
    words = f"{CARDS[film.method].title}: {percent(film.accuracy)} of 1,000 new points right"
    if used is not None:
        words += f"; {percent(used)} of the guesses counted in the end"
        words += f", and {percent(right)} of these are right" if right is not None else ""
    return words + "."


def percent(share: float) -> str:
    """0.9534 as 95 %, and what is nearly all or nearly nothing with one digit more."""
    return f"{100 * share:.1f} %" if 0.0005 < share < 0.02 or 0.98 < share < 0.9995 else f"{100 * share:.0f} %"
