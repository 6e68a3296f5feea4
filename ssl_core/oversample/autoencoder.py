"""A small autoencoder, trained in seconds, whose code is a space to interpolate in (cf. DeepSMOTE, Dablain 2021)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ssl_core.oversample.space import Space, flat

CODE = 16


class Autoencoder(nn.Module):
    """Rows of pixels to a code of 16 numbers and back."""

    def __init__(self, pixels: int, width: int = 128) -> None:
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(pixels, width), nn.ReLU(), nn.Linear(width, CODE))
        self.decode = nn.Sequential(nn.Linear(CODE, width), nn.ReLU(), nn.Linear(width, pixels), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction [B, pixels]."""
        return self.decode(self.encode(x))


def train(images: np.ndarray, seed: int = 0, steps: int = 600, batch: int = 64) -> Autoencoder:
    """Fit to pictures uint8 [n, C, H, W] by squared error; the global random state is left alone."""
    x = torch.from_numpy(flat(images)).float()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Autoencoder(x.shape[1])
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # layers this small lose time to a second thread, and ten times that beside other work
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 3e-3 * (1 - step / steps)
        rows = torch.randint(len(x), (batch,), generator=chance)
        loss = (model(x[rows]) - x[rows]).square().sum(dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.set_num_threads(threads)
    return model.eval()


def latent(images: np.ndarray, model: Autoencoder) -> Space:
    """The pictures as codes, and the decoder as the way back."""
    shape = images.shape[1:]

    @torch.no_grad()
    def encode(other: np.ndarray) -> np.ndarray:
        return model.encode(torch.from_numpy(flat(other)).float()).double().numpy()

    @torch.no_grad()
    def decode(codes: np.ndarray) -> np.ndarray:
        return model.decode(torch.from_numpy(codes).float()).double().numpy().reshape(-1, *shape)

    return Space(encode(images), encode, decode)
