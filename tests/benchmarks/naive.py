"""FixMatch and MixMatch as public ports write them: a DataLoader, PIL, one picture at a time. The yardstick.

Transcribed from the papers on the same network, batch sizes, optimizer and threads as ours; no port's code is here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from ssl_core.data import Dataset as Pictures
from ssl_core.models import MODELS


class Views(Dataset):
    """Indexed pictures, each as the tuple of its transformed views, and its label."""

    def __init__(self, data: Pictures, indices: np.ndarray, views: list[Callable]) -> None:
        self.images = [Image.fromarray(image.permute(1, 2, 0).squeeze(-1).numpy()) for image in data.images[indices]]
        self.labels, self.views = data.labels[indices], views

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple:
        return tuple(view(self.images[index]) for view in self.views), self.labels[index]


def _cutout(x: torch.Tensor) -> torch.Tensor:
    side = x.shape[-1]
    half = int(torch.randint(0, side // 4 + 1, ()))
    top, left = (int(torch.randint(0, side, ())) for _ in range(2))
    x[:, max(0, top - half) : top + half, max(0, left - half) : left + half] = 0.5
    return x


def _views(data: Pictures) -> tuple[Callable, Callable]:
    crop = [transforms.RandomCrop(data.card.side, padding=data.card.shift, padding_mode="reflect")]
    flip = [transforms.RandomHorizontalFlip()] if data.card.flip else []
    weak = transforms.Compose([*crop, *flip, transforms.ToTensor()])
    strong = transforms.Compose([*crop, *flip, transforms.RandAugment(2, 9), transforms.ToTensor(), _cutout])
    return weak, strong


def _endless(dataset: Dataset, batch: int) -> Iterator:
    loader = DataLoader(dataset, batch_size=batch, shuffle=True, drop_last=len(dataset) >= batch)
    while True:
        yield from loader


def _average(shadow: torch.nn.Module, model: torch.nn.Module, decay: float = 0.999) -> None:
    with torch.no_grad():
        for mine, theirs in zip(shadow.state_dict().values(), model.state_dict().values(), strict=True):
            mine.copy_(mine * decay + theirs * (1 - decay) if mine.is_floating_point() else theirs)


class Naive:
    """One method on one data set; call it to take a step."""

    def __init__(self, method: str, data: Pictures, model: str, batch: int, mu: int, labelled: int = 40) -> None:
        weak, strong = _views(data)
        few, many = np.arange(labelled).repeat(8), np.arange(labelled, len(data.images))
        self.model = MODELS[model](data.card.channels, 10).train()
        self.shadow = copy.deepcopy(self.model)
        self.labelled = _endless(Views(data, few, [weak]), batch)
        pair = [weak, strong] if method == "fixmatch" else [weak, weak]
        self.unlabelled = _endless(Views(data, many, pair), batch * mu)
        self.loss = self._fixmatch if method == "fixmatch" else self._mixmatch
        sgd = method == "fixmatch"
        parameters = self.model.parameters()
        self.optimizer = (
            torch.optim.SGD(parameters, lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4)
            if sgd
            else torch.optim.Adam(parameters, lr=0.002)
        )

    def __call__(self) -> None:
        (x,), y = next(self.labelled)
        (first, second), _ = next(self.unlabelled)
        loss = self.loss(x, y, first, second)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        _average(self.shadow, self.model)

    def _fixmatch(self, x, y, weak, strong):
        logits = self.model(torch.cat([x, weak, strong]))
        of_x, of_weak, of_strong = logits.split([len(x), len(weak), len(strong)])
        confidence, pseudo = torch.softmax(of_weak.detach(), dim=1).max(dim=1)
        each = F.cross_entropy(of_strong, pseudo, reduction="none") * (confidence >= 0.95)
        return F.cross_entropy(of_x, y) + each.mean()

    def _mixmatch(self, x, y, first, second):
        with torch.no_grad():
            q = (torch.softmax(self.model(first), dim=1) + torch.softmax(self.model(second), dim=1)) / 2
            q = q**2 / (q**2).sum(dim=1, keepdim=True)
        rows, targets = torch.cat([x, first, second]), torch.cat([F.one_hot(y, 10).float(), q, q])
        lam = float(np.random.beta(0.75, 0.75))
        lam, order = max(lam, 1 - lam), torch.randperm(len(rows))
        rows, targets = lam * rows + (1 - lam) * rows[order], lam * targets + (1 - lam) * targets[order]
        logits = torch.cat([self.model(part) for part in rows.split(len(x))])
        labelled = -(targets[: len(x)] * F.log_softmax(logits[: len(x)], dim=1)).sum(dim=1).mean()
        return labelled + 75 * (torch.softmax(logits[len(x) :], dim=1) - targets[len(x) :]).square().mean()
