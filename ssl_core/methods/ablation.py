"""Methods taken apart: their knobs turned one at a time, with what their papers report for the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ssl_core.method_cards import CARDS


class Row(NamedTuple):
    """One variant: its name, the knobs that make it, and the published error in per cent where there is one."""

    name: str
    knobs: Mapping[str, Any]
    published: float | None = None


class Ablation(NamedTuple):
    """A method's variants, the untouched method first; a line a variant.

    `spread` is how far the published errors vary by chance, in points; numbers that no source confirms are left out.
    """

    of: str
    rows: tuple[Row, ...]
    source: str = ""  # of the published errors
    setting: str = ""  # what they were measured on
    spread: float = 0.0

    @property
    def published(self) -> dict[str, float]:
        """The published errors in per cent, by the variant's name."""
        return {row.name: row.published for row in self.rows if row.published is not None}


ABLATIONS: dict[str, Ablation] = {
    one.of: one
    for one in (
        Ablation(
            of="mixmatch",
            source="Berthelot et al. 2019, arXiv:1905.02249, table 4",
            setting="CIFAR-10, 250 labels",
            spread=0.87,  # ± of MixMatch with 250 labels over five draws of them: table 5
            rows=(
                Row("as it is", {}, 11.80),
                Row("K = 1", {"views": 1}, 17.09),
                Row("K = 3", {"views": 3}, 11.55),
                Row("K = 4", {"views": 4}, 12.45),
                Row("no sharpening", {"temperature": 1.0}, 27.83),
                Row("guesses of the average", {"guesser": "average"}, 11.86),
                Row("without MixUp", {"mixed": "none"}, 39.11),
                Row("MixUp on labelled only", {"mixed": "labelled"}, 32.16),
                Row("MixUp on unlabelled only", {"mixed": "unlabelled"}, 12.35),
                Row("MixUp on both apart", {"mixed": "apart"}, 12.26),
                Row("no alignment", {"align": False}),
            ),
        ),
        # The paper takes it apart in its section 5, mostly as curves; no text of those numbers that we could read
        # confirms them, so that only the untouched method has one.
        Ablation(
            of="fixmatch",
            source="Sohn et al. 2020, arXiv:2001.07685, table 2, RandAugment",
            setting="CIFAR-10, 250 labels",
            rows=(
                Row("as it is", {}, 5.07),
                Row("τ = 0", {"threshold": 0.0}),
                Row("τ = 0.5", {"threshold": 0.5}),
                Row("τ = 0.8", {"threshold": 0.8}),
                Row("τ = 0.95", {"threshold": 0.95}),
                Row("τ = 0.99", {"threshold": 0.99}),
                Row("soft, T = 0.5", {"soft": 0.5}),
                Row("soft, T = 1", {"soft": 1.0}),
                Row("soft, T = 1, τ = 0", {"soft": 1.0, "threshold": 0.0}),
                Row("weak in place of strong", {"strong": "weak"}),
                Row("only Cutout", {"strong": "only-cutout"}),
                Row("no Cutout", {"strong": "no-cutout"}),
                Row("Adam", {"optimizer": "adam", "lr": 0.002}),
                Row("no decay", {"weight_decay": 0.0}),
                Row("no alignment", {"align": False}),
            ),
        ),
    )
}


def ablation_of(method: str) -> Ablation | None:
    """How a method is taken apart, None for one that nobody has taken apart yet."""
    return ABLATIONS.get(method)


def taken_apart() -> tuple[str, ...]:
    """The methods that have one, in the order of the table of methods."""
    return tuple(method for method in CARDS if method in ABLATIONS)
