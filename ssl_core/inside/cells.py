"""What one picture looks like at one stage of a traced step: items of plain values, for a page to draw.

An item is {"what": ...} with
- "picture": src, alt; "of" says whose it is where that is not the row's own ("partner")
- "bars": values, top (which is highest), role ("answer": what a network says, "label": what is learned), truth, note
- "gate": value, threshold or None, open, weight or None, words
- "share": lam, words
- "loss": value, counted
- "words": words
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from ssl_core.images import to_source
from ssl_core.inside.trace import Trace

Item = dict[str, Any]
MOST_VIEWS = 3  # of K drawn for one picture; the others are alike


class Cells:
    """The cells of a trace, asked for by stage, kind of picture and row of the batch."""

    def __init__(self, trace: Trace) -> None:
        self.trace, self.seen, self.batch = trace, trace.step.seen, trace.batch
        self.b, self.n = len(trace.labelled), len(trace.unlabelled)
        self.classes = trace.config.card.classes
        self.mixes_all = "lam" in self.seen and len(self.seen["lam"]) > self.n  # labelled and unlabelled together

    def cell(self, stage: str, kind: str, row: int) -> list[Item]:
        """The items of a picture at a stage; none where it does not pass through."""
        make = getattr(self, f"_{kind}_{stage}", None) or getattr(self, f"_{stage}", None)
        return [item for item in make(kind, row) if item] if make else []

    def title(self, kind: str, row: int) -> str:
        """The picture in words: its class where a person told it, and the hidden one where that is known."""
        if kind == "labelled":
            return f"a {self.classes[int(self.batch.y[row])]}, told by a person"
        truth = int(self.trace.hidden[row])
        return f"no label; in truth a {self.classes[truth]}" if truth >= 0 else "no label, and nobody knows"

    def left_out(self, kind: str, row: int) -> bool:
        """Whether the gate shut this picture out."""
        return kind == "unlabelled" and float(self.trace.step.stats["mask"][row]) == 0

    def partners(self, kind: str, row: int) -> list[tuple[str, int]]:
        """The pictures that this one is blended with, as ("l" or "u", row)."""
        if "partner" not in self.seen:
            return []
        return [self._whose(int(self.seen["partner"][at])) for at in self._places(kind, row)]

    # Places in what is blended: labelled rows first, then one block of unlabelled ones for each view.

    def _places(self, kind: str, row: int) -> list[int]:
        if not self.mixes_all:
            return [row] if kind == "unlabelled" else []
        if kind == "labelled":
            return [row]
        return [self.b + view * self.n + row for view in range(min(len(self.batch.u), MOST_VIEWS))]

    def _whose(self, place: int) -> tuple[str, int]:
        if not self.mixes_all:
            return "u", place
        return ("l", place) if place < self.b else ("u", (place - self.b) % self.n)

    def _of(self, place: int) -> Tensor:
        """The view at a place, before it is blended."""
        if not self.mixes_all:
            return self.batch.u[0][place]
        if place < self.b:
            return self.batch.x[place]
        return self.batch.u[(place - self.b) // self.n][(place - self.b) % self.n]

    # Stages, in the order they come.

    def _pictures(self, kind: str, row: int) -> list[Item]:
        if kind == "labelled":
            name = self.classes[int(self.batch.y[row])]
            shown = self.trace.labelled if self.n else self.batch.x  # alone, they have no column for their view
            picture = self._shot(shown[row], f"A labelled picture: {name}")
            return [picture, {"what": "words", "words": f"label: {name}"}]
        return [self._shot(self.trace.unlabelled[row], "An unlabelled picture"), {"what": "words", "words": "no label"}]

    def _unlabelled_weak(self, kind: str, row: int) -> list[Item]:
        return [self._shot(self.batch.u[0][row], "Its weak view")]

    def _labelled_weak(self, kind: str, row: int) -> list[Item]:
        return [self._shot(self.batch.x[row], "Its view")]

    def _unlabelled_strong(self, kind: str, row: int) -> list[Item]:
        return [self._shot(self.batch.u[1][row], "Its strong view")]

    def _labelled_views(self, kind: str, row: int) -> list[Item]:
        return [self._shot(self.batch.x[row], "Its view")]

    def _unlabelled_views(self, kind: str, row: int) -> list[Item]:
        views = self.batch.u[:MOST_VIEWS]
        shots = [self._shot(view[row], f"View {k + 1}") for k, view in enumerate(views)]
        return shots + self._more(len(self.batch.u) - len(views))

    def _more(self, count: int) -> list[Item]:
        return [{"what": "words", "words": f"and {count} more"}] if count > 0 else []

    def _unlabelled_guess(self, kind: str, row: int) -> list[Item]:
        views = self.seen.get("view_guesses")
        if views is None:
            return [self._bars(self.seen.get("plain", self.seen["guesses"])[row], "answer", row)]
        shown = views.unflatten(0, (-1, self.n))[:MOST_VIEWS, row]
        return [self._bars(p, "answer", row) for p in shown] + self._more(len(self.batch.u) - len(shown))

    def _unlabelled_mean(self, kind: str, row: int) -> list[Item]:
        return [self._bars(self.seen["guesses"][row], "answer", row)]

    def _unlabelled_align(self, kind: str, row: int) -> list[Item]:
        return [self._bars(self.seen["aligned"][row], "answer", row)]

    def _unlabelled_sharpen(self, kind: str, row: int) -> list[Item]:
        return [self._bars(self.seen["targets"][row], "label", row)]

    def _unlabelled_target(self, kind: str, row: int) -> list[Item]:
        if self.left_out(kind, row):
            return [{"what": "words", "words": "none"}]
        return [self._bars(self.seen["targets"][row], "label", row)]

    def _unlabelled_nudge(self, kind: str, row: int) -> list[Item]:
        return [self._shot((self.batch.u[0] + self.seen["nudges"])[row].clamp(0, 1), "The nudged view")]

    def _unlabelled_gate(self, kind: str, row: int) -> list[Item]:
        guess = self.seen.get("aligned", self.seen["guesses"])[row]
        value, counts = float(guess.max()), float(self.trace.step.stats["mask"][row])
        threshold = self._threshold(int(guess.argmax()))
        if threshold is None:
            words = f"{value:.2f} sure: counts {counts:.2f}"
            return [{"what": "gate", "value": value, "threshold": None, "open": True, "weight": counts, "words": words}]
        passed = counts > 0
        words = f"{value:.2f} {'≥' if passed else '<'} {threshold:.2f}: {'passes' if passed else 'left out'}"
        return [
            {"what": "gate", "value": value, "threshold": threshold, "open": passed, "weight": None, "words": words}
        ]

    def _threshold(self, guessed: int) -> float | None:
        """What a guess of that class is compared with; None where guesses are weighed instead."""
        if "thresholds" in self.seen:
            return float(self.seen["thresholds"][guessed])
        if "threshold" in self.seen:
            return float(self.seen["threshold"])
        return getattr(self.trace.config.knobs, "threshold", None)

    def _partner(self, kind: str, row: int) -> list[Item]:
        items: list[Item] = []
        for place in self._places(kind, row):
            partner, lam = int(self.seen["partner"][place]), float(self.seen["lam"][place])
            whose, at = self._whose(partner)
            name = f"a labelled {self.classes[int(self.batch.y[at])]}" if whose == "l" else "an unlabelled picture"
            name = "itself" if partner == place else name
            words = f"λ = {lam:.2f}"
            items.append(self._shot(self._of(partner), f"The partner: {name}", of="partner"))
            items.append({"what": "share", "lam": lam, "words": words, "partner": name})
        return items

    def _blends(self, kind: str, row: int) -> list[Item]:
        places = self._places(kind, row) if "lam" in self.seen else ([row] if kind == "labelled" else [])
        items: list[Item] = []
        for place in places:
            items.append(self._shot(self.seen["blends"][place], "The blend"))
            items.append(self._bars(self.seen["blend_targets"][place], "label", None))
        return items

    def _losses(self, kind: str, row: int) -> list[Item]:
        seen = self.seen
        if kind == "labelled":
            return [
                self._bars(seen["labelled_answers"][row], "answer", None, int(self.batch.y[row])),
                self._loss(seen["labelled_each"][row]),
            ]
        many = self._places(kind, row) if self.mixes_all else [self.b + row]
        items: list[Item] = []
        for place in many:
            items.append(self._bars(seen["answers"][place - self.b], "answer", row))
            items.append(self._loss(seen["unlabelled_each"][place - self.b], not self.left_out(kind, row)))
        return items

    # Items.

    def _shot(self, picture: Tensor, alt: str, of: str = "") -> Item:
        return {"what": "picture", "src": to_source(picture), "alt": alt, "of": of}

    def _bars(self, p: Tensor, role: str, row: int | None, truth: int = -1) -> Item:
        """Probabilities as bars; `row` is that of an unlabelled picture whose hidden class, if known, is marked."""
        values = [round(float(value), 4) for value in p]
        truth = int(self.trace.hidden[row]) if row is not None else truth
        order = sorted(range(len(values)), key=lambda c: -values[c])[:2]
        said = [f"{self.classes[c]} {values[c]:.2f}" for c in order if values[c] >= 0.005]
        return {
            "what": "bars",
            "values": values,
            "top": order[0],
            "role": role,
            "truth": truth,
            "words": ", ".join(said),
        }

    def _loss(self, value: Tensor, counted: bool = True) -> Item:
        return {"what": "loss", "value": round(float(value), 4), "counted": counted}
