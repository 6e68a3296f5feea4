"""The capital letters, printed as somebody would draw them on the sheet of the Predict page."""

from __future__ import annotations

import string

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ssl_core.data import Card
from ssl_core.predict.picture import fit

SHEET = 280  # pixels a side, as the page's


def letters(card: Card) -> Tensor:
    """A to Z as the network sees drawings, uint8 [26, C, side, side]."""
    return torch.stack([fit(np.asarray(_drawn(letter)), card, ink=True) for letter in string.ascii_uppercase])


def _drawn(letter: str) -> Image.Image:
    sheet = Image.new("RGB", (SHEET, SHEET), "white")
    font = ImageFont.load_default(size=200)  # Pillow's own, so that every machine draws the same
    ImageDraw.Draw(sheet).text((SHEET / 2, SHEET / 2), letter, "#111", font, anchor="mm", stroke_width=6)
    return sheet
