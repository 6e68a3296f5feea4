"""What one picture looks like at one stage of a traced step: items of plain values, for a page to draw.

A cell is a list of groups, one for each view that is drawn, and a group a list of items. An item is {"what": ...} with
- "picture": src, alt; "of" says whose it is where that is not the row's own ("partner")
- "bars": values, top (which is highest), role ("answer": what a network says, "label": what is learned), truth, note
- "gate": value, threshold (None where guesses are weighed), open, words
- "share": lam, words, partner
- "loss": value, counted
- "words": words
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from ssl_core.images.writing import to_source
from ssl_core.inside.trace import Trace

Item = dict[str, Any]
Cell = list[list[Item]]
MOST_VIEWS = 3  # of K drawn for one picture; the others are alike


class Cells:
    """The cells of a trace, asked for by stage, kind of picture and row of the batch."""

    def __init__(self, trace: Trace) -> None:
        self.trace, self.seen, self.batch = trace, trace.step.seen, trace.batch
        self.b, self.n = len(trace.labelled), len(trace.unlabelled)
        self.classes = trace.config.card.classes
        self.mixes_all = "lam" in self.seen and len(self.seen["lam"]) > self.n  # labelled and unlabelled together

    def cell(self, stage: str, kind: str, row: int) -> Cell:
        """What is drawn of a picture at a stage; nothing where it does not pass through."""
        make = getattr(self, f"_{kind}_{stage}", None) or getattr(self, f"_{stage}", None)
        return make(kind, row) if make else []

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

    def _pictures(self, kind: str, row: int) -> Cell:
        if kind == "labelled":
            name = self.classes[int(self.batch.y[row])]
            shown = self.trace.labelled if self.n else self.batch.x  # alone, they have no column for their view
            return [[self._shot(shown[row], f"A labelled picture: {name}"), _words(f"label: {name}")]]
        return [[self._shot(self.trace.unlabelled[row], "An unlabelled picture"), _words("no label")]]

    def _labelled_weak(self, kind: str, row: int) -> Cell:
        return [[self._shot(self.batch.x[row], "Its view")]]

    _labelled_views = _labelled_weak

    def _unlabelled_weak(self, kind: str, row: int) -> Cell:
        return self._each_view([self._shot(view[row], "Its weak view") for view in self._views("weak")])

    def _unlabelled_strong(self, kind: str, row: int) -> Cell:
        return self._each_view([self._shot(view[row], "Its strong view") for view in self._views("strong")])

    def _views(self, name: str) -> list[Tensor]:
        """The views of that name, in the order the method asked for them."""
        names = self.trace.config.knobs.unlabelled_views
        return [view for view, its in zip(self.batch.u, names, strict=True) if its == name]

    def _unlabelled_views(self, kind: str, row: int) -> Cell:
        return self._each_view([self._shot(view[row], f"View {k + 1}") for k, view in enumerate(self.batch.u)])

    def _unlabelled_guess(self, kind: str, row: int) -> Cell:
        views = self.seen.get("view_guesses")
        if views is None:
            return [[self._bars(self.seen.get("plain", self.seen["guesses"])[row], "answer", row)]]
        return self._each_view([self._bars(p, "answer", row) for p in views.unflatten(0, (-1, self.n))[:, row]])

    def _each_view(self, items: list[Item]) -> Cell:
        groups = [[item] for item in items[:MOST_VIEWS]]
        if len(items) > MOST_VIEWS:
            groups[-1].append(_words(f"and {len(items) - MOST_VIEWS} more"))
        return groups

    def _unlabelled_mean(self, kind: str, row: int) -> Cell:
        return [[self._bars(self.seen["guesses"][row], "answer", row)]]

    def _unlabelled_align(self, kind: str, row: int) -> Cell:
        return [[self._bars(self.seen["aligned"][row], "answer", row)]]

    def _unlabelled_sharpen(self, kind: str, row: int) -> Cell:
        return [[self._bars(self.seen["targets"][row], "label", row)]]

    def _unlabelled_target(self, kind: str, row: int) -> Cell:
        return [[_words("none")]] if self.left_out(kind, row) else self._unlabelled_sharpen(kind, row)

    def _unlabelled_nudge(self, kind: str, row: int) -> Cell:
        return [[self._shot((self.batch.u[0] + self.seen["nudges"])[row].clamp(0, 1), "The nudged view")]]

    def _unlabelled_gate(self, kind: str, row: int) -> Cell:
        guess = self.seen.get("aligned", self.seen["guesses"])[row]
        value, counts = float(guess.max()), float(self.trace.step.stats["mask"][row])
        threshold = self._threshold(int(guess.argmax()))
        if threshold is None:
            words = f"{value:.2f} sure: counts {counts:.2f}"
        else:
            words = f"{value:.2f} {'≥' if counts else '<'} {threshold:.2f}: {'passes' if counts else 'left out'}"
        return [[{"what": "gate", "value": value, "threshold": threshold, "open": counts > 0, "words": words}]]

    def _threshold(self, guessed: int) -> float | None:
        """What a guess of that class is compared with; None where guesses are weighed instead."""
        if "thresholds" in self.seen:
            return float(self.seen["thresholds"][guessed])
        if "threshold" in self.seen:
            return float(self.seen["threshold"])
        return getattr(self.trace.config.knobs, "threshold", None)

    def _partner(self, kind: str, row: int) -> Cell:
        groups: Cell = []
        for place in self._places(kind, row):
            partner, lam = int(self.seen["partner"][place]), float(self.seen["lam"][place])
            name = "itself" if partner == place else self._named(*self._whose(partner))
            share = {"what": "share", "lam": lam, "words": f"λ = {lam:.2f}", "partner": f"{1 - lam:.2f} of {name}"}
            groups.append([self._shot(self._of(partner), f"The partner: {name}", of="partner"), share])
        return groups

    def _named(self, whose: str, row: int) -> str:
        if whose == "l":
            return f"a labelled {self.classes[int(self.batch.y[row])]}"
        return f"a guessed {self.classes[int(self.seen['targets'][row].argmax())]}"

    def _blends(self, kind: str, row: int) -> Cell:
        places = self._places(kind, row) if "lam" in self.seen else ([row] if kind == "labelled" else [])
        blends, labels = self.seen["blends"], self.seen["blend_targets"]
        return [[self._shot(blends[at], "The blend"), self._bars(labels[at], "label", None)] for at in places]

    def _labelled_pair(self, kind: str, row: int) -> Cell:
        other = int(self.seen["second"][row])
        words = "itself, alone in this batch" if other == row else "of the same class"
        return [[self._shot(self.batch.x[other], "The second picture"), _words(words)]]

    def _labelled_made(self, kind: str, row: int) -> Cell:
        return [[self._shot(self.seen["made"][row], "The made picture")]]

    def _losses(self, kind: str, row: int) -> Cell:
        seen = self.seen
        if kind == "labelled":
            answers, each, truth = seen["labelled_answers"], seen["labelled_each"], int(self.batch.y[row])
            rows = [row, self.b + row] if "made" in seen else [row]  # a picture, and what was made of it
            return [[self._bars(answers[at], "answer", None, truth), self._loss(each[at])] for at in rows]
        places = [at - self.b for at in self._places(kind, row)] if self.mixes_all else [row]
        counts = not self.left_out(kind, row)
        each = seen["unlabelled_each"]
        return [[self._bars(seen["answers"][at], "answer", row), self._loss(each[at], counts)] for at in places]

    # Items.

    def _shot(self, picture: Tensor, alt: str, of: str = "") -> Item:
        return {"what": "picture", "src": to_source(picture), "alt": alt, "of": of}

    def _bars(self, p: Tensor, role: str, row: int | None, truth: int = -1) -> Item:
        """Probabilities as bars; `row` is that of an unlabelled picture whose hidden class, if known, is marked."""
        values = [round(float(value), 4) for value in p]
        truth = int(self.trace.hidden[row]) if row is not None else truth
        order = sorted(range(len(values)), key=lambda c: -values[c])[:2]
        said = [f"{self.classes[c]}: {values[c]:.2f}" for c in order if values[c] >= 0.005]
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


def _words(words: str) -> Item:
    return {"what": "words", "words": words}
