"""Methods as public ports run them: a DataLoader, PIL, one picture at a time, one EMA loop. The yardstick.

Same network, batch sizes, optimizer and threads as ours; no port's code is here. FixMatch and MixMatch are written out
from their papers; every other method's loss is our own step, fed by the DataLoader and in the default memory format,
so that its ratio shows what the data path, the memory format and the averaging alone are worth.
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
from ssl_core.methods import Batch, TrainingSet
from ssl_core.models import MODELS
from ssl_core.train.config import Config


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
    """One method of a configuration on its data set; call it to take a step."""

    def __init__(self, config: Config, data: Pictures, labelled: int = 40) -> None:
        weak, strong = _views(data)
        views = {"weak": weak, "strong": strong}
        few, many = np.arange(labelled).repeat(8), np.arange(labelled, len(data.images))
        method, batch = config.knobs, config.training.batch
        self.method, self.classes, self.free = method, len(data.card.classes), len(many)

        def network() -> torch.nn.Module:
            return MODELS[config.training.model](data.card.channels, self.classes)

        self.model = network().train()
        self.shadow = copy.deepcopy(self.model)
        self.companion = method.companion(network, tuple(data.images.shape[1:]))
        self.companion_shadow = copy.deepcopy(self.companion)
        width = self.model.head.in_features
        self.head = torch.nn.Linear(width, method.head) if method.head else None
        self.labelled = _endless(
            Views(data, few, [views[view] for view in (method.labelled_view, *method.more_labelled)]), batch
        )
        self.unlabelled = None
        if method.ratio:
            wanted = [views[name] for name in method.unlabelled_views]
            self.unlabelled = _endless(Views(data, many, wanted), batch * method.ratio)
        everyone = torch.arange(labelled), data.labels[:labelled], torch.arange(labelled, len(data.images))
        self.state = method.start(TrainingSet(self.classes, data.images, *everyone))
        self.written_out = {"fixmatch": self._fixmatch, "mixmatch": self._mixmatch}.get(config.method)
        sgd = config.training.optimizer == "sgd"
        learning = [network for network in (self.model, self.head, self.companion) if network is not None]
        parameters = [weight for network in learning for weight in network.parameters()]
        self.optimizer = (
            torch.optim.SGD(parameters, lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4)
            if sgd
            else torch.optim.Adam(parameters, lr=0.002)
        )

    def __call__(self) -> None:
        (x, *more), y = next(self.labelled)
        u: tuple = next(self.unlabelled)[0] if self.unlabelled else ()
        loss = self.written_out(x, y, *u) if self.written_out else self._our_step(x, y, tuple(u), tuple(more))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        _average(self.shadow, self.model)
        if self.companion:
            _average(self.companion_shadow, self.companion)

    def _our_step(self, x, y, u, more):
        index = torch.randint(self.free, (len(u[0]) if u else 0,))
        counts = torch.bincount(y, minlength=self.classes)
        batch = Batch(
            x, y, u, index, self.classes, 0.5, 0, counts, self.shadow, self.head, more, companion=self.companion
        )  # fmt: skip
        return self.method.step(self.model, batch, self.state, torch.default_generator).loss

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
