"""What a step of a method does, stage by stage: a title, one sentence, and the piece of the formula that it is.

    for stage in flow_of("fixmatch"):
        print(stage.title, stage.sentence)

A method's stages follow from its card's flow, its views and its knobs; pages draw them, and none is drawn by hand.
"""

from __future__ import annotations

from ssl_core.method_cards import CARDS
from ssl_core.methods import METHODS
from ssl_core.methods.contract import Method
from ssl_core.methods.stages import STAGES, Stage


def flow_of(name: str, method: Method | None = None) -> tuple[Stage, ...]:
    """The stages of a method by its name in CARDS, in order; with its default knobs unless others are given."""
    return tuple(STAGES[CARDS[name].flow](METHODS[name]() if method is None else method))


def pieces(name: str, stage: Stage) -> tuple[str, ...]:
    """What of the method's formula the stage is, as LaTeX."""
    return tuple(METHODS[name].formula[begin:end] for begin, end in stage.spans)


def in_lines(formula: str, spans: tuple[tuple[int, int], ...] = ()) -> str:
    """A loss broken before each further term and behind a gate, to fit a phone; a frame around what stands at spans."""
    opens, closes = {begin for begin, _ in spans}, {end for _, end in spans}
    written = ""
    for place, sign in enumerate(formula):
        rest = formula[place:]
        written += "}" * (place in closes)
        if rest.startswith(r" + \lambda_"):
            written += r" \\ &{}"
        written += r"\boxed{" * (place in opens) + sign
        if formula[: place + 1].endswith((r",\quad", r"]\;", r")\;")):  # after it, and behind a gate
            written += r" \\ &"
    return r"\begin{aligned}&" + written + "}" * (len(formula) in closes) + r"\end{aligned}"


__all__ = ["Stage", "flow_of", "in_lines", "pieces"]
