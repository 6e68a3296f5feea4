"""A person's picture as the network was taught to see pictures: the data set's size, colours and ink."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ssl_core.data import Card, Dataset
from ssl_core.images.formats import Pixels
from ssl_core.images.reading import quietly, read_picture, read_square, square
from ssl_core.images.writing import from_source, to_source

INKED = ("digits",)  # sets of bright strokes on black, cut to the stroke: paper must be turned into that
FAINTEST = 40  # levels of 255 between ink and paper, below which there is nothing written


def fit(picture: np.ndarray, card: Card, ink: bool) -> Tensor:
    """RGB uint8 [H, W, 3] as the network's input uint8 [C, side, side]; with `ink`, strokes are cut out of paper.

    Raises ValueError, one sentence, where `ink` finds no stroke.
    """
    if ink:
        picture = _strokes(picture, card.side)
    small = _in_colours_of(card, square(picture, card.side, card.fit))
    if ink:  # shrinking pales thin strokes
        small = (small * (255 / small.max())).round().astype(np.uint8)
    return torch.from_numpy(small)


def fit_bytes(content: bytes, card: Card, ink: bool, budget: Pixels | None = None) -> Tensor:
    """The same of a file's content, made square as the pictures of the data set were; raises ValueError, one sentence.

    And where the network was taught to see vectors. Raises TooManyPixels where the `budget` of many is spent.
    """
    if not card.pictures:
        raise ValueError(f"This network was taught to see vectors of {card.channels} numbers, not pictures.")
    if ink:
        return fit(read_picture(content, budget=budget), card, ink)
    with quietly():
        picture, _ = read_square(content, card.side, card.fit, budget)
    return torch.from_numpy(_in_colours_of(card, picture))


def _in_colours_of(card: Card, picture: np.ndarray) -> np.ndarray:
    """The picture [3, H, W] as the card's pictures are: in colour or grey."""
    if card.channels == 3:
        return picture
    return np.asarray(Image.fromarray(picture.transpose(1, 2, 0)).convert("L"))[None].copy()


def fit_drawn(address: str, card: Card, ink: bool) -> Tensor:
    """The same of a canvas' data URL; raises ValueError, one sentence, for anything else."""
    return fit_bytes(from_source(address), card, ink)


def _strokes(picture: np.ndarray, side: int) -> np.ndarray:
    """What differs from the paper, bright on black, cut to its box and centred in a square, RGB uint8.

    As the UCI digits were made: the writing fills the height. Paper is the median of the picture's rim.
    """
    grey = np.asarray(Image.fromarray(picture).convert("L")).astype(float)
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.abs(grey - np.median(rim))
    if ink.max() < FAINTEST:
        raise ValueError("There is nothing written here: draw or choose dark strokes on light paper.")
    written = ink > ink.max() / 5
    rows, columns = np.flatnonzero(written.any(axis=1)), np.flatnonzero(written.any(axis=0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] / ink.max()
    edge = max(box.shape)
    edge += -edge % side  # whole blocks of pixels
    up, left = (edge - box.shape[0]) // 2, (edge - box.shape[1]) // 2
    paper = np.zeros((edge, edge))
    paper[up : up + box.shape[0], left : left + box.shape[1]] = box
    return np.repeat((paper * 255).round().astype(np.uint8)[..., None], 3, axis=2)


class Asked(NamedTuple):
    """A picture to ask about: uint8 [C, side, side] as the network sees it, what it is called, its class if known."""

    image: Tensor
    title: str
    truth: str | None = None

    @property
    def source(self) -> str:
        """The picture as the text an <img> takes."""
        return to_source(self.image)


def of_test(data: Dataset, row: int) -> Asked:
    """A test picture by its number, counted from 1 and around the end; raises ValueError where there is no test."""
    if not len(data.test_images):
        raise ValueError(f"{data.card.title} has no test pictures: choose a file or draw one.")
    row = (row - 1) % len(data.test_images)
    return Asked(data.test_images[row], f"Test picture {row + 1}", data.card.classes[int(data.test_labels[row])])
