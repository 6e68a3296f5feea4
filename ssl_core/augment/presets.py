"""The policies that have a name, in one table; training, the page and the terminal use the same objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ssl_core.augment.agent import Agent
from ssl_core.augment.ctaugment import CTAugment
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policies import Cutout, RandAugment, ShiftFlip, strong, weak
from ssl_core.augment.policy import Policy
from ssl_core.augment.reference import PixelCutout, Reference
from ssl_core.augment.steps import Normalise, OneOf, Step
from ssl_core.augment.text import BLOCKS, from_text, to_text
from ssl_core.augment.variants import AugMix, AutoAugment, Variant


@dataclass(frozen=True)
class Kind:
    """What a policy must know about pictures; a data set's card serves as well. Of one's own, nothing is said."""

    name: str
    channels: int
    side: int
    shift: int = 4
    mirrors: tuple[str, ...] = ("left-right", "top-bottom")
    turns: float = 180.0

    @property
    def flip(self) -> bool:
        """Whether the weak view may mirror left and right."""
        return "left-right" in self.mirrors


@dataclass(frozen=True)
class Preset:
    """A named policy for pictures of any kind."""

    title: str
    text: str
    source: str
    build: Callable[[Any], Policy]


def _survey(card: Any) -> Policy:
    """The usual list of a survey's Compose; where a mirrored picture is another class it stays as published."""
    choices = (
        Step("clahe", 2.0, 2.0),
        Step("gamma", 0.9, 1.1),
        OneOf((Step("brightness", 0.8, 1.2), Step("contrast", 0.8, 1.2))),
    )
    stages = (
        Step("rotate", 0.0, 30.0, chance=0.5),
        Step("hflip", chance=0.5),
        Step("vflip", chance=0.5),
        Step("random_resized_crop", 0.6, 1.0),
        OneOf(choices, 0.5),
        Normalise(),
    )
    return Policy("survey", stages)


def _without(stage: type) -> Callable[[Any], Policy]:
    """Training's strong view less the stages of one kind."""
    return lambda card: Policy("strong", tuple(one for one in strong(card).stages if not isinstance(one, stage)))


def _agent(card: Any) -> Policy:
    """Training's strong view, but what RandAugment would draw an agent chooses: same pool, same hole."""
    stages = strong(card).stages
    chosen = [Agent(**vars(s)) if isinstance(s, RandAugment) else s for s in stages]
    return Policy("agent", tuple(chosen))


def agent_text(card: Any, **knobs: Any) -> str:
    """The same with other knobs of the agent's, as a line of text."""
    stages = [replace(stage, **knobs) if isinstance(stage, Agent) else stage for stage in _agent(card).stages]
    return to_text(Policy("agent", tuple(stages)))


def _reference(rule: str) -> Callable[[Any], Policy]:
    return lambda card: Policy(rule, (ShiftFlip(max(1, card.side // 8), card.flip), Reference(rule), PixelCutout(rule)))


PRESETS: dict[str, Preset] = {
    "identity": Preset(
        "Nothing", "Leaves every picture alone: the yardstick.", "-", lambda card: Policy("identity", ())
    ),
    "weak": Preset(
        "Weak", "Shift by up to 12.5 % of the side and mirror half, where a mirrored picture keeps its label.",
        "FixMatch, section 2.3", weak,
    ),
    "strong": Preset(
        "Strong, as training uses it", "Weak, then two RandAugment operations, then Cutout; gentler on tiny pictures.",
        "FixMatch, section 2.3; below 24 pixels as measured here", strong,
    ),
    "only-cutout": Preset(
        "Strong, only Cutout", "Weak, then Cutout: training's strong view without its RandAugment.",
        "FixMatch, section 5.2", _without(RandAugment),
    ),
    "no-cutout": Preset(
        "Strong, no Cutout", "Weak, then two RandAugment operations: training's strong view without its Cutout.",
        "FixMatch, section 5.2", _without(Cutout),
    ),
    "paper": Preset(
        "RandAugment, FixMatch's paper", "Two of fourteen, any strength of the range, always; factors only weaken.",
        "FixMatch, table 12", lambda card: Policy("paper", (*weak(card).stages, RandAugment(), Cutout())),
    ),
    "tf-code": Preset(
        "RandAugment, FixMatch's code", "Whole levels, each operation only half of the time, a square of 16 pixels.",
        "google-research/fixmatch", _reference("tf-code"),
    ),
    "kekmodel": Preset(
        "RandAugment, kekmodel's port", "As the code, with other factors, posterize turned round, a larger hole.",
        "kekmodel/FixMatch-pytorch", _reference("kekmodel"),
    ),
    "torchvision": Preset(
        "RandAugment, torchvision", "Two of fourteen at the same strength, 9 of 30.",
        "torchvision.transforms.v2.RandAugment", lambda card: Policy("torchvision", (Variant("torchvision"),)),
    ),
    "trivial": Preset(
        "TrivialAugmentWide", "One operation a picture at any strength, over wide ranges: nothing to tune.",
        "Müller & Hutter 2021", lambda card: Policy("trivial", (Variant("trivial", 1, -1),)),
    ),
    "autoaugment": Preset(
        "AutoAugment for CIFAR-10", "One of 25 pairs that a search found for 32 × 32 photographs.",
        "Cubuk 2018", lambda card: Policy("autoaugment", (AutoAugment(),)),
    ),
    "augmix": Preset(
        "AugMix", "Three chains of gentle operations, mixed with the picture itself.",
        "Hendrycks 2020", lambda card: Policy("augmix", (AugMix(),)),
    ),
    "ctaugment": Preset(
        "CTAugment", "ReMixMatch's eighteen operations, any strength at first; training learns which are too much.",
        "Berthelot 2020, as FixMatch uses it",
        lambda card: Policy("ctaugment", (*weak(card).stages, CTAugment(), Cutout(low=0.5, high=0.5))),
    ),
    "agent": Preset(
        "Agent", "Operations and strengths chosen by deep Q-learning, whose reward is the gain in validation accuracy.",
        "Mnih et al. 2015 on the operations of FixMatch, table 12", _agent,
    ),
    "survey": Preset(
        "A survey's Compose", "Rotate, both flips, crop, one of CLAHE, gamma or brightness and contrast, normalise.",
        "the usual example of survey articles", _survey,
    ),
}  # fmt: skip


def preset(name: str, card: Any) -> Policy:
    """The named policy for pictures like the card's; raises ValueError, one sentence, for another name."""
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name!r}. Choose one of {', '.join(PRESETS)}.")
    return PRESETS[name].build(card)


def policy_of(text: str, card: Any) -> Policy:
    """A preset by its name, or a pipeline by its text; raises ValueError, one sentence, for what is neither.

    A name that is both, such as augmix, is the stage of that name.
    """
    return preset(text, card) if text in PRESETS and text not in {*OPERATIONS, *BLOCKS} else from_text(text)
