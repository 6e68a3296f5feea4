"""What the page shows of an autoencoder's codes, as plain values: a lattice painted ahead, one place, and lines."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from ssl_core.generate.contract import spread
from ssl_core.generate.vae import POINTS, Painter
from ssl_core.generate.vae_walk import REACH, Plane, lattice, lines, plane_of
from ssl_core.images.writing import to_source
from ssl_core.models.ask import probabilities

SIDE = 17  # places of a lattice's side: half a deviation apart, less than three eighths
MOST_SIDE = 32  # pixels of a picture of the lattice: 289 of them are 0.5 MB then


class Codes:
    """An autoencoder as it is walked through: its plane, and the points in it."""

    def __init__(self, painter: Painter) -> None:
        self.painter, self.rows = painter, spread(painter.material, POINTS)
        x, self.labels = painter.pictures(self.rows)
        codes = painter.codes(x, self.labels)
        self.plane: Plane = plane_of(codes)
        self.points = self.plane.places(codes)

    @property
    def side(self) -> int:
        """Pixels of a picture's side."""
        return max(self.painter.material.shape[1:])

    def lattice(self, label: int) -> dict[str, Any]:
        """Pictures of a class at the places of a lattice, side by side in one, from the upper left corner."""
        z = self.plane.codes(lattice(SIDE).to(self.points))
        pictures = self.painter.paint(z, torch.full((len(z),), label, device=z.device))
        while max(pictures.shape[2:]) > MOST_SIDE:
            pictures = avg_pool2d(pictures, 2)
        c, h, w = pictures.shape[1:]
        sheet = pictures.reshape(SIDE, SIDE, c, h, w).permute(2, 0, 3, 1, 4).reshape(c, SIDE * h, SIDE * w)
        return {"src": to_source(sheet.cpu().numpy()), "side": SIDE, "height": h, "width": w, "reach": REACH}

    def dots(self) -> dict[str, Any]:
        """The points: "x", "y" and the class of each, −1 for unknown."""
        x, y = ([round(value, 3) for value in part.tolist()] for part in self.points.T)
        return {"x": x, "y": y, "label": self.labels.tolist()}

    def at(self, x: float, y: float, network: nn.Module | None) -> list[dict[str, Any]]:
        """The same place in every class, or the one picture there of a plain maker; as what `network` takes them."""
        count = len(self.painter.material.classes) if self.painter.maker.conditional else 1
        z = self.plane.codes(torch.tensor([[x, y]]).to(self.points)).expand(count, -1)
        names = self.painter.material.classes if count > 1 else ("",)
        return self._shots(self.painter.paint(z, torch.arange(count, device=z.device)), network, names)

    def lines(self, a: int, b: int, network: nn.Module | None) -> dict[str, list[dict[str, Any]]]:
        """Lines.codes, .mixup and .smote between two of the points' pictures, by name."""
        three = lines(self.painter, int(self.rows[a]), int(self.rows[b]))
        return {name: self._shots(pictures, network) for name, pictures in three._asdict().items()}

    def _shots(self, pictures: Tensor, network: nn.Module | None, names: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        pictures = pictures.cpu()
        said = probabilities(network, pictures).max(dim=1) if network else None
        shots = []
        for place, picture in enumerate(pictures):
            guess = self.painter.material.classes[int(said.indices[place])] if said else ""
            shot = {
                "src": to_source(picture.numpy()),
                "guess": guess,
                "sure": float(said.values[place]) if said else None,
            }
            shots.append(shot | ({"name": names[place]} if names else {}))
        return shots
