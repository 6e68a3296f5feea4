"""Whether network, views and method of a run take the rows that its data set has, and the views they then see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssl_core.augment import Policy, policy_of, strong, weak
from ssl_core.augment.steps import without_normalise
from ssl_core.features.card import frozen, lacks, whole
from ssl_core.fillings import made_by
from ssl_core.knobs import knobs_of
from ssl_core.mix.train import OFF, WITHOUT_PIXELS
from ssl_core.models import FOR_VECTORS, MODELS

if TYPE_CHECKING:
    from ssl_core.train.config import Config


def strong_policy(config: Config) -> Policy:
    """The policy of the strong view; raises ValueError, one sentence, for a pipeline that cannot be read."""
    if own := config.knobs.strong_stages:
        return Policy("strong", (*weak(config.card).stages, *own))
    text = config.training.strong
    return without_normalise(policy_of(text, config.card)) if text else strong(config.card)


def view_policies(config: Config) -> dict[str, Policy]:
    """The weak and the strong view of pictures."""
    return {"weak": weak(config.card), "strong": strong_policy(config)}


def check_rows(config: Config) -> None:
    """Raises ValueError, one sentence, where network, views or method do not take the rows this data set has."""
    card, model, pipeline = config.card, config.training.model, config.training.strong
    check_filling(config)
    if card.pictures:
        if model in FOR_VECTORS:
            networks = ", ".join(name for name in MODELS if name not in FOR_VECTORS)
            raise ValueError(f"{model} is for vectors and {card.title} has pictures: choose one of {networks}.")
        strong = strong_policy(config)
        if missing := lacks(model):
            raise ValueError(missing)
        if frozen(model):
            check_features(config, strong)
        return
    if model not in FOR_VECTORS:
        raise ValueError(f"{model} is for pictures and {card.title} has vectors: choose {' or '.join(FOR_VECTORS)}.")
    if pipeline:
        raise ValueError(f"A pipeline changes pictures and {card.title} has vectors: leave strong empty.")
    if config.knobs.needs_pixels:
        raise ValueError(f"{config.knobs.title} needs pictures and {card.title} has vectors: choose another method.")
    check_mix(config, f"{card.title} has vectors")


def check_filling(config: Config) -> None:
    """Raises ValueError, one sentence, where the run asks for pictures of a maker and has no use for them."""
    if not made_by(config.training.rebalance):
        return
    card, model = config.card, config.training.model
    if not card.pictures:
        raise ValueError(f"A maker makes pictures and {card.title} has vectors: set rebalance to copies or smote.")
    if frozen(model):
        raise ValueError(
            f"A maker makes pictures and {model} trains on features that were kept: set rebalance to smote, or choose "
            f"the network {whole(model)}, which is slower without a GPU."
        )
    most = -(-config.labels // len(card.classes))  # labels a class, where they are equal
    if config.training.imbalance == 1 and config.training.fill_to <= most:
        raise ValueError(
            f"Every class has about as many of the {config.labels} labels, so there is nothing to fill: set fill_to to "
            f"more than {most}."
        )


def check_mix(config: Config, why: str) -> None:
    """Raises ValueError, one sentence, where the run blends parts of pictures and its rows have none."""
    mix = knobs_of(type(config.knobs)).get("mix")
    if mix and (chosen := config.knobs.mix) not in (OFF, *WITHOUT_PIXELS):
        others = " or ".join(name for name in mix.choices if name in (OFF, *WITHOUT_PIXELS))
        raise ValueError(f"{chosen} blends parts of pictures and {why}: choose {others}.")


def check_features(config: Config, strong: Policy) -> None:
    """Raises ValueError, one sentence, where a run cannot do with views that were kept before it began."""
    model, title = config.training.model, config.knobs.title
    other = f"choose another, or the network {whole(model)}, which is slower without a GPU"
    if config.knobs.needs_pixels:
        raise ValueError(f"{title} needs pixels and {model} trains on features that were kept: {other}.")
    if strong.learns:
        raise ValueError(f"This strong view learns while a network trains and {model} trains on kept views: {other}.")
    check_mix(config, f"{model} trains on features")
