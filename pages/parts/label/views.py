"""The ways of labelling, of which the page shows one: one by one, many at once, doubted, in dispute, in a game."""

from __future__ import annotations

from pages.parts.label.bench import Bench
from pages.parts.label.disputes import disputes
from pages.parts.label.doubts import doubts
from pages.parts.label.game import against
from pages.parts.label.map import the_map
from pages.parts.label.stage import stage
from pages.parts.label.wall import the_wall
from pages.parts.shared.lens import Lens, Lenses
from pages.parts.shared.store import ticking

VIEWS: Lenses[Bench] = {
    "one": Lens("One by one", lambda bench: ticking(stage, run_every=None, key="label_stage")(bench)),
    "wall": Lens("Wall", the_wall),
    "map": Lens("Map", the_map),
    "doubts": Lens("Doubted", doubts),
    "disputes": Lens("Disputed", disputes),
    "machine": Lens("Against the machine", against),
}
