"""What the mixing page is about to mix: two chosen pictures, and what some methods need besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pages.parts.mixing.choice import UPLOAD, Chosen, picture_of
from pages.parts.shared.trained import network, trained_runs
from ssl_core.data.catalog import cards


@dataclass(frozen=True)
class Scene:
    """The pair, and where it comes from."""

    first: Chosen
    second: Chosen
    pair: Any

    @staticmethod
    def of(first: Chosen, second: Chosen) -> Scene:
        """Look the two pictures up."""
        from ssl_core.mix.pair import pair

        return Scene(first, second, pair(picture_of(first, "A"), picture_of(second, "B")))

    @property
    def data(self) -> str:
        """The data set that batches are drawn from: A's, or B's, or the first there is."""
        return next(name for name in (self.first.data, self.second.data, *cards()) if name in cards())

    @property
    def one_set(self) -> bool:
        """Whether both pictures come from the same data set."""
        return self.first.data == self.second.data != UPLOAD

    def strip(self, method: Any, count: int, seed: int, aids: Any) -> tuple[Any, Any]:
        """λ from 1 to 0 and the mixtures there."""
        from ssl_core.mix.strip import pair_strip, strip_lam

        lam = strip_lam(count)
        return lam, pair_strip(method, self.pair.x1, self.pair.x2, self.pair.y1, self.pair.y2, lam, seed, aids)

    def player(self, method: Any, lam: float, seed: int, aids: Any, count: int) -> dict[str, Any]:
        """What the player shows."""
        from ssl_core.figures.mixing_pictures import frames, picture_uri
        from ssl_core.mix.strip import pair_strip, single_lam

        p = self.pair
        _, strip = self.strip(method, count, seed, aids)
        now = pair_strip(method, p.x1, p.x2, p.y1, p.y2, single_lam(lam), seed, aids)
        itself = method.partner == "itself"
        second = {"grey": "any class", "chains": "A, changed"}.get(method.form, p.names[1])
        return {
            "a": picture_uri(p.x1),
            "b": picture_uri(p.x2),
            "names": [p.names[0], "not used" if itself else p.names[1]],
            "labels": [f"A: {p.names[0]}", f"B: {second}"],
            "frames": frames(strip),
            "now": frames(now)[0],
            "lam": lam,
        }

    def remarks(self, method: Any, now: dict[str, Any], lam: float) -> list[str]:
        """Sentences for what would otherwise look like a mistake."""
        told = []
        if self.pair.names[0] == self.pair.names[1] and method.partner != "itself":
            told.append("A and B are of the same class, so mixing them leaves the label as it is.")
        if method.mask in ("box", "salient_box", "paste") and abs(now["mass"] - lam) > 0.02:
            told.append(
                "The box was rounded to whole pixels or cut at the border, so A keeps another share than asked; "
                "the label follows what was kept."
            )
        if method.space == "features":
            told.append("In training this happens inside the network; here it is done to the pixels, so that it shows.")
        return told


def aids_for(name: str, scene: Scene) -> tuple[Any, str]:
    """What a method needs besides the pair, and a sentence about where it came from."""
    from ssl_core.mix.method import Aids

    if name == "saliencymix":
        from ssl_core.mix.inside import edges, salience

        x2, y2 = scene.pair.x2[None], scene.pair.y2[None]
        runs = trained_runs(scene.second.data) if scene.one_set else {}
        if runs:
            run = next(iter(runs))
            return Aids(salience=salience(network(run), x2, y2)), f"B's salience comes from the run {runs[run]}."
        return Aids(
            salience=edges(x2)
        ), "There is no trained run yet, so B's edges stand in for what a network looks at."
    if name == "augmix":
        return Aids(chain=_chain(scene)), ""
    if name == "remix":
        from ssl_core.mix.share import example_counts

        counts, words = example_counts(scene.pair.y1, scene.pair.y2)
        return Aids(counts=counts), words.format(a=scene.pair.names[0], b=scene.pair.names[1])
    return Aids(), ""


# The operations of AugMix's paper, section 3, by the names they have here.
_AUGMIX = (
    "autocontrast",
    "equalize",
    "posterize",
    "rotate",
    "solarize",
    "shear_x",
    "shear_y",
    "translate_x",
    "translate_y",
)


def _chain(scene: Scene) -> Any:
    """One random augmentation a picture, of those that work at this size."""
    from ssl_core.augment import OPERATIONS, RandAugment
    from ssl_core.augment.policies import Policy

    channels, height, _ = scene.pair.x1.shape
    pool = tuple(name for name in _AUGMIX if OPERATIONS[name].works_on(channels, height))
    return Policy("one operation", (RandAugment(pool, count=1, sampling="bilinear"),))
