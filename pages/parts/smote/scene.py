"""What the SMOTE page is about: the settings, the unbalanced set they make, and that set balanced; kept for a while."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.data_cache import dataset, follows_data
from pages.parts.shared.network_cache import network
from ssl_core.data.card import UNKNOWN
from ssl_core.data.catalog import cards
from ssl_core.oversample.variants import M

SIZES = {"own": "As they are", "tail": "A long tail"}
HELD = 0.8  # of pictures with sizes of their own, what each seed of a measurement sees
TOYS = {"moons": "Toy: two moons", "blobs": "Toy: three clouds", "ring": "Toy: a ring"}


def sources() -> dict[str, str]:
    """What can be chosen to start from, by name."""
    return {name: card.title for name, card in cards().items()} | TOYS


class Setting(NamedTuple):
    """Everything that decides what is shown; equal settings show the same."""

    source: str
    classes: tuple[int, ...]
    largest: int
    imbalance: float
    draw: int
    variant: str
    k: int
    space: str
    run: str | None = None
    m: int = M
    sizes: str = "tail"

    @property
    def names(self) -> dict[int, str]:
        """Class names by label."""
        if self.source in TOYS:
            return {label: "ABC"[label] for label in self.classes}
        classes = cards()[self.source].classes  # once: it looks at what lies on the disk
        return {label: classes[label] for label in self.classes}

    @property
    def ratio(self) -> float:
        """How many times smaller the last class is than the first."""
        if self.sizes == "tail":
            return self.imbalance
        counts = sizes_of(self.source)
        known = [counts[c] for c in self.classes if c in counts]
        return float(min(max(round(max(known) / min(known)), 1), 100))

    @property
    def start(self) -> tuple:
        """The part that decides the unbalanced set."""
        return *self[:5], self.sizes


class Balanced(NamedTuple):
    """Pictures (None for toy data), labels, the space, and the outcome in it."""

    images: Any
    y: Any
    space: Any
    outcome: Any


class Scene(NamedTuple):
    """What the page looks at: a setting, its set balanced, and the class in view among all classes' names by label."""

    setting: Setting
    balanced: Balanced
    label: int
    names: dict[int, str]

    @property
    def mine(self) -> list[int]:
        """Rows of the new samples of the class in view."""
        from ssl_core.oversample.scene import rows_of

        return rows_of(self.balanced.outcome, self.label)


@follows_data
@st.cache_resource(max_entries=8, show_spinner=False)
def unbalanced(
    source: str, classes: tuple[int, ...], largest: int, imbalance: float, draw: int, sizes: str = "tail"
) -> tuple[Any, Any, Any]:
    """Pictures or None, features or None, and labels; `sizes` is one of SIZES, or "part": a part of "own"."""
    from ssl_core.oversample import samples

    if source in TOYS:
        points = samples.plane(source, largest, imbalance, draw)
        return None, points.X, points.y
    data = dataset(source)
    images, labels = data.images.numpy(), data.labels.numpy()
    if sizes == "tail":
        rows = samples.unbalanced(labels, classes, largest, imbalance, draw)
    else:
        rows = samples.as_they_are(labels, classes, draw, share=HELD if sizes == "part" else 1.0)
    return images[rows], None, labels[rows]


def sizes_of(source: str) -> dict[int, int]:
    """How many pictures of each class a data set has, the largest class first; of those whose class is known."""
    from ssl_core.oversample.smote import counts_of

    sizes = counts_of(dataset(source).labels.numpy())
    return dict(sorted(((c, n) for c, n in sizes.items() if c != UNKNOWN), key=lambda size: -size[1]))


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Training a small autoencoder on these pictures: a few seconds …")
def autoencoder(*start: Any) -> Any:
    """The autoencoder of an unbalanced set."""
    from ssl_core.oversample.autoencoder import train

    return train(unbalanced(*start)[0], steps=600 if start[0] == "digits" else 250)


def space_of(setting: Setting, images: Any, X: Any) -> Any:
    """The samples in the space of the setting; raises ValueError, one sentence, where there is none."""
    from ssl_core.oversample import space

    if images is None:
        return space.plain(X)
    if setting.space == "pca":
        return space.components(images)
    if setting.space == "latent":
        from ssl_core.oversample.autoencoder import latent

        return latent(images, autoencoder(*setting.start))
    if setting.space == "features":
        if setting.run is None:
            raise ValueError("There is no finished run on this data set: train one on the Training page first.")
        return space.features(images, space.seen_by(network(setting.run)))
    return space.pixels(images)


def _resampled(setting: Setting, X: Any, y: Any, seed: int) -> Any:
    from ssl_core.oversample import resample

    own = setting.sizes != "tail"  # then nobody asked for a class that is too small
    return resample(
        setting.variant, X, y, k=setting.k, m=setting.m, seed=seed, names=setting.names, lenient=own
    )  # fmt: skip


@follows_data
@st.cache_resource(max_entries=16, show_spinner=False)
def balanced(setting: Setting) -> Balanced:
    """The unbalanced set of a setting, balanced; raises ValueError, one sentence, where it cannot be."""
    images, X, y = unbalanced(*setting.start)
    where = space_of(setting, images, X)
    return Balanced(images, y, where, _resampled(setting, where.X, y, setting.draw))


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Training the classifier before and after, for every seed …")
def measured(setting: Setting, classifier: str, seeds: int) -> Any:
    """Recalls before and after on untouched test data; every seed draws another set, or leaves others out of it."""
    from ssl_core.oversample.effect import effect
    from ssl_core.oversample.samples import of_classes, plane

    drawn = setting._replace(sizes="part") if setting.sizes == "own" else setting
    if setting.source not in TOYS and not len(dataset(setting.source).test_labels):
        raise ValueError("This data set has no test pictures, so there is nothing to measure on: bring some.")

    def draw(seed: int) -> tuple:
        images, X, y = unbalanced(*drawn._replace(draw=seed).start)
        where = space_of(setting, images, X)
        if images is None:
            test = plane(setting.source, 400, 1, seed + 10_000)
            return where.X, y, test.X, test.y
        data = dataset(setting.source)
        test_images, test_y = of_classes(data.test_images.numpy(), data.test_labels.numpy(), setting.classes)
        return where.X, y, where.encode(test_images), test_y

    def balance(X: Any, y: Any, seed: int) -> tuple:
        outcome = _resampled(setting, X, y, seed)
        return outcome.X, outcome.y

    return effect(classifier, draw, balance, seeds)
