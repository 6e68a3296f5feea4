"""What the Generate page can show, by the name that stands in its address: a new subject is one line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple


class Subject(NamedTuple):
    """What the chooser says, and the file in pages/parts/generate/ whose `show` draws it."""

    title: str
    file: str

    @property
    def show(self) -> Callable[[], None]:
        """Draw the subject below the chooser; imported when it is asked for, since it may import PyTorch."""
        return import_module(f"pages.parts.generate.{self.file}").show


SUBJECTS = {
    "vae": Subject("Autoencoder (VAE)", "vae"),
    "dcgan": Subject("Adversaries (GAN)", "dcgan"),
    "style": Subject("Style transfer", "style"),
    "neural": Subject("Neural augmentation", "neural"),
    "ensemble": Subject("Several networks", "ensemble"),
    "agent": Subject("An agent", "agent"),
    "helps": Subject("Does it help?", "helps"),  # the last word
}
