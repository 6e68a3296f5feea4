"""FixMatch with CTAugment (Sohn et al. 2020, section 2.3): strong views whose strengths are learned while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ssl_core.augment import Cutout, Stage
from ssl_core.augment.ctaugment import CTAugment, decay_knob, depth_knob, threshold_knob
from ssl_core.knobs import knob
from ssl_core.methods.fixmatch import FixMatch


@dataclass(frozen=True)
class FixMatchCTA(FixMatch):
    """FixMatch whose strong view is CTAugment; one labelled batch a step probes how strong is too strong."""

    idea: ClassVar[str] = (
        "FixMatch whose distortions find their own strength: labelled pictures are distorted at random, and where the "
        "network still recognises them, that strength may be used on unlabelled ones."
    )
    paper: ClassVar[str] = "Sohn et al. 2020, arXiv:2001.07685, section 2.3; Berthelot et al. 2020, arXiv:1911.09785."
    watch: ClassVar[str] = "The share above the threshold: it should not fall while the strengths grow."
    breaks: ClassVar[str] = (
        "Tiny pictures: below 24 pixels most colour operations do nothing and geometry does too much."
    )
    needs_pixels: ClassVar[bool] = True  # CTAugment's operations are those of pictures

    depth: int = depth_knob()
    rate_threshold: float = threshold_knob()
    rate_decay: float = decay_knob()
    cutout: float = knob(
        0.5, "Side of the hole, share of the picture's; 0 is off.", title="Side of the hole", low=0.0, high=1.0,
        source="code",
    )  # fmt: skip

    @property
    def strong_stages(self) -> tuple[Stage, ...]:
        """CTAugment, then a hole of one size."""
        learned = CTAugment(self.depth, self.rate_threshold, self.rate_decay)
        return (learned, Cutout(low=self.cutout, high=self.cutout))
