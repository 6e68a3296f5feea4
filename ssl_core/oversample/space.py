"""The space SMOTE draws its lines in: pixels, principal components, a network's features, or an autoencoder's code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ssl_core.oversample.threads import one_thread

SPACES = {
    "pixels": "Pixels",
    "pca": "Principal components",
    "latent": "Latent space of an autoencoder",
    "features": "Features of a trained run",
}


class Space(NamedTuple):
    """Samples [n, d] in the space, the way in for other pictures, and the way back to pictures if there is one."""

    X: np.ndarray
    encode: Callable[[np.ndarray], np.ndarray]
    decode: Callable[[np.ndarray], np.ndarray] | None


def flat(images: np.ndarray) -> np.ndarray:
    """Bytes [n, C, H, W] as numbers in 0..1, one row a picture: never interpolate whole numbers."""
    return images.reshape(len(images), -1) / 255.0


def pixels(images: np.ndarray) -> Space:
    """Every pixel is a feature."""
    shape = images.shape[1:]
    return Space(flat(images), flat, lambda X: X.reshape(-1, *shape).clip(0, 1))


def components(images: np.ndarray, count: int = 16, seed: int = 0) -> Space:
    """The directions in which these pictures differ most, each scaled to variance 1."""
    from sklearn.decomposition import PCA

    X, shape = flat(images), images.shape[1:]
    count = min(count, *X.shape)
    solver = "full" if X.shape[1] <= 256 else "randomized"
    with one_thread():
        tool = PCA(count, whiten=True, svd_solver=solver, random_state=seed).fit(X)
    return Space(
        tool.transform(X),
        lambda other: tool.transform(flat(other)),
        lambda Z: tool.inverse_transform(Z).reshape(-1, *shape).clip(0, 1),
    )


def features(images: np.ndarray, see: Callable[[np.ndarray], np.ndarray]) -> Space:
    """What a network makes of the pictures; `see` maps bytes [n, C, H, W] to features [n, d]. There is no way back."""
    return Space(see(images), see, None)


def flattened(X: np.ndarray) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray], float]:
    """Real samples [n, 2] for the eye, the map for other points, and the share of variance it shows.

    Two features are shown as they are; more by the two principal components of the real samples alone.
    """
    if X.shape[1] == 2:
        return X, lambda points: points, 1.0
    from sklearn.decomposition import PCA

    with one_thread():
        tool = PCA(2, svd_solver="full" if X.shape[1] <= 256 else "randomized", random_state=0).fit(X)
    return tool.transform(X), tool.transform, float(np.nan_to_num(tool.explained_variance_ratio_.sum()))


def plain(X: np.ndarray) -> Space:
    """Samples that are numbers to begin with."""
    return Space(X, lambda other: other, None)


def seen_by(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """What a network's last layer sees of bytes [n, C, H, W]: float64 [n, d]."""
    import torch

    from ssl_core.models import ask

    def see(images: np.ndarray) -> np.ndarray:
        return ask.features(model, torch.from_numpy(images)).double().numpy()

    return see
