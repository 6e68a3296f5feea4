"""What the Mixing page is about: two chosen pictures, a method, and the λ, α and draw it mixes them with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pages.parts.mixing.aids import aids_for
from pages.parts.mixing.choice import UPLOAD, Chosen, picture_of
from ssl_core.data.catalog import cards


@dataclass(frozen=True)
class Scene:
    """The pair, how it is mixed, and what the method needs besides, with a sentence about where that came from."""

    first: Chosen
    second: Chosen
    name: str
    lam: float
    alpha: float
    seed: int
    pair: Any
    aids: Any
    note: str

    @staticmethod
    def of(first: Chosen, second: Chosen, name: str, lam: float, alpha: float, seed: int) -> Scene:
        """Look the two pictures up; raises ValueError, one sentence, for a file that is none."""
        from ssl_core.mix.pair import pair

        both = pair(picture_of(first, "A"), picture_of(second, "B"))
        aids, note = aids_for(name, both, first.data if _one_set(first, second) else None)
        return Scene(first, second, name, lam, alpha, seed, both, aids, note)

    @property
    def method(self) -> Any:
        """The method, one row of the table of mixings."""
        from ssl_core.mix.table import MIXES

        return MIXES[self.name]

    @property
    def data(self) -> str:
        """The data set that batches are drawn from: A's, or B's, or the first there is."""
        return next(name for name in (self.first.data, self.second.data, *cards()) if name in cards())

    @property
    def one_set(self) -> bool:
        """Whether both pictures come from the same data set."""
        return _one_set(self.first, self.second)

    def at(self, lam: Any) -> Any:
        """The mixtures at every λ of a tensor."""
        from ssl_core.mix.strip import pair_strip

        p = self.pair
        return pair_strip(self.method, p.x1, p.x2, p.y1, p.y2, lam, self.seed, self.aids)

    def strip(self, count: int) -> tuple[Any, Any]:
        """λ from 1 to 0 in `count` steps, and the mixtures there."""
        from ssl_core.mix.strip import strip_lam

        lam = strip_lam(count)
        return lam, self.at(lam)

    def player(self, count: int) -> dict[str, Any]:
        """What the player shows: see mix_player."""
        from ssl_core.figures.mixing_pictures import frames
        from ssl_core.images.writing import PHOTOGRAPH, to_shown_source
        from ssl_core.mix.strip import single_lam

        p = self.pair
        lam, strip = self.strip(count)
        second = {"grey": "any class", "chains": "A, changed"}.get(self.method.form, p.names[1])
        return {
            "a": to_shown_source(p.x1),
            "b": to_shown_source(p.x2),
            "sharp": p.x1.shape[-1] < PHOTOGRAPH,
            "names": [p.names[0], "not used" if self.method.partner == "itself" else p.names[1]],
            "labels": [f"A: {p.names[0]}", f"B: {second}"],
            "frames": frames(strip, lam.tolist()),
            "now": frames(self.at(single_lam(self.lam)), [self.lam])[0],
        }

    def remarks(self, mass: float) -> list[str]:
        """Sentences for what would otherwise look like a mistake; `mass` is the share of the picture that is A's."""
        remarks = [self.pair.words, self.note]
        if self.pair.names[0] == self.pair.names[1] and self.method.partner != "itself":
            remarks.append("A and B are of the same class, so mixing them leaves the label as it is.")
        if self.method.mask in ("box", "salient_box", "paste") and abs(mass - self.lam) > 0.02:
            remarks.append(
                "The box was rounded to whole pixels or cut at the border, so A keeps another share than asked; "
                "the label follows what was kept."
            )
        if self.method.space == "features":
            remarks.append(
                "In training this happens inside the network; here it is done to the pixels, so that it shows."
            )
        return [remark for remark in remarks if remark]


def _one_set(first: Chosen, second: Chosen) -> bool:
    return first.data == second.data != UPLOAD
