"""SMOTE's kin by name: what each does, and the silent failure to watch for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ssl_core.knobs import knob


@dataclass(frozen=True)
class Neighbours:
    """How many neighbours count, of a sample's own class and of all."""

    k: int = knob(
        5,
        "A sample may go towards any of its k nearest of the same class. With 4 labels a class, k can be at most 3.",
        title="Neighbours", low=1, high=500, source="Chawla et al. 2002, section 4.2",
    )  # fmt: skip
    m: int = knob(
        10,
        "Of a sample's m nearest neighbours of any class, those of other classes say whether it is at the border: half "
        "of them or more, but not all.",
        title="Neighbours",
        low=1,
        high=500,
        source="imbalanced-learn; Han et al. 2005 leave it open",
    )


K, M = Neighbours.k, Neighbours.m


@dataclass(frozen=True)
class Variant:
    """`name` is imbalanced-learn's class; `options` are its arguments besides k, m and seed; `k`, `m` its names."""

    title: str
    text: str
    trap: str
    module: str
    name: str
    k: str = "k_neighbors"
    m: str = ""
    options: tuple[tuple[str, Any], ...] = ()

    def arguments(self, k: int, seed: int, m: int = M) -> dict[str, Any]:
        """What imbalanced-learn's class is called with."""
        neighbours = {name: value for name, value in ((self.k, k), (self.m, m)) if name}
        return neighbours | dict(self.options) | {"random_state": seed}


OVER, COMBINE = "imblearn.over_sampling", "imblearn.combine"
VARIANTS: dict[str, Variant] = {
    "smote": Variant(
        "SMOTE",
        "New samples on lines between neighbours of the class.",
        "Draws lines through other classes as readily as within its own.",
        OVER,
        "SMOTE",
    ),
    "borderline1": Variant(
        "Borderline-SMOTE 1",
        "Starts only from samples at the border, those with many neighbours of other classes.",
        "Adds nothing at all, without a word, when no sample is at the border.",
        OVER,
        "BorderlineSMOTE",
        m="m_neighbors",
        options=(("kind", "borderline-1"),),
    ),
    "borderline2": Variant(
        "Borderline-SMOTE 2",
        "The same, and also goes up to halfway towards neighbours of other classes.",
        "Adds nothing at all, without a word, when no sample is at the border.",
        OVER,
        "BorderlineSMOTE",
        m="m_neighbors",
        options=(("kind", "borderline-2"),),
    ),
    "svm": Variant(
        "SVM-SMOTE",
        "Starts from the support vectors of a support vector machine, the samples its border leans on.",
        "Adds fewer than asked when support vectors are noise.",
        OVER,
        "SVMSMOTE",
        m="m_neighbors",
    ),
    "adasyn": Variant(
        "ADASYN",
        "More new samples where a sample has more neighbours of other classes.",
        "Does not balance exactly, and fails when no sample has such neighbours.",
        OVER,
        "ADASYN",
        k="n_neighbors",
    ),
    "kmeans": Variant(
        "KMeans-SMOTE",
        "Clusters first, then works inside clusters where the class is at home.",
        "Overshoots a little, and fails when no cluster is rich enough in the class.",
        OVER,
        "KMeansSMOTE",
        options=(("cluster_balance_threshold", 0.1),),
    ),
    "smoteenn": Variant(
        "SMOTE, then ENN",
        "SMOTE, then every sample that its three neighbours outvote is removed, real ones too.",
        "Removes real samples; classes end up unequal.",
        COMBINE,
        "SMOTEENN",
    ),
    "smotetomek": Variant(
        "SMOTE, then Tomek links",
        "SMOTE, then pairs of different classes that are each other's nearest neighbour are removed.",
        "Removes a few real samples.",
        COMBINE,
        "SMOTETomek",
    ),
    "random": Variant(
        "Random oversampling",
        "Copies of real samples. The baseline the others must beat.",
        "Nothing new is added: a network can learn the copies by heart.",
        OVER,
        "RandomOverSampler",
        k="",
    ),
}


def sampler(name: str, k: int, seed: int, m: int = M) -> Any:
    """imbalanced-learn's own object for a variant, as the exported code builds it."""
    variant = VARIANTS[name]
    arguments = variant.arguments(k, seed, m)
    if variant.module == COMBINE:
        from imblearn.over_sampling import SMOTE

        arguments = {"smote": SMOTE(k_neighbors=k, random_state=seed), "random_state": seed}
    return getattr(import_module(variant.module), variant.name)(**arguments)
