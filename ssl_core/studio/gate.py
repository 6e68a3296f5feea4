"""FixMatch's gate made visible: what a trained network says of weak and of strong views of one picture."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Generator, Tensor

from ssl_core.augment.policy import Policy
from ssl_core.augment.words import captions
from ssl_core.models.ask import probabilities
from ssl_core.studio.preview import sources


class Opinion(NamedTuple):
    """One view and what the network says of it; label None where there is no network."""

    src: str
    words: str
    label: str | None
    confidence: float | None


def opinions(
    policy: Policy, image: Tensor, count: int, seed: int, model: Any, classes: tuple[str, ...]
) -> list[Opinion]:
    """`count` views of one picture uint8 [C, H, W], and the network's guess and confidence for each."""
    x = (image.float() / 255).expand(count, -1, -1, -1)
    drawn = policy.draw(count, Generator().manual_seed(seed))
    frames = policy.film(drawn, x)
    y = frames[-1].x if frames else x
    words = [", ".join(captions(frames, k)) or "unchanged" for k in range(count)]
    if model is None:
        return [Opinion(src, caption, None, None) for src, caption in zip(sources(y), words, strict=True)]
    confidence, guess = probabilities(model, y).max(1)
    return [
        Opinion(src, caption, classes[g], c)
        for src, caption, g, c in zip(sources(y), words, guess.tolist(), confidence.tolist(), strict=True)
    ]


def verdict(weak: list[Opinion], strong: list[Opinion], threshold: float, truth: str) -> str:
    """The gate in a sentence: whether this picture would be learned from, and what would be learned."""
    passed = [opinion for opinion in weak if opinion.confidence >= threshold]
    if not passed:
        best = max(opinion.confidence for opinion in weak)
        return (
            f"The gate stays shut: no weak view reaches {threshold:.2f} (the best {best:.2f}), so this picture "
            "teaches nothing yet."
        )
    labels = {opinion.label for opinion in passed}
    kept = sum(opinion.label in labels for opinion in strong)
    share = f"{len(passed)} of {len(weak)}"
    right = "right" if labels == {truth} else f"wrong, it is {truth}"
    rest = "all strong views are seen as that already, so little is left to learn."
    if kept < len(strong):
        rest = f"{kept} of {len(strong)} strong views are seen as that already, the others are what is learned."
    return f"The gate opens for {share} weak views with the label {' or '.join(sorted(labels))} ({right}); {rest}"
